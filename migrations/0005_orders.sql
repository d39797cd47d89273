-- Orders, their lines, keys and history. Owner of the tables: crate orders.

create type order_status as enum ('pending', 'processing', 'shipped', 'delivered', 'cancelled');

-- Partitioned by month of the id: a UUIDv7 begins with its time, so the key stays (id) and foreign keys stay plain.
create table orders (
    id                uuid primary key,
    user_id           uuid references users (id),
    order_number      varchar(20) not null,
    status            order_status not null default 'pending',
    email             varchar(254) not null,
    currency          char(3) not null,
    subtotal          numeric(19, 4) not null,
    discount          numeric(19, 4) not null default 0,
    shipping          numeric(19, 4) not null,
    -- Tax added on top; tax contained in inclusive prices stands in tax_included.
    tax               numeric(19, 4) not null,
    tax_included      numeric(19, 4) not null,
    tax_rate          numeric(7, 6) not null,
    tax_inclusive     boolean not null,
    total_amount      numeric(19, 4) not null,
    shipping_method   varchar(40) not null,
    shipping_address  jsonb not null,
    payment_intent_id varchar(255),
    -- Set before the payment provider is first asked: from then on only payments may end the order.
    payment_started_at timestamptz,
    hold_expires_at   timestamptz,
    hold_released_at  timestamptz,
    paid_at           timestamptz,
    cancelled_at      timestamptz,
    created_at        timestamptz not null,
    updated_at        timestamptz not null,
    constraint orders_money_exact check (
        is_exact_money(subtotal, currency) and is_exact_money(discount, currency) and is_exact_money(shipping, currency)
        and is_exact_money(tax, currency) and is_exact_money(tax_included, currency) and is_exact_money(total_amount, currency)
    ),
    constraint orders_money_not_negative check (
        subtotal >= 0 and discount between 0 and subtotal and shipping >= 0 and tax >= 0 and tax_included >= 0
    ),
    constraint orders_total_adds_up check (total_amount = subtotal - discount + shipping + tax),
    constraint orders_tax_is_added_or_included check (case when tax_inclusive then tax = 0 else tax_included = 0 end)
) partition by range (id);

create index idx_orders_user on orders (user_id, id);
create index idx_orders_status on orders (status);
create index idx_orders_payment_intent on orders (payment_intent_id);
create index idx_orders_number on orders (order_number);

create table orders_default partition of orders default;

-- The smallest UUIDv7 of an instant: the border of a month's partition.
create function uuid_v7_floor(instant timestamptz) returns uuid
    language sql immutable parallel safe
return (lpad(to_hex(floor(extract(epoch from instant) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid;

-- Makes the partition of the month that holds an instant; false when there is nothing to do.
-- A month whose rows already lie in the default partition stays there: they cannot be moved while lines, keys and
-- history refer to them (docs/adr/0003). Attaching locks `orders` for a moment: callers set lock_timeout.
create function ensure_order_month(instant timestamptz) returns boolean
    language plpgsql
    security definer set search_path = public, pg_temp as
$$
declare
    month  timestamptz := date_trunc('month', instant, 'UTC');
    lowest uuid := uuid_v7_floor(month);
    beyond uuid := uuid_v7_floor(month + interval '1 month');
    name   text := 'orders_' || to_char(month at time zone 'UTC', '"y"YYYY"m"MM');
begin
    if to_regclass(name) is not null or exists (select from orders_default where id >= lowest and id < beyond) then
        return false;
    end if;
    execute format('create table %I partition of orders for values from (%L) to (%L)', name, lowest, beyond);
    return true;
end
$$;

select ensure_order_month(now() + make_interval(months => ahead)) from generate_series(0, 12) as ahead;

-- What must be unique over all months, which a partitioned table cannot promise.
create table order_keys (
    order_id          uuid primary key references orders (id),
    order_number      varchar(20) not null,
    -- The cart that became this order: one checkout, one order.
    checkout_id       uuid not null,
    payment_intent_id varchar(255),
    constraint order_keys_number_unique unique (order_number),
    constraint order_keys_checkout_unique unique (checkout_id),
    constraint order_keys_intent_unique unique (payment_intent_id)
);

create table order_items (
    id           uuid primary key,
    order_id     uuid not null references orders (id),
    product_id   uuid not null references products (id),
    position     smallint not null,
    sku          varchar(64) not null,
    name         varchar(200) not null,
    picture      jsonb,
    quantity     integer not null,
    unit_price   numeric(19, 4) not null,
    line_total   numeric(19, 4) not null,
    tax          numeric(19, 4) not null,
    currency     char(3) not null,
    restocked    integer not null default 0,
    created_at   timestamptz not null,
    constraint order_items_one_per_product unique (order_id, product_id),
    constraint order_items_quantity_positive check (quantity > 0),
    constraint order_items_price_exact check (unit_price >= 0 and is_exact_money(unit_price, currency)),
    constraint order_items_tax_exact check (tax >= 0 and is_exact_money(tax, currency)),
    constraint order_items_line_adds_up check (line_total = quantity * unit_price),
    constraint order_items_restocked_range check (restocked between 0 and quantity)
);
create index idx_order_items_order on order_items (order_id);

create table order_events (
    id          uuid primary key,
    order_id    uuid not null references orders (id),
    seq         integer not null,
    kind        varchar(40) not null,
    from_status order_status,
    to_status   order_status,
    actor       varchar(80) not null,
    reason      varchar(400),
    created_at  timestamptz not null,
    constraint order_events_in_sequence unique (order_id, seq),
    constraint order_events_legal_move check (
        kind <> 'status' or from_status is null or (from_status, to_status) in
        (('pending', 'processing'), ('pending', 'cancelled'), ('processing', 'shipped'), ('processing', 'cancelled'), ('shipped', 'delivered'))
    )
);
call make_append_only('order_events');
