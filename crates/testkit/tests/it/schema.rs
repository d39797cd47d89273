//! What the database itself refuses, whoever asks: append-only tables, money that does not add up, stock that is not there.

use chrono::{DateTime, Datelike, Months, Utc};
use kernel::Currency;
use serde_json::Value;
use sqlx::{Executor, PgConnection, Row};
use testkit::{Shop, postgres};

use crate::payments::{id_of, pending};

/// A connection with the rights of the running shop.
async fn as_application(shop: &Shop) -> PgConnection {
    let mut db = postgres::owner(&shop.database()).await;
    postgres::execute(&mut db, "set role quickshop_app").await;
    db
}

/// Why a statement was refused: the constraint's name, else the SQLSTATE.
async fn refused(db: &mut PgConnection, sql: &str) -> String {
    match db.execute(sqlx::AssertSqlSafe(sql.to_owned())).await {
        Ok(done) => panic!("allowed ({} rows): {sql}", done.rows_affected()),
        Err(error) => {
            let error = error.into_database_error().expect("the database's own word");
            error.constraint().map_or_else(|| error.code().unwrap_or_default().into_owned(), str::to_owned)
        }
    }
}

const PRIVILEGE: &str = "42501";
const RESTRICTED: &str = "23001";

#[tokio::test]
async fn history_is_written_once_by_whomever() {
    let shop = Shop::open().await;
    shop.buy(&shop.guest(), shop.product(3).await, 1).await;
    let (mut application, mut owner) = (as_application(&shop).await, postgres::owner(&shop.database()).await);
    for (table, change) in [("order_events", "actor = 'x'"), ("stock_moves", "delta = 1000"), ("events", "name = 'x'")] {
        assert!(shop.number(&format!("select count(*) from {table}")).await > 0, "{table}");
        for sql in [format!("update {table} set {change}"), format!("delete from {table}"), format!("truncate {table} cascade")] {
            assert_eq!(refused(&mut application, &sql).await, PRIVILEGE, "{sql}");
            assert_eq!(refused(&mut owner, &sql).await, RESTRICTED, "{sql}");
        }
        let upsert = format!("insert into {table} select * from {table} on conflict (id) do update set {change}");
        assert_eq!(refused(&mut application, &upsert).await, PRIVILEGE);
        assert_eq!(refused(&mut owner, &upsert).await, RESTRICTED);
    }
}

#[tokio::test]
async fn the_application_cannot_change_the_schema_or_let_itself_in() {
    let shop = Shop::open().await;
    let mut application = as_application(&shop).await;
    for sql in [
        "create table mine (id int)",
        "drop table orders",
        "alter table products drop constraint products_stock_held_within_stock",
        "alter table order_events disable trigger append_only",
        "insert into _sqlx_migrations (version, description, success, checksum, execution_time) values (99, '', true, '', 0)",
        "create role someone",
    ] {
        assert_eq!(refused(&mut application, sql).await, PRIVILEGE, "{sql}");
    }
    // PostgreSQL only warns of a grant that grants nothing.
    postgres::execute(&mut application, "grant update on order_events to quickshop_app").await;
    let may = "select count(*) from unnest(array['order_events', 'stock_moves', 'events']) t where has_table_privilege('quickshop_app', t, 'update, delete, truncate')";
    assert_eq!(shop.number(may).await, 0);
}

#[tokio::test]
async fn no_unit_is_promised_that_is_not_there() {
    let shop = Shop::open().await;
    pending(&shop).await;
    let mut db = as_application(&shop).await;
    for sql in [
        "update products set stock_reserved = stock_quantity + 1",
        "update products set stock_reserved = -1",
        "update products set stock_quantity = stock_reserved - 1",
        "update products set stock_quantity = -1, stock_reserved = -1",
    ] {
        assert_eq!(refused(&mut db, sql).await, "products_stock_held_within_stock", "{sql}");
    }
    let again = "insert into reservations select gen_random_uuid(), order_id, product_id, 1, 'held', now(), now() from reservations";
    assert_eq!(refused(&mut db, again).await, "reservations_one_per_line");
    assert_eq!(refused(&mut db, "update reservations set quantity = 0").await, "reservations_quantity_positive");
    assert_eq!(refused(&mut db, "update reservations set state = 'sold'").await, "reservations_settled_when_not_held");
    let nameless = "insert into stock_moves select gen_random_uuid(), id, -1, 'sale', null, now() from products";
    assert_eq!(refused(&mut db, nameless).await, "stock_moves_sale_names_order");
}

