//! Requests that are refused, break, panic or are abandoned half-way: no transaction and no lock outlives them.

use std::{
    future::{Future, poll_fn},
    panic::AssertUnwindSafe,
    task::Poll,
    time::{Duration, Instant},
};

use futures::FutureExt;
use kernel::ProductId;
use platform::{Db, DbError};
use reqwest::StatusCode;
use serde_json::json;
use sqlx::{Connection, Executor, PgConnection};
use testkit::{Client, Shop, at_once, postgres};

const POOL: usize = 4;
const LOOK_AGAIN: Duration = Duration::from_millis(20);
/// Connections are cleaned within a second or two; PostgreSQL itself would end idle transactions only after five.
const CLEAN_WITHIN: Duration = Duration::from_secs(4);

/// Waits until a condition holds, as long as is bearable.
async fn eventually(what: &str, holds: impl AsyncFn() -> bool) {
    let begun = Instant::now();
    while !holds().await {
        assert!(begun.elapsed() < CLEAN_WITHIN, "never came true: {what}");
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

/// No session of the shop sits in a transaction, every row can be locked at once, and the pool is whole.
async fn assert_clean(shop: &Shop, db: &Db, size: usize) {
    let idle = "select count(*) from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'";
    eventually("no transaction is left open", async || shop.number(idle).await == 0).await;
    eventually("no row is locked", async || lockable(shop).await).await;
    eventually("the pool is whole", async || whole(db, size).await).await;
}

/// True when nobody holds a row of what purchases lock.
async fn lockable(shop: &Shop) -> bool {
    let mut db = postgres::owner(&shop.database()).await;
    let rows = "begin; select from carts for update nowait; select from orders for update nowait; select from products for update nowait; rollback";
    db.execute(rows).await.is_ok()
}

/// True when as many transactions can be open at once as the pool is large, and all of them work.
async fn whole(db: &Db, size: usize) -> bool {
    let mut open = Vec::new();
    for _ in 0..size {
        let Ok(mut tx) = db.begin().await else { return false };
        if tx.execute("select from products limit 1").await.is_err() {
            return false;
        }
        open.push(tx);
    }
    for tx in open {
        if tx.commit().await.is_err() {
            return false;
        }
    }
    true
}

/// One unit of work as a route does it: locks a product, takes a piece off the shelf, commits.
async fn take_one(db: &Db, product: ProductId) -> Result<(), DbError> {
    let mut tx = db.begin().await?;
    let lock = format!("select from products where id = '{product}' for no key update");
    tx.execute(sqlx::AssertSqlSafe(lock)).await?;
    let take = format!("update products set stock_quantity = stock_quantity - 1 where id = '{product}'");
    tx.execute(sqlx::AssertSqlSafe(take)).await?;
    tx.commit().await
}

/// Polls a future so many times, then drops it: at once, or when it would have gone on.
async fn abandoned_after<F: Future>(polls: usize, at_once: bool, future: F) -> Option<F::Output> {
    let mut future = Box::pin(future);
    let mut left = polls;
    poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        match future.as_mut().poll(context) {
            Poll::Pending if left == 0 && at_once => Poll::Ready(None),
            other => other.map(Some),
        }
    })
    .await
}

#[tokio::test]
async fn work_that_is_dropped_at_any_await_leaves_no_transaction() {
    let shop = Shop::open().await;
    let product = shop.product(100_000).await;
    let db = Db::new(shop.database(), POOL).expect("a pool");
    let (mut abandoned, mut finished) = (0, 0);
    // Every place at which it can be dropped; how many polls lead there depends on how quickly answers come.
    for attempt in 0..2000 {
        match abandoned_after(attempt / 2 % 10 + 1, attempt % 2 == 0, take_one(&db, product)).await {
            None => abandoned += 1,
            Some(done) => {
                done.expect("whole work");
                finished += 1;
            }
        }
        if abandoned == 60 {
            break;
        }
    }
    assert_eq!(abandoned, 60, "{finished} finished before they could be dropped");
    assert_clean(&shop, &db, POOL).await;
    // A dropped commit may have reached the server; everything before it has not happened.
    let taken = shop.number("select 100000 - stock_quantity from products").await;
    assert!((finished..=finished + abandoned / 2).contains(&taken), "{taken} taken, {finished} finished");
}

