//! Asking Stripe about payments that stay silent: in time, not too often, once in effect, and through Stripe's absence.

use chrono::TimeDelta;
use futures::future::join_all;
use reqwest::StatusCode;
use testkit::{Shop, postgres};

use crate::{
    faults::assert_paid_once,
    payments::{GOOD, id_of, pending, status},
};

const FIRST: TimeDelta = TimeDelta::seconds(15);
/// How far from each other the rounds of questions are.
const ROUND: TimeDelta = TimeDelta::seconds(5);
const TO_END: &str = "select count(*) from payments where state = 'cancel_requested'";

async fn times_asked(shop: &Shop) -> i64 {
    shop.number("select sum(times_asked) from payments").await
}

#[tokio::test]
async fn an_open_payment_is_asked_about_at_growing_distances() {
    let shop = Shop::open().await;
    let (guest, order) = pending(&shop).await;
    guest.intent(id_of(&order)).await.ok();
    let age = "select (extract(epoch from asked_at - opened_at) * 1000)::bigint from payments";
    let mut ages = vec![];
    for _ in 0..72 {
        shop.advance(ROUND);
        shop.ask_silent_intents().await;
        if times_asked(&shop).await > i64::try_from(ages.len()).unwrap() {
            ages.push(shop.number(age).await);
        }
    }
    assert_eq!(times_asked(&shop).await, i64::try_from(ages.len()).unwrap(), "once a round at most");
    // Real time passes as well, and a question waits for its round.
    let slack = 2 * ROUND.num_milliseconds();
    assert!((15_000..15_000 + slack).contains(&ages[0]), "{ages:?}");
    for pair in ages.windows(2) {
        let pause = pair[0].min(60_000);
        assert!((pause..pause + slack).contains(&(pair[1] - pair[0])), "{ages:?}");
    }
    assert_eq!((status(&guest, &order).await.as_str(), ages.len() >= 6), ("pending", true), "{ages:?}");
}

#[tokio::test]
async fn money_is_found_within_two_minutes_however_late_it_came() {
    for silent_s in [0, 40, 700] {
        let shop = Shop::open().await;
        let (guest, order) = pending(&shop).await;
        let intent = guest.intent(id_of(&order)).await.ok();
        for _ in 0..silent_s / ROUND.num_seconds() {
            shop.advance(ROUND);
            shop.ask_silent_intents().await;
        }
        assert_eq!(shop.confirm(&intent, GOOD).await.status, StatusCode::OK);
        let paid_at = shop.now();
        while status(&guest, &order).await == "pending" {
            assert!(shop.now() - paid_at < TimeDelta::minutes(2), "silent for {silent_s} s");
            shop.advance(ROUND);
            shop.ask_silent_intents().await;
        }
        shop.drain().await;
        assert_paid_once(&shop, &guest, &order).await;
    }
}

#[tokio::test]
async fn while_stripe_is_away_it_is_asked_again_and_again() {
    let shop = Shop::open().await;
    let (guest, order) = pending(&shop).await;
    assert_eq!(shop.pay(&guest, &order, GOOD).await.status, StatusCode::OK);
    shop.stripe.stop().await;
    for round in 1..=3 {
        shop.advance(TimeDelta::seconds(65));
        shop.ask_silent_intents().await;
        assert_eq!((status(&guest, &order).await.as_str(), times_asked(&shop).await), ("pending", round));
    }
    shop.stripe.restart().await;
    shop.advance(TimeDelta::seconds(65));
    shop.tick().await;
    assert_paid_once(&shop, &guest, &order).await;
}

#[tokio::test]
async fn several_workers_ask_once_and_have_one_effect() {
    const ORDERS: i64 = 12;
    let shop = Shop::open().await;
    let mug = shop.product(20).await;
    for _ in 0..ORDERS {
        let guest = shop.guest();
        guest.add(mug, 1).await.ok();
        let order = guest.place_order().await;
        assert_eq!(shop.pay(&guest, &order, GOOD).await.status, StatusCode::OK);
    }
    shop.advance(FIRST);
    // The webhooks come at this very time, too.
    let asking = join_all((0..4).map(|_| shop.ask_silent_intents()));
    tokio::join!(asking, shop.deliver_webhooks());
    shop.drain().await;
    assert!(times_asked(&shop).await <= ORDERS, "a payment is asked about by one of them");
    for once in [
        "select count(*) from orders where status = 'processing'",
        "select count(*) from stock_moves where reason = 'sale'",
        "select count(*) from emails where state = 'sent'",
        "select count(*) from order_events where to_status = 'processing'",
        "select count(*) from payments where state = 'succeeded' and captured = amount and refunded = 0",
    ] {
        assert_eq!(shop.number(once).await, ORDERS, "{once}");
    }
    shop.assert_books().await;
}

