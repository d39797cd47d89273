-- The outbox of mails. Owner of the table: crate email.

create type email_state as enum ('queued', 'sent', 'dead');

create table emails (
    id         uuid primary key,
    -- What makes a mail unique, for example order_confirmation:<order id>.
    dedupe_key varchar(200) not null,
    template   varchar(80) not null,
    -- The template's values; the body is rendered when it is sent or shown.
    model      jsonb not null,
    recipient  varchar(254) not null,
    state      email_state not null default 'queued',
    attempts   integer not null default 0,
    -- When the last attempt began.
    attempted_at timestamptz,
    last_error varchar(400),
    created_at timestamptz not null,
    sent_at    timestamptz,
    constraint emails_once unique (dedupe_key),
    constraint emails_sent_has_time check ((state = 'sent') = (sent_at is not null))
);
create index emails_waiting on emails (created_at) where state = 'queued';
