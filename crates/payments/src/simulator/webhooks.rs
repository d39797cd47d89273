//! Delivery of events to the shop: signed, at least once, in no order, again and again until it is thanked for. Faults
//! that are switched on are looked at before each attempt.

use std::{future::Future, pin::pin, sync::Arc, time::Duration};

use axum::http::{StatusCode, header};
use chrono::{DateTime, Utc};
use futures::future::join_all;
use platform::story::{Moment, Mood, Part};
use tokio::{
    sync::Semaphore,
    task::JoinSet,
    time::{Instant, sleep},
};

use crate::stripe::signature;

use super::{Simulator, WebhookFault, book::Change, faults::LATE_BY, objects::Event, shapes};

/// One delivery, from connecting to the answer.
pub(super) const DELIVER_WITHIN: Duration = Duration::from_secs(10);
const AT_ONCE: usize = 8;
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const PAUSE_MAX: Duration = Duration::from_secs(300);
/// An hour and a half of a shop that does not answer. After a restart of the simulator the count begins anew.
const ATTEMPTS_MAX: u32 = 24;
/// Copies of one event when it is sent too often, and how many of them come after the others.
const COPIES: usize = 5;
const COPIES_AFTERWARDS: usize = 2;
/// How often a late event looks whether it is late still.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Delivers what is waiting and what comes, until `shutdown`. What is not delivered by then waits in the journal.
pub(super) async fn run(simulator: &Simulator, shutdown: impl Future<Output = ()>) {
    let at_once = Arc::new(Semaphore::new(AT_ONCE));
    let mut deliveries = JoinSet::new();
    let mut shutdown = pin!(shutdown);
    let mut waiting = simulator.state().everything_pending();
    loop {
        for event in waiting.drain(..) {
            deliveries.spawn(deliver(simulator.clone(), event, at_once.clone()));
        }
        tokio::select! {
            () = &mut shutdown => return,
            () = simulator.news() => waiting = simulator.state().newly_pending(),
            Some(_) = deliveries.join_next() => {}
        }
    }
}

/// Tries everything that waits and is due once, now, one after the other. What is not thanked for goes on waiting.
pub(super) async fn run_once(simulator: &Simulator) {
    let waiting = simulator.state().everything_pending();
    for event in waiting {
        match what_next(simulator, &event) {
            Next::Wait { .. } => {}
            Next::Send { copies } => {
                if send(simulator, &event, copies, 1).await {
                    settle(simulator, &event);
                }
            }
            Next::Lose => lose(simulator, &event),
        }
    }
}