#[tokio::test]
async fn a_question_that_another_worker_holds_is_left_to_it() {
    let shop = Shop::open().await;
    let (guest, order) = pending(&shop).await;
    assert_eq!(shop.pay(&guest, &order, GOOD).await.status, StatusCode::OK);
    shop.advance(FIRST);
    let mut other = postgres::owner(&shop.database()).await;
    postgres::execute(&mut other, "begin").await;
    postgres::execute(&mut other, "select from payments for no key update").await;
    shop.ask_silent_intents().await;
    assert_eq!(times_asked(&shop).await, 0, "nobody waits for a lock to ask");
    postgres::execute(&mut other, "rollback").await;
    shop.ask_silent_intents().await;
    assert_eq!((times_asked(&shop).await, status(&guest, &order).await.as_str()), (1, "processing"));
}

#[tokio::test]
async fn nobody_asks_about_what_is_decided() {
    let shop = Shop::open().await;
    let ada = shop.customer().await;
    shop.buy(&ada, shop.product(5).await, 1).await; // paid
    let (ended, order) = pending(&shop).await;
    ended.intent(id_of(&order)).await.ok();
    shop.expire_holds().await;
    shop.tick().await; // ended at Stripe
    assert_eq!(status(&ended, &order).await, "cancelled");
    for _ in 0..3 {
        shop.advance(TimeDelta::hours(2));
        shop.ask_silent_intents().await;
    }
    assert_eq!(times_asked(&shop).await, 0);
}

#[tokio::test]
async fn money_that_does_not_fit_is_a_persons_to_decide_and_no_longer_asked_about() {
    for change in ["amount = 27.95", "currency = 'EUR'"] {
        let shop = Shop::open().await;
        let (guest, order) = pending(&shop).await;
        assert_eq!(shop.pay(&guest, &order, GOOD).await.status, StatusCode::OK);
        // As if the shop had asked for less, or for other money.
        shop.sql(&format!("update payments set {change}")).await;
        shop.advance(FIRST);
        shop.tick().await;
        let review = "select count(*) from payment_reviews where reason = 'amount_mismatch' and resolved_at is null";
        assert_eq!((shop.number(review).await, status(&guest, &order).await.as_str()), (1, "cancelled"), "{change}");
        shop.advance(TimeDelta::hours(1));
        shop.tick().await;
        assert_eq!((times_asked(&shop).await, shop.number(review).await), (1, 1), "{change}");
        assert_eq!(shop.number("select count(*) from stock_moves where reason = 'sale'").await, 0);
        shop.assert_books().await;
    }
}

#[tokio::test]
async fn an_intent_that_stripe_does_not_know_is_asked_about_more_and_more_seldom_and_found_when_it_does() {
    let shop = Shop::open().await;
    let (guest, order) = pending(&shop).await;
    assert_eq!(shop.pay(&guest, &order, GOOD).await.status, StatusCode::OK);
    let known = shop.stripe_book().await[0]["pi_id"].as_str().expect("an id").to_owned();
    shop.sql("update payments set intent_id = 'pi_of_another_account'").await;
    let mut minutes = vec![];
    for minute in 1..=70 {
        shop.advance(TimeDelta::minutes(1));
        let before = times_asked(&shop).await;
        shop.ask_silent_intents().await;
        minutes.extend((times_asked(&shop).await > before).then_some(minute));
    }
    // Real time passes as well: a question may slip by a round.
    assert!((5..=8).contains(&minutes.len()) && minutes[0] <= 2 && minutes[1] <= 4, "{minutes:?}");
    assert!(minutes.windows(2).all(|pair| pair[1] - pair[0] >= pair[0] - 1), "{minutes:?}");
    assert_eq!(status(&guest, &order).await, "pending");
    shop.sql(&format!("update payments set intent_id = '{known}'")).await;
    shop.advance(TimeDelta::hours(1));
    shop.tick().await;
    assert_paid_once(&shop, &guest, &order).await;
}

