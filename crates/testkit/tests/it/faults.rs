//! Faults that are switched on in the stand-ins: whatever goes wrong, an order is paid once, mailed once, and told of.

use std::time::Duration;

use chrono::TimeDelta;
use payments::simulator::{ChargeFault, Faults, WebhookFault};
use platform::story::{Moment, Mood};
use reqwest::StatusCode;
use serde_json::{Value, json};
use testkit::{Client, Shop};

use crate::payments::{GOOD, id_of, pending, status};

const READER: &str = "ada@example.com";
/// A condition that does not come within this time never comes.
const WITHIN: Duration = Duration::from_secs(20);

async fn pays(shop: &Shop) -> (Client, Value) {
    let (guest, order) = pending(shop).await;
    assert_eq!(shop.pay(&guest, &order, GOOD).await.status, StatusCode::OK);
    (guest, order)
}

/// One charge, one sale, one receipt, and the order knows.
pub async fn assert_paid_once(shop: &Shop, client: &Client, order: &Value) {
    assert_eq!(status(client, order).await, "processing");
    let book = shop.stripe_book().await;
    assert_eq!((book.len(), &book[0]["captured"], &book[0]["refunded"]), (1, &json!(2796), &json!(0)));
    assert_eq!(shop.number("select count(*) from stock_moves where reason = 'sale'").await, 1);
    assert_eq!(shop.number("select count(*) from emails where template = 'order_confirmation'").await, 1);
    assert_eq!(shop.mails_to(READER).await.len(), 1);
    shop.assert_books().await;
}

fn webhooks(fault: WebhookFault) -> Faults {
    Faults { webhooks: fault, ..Faults::default() }
}

fn charge(fault: ChargeFault) -> Faults {
    Faults { charge: fault, ..Faults::default() }
}

/// What the shop tells of an order's payment.
async fn told_by_shop(shop: &Shop, order: &Value) -> Vec<Moment> {
    let mut db = shop.app.db.read().await.expect("a connection");
    payments::story(&mut db, id_of(order)).await.expect("a story")
}

/// What the simulator tells of the only payment.
async fn told_by_simulator(shop: &Shop) -> Vec<Moment> {
    let book = shop.stripe_book().await;
    shop.simulator.moments(book[0]["pi_id"].as_str().expect("an id"))
}

/// How many moments say this in this mood.
fn count(moments: &[Moment], mood: Mood, said: &str) -> usize {
    moments.iter().filter(|moment| moment.mood == mood && format!("{}; {}", moment.what, moment.detail).contains(said)).count()
}

#[tokio::test]
async fn a_lost_webhook_heals_because_stripe_is_asked() {
    let shop = Shop::open().await;
    shop.simulator.set_faults(webhooks(WebhookFault::Lost));
    let (guest, order) = pays(&shop).await;
    shop.send_webhooks().await;
    shop.simulator.set_faults(Faults::default());
    shop.send_webhooks().await;
    assert_eq!(shop.number("select count(*) from stripe_events").await, 0, "what is lost is lost for ever");
    assert_eq!(status(&guest, &order).await, "pending");

    shop.advance(TimeDelta::seconds(15));
    shop.tick().await;
    assert_paid_once(&shop, &guest, &order).await;
    let told = told_by_shop(&shop, &order).await;
    assert_eq!(count(&told, Mood::Healed, "the webhook never came"), 1, "{told:?}");
    let told = told_by_simulator(&shop).await;
    assert_eq!(count(&told, Mood::Trouble, "payment_intent.succeeded was lost; fault: never sent"), 1, "{told:?}");
    assert_eq!(count(&told, Mood::Done, "The card was charged"), 1, "{told:?}");
}

#[tokio::test]
async fn a_webhook_that_comes_five_times_has_one_effect() {
    let shop = Shop::open().await;
    shop.simulator.set_faults(webhooks(WebhookFault::FiveTimes));
    let (guest, order) = pays(&shop).await;
    shop.send_webhooks().await;
    assert_paid_once(&shop, &guest, &order).await;
    let told = told_by_simulator(&shop).await;
    assert_eq!(count(&told, Mood::Done, "The webhook payment_intent.succeeded was sent, signed; answered 200 in"), 5, "{told:?}");
    let told = told_by_shop(&shop, &order).await;
    assert_eq!(count(&told, Mood::Done, "The webhook payment_intent.succeeded arrived"), 1, "{told:?}");
    assert_eq!(shop.number("select count(*) from payments where settled_by = 'webhook'").await, 1);
}

