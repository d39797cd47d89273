//! The queue's promises: retried with growing pauses, then visible as failed; taken over from a dead worker; events once each.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use kernel::{OrderId, event::OrderPaid};
use platform::{
    events,
    jobs::{self, Job, JobError, When, Worker},
};
use serde::{Deserialize, Serialize};
use testkit::Shop;

const FAILED: &str = "select count(*) from graphile_worker.jobs where task_identifier = 'tests.always_fails'";

#[derive(Serialize, Deserialize)]
struct AlwaysFails {
    note: String,
}

impl Job for AlwaysFails {
    const NAME: &'static str = "tests.always_fails";
    const MAX_ATTEMPTS: i32 = 4;
}

async fn always_fails(runs: Arc<AtomicUsize>, job: AlwaysFails) -> Result<(), JobError> {
    runs.fetch_add(1, Ordering::SeqCst);
    Err(JobError::Retry(format!("no luck with {}", job.note)))
}

async fn enqueue<J: Job>(shop: &Shop, job: &J, when: When<'_>) {
    let mut tx = shop.app.db.begin().await.expect("a transaction");
    jobs::enqueue(&mut tx, job, when).await.expect("a job");
    tx.commit().await.expect("a commit");
}

#[tokio::test]
async fn a_job_that_fails_is_tried_again_later_and_later_and_then_shown_as_failed() {
    let shop = Shop::open().await;
    let runs = Arc::new(AtomicUsize::new(0));
    let worker = Worker::connect(shop.database(), vec![jobs::handler(&runs, always_fails)]).await.expect("a worker");
    enqueue(&shop, &AlwaysFails { note: "the first".to_owned() }, When::default()).await;
    let mut pauses = Vec::new();
    for attempt in 1..=4 {
        worker.drain().await.expect("drained");
        worker.drain().await.expect("drained: it is not due yet");
        assert_eq!(runs.load(Ordering::SeqCst), attempt);
        let state = format!("{FAILED} and attempts = {attempt} and locked_at is null and last_error like '%no luck with the first%'");
        assert_eq!(shop.number(&state).await, 1);
        pauses.push(shop.number("select extract(epoch from run_at - now()) * 1000 from graphile_worker.jobs").await);
        shop.make_jobs_due().await;
    }
    assert!(pauses.is_sorted_by(|a, b| a < b) && pauses[0] > 500, "{pauses:?} ms");
    worker.drain().await.expect("drained");
    assert_eq!(runs.load(Ordering::SeqCst), 4, "given up");
    assert_eq!(shop.number(&format!("{FAILED} and attempts = max_attempts and last_error is not null")).await, 1, "for a person to see");
}

#[tokio::test]
async fn a_job_of_a_transaction_that_was_rolled_back_never_runs() {
    let shop = Shop::open().await;
    let runs = Arc::new(AtomicUsize::new(0));
    let worker = Worker::connect(shop.database(), vec![jobs::handler(&runs, always_fails)]).await.expect("a worker");
    let mut tx = shop.app.db.begin().await.expect("a transaction");
    jobs::enqueue(&mut tx, &AlwaysFails { note: "never".to_owned() }, When::default()).await.expect("a job");
    drop(tx);
    worker.drain().await.expect("drained");
    assert_eq!((runs.load(Ordering::SeqCst), shop.number(FAILED).await), (0, 0));
}

#[tokio::test]
async fn jobs_of_one_key_are_one_job_while_they_wait() {
    let shop = Shop::open().await;
    for note in ["a", "b", "c"] {
        enqueue(&shop, &AlwaysFails { note: note.to_owned() }, When { key: Some("one"), ..When::default() }).await;
    }
    assert_eq!(shop.number(FAILED).await, 1);
    let later = shop.now() + chrono::Duration::hours(1);
    enqueue(&shop, &AlwaysFails { note: "later".to_owned() }, When { run_at: Some(later), key: None }).await;
    assert_eq!(shop.number(&format!("{FAILED} and run_at > now() + interval '50 minutes'")).await, 1);
}

#[derive(Serialize, Deserialize)]
struct Survives {}

impl Job for Survives {
    const NAME: &'static str = "tests.survives";
}

/// Never ends in the worker that is killed; ends at once in the one that takes over.
async fn survives((begun, done, hangs): (Arc<AtomicUsize>, Arc<AtomicUsize>, bool), _job: Survives) -> Result<(), JobError> {
    begun.fetch_add(1, Ordering::SeqCst);
    if hangs {
        std::future::pending::<()>().await;
    }
    done.fetch_add(1, Ordering::SeqCst);
    Ok(())
}