#[tokio::test]
async fn an_order_sells_and_gives_back_a_product_once() {
    let shop = Shop::open().await;
    shop.buy(&shop.guest(), shop.product(3).await, 1).await;
    let mut db = as_application(&shop).await;
    let again =
        "insert into stock_moves select gen_random_uuid(), product_id, -1, 'sale', order_id, now() from stock_moves where reason = 'sale'";
    assert_eq!(refused(&mut db, again).await, "stock_moves_once_per_order");
    let back = again.replace("-1, 'sale'", "1, 'sale_reversal'");
    postgres::execute(&mut db, &back).await;
    assert_eq!(refused(&mut db, &back).await, "stock_moves_once_per_order");
}

#[tokio::test]
async fn an_orders_money_adds_up_or_is_not_written() {
    let shop = Shop::open().await;
    pending(&shop).await;
    let mut db = as_application(&shop).await;
    for (change, constraint) in [
        ("total_amount = total_amount - 0.01", "orders_total_adds_up"),
        ("shipping = shipping + 1", "orders_total_adds_up"),
        ("total_amount = total_amount + 0.001, tax = tax + 0.001", "orders_money_exact"),
        ("discount = subtotal + 1, total_amount = total_amount - subtotal - 1", "orders_money_not_negative"),
        ("shipping = -1, total_amount = total_amount - shipping - 1", "orders_money_not_negative"),
        ("tax_included = 1", "orders_tax_is_added_or_included"),
        ("currency = 'ZZZ'", "orders_money_exact"),
        ("currency = 'JPY'", "orders_money_exact"),
    ] {
        assert_eq!(refused(&mut db, &format!("update orders set {change}")).await, constraint, "{change}");
    }
    for (change, constraint) in [
        ("line_total = line_total + 0.01", "order_items_line_adds_up"),
        ("quantity = 2", "order_items_line_adds_up"),
        ("quantity = 0, line_total = 0", "order_items_quantity_positive"),
        ("unit_price = -1, line_total = -1", "order_items_price_exact"),
        ("unit_price = 1.001, line_total = 1.001", "order_items_price_exact"),
        ("tax = 0.001", "order_items_tax_exact"),
        ("restocked = quantity + 1", "order_items_restocked_range"),
    ] {
        assert_eq!(refused(&mut db, &format!("update order_items set {change}")).await, constraint, "{change}");
    }
}

#[tokio::test]
async fn one_checkout_is_one_order_and_one_payment() {
    let shop = Shop::open().await;
    let (guest, order) = pending(&shop).await;
    guest.intent(id_of(&order)).await.ok();
    pending(&shop).await;
    let mut db = as_application(&shop).await;
    let of_first = format!("where order_id = '{}'", order["id"].as_str().unwrap());
    let steal = |column: &str| {
        format!(
            "update order_keys set {column} = (select {column} from order_keys {of_first}) where not order_id = '{}'",
            order["id"].as_str().unwrap()
        )
    };
    assert_eq!(refused(&mut db, &steal("checkout_id")).await, "order_keys_checkout_unique");
    assert_eq!(refused(&mut db, &steal("order_number")).await, "order_keys_number_unique");
    assert_eq!(refused(&mut db, &steal("payment_intent_id")).await, "order_keys_intent_unique");
    let second = format!(
        "insert into payments select gen_random_uuid(), order_id, 'pi_other', null, 'open', currency, amount, 0, 0, null, now(), now() from payments {of_first}"
    );
    assert_eq!(refused(&mut db, &second).await, "payments_one_per_order");
}

#[tokio::test]
async fn never_more_goes_back_than_came() {
    let shop = Shop::open().await;
    shop.buy(&shop.guest(), shop.product(3).await, 1).await;
    let mut db = as_application(&shop).await;
    for (change, constraint) in [
        ("refunded = captured + 0.01", "payments_refunded_range"),
        ("refunded = -0.01", "payments_refunded_range"),
        ("captured = amount + 0.01", "payments_captured_range"),
        ("captured = 1.001", "payments_captured_range"),
        ("amount = 0, captured = 0", "payments_amount_exact"),
        ("intent_id = null", "payments_intent_when_asked"),
    ] {
        assert_eq!(refused(&mut db, &format!("update payments set {change}")).await, constraint, "{change}");
    }
    let refund = "insert into refunds select gen_random_uuid(), id, null, 'queued', currency, 0, 'x', now(), now() from payments";
    assert_eq!(refused(&mut db, refund).await, "refunds_amount_exact");
    postgres::execute(&mut db, "update payments set refunded = captured").await;
}