async fn deliver(simulator: Simulator, event: Arc<Event>, at_once: Arc<Semaphore>) {
    let (mut attempt, mut pause) = (1, FIRST_PAUSE);
    let mut told_of_waiting = false;
    while attempt <= ATTEMPTS_MAX {
        let copies = match what_next(&simulator, &event) {
            Next::Lose => return lose(&simulator, &event),
            Next::Wait { until } => {
                if !std::mem::replace(&mut told_of_waiting, true) {
                    let detail = format!("fault: late, will be sent at {} UTC", until.format("%T"));
                    tell(&simulator, &event, simulator.config().clock.now(), Mood::Waiting, "waits", detail);
                }
                sleep(LOOK_EVERY).await;
                continue;
            }
            Next::Send { copies } => copies,
        };
        let Ok(permit) = at_once.acquire().await else { return };
        if send(&simulator, &event, copies, attempt).await {
            return settle(&simulator, &event);
        }
        drop(permit);
        sleep(pause).await;
        pause = (pause * 2).min(PAUSE_MAX);
        attempt += 1;
    }
    tracing::warn!(event = %event.id, kind = %event.r#type, "webhook given up: the shop never answered with success");
    tell(&simulator, &event, simulator.config().clock.now(), Mood::Trouble, "was given up", "the shop never took it");
    settle(&simulator, &event);
}

/// What is to be done with an event, as the faults are now.
enum Next {
    Send { copies: usize },
    Wait { until: DateTime<Utc> },
    Lose,
}

fn what_next(simulator: &Simulator, event: &Event) -> Next {
    let due = DateTime::from_timestamp(event.created, 0).unwrap_or_default() + LATE_BY;
    match simulator.faults().webhooks {
        WebhookFault::Lost => Next::Lose,
        WebhookFault::Late if simulator.config().clock.now() < due => Next::Wait { until: due },
        WebhookFault::FiveTimes => Next::Send { copies: COPIES },
        WebhookFault::None | WebhookFault::Late => Next::Send { copies: 1 },
    }
}

/// Sends so many copies, all but the last two at once; true when the shop took one of them.
async fn send(simulator: &Simulator, event: &Event, copies: usize, attempt: u32) -> bool {
    let body = shapes::event(event).to_string();
    let one = || attempt_once(simulator, event, &body, attempt);
    let together = copies.saturating_sub(COPIES_AFTERWARDS).max(1);
    let mut taken = join_all((0..together).map(|_| one())).await.contains(&true);
    for _ in together..copies {
        taken |= one().await;
    }
    taken
}

/// One delivery, and what is told of it.
async fn attempt_once(simulator: &Simulator, event: &Event, body: &str, attempt: u32) -> bool {
    let (at, begun) = (simulator.config().clock.now(), Instant::now());
    let answered = post(simulator, body).await;
    let number = if attempt == 1 { String::new() } else { format!("attempt {attempt}: ") };
    let took = begun.elapsed().as_millis();
    match answered {
        Ok(status) if status.is_success() => {
            tell(simulator, event, at, Mood::Done, "was sent, signed", format!("{number}answered {} in {took} ms", status.as_u16()));
            true
        }
        Ok(status) => {
            let detail = format!("{number}answered {} in {took} ms, it will be sent again", status.as_u16());
            tell(simulator, event, at, Mood::Trouble, "was sent, but not taken", detail);
            false
        }
        Err(error) => {
            tracing::debug!(event = %event.id, kind = %event.r#type, attempt, %error, "webhook not delivered");
            let detail = format!("{number}the shop did not answer, it will be sent again");
            tell(simulator, event, at, Mood::Trouble, "did not arrive", detail);
            false
        }
    }
}

async fn post(simulator: &Simulator, body: &str) -> Result<StatusCode, String> {
    let config = simulator.config();
    let Some(url) = &config.webhook_url else { return Err("there is nowhere to send it".to_owned()) };
    let signature = signature::sign(&config.webhook_secret, config.clock.now(), body.as_bytes());
    let request = simulator.http().post(url).header(header::CONTENT_TYPE, "application/json").header("stripe-signature", signature);
    let answer = request.body(body.to_owned()).send().await.map_err(|error| error.without_url().to_string())?;
    Ok(answer.status())
}

fn lose(simulator: &Simulator, event: &Event) {
    tell(simulator, event, simulator.config().clock.now(), Mood::Trouble, "was lost", "fault: never sent");
    settle(simulator, event);
}

fn settle(simulator: &Simulator, event: &Event) {
    // On a fault the event stays pending and is delivered once more after a restart, which is within the promise.
    let settled = simulator.state().commit(vec![Change::Settled(event.id.clone())]);
    settled.unwrap_or_else(|error| tracing::warn!(%error, "the payment simulator's journal could not be written"));
}

/// Tells what became of an event, to whoever looks at its payment.
fn tell(simulator: &Simulator, event: &Event, at: DateTime<Utc>, mood: Mood, became: &str, detail: impl Into<String>) {
    let what = format!("The webhook {} {became}", event.r#type);
    if let Some(intent) = event.intent_id() {
        simulator.state().moments.add(intent, Moment { at, part: Part::Webhook, mood, what, detail: detail.into() });
    }
}