#[tokio::test]
async fn a_webhook_that_comes_after_the_question_has_no_second_effect() {
    let shop = Shop::open().await;
    shop.simulator.set_faults(webhooks(WebhookFault::Late));
    let (guest, order) = pays(&shop).await;
    shop.advance(TimeDelta::seconds(15));
    shop.send_webhooks().await;
    assert_eq!((shop.number("select count(*) from stripe_events").await, status(&guest, &order).await.as_str()), (0, "pending"));
    shop.tick().await;
    assert_paid_once(&shop, &guest, &order).await;

    shop.advance(TimeDelta::seconds(15));
    shop.send_webhooks().await;
    assert_eq!(
        shop.number("select count(*) from stripe_events where type = 'payment_intent.succeeded' and processed_at is not null").await,
        1
    );
    assert_paid_once(&shop, &guest, &order).await;
    assert_eq!(shop.number("select count(*) from payments where settled_by = 'reconciler'").await, 1);
}

#[tokio::test]
async fn a_card_that_was_charged_without_an_answer_pays_once() {
    let shop = Shop::open().await;
    let (guest, order) = pending(&shop).await;
    let intent = guest.intent(id_of(&order)).await.ok();
    shop.simulator.set_faults(Faults { webhooks: WebhookFault::Lost, charge: ChargeFault::ThenTimeout });
    // A browser that gives up at some time after the card was charged.
    tokio::select! {
        answer = shop.confirm(&intent, GOOD) => unreachable!("answered {}", answer.status),
        () = charged(&shop) => {}
    }
    shop.send_webhooks().await;
    shop.simulator.set_faults(Faults::default());
    assert_eq!(status(&guest, &order).await, "pending");

    let again = shop.confirm(&intent, GOOD).await;
    let error = &again.body["error"];
    assert_eq!((&error["code"], &error["payment_intent"]["status"]), (&json!("payment_intent_unexpected_state"), &json!("succeeded")));
    shop.advance(TimeDelta::seconds(15));
    shop.tick().await;
    assert_paid_once(&shop, &guest, &order).await;
    let told = told_by_simulator(&shop).await;
    assert_eq!(count(&told, Mood::Trouble, "withheld"), 1, "{told:?}");
}

/// Waits until the only payment's money was taken.
async fn charged(shop: &Shop) {
    let waiting = async {
        while shop.stripe_book().await[0]["captured"] == 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(WITHIN, waiting).await.expect("a charge");
}

#[tokio::test]
async fn while_every_card_is_declined_an_order_stays_payable() {
    let shop = Shop::open().await;
    shop.simulator.set_faults(charge(ChargeFault::Decline));
    let (guest, order) = pending(&shop).await;
    for card in [GOOD, "4000002500003155"] {
        let refused = shop.pay(&guest, &order, card).await;
        assert_eq!((refused.status, &refused.body["error"]["decline_code"]), (StatusCode::PAYMENT_REQUIRED, &json!("generic_decline")));
    }
    shop.send_webhooks().await;
    assert_eq!((status(&guest, &order).await.as_str(), shop.mails_to(READER).await.len()), ("pending", 0));
    assert_eq!(shop.number("select count(*) from payments where last_error_code = 'generic_decline' and state = 'open'").await, 1);
    shop.simulator.set_faults(Faults::default());
    assert_eq!(shop.pay(&guest, &order, GOOD).await.status, StatusCode::OK);
    shop.send_webhooks().await;
    assert_paid_once(&shop, &guest, &order).await;
}

#[tokio::test]
async fn a_mail_that_found_the_provider_down_arrives_once_when_it_is_up_again() {
    let shop = Shop::open().await;
    shop.mailbox.set_down(true);
    let (guest, order) = pays(&shop).await;
    shop.send_webhooks().await;
    assert_eq!((status(&guest, &order).await.as_str(), shop.mails_to(READER).await.len()), ("processing", 0));
    assert_eq!(shop.number("select count(*) from emails where state = 'queued' and last_error = 'SendGrid answered 503'").await, 1);
    shop.mailbox.set_down(false);
    for _ in 0..2 {
        shop.make_jobs_due().await;
        shop.drain().await;
    }
    assert_paid_once(&shop, &guest, &order).await;
}

#[tokio::test]
async fn faults_are_switched_below_the_shop_as_well() {
    let shop = Shop::open().await;
    let guest = shop.guest();
    assert_eq!(guest.get("//_sandbox/_faults").await.ok(), json!({ "webhooks": "none", "charge": "none" }));
    let set = guest.put("//_sandbox/_faults", json!({ "charge": "then_timeout", "webhooks": "five_times" })).await.ok();
    assert_eq!(set, json!({ "webhooks": "five_times", "charge": "then_timeout" }));
    assert_eq!(shop.simulator.faults(), Faults { webhooks: WebhookFault::FiveTimes, charge: ChargeFault::ThenTimeout });
    let from_afar = guest.request(reqwest::Method::GET, "//_sandbox/_faults").header("host", "rebound.example");
    assert_eq!(guest.send(from_afar).await.status, StatusCode::NOT_FOUND);
}