#[tokio::test]
async fn a_begin_that_is_dropped_on_its_way_leaves_no_transaction() {
    let shop = Shop::open().await;
    let product = shop.product(7).await;
    let db = Db::new(shop.database(), POOL).expect("a pool");
    for polls in [1, 1, 2, 1, 2, 1] {
        take_one(&db, product).await.expect("the pool works");
        // Sent, and dropped before the answer was read: the server has begun.
        drop(abandoned_after(polls, true, db.begin()).await);
        assert_clean(&shop, &db, POOL).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn hundreds_of_pieces_of_work_dropped_at_once_leave_the_pool_whole() {
    let shop = Shop::open().await;
    let product = shop.product(100_000).await;
    let db = Db::new(shop.database(), POOL).expect("a pool");
    for round in 0..10 {
        let work = (0..40_u64).map(|at| {
            let db = db.clone();
            async move { tokio::time::timeout(Duration::from_micros((at * 7 + round) * 130), take_one(&db, product)).await.is_ok() }
        });
        at_once(work).await;
    }
    assert_clean(&shop, &db, POOL).await;
    for _ in 0..POOL * 2 {
        take_one(&db, product).await.expect("the pool works on");
    }
}

#[tokio::test]
async fn refused_broken_and_panicking_work_is_rolled_back() {
    let shop = Shop::open().await;
    let product = shop.product(7).await;
    let db = Db::new(shop.database(), POOL).expect("a pool");
    let change = format!("update products set name = 'changed' where id = '{product}'");
    for _ in 0..POOL * 2 {
        let mut refused = db.begin().await.expect("a transaction");
        refused.execute(sqlx::AssertSqlSafe(change.clone())).await.expect("a change");
        drop(refused);

        let mut broken = db.begin().await.expect("a transaction");
        broken.execute(sqlx::AssertSqlSafe(change.clone())).await.expect("a change");
        broken.execute("select 1 / 0").await.expect_err("no result");
        drop(broken);

        let (pool, sql) = (db.clone(), change.clone());
        let panicking = async move {
            let mut tx = pool.begin().await.expect("a transaction");
            tx.execute(sqlx::AssertSqlSafe(sql)).await.expect("a change");
            let lines: Vec<i32> = Vec::new();
            assert!(!lines.is_empty(), "a bug");
            tx.commit().await.expect("never reached");
        };
        let panicked = AssertUnwindSafe(platform::http::detached(panicking)).catch_unwind().await;
        assert!(panicked.is_err());
    }
    assert_clean(&shop, &db, POOL).await;
    assert_eq!(shop.number("select count(*) from products where name = 'changed'").await, 0);
}

#[tokio::test]
async fn a_transaction_in_which_a_statement_failed_cannot_be_committed() {
    let shop = Shop::open().await;
    let db = Db::new(shop.database(), POOL).expect("a pool");
    let mut tx = db.begin().await.expect("a transaction");
    tx.execute("insert into categories (id, name, slug, created_at, updated_at) values (gen_random_uuid(), 'Lost', 'lost', now(), now())")
        .await
        .unwrap();
    tx.execute("select 1 / 0").await.expect_err("no result");
    // PostgreSQL answers such a COMMIT with a friendly ROLLBACK; nobody may take that for durable.
    assert!(tx.commit().await.is_err(), "what was rolled back must not be reported as committed");
    assert_clean(&shop, &db, POOL).await;
    assert_eq!(shop.number("select count(*) from categories").await, 0);
}

#[tokio::test]
async fn a_refused_order_leaves_no_lock() {
    let shop = Shop::open().await;
    let mug = shop.product(1).await;
    let (ada, eve) = (shop.guest(), shop.guest());
    ada.add(mug, 1).await.ok();
    eve.add(mug, 1).await.ok();
    let (first, second) = (ada.quote().await, eve.quote().await);
    assert_eq!(ada.order(&first, "a-key").await.status, StatusCode::CREATED);
    for at in 0..30 {
        assert_eq!(eve.order(&second, &format!("key-{at}")).await.refusal(), (409, "out_of_stock"));
    }
    assert_clean(&shop, &shop.app.db, 8).await;
    shop.assert_books().await;
}

/// Orders again under the same key until the first attempt is out of the way.
async fn finish(guest: &Client, quote: &str) -> StatusCode {
    let begun = Instant::now();
    loop {
        let answer = guest.order(quote, "a-key").await;
        if answer.status != StatusCode::SERVICE_UNAVAILABLE && answer.refusal() != (409, "idempotency_key_in_use") {
            return answer.status;
        }
        assert!(begun.elapsed() < CLEAN_WITHIN, "the key stayed in use: {}", answer.body);
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_that_leave_in_the_middle_of_a_checkout_leave_one_order_or_none() {
    let shop = Shop::open().await;
    let mug = shop.product(500).await;
    const CLIENTS: u64 = 48;
    let mut guests = Vec::new();
    for _ in 0..CLIENTS {
        let guest = shop.guest();
        guest.add(mug, 1).await.ok();
        let quote = guest.quote().await;
        guests.push((guest, quote));
    }
    for (batch, leaving) in guests.chunks(8).enumerate() {
        at_once(leaving.iter().cloned().enumerate().map(|(at, (guest, quote))| async move {
            // 0 to 50 ms, spread evenly over everybody.
            let leaves_after = Duration::from_micros(u64::try_from(at * 6 + batch).unwrap() * 50_000 / CLIENTS);
            tokio::time::timeout(leaves_after, guest.order(&quote, "a-key")).await.is_ok()
        }))
        .await;
    }
    assert_clean(&shop, &shop.app.db, 8).await;
    shop.assert_books().await;
    let unreplayed = shop.number("select count(*) from orders").await;
    assert!((0..=i64::try_from(CLIENTS).unwrap()).contains(&unreplayed));
    for (guest, quote) in &guests {
        assert_eq!(finish(guest, quote).await, StatusCode::CREATED);
    }
    assert_eq!(shop.number("select count(*) from orders").await, i64::try_from(CLIENTS).unwrap());
    assert_eq!(shop.number("select stock_reserved from products").await, i64::try_from(CLIENTS).unwrap());
    shop.assert_books().await;
}

#[tokio::test]
async fn a_write_whose_client_left_is_finished_all_the_same() {
    let shop = Shop::open().await;
    let mug = shop.product(5).await;
    let guest = shop.guest();
    guest.add(mug, 1).await.ok();
    let quote = guest.quote().await;
    // Somebody holds the cart, so that the request surely waits when its client leaves.
    let mut holder = postgres::owner(&shop.database()).await;
    let mut holding = holder.begin().await.expect("a transaction");
    holding.execute("select from carts for update").await.expect("the cart");
    let waiting = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
    let mut request = Box::pin(guest.order(&quote, "a-key"));
    let answered = tokio::select! {
        _ = &mut request => true,
        () = eventually("the request waits", async || shop.number(waiting).await == 1) => false,
    };
    assert!(!answered);
    drop(request);
    holding.rollback().await.expect("the cart again");
    eventually("the order is there", async || shop.number("select count(*) from orders").await == 1).await;
    assert_eq!(guest.order(&quote, "a-key").await.status, StatusCode::CREATED, "and its answer is kept");
    assert_clean(&shop, &shop.app.db, 8).await;
    shop.assert_books().await;
}

#[tokio::test]
async fn a_request_that_waits_too_long_for_a_lock_gives_up_and_its_key_works_later() {
    let shop = Shop::open().await;
    let mug = shop.product(5).await;
    let guest = shop.guest();
    guest.add(mug, 1).await.ok();
    let quote = guest.quote().await;
    let mut holder: PgConnection = postgres::owner(&shop.database()).await;
    let mut holding = holder.begin().await.expect("a transaction");
    holding.execute("select from products for update").await.expect("the stock");
    let refused = guest.order(&quote, "a-key").await;
    assert_eq!(refused.refusal(), (503, "db_unavailable"));
    assert!(refused.headers.contains_key("retry-after"));
    assert_eq!(guest.get(&format!("/products/{mug}")).await.status, StatusCode::OK, "readers do not wait for writers");
    holding.rollback().await.expect("the stock again");
    assert_eq!(guest.order(&quote, "a-key").await.status, StatusCode::CREATED);
    assert_eq!(guest.post("/cart/items", json!({ "product_id": mug, "quantity": 1 })).await.status, StatusCode::CREATED);
    assert_clean(&shop, &shop.app.db, 8).await;
    shop.assert_books().await;
}