#[tokio::test]
async fn a_history_row_is_a_legal_move_in_sequence() {
    let shop = Shop::open().await;
    pending(&shop).await;
    let mut db = as_application(&shop).await;
    let row = |seq: i32, from: &str, to: &str| {
        format!("insert into order_events select gen_random_uuid(), id, {seq}, 'status', '{from}', '{to}', 'x', null, now() from orders")
    };
    const STATUSES: [&str; 5] = ["pending", "processing", "shipped", "delivered", "cancelled"];
    const LEGAL: [(&str, &str); 5] = [
        ("pending", "processing"),
        ("pending", "cancelled"),
        ("processing", "shipped"),
        ("processing", "cancelled"),
        ("shipped", "delivered"),
    ];
    for from in STATUSES {
        for to in STATUSES {
            if !LEGAL.contains(&(from, to)) {
                assert_eq!(refused(&mut db, &row(2, from, to)).await, "order_events_legal_move", "{from} to {to}");
            }
        }
    }
    assert_eq!(refused(&mut db, &row(1, "pending", "processing")).await, "order_events_in_sequence");
    postgres::execute(&mut db, &row(2, "pending", "processing")).await;
}

#[tokio::test]
async fn a_cart_has_one_shopper_and_one_line_a_product() {
    let shop = Shop::open().await;
    shop.guest().add(shop.product(3).await, 1).await.ok();
    let mut db = as_application(&shop).await;
    assert_eq!(refused(&mut db, "update carts set session_id = null").await, "carts_have_one_shopper");
    let second = "insert into cart_items select gen_random_uuid(), cart_id, product_id, 1, 1, 'USD', now(), now() from cart_items";
    assert_eq!(refused(&mut db, second).await, "cart_items_one_per_product");
    for quantity in [0, -1, 100] {
        assert_eq!(refused(&mut db, &format!("update cart_items set quantity = {quantity}")).await, "cart_items_quantity_range");
    }
    assert_eq!(refused(&mut db, "update cart_items set price_at_time = 0.001").await, "cart_items_price_exact");
}

#[tokio::test]
async fn the_database_knows_the_currencies_that_the_code_knows() {
    let shop = Shop::open().await;
    let mut db = postgres::owner(&shop.database()).await;
    let letters = "select chr(65 + a) || chr(65 + b) || chr(65 + c) as code from generate_series(0, 25) a, generate_series(0, 25) b, generate_series(0, 25) c";
    let rows = db.fetch_all(sqlx::AssertSqlSafe(format!("select code, currency_exponent(code) from ({letters}) codes"))).await.unwrap();
    assert_eq!(rows.len(), 26 * 26 * 26);
    let known = |row: &sqlx::postgres::PgRow| {
        let (code, exponent): (String, Option<i32>) = (row.get(0), row.get(1));
        let in_code = Currency::parse(&code).ok().map(|currency| i32::try_from(currency.exponent()).unwrap());
        (exponent.is_some() || in_code.is_some()).then_some((code, exponent, in_code))
    };
    let known: Vec<_> = rows.iter().filter_map(known).collect();
    let apart: Vec<_> = known.iter().filter(|(_, in_sql, in_code)| in_sql != in_code).collect();
    assert!(apart.is_empty(), "code, in SQL, in Rust: {apart:?}");
    assert!(known.len() > 150, "{}", known.len());
}

#[tokio::test]
async fn an_amount_in_an_unknown_currency_or_with_too_many_digits_is_refused() {
    let shop = Shop::open().await;
    shop.product(3).await;
    let mut db = as_application(&shop).await;
    for change in [
        "currency = 'ZZZ'",
        "currency = 'XAU'",
        "currency = 'usd'",
        "price = 1.999",
        "price = -1",
        "currency = 'JPY'",
        "currency = 'KWD', price = 1.0001",
    ] {
        assert_eq!(refused(&mut db, &format!("update products set {change}")).await, "products_price_exact", "{change}");
    }
    for change in ["currency = 'JPY', price = 1999", "currency = 'KWD', price = 1.999", "currency = 'CLF', price = 1.9999"] {
        postgres::execute(&mut db, &format!("update products set {change}")).await;
    }
    assert_eq!(refused(&mut db, "update shop_settings set currency = 'ZZZ'").await, "shop_settings_currency_known");
    assert_eq!(refused(&mut db, "update shop_settings set tax_rate = 1").await, "shop_settings_tax_rate_fraction");
    assert_eq!(refused(&mut db, "insert into shop_settings (id) values (true)").await, "shop_settings_pkey");
    assert_eq!(refused(&mut db, "insert into shop_settings (id) values (false)").await, "shop_settings_one_row");
}

fn partition(at: DateTime<Utc>) -> String {
    format!("orders_y{:04}m{:02}", at.year(), at.month())
}

