-- Payments, refunds, Stripe's events. Owner of the tables: crate payments.

-- creating: Stripe is being asked; open: waiting for the customer; cancel_requested: the hold is gone and Stripe is asked to cancel.
create type payment_state as enum ('creating', 'open', 'cancel_requested', 'succeeded', 'canceled');

-- By what the shop learned how a payment ended.
create type payment_settled_by as enum ('webhook', 'reconciler', 'expiry');

create table payments (
    id            uuid primary key,
    order_id      uuid not null references orders (id),
    intent_id     varchar(255),
    client_secret varchar(255),
    state         payment_state not null,
    currency      char(3) not null,
    amount        numeric(19, 4) not null,
    captured      numeric(19, 4) not null default 0,
    refunded      numeric(19, 4) not null default 0,
    -- Stripe's decline or error code of the last attempt, for the order's story.
    last_error_code varchar(80),
    created_at    timestamptz not null,
    updated_at    timestamptz not null,
    -- When the intent was tied to the order: from then on it can be paid.
    opened_at     timestamptz,
    -- Stripe is asked about payments that stay silent: when and how often it was, and when it is to be next.
    asked_at      timestamptz,
    times_asked   integer not null default 0,
    next_ask_at   timestamptz,
    settled_at    timestamptz,
    settled_by    payment_settled_by,
    constraint payments_settled check (state not in ('succeeded', 'canceled') or (settled_at is not null and settled_by is not null)),
    constraint payments_one_per_order unique (order_id),
    constraint payments_intent_unique unique (intent_id),
    -- Without an intent it can only be asked for, be about to end, or have ended.
    constraint payments_intent_when_asked check (intent_id is not null or state in ('creating', 'cancel_requested', 'canceled')),
    constraint payments_amount_exact check (amount > 0 and is_exact_money(amount, currency)),
    constraint payments_captured_range check (captured between 0 and amount and is_exact_money(captured, currency)),
    -- Invariant: refunds never exceed the capture.
    constraint payments_refunded_range check (refunded between 0 and captured and is_exact_money(refunded, currency))
);

-- Those to ask Stripe about, the longest waiting first.
create index payments_to_ask on payments (next_ask_at) where state in ('open', 'cancel_requested');

-- queued: Stripe is being asked; pending: Stripe has it and the bank is slow.
create type refund_state as enum ('queued', 'pending', 'succeeded', 'failed');

create table refunds (
    -- Also the idempotency key of the call to Stripe.
    id         uuid primary key,
    payment_id uuid not null references payments (id),
    refund_id  varchar(255),
    state      refund_state not null default 'queued',
    currency   char(3) not null,
    amount     numeric(19, 4) not null,
    reason     varchar(80) not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    constraint refunds_stripe_id_unique unique (refund_id),
    constraint refunds_amount_exact check (amount > 0 and is_exact_money(amount, currency))
);
create index refunds_by_payment on refunds (payment_id);

create table stripe_events (
    event_id     varchar(255) primary key,
    type         varchar(120) not null,
    -- The payment intent that the event is about, where it is about one.
    intent_id    varchar(255),
    livemode     boolean not null,
    received_at  timestamptz not null,
    processed_at timestamptz
);
create index stripe_events_by_intent on stripe_events (intent_id) where intent_id is not null;
create index stripe_events_waiting on stripe_events (received_at) where processed_at is null;

-- What must be decided by a person: money that does not fit its order.
create table payment_reviews (
    id          uuid primary key,
    intent_id   varchar(255) not null,
    order_id    uuid references orders (id),
    reason      varchar(80) not null,
    detail      varchar(400) not null,
    created_at  timestamptz not null,
    resolved_at timestamptz,
    constraint payment_reviews_once unique (intent_id, reason)
);
