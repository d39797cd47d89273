//! Domain events: published in the transaction that made them true, delivered to each subscriber by a job of its own.
//! Owns `events`.

use std::{future::Future, pin::Pin, sync::Arc};

use chrono::{DateTime, Utc};
use kernel::{EventId, Ids, event::Event};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;

use crate::{
    App,
    jobs::{self, Handler, Job, JobError, When},
};

/// Publishes an event in the caller's transaction.
pub async fn publish<E: Event>(db: &mut PgConnection, event: &E, ids: &mut Ids) -> sqlx::Result<()> {
    let id: EventId = ids.next();
    insert(db, id, E::NAME, event, ids.now()).await?;
    jobs::enqueue(db, &Dispatch { event_id: id, name: E::NAME.to_owned() }, When::default()).await
}

async fn insert<E: Event>(db: &mut PgConnection, id: EventId, name: &str, event: &E, now: DateTime<Utc>) -> sqlx::Result<()> {
    let payload = serde_json::to_value(event).map_err(|error| sqlx::Error::Encode(Box::new(error)))?;
    sqlx::query!("insert into events (id, name, payload, created_at) values ($1, $2, $3, $4)", id as _, name, payload, now)
        .execute(db)
        .await
        .map(drop)
}

type Delivering = Pin<Box<dyn Future<Output = Result<(), JobError>> + Send>>;

/// A domain's interest in an event.
#[derive(Clone)]
pub struct Subscriber {
    name: &'static str,
    event: &'static str,
    run: Arc<dyn Fn(serde_json::Value) -> Delivering + Send + Sync>,
}

/// Binds an event to a function; `name` is unique among subscribers and stays over releases.
pub fn subscriber<E, S, F, Fut>(name: &'static str, state: &S, run: F) -> Subscriber
where
    E: Event,
    S: Clone + Send + Sync + 'static,
    F: Fn(S, E) -> Fut + Send + Sync + Copy + 'static,
    Fut: Future<Output = Result<(), JobError>> + Send + 'static,
{
    let state = state.clone();
    let run = Arc::new(move |payload| -> Delivering {
        let state = state.clone();
        Box::pin(async move {
            let event = serde_json::from_value(payload).map_err(|error| JobError::Retry(format!("payload of {}: {error}", E::NAME)))?;
            run(state, event).await
        })
    });
    Subscriber { name, event: E::NAME, run }
}

/// Fans an event out into one delivery for each subscriber.
#[derive(Serialize, Deserialize)]
struct Dispatch {
    event_id: EventId,
    name: String,
}

impl Job for Dispatch {
    const NAME: &'static str = "events.dispatch";
}

/// Brings one event to one subscriber.
#[derive(Serialize, Deserialize)]
struct Deliver {
    event_id: EventId,
    subscriber: String,
}

impl Job for Deliver {
    const NAME: &'static str = "events.deliver";
}

#[derive(Clone)]
struct Bus {
    app: App,
    subscribers: Arc<[Subscriber]>,
}

/// The jobs that carry events to these subscribers.
pub fn jobs(app: &App, subscribers: Vec<Subscriber>) -> Vec<Handler> {
    let bus = Bus { app: app.clone(), subscribers: subscribers.into() };
    vec![jobs::handler(&bus, dispatch), jobs::handler(&bus, deliver)]
}

async fn dispatch(bus: Bus, job: Dispatch) -> Result<(), JobError> {
    let mut tx = bus.app.db.begin().await?;
    for subscriber in bus.subscribers.iter().filter(|subscriber| subscriber.event == job.name) {
        let key = format!("{}:{}", job.event_id, subscriber.name);
        let delivery = Deliver { event_id: job.event_id, subscriber: subscriber.name.to_owned() };
        jobs::enqueue(&mut tx, &delivery, When { key: Some(&key), ..When::default() }).await?;
    }
    Ok(tx.commit().await?)
}

async fn deliver(bus: Bus, job: Deliver) -> Result<(), JobError> {
    let Some(subscriber) = bus.subscribers.iter().find(|subscriber| subscriber.name == job.subscriber) else {
        return Err(JobError::Retry(format!("no subscriber named {}", job.subscriber)));
    };
    let payload = {
        let mut db = bus.app.db.read().await?;
        sqlx::query_scalar!("select payload from events where id = $1", job.event_id as _).fetch_one(&mut *db).await?
    };
    (subscriber.run)(payload).await
}