#[tokio::test]
async fn months_are_made_a_year_ahead_and_orders_lie_in_theirs() {
    let shop = Shop::open().await;
    for ahead in 0..=12 {
        let month = shop.now().checked_add_months(Months::new(ahead)).unwrap();
        assert_eq!(
            shop.number(&format!("select count(*) from pg_inherits where inhrelid = to_regclass('{}')", partition(month))).await,
            1,
            "{month}"
        );
    }
    let (_, order) = pending(&shop).await;
    let here = format!("select count(*) from {} where id = '{}'", partition(shop.now()), order["id"].as_str().unwrap());
    assert_eq!((shop.number(&here).await, shop.number("select count(*) from orders_default").await), (1, 0));

    // In eleven months the shop has made the eleven that were still missing then.
    shop.advance(chrono::Duration::days(11 * 30));
    shop.run_periodic().await;
    let far = shop.now().checked_add_months(Months::new(12)).unwrap();
    assert_eq!(shop.number(&format!("select count(*) from pg_inherits where inhrelid = to_regclass('{}')", partition(far))).await, 1);
    let (_, order) = pending(&shop).await;
    let there = format!("select count(*) from {} where id = '{}'", partition(shop.now()), order["id"].as_str().unwrap());
    assert_eq!((shop.number(&there).await, shop.number("select count(*) from orders_default").await), (1, 0));
}

#[tokio::test]
async fn a_month_is_made_once_and_never_beside_rows_that_strayed() {
    let shop = Shop::open().await;
    let mut db = as_application(&shop).await;
    let make = |at: &str| format!("select ensure_order_month('{at}')::int");
    assert_eq!(postgres::number(&mut db, &make("2041-05-31T23:59:59Z")).await, 1, "the application may, by this function only");
    for again in ["2041-05-01T00:00:00Z", "2041-05-31T23:59:59.999Z", "2041-06-01T01:00:00+02:00"] {
        assert_eq!(postgres::number(&mut db, &make(again)).await, 0, "{again}");
    }
    assert_eq!(postgres::number(&mut db, &make("2041-06-01T00:00:00Z")).await, 1);

    // A row of a month that nobody made lies in the default partition, and its month stays there.
    let stray = "insert into orders select uuid_v7_floor('2042-01-15T12:00:00Z'), null, 'STRAY', 'pending', 'a@example.com', 'USD', 1, 0, 0, 0, 0, 0, false, 1, 'standard', '{}'::jsonb,
                 null, null, null, null, null, null, now(), now()";
    postgres::execute(&mut db, stray).await;
    assert_eq!(postgres::number(&mut db, "select count(*) from orders_default").await, 1);
    assert_eq!(postgres::number(&mut db, &make("2042-01-01T00:00:00Z")).await, 0);
    assert_eq!(postgres::number(&mut db, &make("2042-02-01T00:00:00Z")).await, 1, "its neighbours are made");
    assert_eq!(postgres::number(&mut db, "select count(*) from orders where order_number = 'STRAY'").await, 1);
}

#[tokio::test]
async fn the_borders_of_a_month_are_those_of_the_ids() {
    let shop = Shop::open().await;
    let mut db = postgres::owner(&shop.database()).await;
    let instant: DateTime<Utc> = "2041-05-01T00:00:00Z".parse().unwrap();
    for at in [instant, instant - chrono::Duration::milliseconds(1)] {
        let id: uuid::Uuid = platform::app::IdSource.at(at).next();
        let floor: uuid::Uuid = db.fetch_one(sqlx::AssertSqlSafe(format!("select uuid_v7_floor('{at}')"))).await.unwrap().get(0);
        let next: uuid::Uuid = db
            .fetch_one(sqlx::AssertSqlSafe(format!("select uuid_v7_floor('{}')", at + chrono::Duration::milliseconds(1))))
            .await
            .unwrap()
            .get(0);
        assert!(floor <= id && id < next, "{floor} {id} {next}");
    }
}

#[tokio::test]
async fn the_same_key_of_two_shoppers_is_two_keys_and_an_answer_is_whole() {
    let shop = Shop::open().await;
    let (guest, quote): (_, Value) = {
        let guest = shop.guest();
        guest.add(shop.product(3).await, 1).await.ok();
        let quote = guest.quote().await;
        (guest, quote.into())
    };
    guest.order(quote.as_str().unwrap(), "a-key").await.ok();
    let mut db = as_application(&shop).await;
    assert_eq!(refused(&mut db, "insert into idempotency_keys select * from idempotency_keys").await, "idempotency_keys_pk");
    assert_eq!(refused(&mut db, "update idempotency_keys set body = null").await, "idempotency_keys_answered_or_locked");
    assert_eq!(refused(&mut db, "update idempotency_keys set body = null, status = null").await, "idempotency_keys_answered_or_locked");
}
