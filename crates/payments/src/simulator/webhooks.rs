//! Delivery of events to the shop: signed, at least once, in no order, again and again until it is thanked for.

use std::{future::Future, pin::pin, sync::Arc, time::Duration};

use axum::http::header;
use tokio::{sync::Semaphore, task::JoinSet};

use crate::stripe::signature;

use super::{Simulator, book::Change, objects::Event, shapes};

/// One delivery, from connecting to the answer.
pub(super) const DELIVER_WITHIN: Duration = Duration::from_secs(10);
const AT_ONCE: usize = 8;
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const PAUSE_MAX: Duration = Duration::from_secs(300);
/// An hour and a half of a shop that does not answer. After a restart of the simulator the count begins anew.
const ATTEMPTS_MAX: u32 = 24;

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

/// Tries everything that waits once, now, one after the other. What is not thanked for goes on waiting.
pub(super) async fn run_once(simulator: &Simulator) {
    let waiting = simulator.state().everything_pending();
    for event in waiting {
        if attempt_once(simulator, shapes::event(&event).to_string()).await.is_ok() {
            settle(simulator, &event);
        }
    }
}

async fn deliver(simulator: Simulator, event: Arc<Event>, at_once: Arc<Semaphore>) {
    let body = shapes::event(&event).to_string();
    let mut pause = FIRST_PAUSE;
    for attempt in 1..=ATTEMPTS_MAX {
        let Ok(permit) = at_once.acquire().await else { return };
        match attempt_once(&simulator, body.clone()).await {
            Ok(()) => return settle(&simulator, &event),
            Err(error) => tracing::debug!(event = %event.id, kind = %event.r#type, attempt, %error, "webhook not delivered"),
        }
        drop(permit);
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(PAUSE_MAX);
    }
    tracing::warn!(event = %event.id, kind = %event.r#type, "webhook given up: the shop never answered with success");
    settle(&simulator, &event);
}

async fn attempt_once(simulator: &Simulator, body: String) -> Result<(), String> {
    let config = simulator.config();
    let Some(url) = &config.webhook_url else { return Err("there is nowhere to send it".to_owned()) };
    let signature = signature::sign(&config.webhook_secret, config.clock.now(), body.as_bytes());
    let request =
        simulator.http().post(url).header(header::CONTENT_TYPE, "application/json").header("stripe-signature", signature).body(body);
    let answer = request.send().await.map_err(|error| error.without_url().to_string())?;
    if answer.status().is_success() { Ok(()) } else { Err(format!("status {}", answer.status().as_u16())) }
}

fn settle(simulator: &Simulator, event: &Event) {
    // On a fault the event stays pending and is delivered once more after a restart, which is within the promise.
    let settled = simulator.state().commit(vec![Change::Settled(event.id.clone())]);
    settled.unwrap_or_else(|error| tracing::warn!(%error, "the payment simulator's journal could not be written"));
}
