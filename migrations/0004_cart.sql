-- Guest and customer carts. Owner of the tables: crate cart.

create table carts (
    id         uuid primary key,
    user_id    uuid references users (id),
    -- Base64 of the SHA-256 of a guest's cart token: the token itself is only in the guest's cookie.
    session_id varchar(64),
    created_at timestamptz not null,
    updated_at timestamptz not null,
    constraint carts_one_per_user unique (user_id),
    constraint carts_one_per_session unique (session_id),
    constraint carts_have_one_shopper check (num_nonnulls(user_id, session_id) = 1)
);

create table cart_items (
    id            uuid primary key,
    cart_id       uuid not null references carts (id) on delete cascade,
    product_id    uuid not null references products (id),
    quantity      integer not null,
    price_at_time numeric(19, 4) not null,
    currency      char(3) not null,
    created_at    timestamptz not null,
    updated_at    timestamptz not null,
    constraint cart_items_one_per_product unique (cart_id, product_id),
    constraint cart_items_quantity_range check (quantity between 1 and 99),
    constraint cart_items_price_exact check (price_at_time >= 0 and is_exact_money(price_at_time, currency))
);
create index idx_cart_items_cart on cart_items (cart_id);
