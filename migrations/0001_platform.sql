-- What every domain stands on: the application's role, exact money, append-only tables,
-- settings, domain events and idempotency keys. Owner of the tables: crate platform.

do $$
begin
    if not exists (select from pg_roles where rolname = 'quickshop_app') then
        create role quickshop_app nologin;
    end if;
exception
    -- Roles are shared by a whole server: another database's migration may have been quicker.
    when duplicate_object or unique_violation then null;
    -- A managed server may forbid it: the shop then works under its login role.
    when insufficient_privilege then raise notice 'quickshop_app could not be created';
end
$$;

do $$
begin
    if exists (select from pg_roles where rolname = 'quickshop_app') then
        execute format('grant quickshop_app to %I', current_user);
        grant usage on schema public to quickshop_app;
        alter default privileges in schema public grant select, insert, update, delete on tables to quickshop_app;
        alter default privileges in schema public grant usage, select on sequences to quickshop_app;
    end if;
end
$$;

-- Digits after the decimal point, from ISO 4217; null for codes that have no minor unit or are unknown.
create function currency_exponent(code char(3)) returns integer
    language sql immutable parallel safe
return case
    when code in ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF') then 0
    when code in ('AED', 'AFN', 'ALL', 'AMD', 'AOA', 'ARS', 'AUD', 'AWG', 'AZN', 'BAM', 'BBD', 'BDT', 'BMD', 'BND', 'BOB', 'BOV', 'BRL', 'BSD',
                  'BTN', 'BWP', 'BYN', 'BZD', 'CAD', 'CDF', 'CHE', 'CHF', 'CHW', 'CNY', 'COP', 'COU', 'CRC', 'CUP', 'CVE', 'CZK', 'DKK', 'DOP',
                  'DZD', 'EGP', 'ERN', 'ETB', 'EUR', 'FJD', 'FKP', 'GBP', 'GEL', 'GHS', 'GIP', 'GMD', 'GTQ', 'GYD', 'HKD', 'HNL', 'HTG', 'HUF',
                  'IDR', 'ILS', 'INR', 'IRR', 'JMD', 'KES', 'KGS', 'KHR', 'KPW', 'KYD', 'KZT', 'LAK', 'LBP', 'LKR', 'LRD', 'LSL', 'MAD', 'MDL',
                  'MGA', 'MKD', 'MMK', 'MNT', 'MOP', 'MRU', 'MUR', 'MVR', 'MWK', 'MXN', 'MXV', 'MYR', 'MZN', 'NAD', 'NGN', 'NIO', 'NOK', 'NPR',
                  'NZD', 'PAB', 'PEN', 'PGK', 'PHP', 'PKR', 'PLN', 'QAR', 'RON', 'RSD', 'RUB', 'SAR', 'SBD', 'SCR', 'SDG', 'SEK', 'SGD', 'SHP',
                  'SLE', 'SOS', 'SRD', 'SSP', 'STN', 'SVC', 'SYP', 'SZL', 'THB', 'TJS', 'TMT', 'TOP', 'TRY', 'TTD', 'TWD', 'TZS', 'UAH', 'USD',
                  'USN', 'UYU', 'UZS', 'VED', 'VES', 'WST', 'XAD', 'XCD', 'XCG', 'YER', 'ZAR', 'ZMW', 'ZWG') then 2
    when code in ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') then 3
    when code in ('CLF', 'UYW') then 4
end;

-- True when an amount has no fraction below its currency's minor unit, or is null; false for an unknown currency.
create function is_exact_money(amount numeric, code char(3)) returns boolean
    language sql immutable parallel safe
return amount is null or coalesce(amount = round(amount, currency_exponent(code)), false);

create function refuse_change() returns trigger
    language plpgsql as
$$
begin
    raise exception 'table % is append-only', tg_table_name using errcode = 'restrict_violation';
end
$$;

-- Makes a table append-only for everyone, its owner included, and for the application by privilege as well.
create procedure make_append_only(target regclass)
    language plpgsql as
$$
begin
    execute format('create trigger append_only before update or delete on %s for each row execute function refuse_change()', target);
    execute format('create trigger append_only_truncate before truncate on %s for each statement execute function refuse_change()', target);
    if exists (select from pg_roles where rolname = 'quickshop_app') then
        execute format('revoke update, delete, truncate on %s from quickshop_app', target);
    end if;
end
$$;

create table shop_settings (
    id            boolean primary key default true,
    shop_name     varchar(80) not null default 'QuickShop',
    currency      char(3) not null default 'USD',
    delivery_rate numeric(19, 4) not null default 0,
    -- Delivery is free from this subtotal on; null means never.
    free_delivery_over numeric(19, 4),
    -- A fraction: 0.0825 is 8.25 per cent.
    tax_rate      numeric(7, 6) not null default 0,
    tax_inclusive boolean not null default false,
    updated_at    timestamptz not null default now(),
    constraint shop_settings_one_row check (id),
    constraint shop_settings_currency_known check (currency_exponent(currency) is not null),
    constraint shop_settings_delivery_exact check (delivery_rate >= 0 and is_exact_money(delivery_rate, currency)),
    constraint shop_settings_free_over_exact check (free_delivery_over >= 0 and is_exact_money(free_delivery_over, currency)),
    constraint shop_settings_tax_rate_fraction check (tax_rate >= 0 and tax_rate < 1)
);
insert into shop_settings default values;

create table events (
    id         uuid primary key,
    name       varchar(80) not null,
    payload    jsonb not null,
    created_at timestamptz not null
);
create index events_by_time on events (created_at);
call make_append_only('events');

create table idempotency_keys (
    -- Who asked and for what: the same key of another shopper or another route is another key.
    scope        varchar(160) not null,
    key          varchar(255) not null,
    fingerprint  bytea not null,
    status       smallint,
    body         bytea,
    locked_until timestamptz,
    created_at   timestamptz not null,
    constraint idempotency_keys_pk primary key (scope, key),
    constraint idempotency_keys_answered_or_locked check ((status is null) = (body is null) and (status is not null or locked_until is not null))
);
create index idempotency_keys_by_age on idempotency_keys (created_at);
create index idempotency_keys_claimed on idempotency_keys (locked_until) where status is null;