#[tokio::test]
async fn a_payment_whose_ending_failed_for_the_last_time_is_ended_by_whoever_asks() {
    const NEVER_ANSWERED: &str = "update payments set intent_id = null, client_secret = null, state = 'creating', next_ask_at = null;
         update order_keys set payment_intent_id = null; update orders set payment_intent_id = null";
    for made in ["select 1", NEVER_ANSWERED] {
        let shop = Shop::open().await;
        let (guest, order) = pending(&shop).await;
        guest.intent(id_of(&order)).await.ok();
        shop.sql(made).await;
        shop.expire_holds().await;
        shop.run_periodic().await;
        shop.stripe.stop().await;
        shop.drain().await;
        shop.sql("delete from graphile_worker._private_jobs").await;
        shop.stripe.restart().await;
        assert_eq!((status(&guest, &order).await.as_str(), shop.number(TO_END).await), ("pending", 1), "{made}");
        shop.advance(TimeDelta::seconds(65));
        shop.ask_silent_intents().await;
        assert_eq!(status(&guest, &order).await, "cancelled", "{made}");
        assert_eq!(shop.stripe_book().await[0]["status"], "canceled", "{made}");
        assert_eq!(shop.number("select count(*) from payments where state = 'canceled' and settled_by = 'expiry'").await, 1, "{made}");
        shop.drain().await;
        shop.assert_books().await;
    }
}

#[tokio::test]
async fn a_payment_that_is_to_end_and_that_stripe_does_not_know_ends_after_a_day_with_a_review() {
    let shop = Shop::open().await;
    let (guest, order) = pending(&shop).await;
    guest.intent(id_of(&order)).await.ok();
    shop.sql("update payments set intent_id = 'pi_of_another_account'").await;
    shop.expire_holds().await;
    shop.tick().await;
    let reviews = "select count(*) from payment_reviews where reason = 'intent_missing' and order_id is not null and resolved_at is null";
    shop.advance(TimeDelta::hours(23));
    shop.ask_silent_intents().await;
    assert_eq!((status(&guest, &order).await.as_str(), shop.number(TO_END).await, shop.number(reviews).await), ("pending", 1, 0));
    shop.advance(TimeDelta::hours(2));
    shop.ask_silent_intents().await;
    assert_eq!((status(&guest, &order).await.as_str(), shop.number(reviews).await), ("cancelled", 1));
    let asked = times_asked(&shop).await;
    shop.advance(TimeDelta::days(1));
    shop.ask_silent_intents().await;
    assert_eq!((times_asked(&shop).await, shop.number(reviews).await), (asked, 1), "it is a person's now");
    shop.assert_books().await;
}

#[tokio::test]
async fn a_payment_that_the_shop_had_ended_was_ended_by_that_whoever_tells_of_it() {
    let shop = Shop::open().await;
    let (guest, order) = pending(&shop).await;
    guest.intent(id_of(&order)).await.ok();
    // As when the webhook is quicker than the answer to the shop's own question.
    shop.sql("update payments set state = 'cancel_requested'").await;
    let intent = shop.stripe_book().await[0]["pi_id"].as_str().expect("an id").to_owned();
    shop.ask_stripe(&format!("/v1/payment_intents/{intent}/cancel"), &[]).await.ok();
    shop.deliver_webhooks().await;
    assert_eq!(status(&guest, &order).await, "cancelled");
    assert_eq!(shop.number("select count(*) from payments where state = 'canceled' and settled_by = 'expiry'").await, 1);
}

#[tokio::test]
async fn a_round_asks_about_all_that_are_due() {
    // More than a batch.
    const SILENT: i64 = 60;
    let shop = Shop::open().await;
    // Payments without orders: that Stripe does not know them is answer enough.
    shop.sql(&format!(
        "alter table payments drop constraint payments_order_id_fkey;
         insert into payments (id, order_id, intent_id, state, currency, amount, created_at, updated_at, opened_at, next_ask_at)
         select gen_random_uuid(), gen_random_uuid(), 'pi_silent_' || n, 'open', 'USD', 1, now(), now(), now(), now() - interval '1 second'
         from generate_series(1, {SILENT}) n"
    ))
    .await;
    shop.ask_silent_intents().await;
    assert_eq!(times_asked(&shop).await, SILENT);
}

#[tokio::test]
async fn a_decline_that_nobody_told_of_is_known_and_the_order_waits_for_another_card() {
    let shop = Shop::open().await;
    let (guest, order) = pending(&shop).await;
    assert_eq!(shop.pay(&guest, &order, "4000000000009995").await.status, StatusCode::PAYMENT_REQUIRED);
    shop.advance(FIRST);
    shop.tick().await;
    assert_eq!(shop.number("select count(*) from payments where last_error_code = 'insufficient_funds' and state = 'open'").await, 1);
    assert_eq!(status(&guest, &order).await, "pending");
    assert_eq!(shop.pay(&guest, &order, GOOD).await.status, StatusCode::OK);
    shop.advance(TimeDelta::minutes(1));
    shop.tick().await;
    assert_paid_once(&shop, &guest, &order).await;
}
