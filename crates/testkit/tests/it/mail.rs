//! Receipts: queued with the payment, delivered once, right in every figure.

use serde_json::Value;
use testkit::Shop;

use crate::payments::{GOOD, id_of, pending, status};

const READER: &str = "ada@example.com";

#[tokio::test]
async fn a_receipt_says_what_was_bought_and_what_it_cost() {
    let shop = Shop::open().await;
    let (mug, vase) = (shop.product(5).await, shop.priced_product(899, 5).await);
    let guest = shop.guest();
    guest.add(mug, 1).await.ok();
    guest.add(vase, 2).await.ok();
    let order = guest.place_order().await;
    assert_eq!(shop.pay(&guest, &order, GOOD).await.status.as_u16(), 200);
    assert!(shop.mails_to(READER).await.is_empty(), "nothing is mailed before the money is in");
    shop.deliver_webhooks().await;

    let mails = shop.mails_to(READER).await;
    let [mail] = mails.as_slice() else { unreachable!("one mail: {mails:?}") };
    let number = order["order_number"].as_str().unwrap();
    let (text, html) = (mail["text"].as_str().unwrap(), mail["html"].as_str().unwrap());
    assert!(mail["subject"].as_str().unwrap().contains(number), "{}", mail["subject"]);
    for part in [text, html] {
        for figure in ["$37.97", "$5.90", "$3.51", "$47.38", "$19.99", "$17.98", "Ada Lovelace", "London", number] {
            assert!(part.contains(figure), "{figure} in {part}");
        }
    }
    assert_eq!(shop.number("select count(*) from emails where state = 'sent' and attempts = 1 and sent_at is not null").await, 1);

    let link = text.split_whitespace().find(|word| word.contains("/orders/")).expect("the order's link").to_owned();
    let (_, path) = link.split_once("/orders/").unwrap();
    let opened = shop.guest().get(&format!("/orders/{path}")).await.ok();
    assert_eq!(opened["id"], order["id"], "the mail's own link opens a guest's order");
}

#[tokio::test]
async fn a_receipt_is_queued_in_the_very_transaction_that_takes_the_money() {
    let shop = Shop::open().await;
    let (guest, order) = pending(&shop).await;
    assert_eq!(shop.pay(&guest, &order, GOOD).await.status.as_u16(), 200);
    // While mails cannot be written no order is paid, not even half.
    shop.sql("alter table emails rename to emails_away").await;
    shop.deliver_webhooks().await;
    assert_eq!(status(&guest, &order).await, "pending");
    let touched = "select (select count(*) from stock_moves where reason = 'sale') + (select count(*) from payments where state = 'succeeded')
                   + (select count(*) from order_events where to_status = 'processing') + (select count(*) from stripe_events where type = 'payment_intent.succeeded' and processed_at is not null)";
    assert_eq!(shop.number(touched).await, 0);
    shop.sql("alter table emails_away rename to emails").await;
    shop.assert_books().await;
    shop.make_jobs_due().await;
    shop.drain().await;
    assert_eq!(status(&guest, &order).await, "processing");
    assert_eq!(shop.number("select count(*) from emails e join orders o on e.created_at = o.paid_at").await, 1);
    assert_eq!(shop.mails_to(READER).await.len(), 1);
    shop.assert_books().await;
}

#[tokio::test]
async fn while_the_provider_is_away_mails_wait_and_arrive_once() {
    let shop = Shop::open().await;
    let (guest, order) = pending(&shop).await;
    shop.sendgrid.stop().await;
    assert_eq!(shop.pay(&guest, &order, GOOD).await.status.as_u16(), 200);
    shop.deliver_webhooks().await;
    assert_eq!(status(&guest, &order).await, "processing", "an order does not wait for its mail");
    assert_eq!(shop.number("select count(*) from emails where state = 'queued' and attempts = 1 and last_error is not null").await, 1);
    let later = "select count(*) from graphile_worker.jobs join emails on task_identifier = 'email.send' and run_at >= attempted_at + interval '3 seconds'";
    assert_eq!(shop.number(later).await, 1, "the next attempt is not at once");

    shop.sendgrid.restart().await;
    shop.make_jobs_due().await;
    shop.drain().await;
    shop.make_jobs_due().await;
    shop.drain().await;
    let mails = shop.mails_to(READER).await;
    assert_eq!(mails.len(), 1);
    let message_id = mails[0]["headers"]["Message-ID"].as_str().expect("a Message-ID");
    let named = format!("select count(*) from emails where '{message_id}' like '<' || id || '@%' and state = 'sent' and attempts = 2");
    assert_eq!(shop.number(&named).await, 1, "the same Message-ID at each attempt");
}

#[tokio::test]
async fn a_mail_whose_job_died_is_found_and_sent_once() {
    let shop = Shop::open().await;
    shop.mailbox.set_down(true);
    let (guest, order) = pending(&shop).await;
    assert_eq!(shop.pay(&guest, &order, GOOD).await.status.as_u16(), 200);
    shop.deliver_webhooks().await;
    assert_eq!(status(&guest, &order).await, "processing");
    shop.mailbox.set_down(false);
    shop.sql("delete from graphile_worker._private_jobs").await;
    shop.tick().await;
    assert!(shop.mails_to(READER).await.is_empty(), "it was tried just now: nobody hurries");
    shop.advance(chrono::TimeDelta::minutes(61));
    shop.tick().await;
    shop.tick().await;
    assert_eq!(shop.mails_to(READER).await.len(), 1);
    assert_eq!(shop.number("select count(*) from emails where state = 'sent' and attempts = 2").await, 1);
}

#[tokio::test]
async fn a_customers_receipt_leads_to_the_order_without_a_token() {
    let shop = Shop::open().await;
    let ada = shop.customer().await;
    let order = shop.buy(&ada, shop.product(5).await, 1).await;
    let mails = shop.mails_to(READER).await;
    let text = mails[0]["text"].as_str().unwrap();
    assert!(text.contains(&format!("{}/orders/{}", shop.base, id_of(&order))) && !text.contains("token="), "{text}");
}

#[tokio::test]
async fn each_order_has_its_own_receipt() {
    let shop = Shop::open().await;
    let mug = shop.product(9).await;
    let ada = shop.customer().await;
    let mut numbers = Vec::new();
    for _ in 0..3 {
        numbers.push(shop.buy(&ada, mug, 1).await["order_number"].clone());
    }
    let subjects: Vec<Value> = shop.mails_to(READER).await.iter().map(|mail| mail["subject"].clone()).collect();
    assert_eq!(subjects.len(), 3);
    for number in numbers {
        assert!(subjects.iter().any(|subject| subject.as_str().unwrap().contains(number.as_str().unwrap())), "{subjects:?}");
    }
    shop.assert_books().await;
}
