//! From the outbox to the provider.

use std::sync::Arc;

use chrono::TimeDelta;
use platform::config::Config;
use serde_json::Value;
use uuid::Uuid;

use super::{
    openapi, samples,
    servers::{Post, Provider, serve},
};
use crate::{
    render,
    send::{GIVE_UP_AFTER, GIVE_UP_ATTEMPTS_MIN, SendEmail, Sender, send},
    sendgrid::{self, SendGrid},
    store::Claimed,
};

fn claimed() -> Claimed {
    Claimed {
        id: Uuid::from_u128(7).into(),
        template: "order_confirmation".to_owned(),
        model: serde_json::to_value(samples::order()).unwrap(),
        recipient: "ada@example.com".to_owned(),
        attempts: 1,
        created_at: chrono::DateTime::UNIX_EPOCH,
    }
}

#[test]
fn the_body_is_what_sendgrid_describes() {
    let folder = tempfile::tempdir().unwrap();
    let variables = [("DATA_DIR", folder.path().to_str().unwrap()), ("MAIL_FROM", "orders@shop.example")];
    let config = Config::from_variables(variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into()).ok().unwrap();
    let mail = claimed();
    let body = sendgrid::body(&config.mail, &mail, &render::render(&mail.template, &mail.model).unwrap());
    openapi::assert_valid(&body);
    assert_eq!(body["headers"]["Message-ID"], "<00000000-0000-0000-0000-000000000007@shop.example>");
    assert_eq!(body["custom_args"]["email_id"], "00000000-0000-0000-0000-000000000007");
    let kinds: Vec<&Value> = body["content"].as_array().unwrap().iter().map(|content| &content["type"]).collect();
    assert_eq!(kinds, ["text/plain", "text/html"]);
}

#[tokio::test]
async fn a_mail_is_queued_once_and_sent_once() {
    let provider = Provider::default();
    let served = serve(provider.router()).await;
    let post = Post::open(&served.url).await;
    post.queue("order_confirmation:1").await;
    post.queue("order_confirmation:1").await;
    assert_eq!(post.jobs().await, 1);
    post.work().await;
    let row = post.row("order_confirmation:1").await;
    assert_eq!((row.state.as_str(), row.attempts, row.last_error), ("sent", 1, None));
    assert!(row.sent_at.is_some());
    let id = provider.bodies.lock().unwrap()[0]["custom_args"]["email_id"].as_str().unwrap().parse().unwrap();
    let again = Sender { app: post.app.clone(), sendgrid: Arc::new(SendGrid::new()) };
    send(again, SendEmail { email_id: id }).await.unwrap();
    assert_eq!(provider.bodies.lock().unwrap().len(), 1, "a job that runs again sends nothing");
}

#[tokio::test]
async fn a_mail_waits_through_trouble_and_is_the_same_mail_afterwards() {
    let provider = Provider::default();
    let served = serve(provider.router()).await;
    let post = Post::open(&served.url).await;
    provider.next_answers(&[503, 429, 401, 302]);
    post.queue("order_confirmation:1").await;
    for (attempt, status) in (1..).zip(["503", "429", "401", "302"]) {
        post.work().await;
        let row = post.row("order_confirmation:1").await;
        assert_eq!((row.state.as_str(), row.attempts), ("queued", attempt));
        assert_eq!(row.last_error.unwrap(), format!("SendGrid answered {status} about from.email"));
    }
    post.app.clock.advance(TimeDelta::hours(1));
    post.work().await;
    assert_eq!(post.row("order_confirmation:1").await.state, "sent");
    let bodies = provider.bodies.lock().unwrap();
    assert_eq!(bodies.len(), 5);
    assert!(bodies.iter().all(|body| body == &bodies[0]), "the Message-ID and all else stay");
}

#[tokio::test]
async fn a_mail_that_is_refused_is_given_up_and_says_why_without_naming_anybody() {
    let provider = Provider::default();
    let served = serve(provider.router()).await;
    let post = Post::open(&served.url).await;
    provider.next_answers(&[400]);
    post.queue("order_confirmation:1").await;
    post.work().await;
    let row = post.row("order_confirmation:1").await;
    assert_eq!((row.state.as_str(), row.last_error.as_deref()), ("dead", Some("SendGrid answered 400 about from.email")));
    assert_eq!(post.jobs().await, 0, "nothing tries again");
}

#[tokio::test]
async fn a_provider_that_is_away_loses_no_mail() {
    let post = Post::open("http://127.0.0.1:9").await; // the discard port: nothing listens
    post.queue("order_confirmation:1").await;
    post.work().await;
    let row = post.row("order_confirmation:1").await;
    assert_eq!((row.state.as_str(), post.jobs().await), ("queued", 1));
    assert!(row.last_error.unwrap().starts_with("no answer: "));
}

#[tokio::test]
async fn a_mail_that_fails_for_days_is_given_up() {
    let provider = Provider::default();
    let served = serve(provider.router()).await;
    let post = Post::open(&served.url).await;
    post.queue("order_confirmation:1").await;
    post.set_attempts(GIVE_UP_ATTEMPTS_MIN).await;
    provider.next_answers(&[503, 503]);
    post.app.clock.advance(GIVE_UP_AFTER - TimeDelta::minutes(1));
    post.work().await;
    assert_eq!((post.row("order_confirmation:1").await.state.as_str(), post.jobs().await), ("queued", 1));
    post.app.clock.advance(TimeDelta::minutes(1));
    post.work().await;
    let row = post.row("order_confirmation:1").await;
    assert_eq!((row.state.as_str(), row.last_error.as_deref()), ("dead", Some("SendGrid answered 503 about from.email")));
    assert_eq!(post.jobs().await, 0, "nothing tries again");
}

#[tokio::test]
async fn days_without_a_worker_are_no_attempts() {
    let provider = Provider::default();
    let served = serve(provider.router()).await;
    let post = Post::open(&served.url).await;
    post.queue("order_confirmation:1").await;
    post.app.clock.advance(GIVE_UP_AFTER * 2);
    post.set_attempts(GIVE_UP_ATTEMPTS_MIN - 2).await;
    provider.next_answers(&[503, 503]);
    post.work().await;
    assert_eq!((post.row("order_confirmation:1").await.state.as_str(), post.jobs().await), ("queued", 1));
    post.work().await;
    assert_eq!((post.row("order_confirmation:1").await.state.as_str(), post.jobs().await), ("dead", 0));
}

#[tokio::test]
async fn a_mail_that_nobody_sends_has_one_job_again_however_often_it_is_looked_for() {
    let provider = Provider::default();
    let served = serve(provider.router()).await;
    let post = Post::open(&served.url).await;
    post.queue("order_confirmation:1").await;
    for (minutes, is_dead, jobs) in [(0, false, 1), (0, true, 0), (59, true, 0), (2, false, 1), (60, false, 1)] {
        if is_dead {
            post.lose_jobs().await;
        }
        post.app.clock.advance(TimeDelta::minutes(minutes));
        post.sweep().await;
        post.sweep().await;
        assert_eq!(post.jobs().await, jobs, "after {minutes} minutes");
    }
    post.work().await;
    assert_eq!(post.row("order_confirmation:1").await.state, "sent");
    post.app.clock.advance(TimeDelta::days(1));
    post.sweep().await;
    assert_eq!((post.jobs().await, provider.bodies.lock().unwrap().len()), (0, 1));
}
