-- Categories, products, stock. Owner of the tables: crate catalog.

create extension if not exists pg_trgm;
create extension if not exists unaccent;

create text search configuration shop_search (copy = english);
alter text search configuration shop_search
    alter mapping for hword, hword_part, word with unaccent, english_stem;

create table categories (
    id          uuid primary key,
    name        varchar(120) not null,
    slug        varchar(120) not null,
    description text not null default '',
    parent_id   uuid references categories (id),
    created_at  timestamptz not null,
    updated_at  timestamptz not null,
    constraint categories_slug_unique unique (slug),
    constraint categories_slug_form check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
    constraint categories_name_unique unique nulls not distinct (parent_id, name),
    constraint categories_not_own_parent check (parent_id <> id)
);

create table products (
    id             uuid primary key,
    sku            varchar(64) not null,
    name           varchar(200) not null,
    slug           varchar(200) not null,
    description    text not null default '',
    price          numeric(19, 4) not null,
    currency       char(3) not null,
    stock_quantity integer not null default 0,
    stock_reserved integer not null default 0,
    category_id    uuid references categories (id),
    image_url      varchar(2048),
    image_alt      varchar(400) not null default '',
    -- Widths in pixels in which the picture exists; the last is the one of image_url.
    image_widths   integer[] not null default '{}',
    -- Height over width of the picture.
    image_ratio    numeric(6, 4) not null default 1,
    is_active      boolean not null default true,
    created_at     timestamptz not null,
    updated_at     timestamptz not null,
    search         tsvector generated always as (
        setweight(to_tsvector('shop_search', name), 'A') || setweight(to_tsvector('shop_search', description), 'C')
    ) stored,
    constraint products_sku_unique unique (sku),
    constraint products_slug_unique unique (slug),
    constraint products_slug_form check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
    constraint products_price_exact check (price >= 0 and is_exact_money(price, currency)),
    -- Invariant: no unit is sold that is not there, nor promised twice.
    constraint products_stock_held_within_stock check (stock_reserved >= 0 and stock_reserved <= stock_quantity)
) with (fillfactor = 80); -- stock updates stay on their page (HOT): no index holds a stock column

create index idx_products_category on products (category_id);
create index idx_products_price on products (price);
create index products_newest on products (created_at desc, id desc) where is_active;
create index products_by_name on products (name, id) where is_active;
create index products_search on products using gin (search);
create index products_name_trigram on products using gin (name gin_trgm_ops);

-- Products whose name has something like these words. As a function because the threshold belongs to it: the operator's
-- default misses swapped letters, and a bare comparison could not use the index.
create function products_named_like(words text) returns setof uuid
    language sql stable parallel safe rows 50
    set pg_trgm.word_similarity_threshold = 0.4
as 'select id from products where name %> words';

create type stock_move_reason as enum ('initial', 'adjustment', 'sale', 'sale_reversal', 'return');

create table stock_moves (
    id         uuid primary key,
    product_id uuid not null references products (id),
    delta      integer not null,
    reason     stock_move_reason not null,
    order_id   uuid,
    created_at timestamptz not null,
    constraint stock_moves_not_zero check (delta <> 0),
    constraint stock_moves_sale_names_order check (reason not in ('sale', 'sale_reversal', 'return') or order_id is not null)
);
create index stock_moves_by_product on stock_moves (product_id);
-- Invariant: an order sells a product once and gives it back once.
create unique index stock_moves_once_per_order on stock_moves (order_id, product_id, reason) where reason in ('sale', 'sale_reversal');
call make_append_only('stock_moves');

create type reservation_state as enum ('held', 'released', 'sold');

create table reservations (
    id         uuid primary key,
    order_id   uuid not null,
    product_id uuid not null references products (id),
    quantity   integer not null,
    state      reservation_state not null default 'held',
    expires_at timestamptz not null,
    created_at timestamptz not null,
    settled_at timestamptz,
    constraint reservations_one_per_line unique (order_id, product_id),
    constraint reservations_quantity_positive check (quantity > 0),
    constraint reservations_settled_when_not_held check ((state = 'held') = (settled_at is null))
);
create index reservations_expiring on reservations (expires_at) where state = 'held';
