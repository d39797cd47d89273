//! The worker's part: jobs and what comes round by itself, kept going until the stop.

use std::time::Duration;

use platform::{App, db, jobs::Worker};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::failure::Failure;

/// Before a worker that lost its database connects again.
const TRY_AGAIN: Duration = Duration::from_secs(1);

/// Works until `stop`, through any loss of the database.
pub(crate) async fn work(app: App, url: String, stop: CancellationToken) -> Result<(), Failure> {
    let handlers = server::jobs(&app)?;
    let mut tasks = JoinSet::new();
    for periodic in server::periodic(&app)? {
        tasks.spawn(periodic.run_forever());
    }
    while !stop.is_cancelled() {
        let connected = tokio::select! {
            connected = Worker::connect(db::options(&url)?, handlers.clone()) => connected,
            () = stop.cancelled() => break,
        };
        match connected {
            Ok(worker) => {
                if let Err(error) = worker.run(stop.clone().cancelled_owned()).await {
                    tracing::warn!(%error, "the worker lost its database, it will connect again");
                }
                worker.close().await;
            }
            Err(error) => tracing::warn!(%error, "the worker has no database yet"),
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(TRY_AGAIN) => {}
        }
    }
    tasks.shutdown().await;
    Ok(())
}
