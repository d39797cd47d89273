-- Users, refresh tokens, one-time links. Owner of the tables: crate identity.

create type user_role as enum ('customer', 'admin');

create table users (
    id            uuid primary key,
    email         varchar(254) not null,
    -- Null until the person chose a password (an admin invited by a one-time link).
    password_hash varchar(100),
    full_name     varchar(200) not null default '',
    role          user_role not null default 'customer',
    is_active     boolean not null default true,
    password_changed_at timestamptz not null,
    created_at    timestamptz not null,
    updated_at    timestamptz not null,
    constraint users_email_unique unique (email)
);

-- One row a token; rotation adds a row to the same family. Only hashes are kept.
create table refresh_tokens (
    id            uuid primary key,
    family_id     uuid not null,
    user_id       uuid not null references users (id),
    token_hash    bytea not null,
    created_at    timestamptz not null,
    expires_at    timestamptz not null,
    used_at       timestamptz,
    revoked_at    timestamptz,
    reuse_seen_at timestamptz,
    constraint refresh_tokens_hash_unique unique (token_hash)
);
create index refresh_tokens_by_user on refresh_tokens (user_id);
-- Invariant: a family has at most one token that can still be used.
create unique index refresh_tokens_one_live_per_family on refresh_tokens (family_id) where used_at is null and revoked_at is null;

create type link_purpose as enum ('admin_sign_in');

create table one_time_links (
    id         uuid primary key,
    user_id    uuid not null references users (id),
    purpose    link_purpose not null,
    token_hash bytea not null,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    used_at    timestamptz,
    constraint one_time_links_hash_unique unique (token_hash)
);
create index one_time_links_by_user on one_time_links (user_id);