async fn eventually(what: &str, holds: impl AsyncFn() -> bool) {
    for _ in 0..1500 {
        if holds().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("never came true: {what}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_job_of_a_worker_that_was_killed_is_done_by_another() {
    let shop = Shop::open().await;
    let (begun, done) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    enqueue(&shop, &Survives {}, When::default()).await;
    let doomed =
        Worker::connect(shop.database(), vec![jobs::handler(&(begun.clone(), done.clone(), true), survives)]).await.expect("a worker");
    let mut killed = tokio::task::JoinSet::new();
    killed.spawn(async move { doomed.run(std::future::pending()).await });
    eventually("the job was begun", async || begun.load(Ordering::SeqCst) == 1).await;
    killed.shutdown().await;
    assert_eq!(
        shop.number("select count(*) from graphile_worker.jobs where locked_by is not null").await,
        1,
        "still locked by the dead worker"
    );

    // As if it had died a minute ago: nobody waits for that in a test.
    shop.sql("update graphile_worker._private_workers set last_heartbeat_at = now() - interval '1 minute'").await;
    shop.sql("update graphile_worker._private_jobs set locked_at = now() - interval '1 minute'").await;
    let heir =
        Worker::connect(shop.database(), vec![jobs::handler(&(begun.clone(), done.clone(), false), survives)]).await.expect("a worker");
    let (stop, stopping) = tokio::sync::oneshot::channel::<()>();
    let mut working = tokio::task::JoinSet::new();
    working.spawn(async move { heir.run(async move { drop(stopping.await) }).await });
    eventually("the job was done", async || done.load(Ordering::SeqCst) == 1).await;
    eventually("and is gone from the queue", async || shop.number("select count(*) from graphile_worker.jobs").await == 0).await;
    drop(stop);
    assert!(working.join_all().await.iter().all(Result::is_ok), "the worker stops when it is told to");
    assert_eq!(begun.load(Ordering::SeqCst), 2);
}

type Seen = Arc<std::sync::Mutex<Vec<(usize, OrderId)>>>;

async fn note((subscriber, seen): (usize, Seen), event: OrderPaid) -> Result<(), JobError> {
    seen.lock().unwrap().push((subscriber, event.order_id));
    Ok(())
}

#[tokio::test]
async fn an_event_reaches_each_subscriber_once_also_when_it_is_dispatched_twice() {
    let shop = Shop::open().await;
    let seen = Seen::default();
    let subscribers =
        vec![events::subscriber("tests.first", &(1, seen.clone()), note), events::subscriber("tests.second", &(2, seen.clone()), note)];
    let handlers = events::jobs(&shop.app, subscribers);
    let dispatcher = Worker::connect(shop.database(), handlers[..1].to_vec()).await.expect("a worker");
    let worker = Worker::connect(shop.database(), handlers).await.expect("a worker");
    let mut ids = shop.app.ids();
    let order_id: OrderId = ids.next();
    let mut tx = shop.app.db.begin().await.expect("a transaction");
    events::publish(&mut tx, &OrderPaid { order_id }, &mut ids).await.expect("an event");
    tx.commit().await.expect("a commit");
    // The dispatch ran, its worker died before it could say so, and it runs again.
    let twice =
        "select graphile_worker.add_job('events.dispatch', payload := payload) from graphile_worker._private_jobs, generate_series(1, 3)";
    shop.sql(twice).await;
    assert_eq!(shop.number("select count(*) from graphile_worker.jobs").await, 4);
    dispatcher.drain().await.expect("drained");
    assert_eq!(shop.number("select count(*) from graphile_worker.jobs where task_identifier = 'events.deliver'").await, 2);
    worker.drain().await.expect("drained");
    let mut seen = seen.lock().unwrap().clone();
    seen.sort();
    assert_eq!(seen, [(1, order_id), (2, order_id)]);
}

#[tokio::test]
async fn a_subscriber_that_fails_is_told_again_and_the_others_are_not() {
    async fn fails_once((runs, seen): (Arc<AtomicUsize>, Seen), event: OrderPaid) -> Result<(), JobError> {
        if runs.fetch_add(1, Ordering::SeqCst) == 0 {
            return Err(JobError::Retry("not now".to_owned()));
        }
        note((2, seen), event).await
    }
    let shop = Shop::open().await;
    let seen = Seen::default();
    let runs = Arc::new(AtomicUsize::new(0));
    let subscribers = vec![
        events::subscriber("tests.steady", &(1, seen.clone()), note),
        events::subscriber("tests.fails_once", &(runs, seen.clone()), fails_once),
    ];
    let worker = Worker::connect(shop.database(), events::jobs(&shop.app, subscribers)).await.expect("a worker");
    let mut ids = shop.app.ids();
    let order_id: OrderId = ids.next();
    let mut tx = shop.app.db.begin().await.expect("a transaction");
    events::publish(&mut tx, &OrderPaid { order_id }, &mut ids).await.expect("an event");
    tx.commit().await.expect("a commit");
    worker.drain().await.expect("drained");
    assert_eq!(*seen.lock().unwrap(), [(1, order_id)]);
    shop.make_jobs_due().await;
    worker.drain().await.expect("drained");
    assert_eq!(*seen.lock().unwrap(), [(1, order_id), (2, order_id)]);
}
