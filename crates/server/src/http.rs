//! The accept loop: connections with bounds, and an end that lets requests finish.

use std::{convert::Infallible, net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, body::Body, extract::ConnectInfo};
use http::{HeaderMap, header};
use http_body_util::BodyExt;
use hyper::{
    Request, Response,
    body::{Body as _, Incoming},
};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto::Builder, graceful::GracefulShutdown},
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};
use tokio_util::sync::CancellationToken;
use tower::Service;

use crate::connection::{Activity, Guarded, Underway};

/// Most connections at a time, where the system allows so many open files.
pub const MAX_CONNECTIONS: usize = 16_384;
/// Most header lines of a request.
const MAX_HEADERS: usize = 64;
/// Most bytes of a request's head: an address of 8 KiB and its headers.
const MAX_HEAD_BYTES: usize = 32 * 1024;
const MAX_HTTP2_STREAMS: u32 = 128;
const PING_EVERY: Duration = Duration::from_secs(20);
/// After an error of the listening socket, such as no file descriptors left.
const BREATHE: Duration = Duration::from_millis(50);

/// Bounds of the accept loop.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Connections at a time.
    pub connections: usize,
    /// How long requests may go on after the stop.
    pub drain: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { connections: MAX_CONNECTIONS, drain: Duration::from_secs(10) }
    }
}

/// Serves until `stop`; then takes no new connection, lets requests finish, and returns.
pub async fn serve(listener: TcpListener, router: Router, stop: CancellationToken, limits: Limits) {
    let slots = Arc::new(Semaphore::new(limits.connections));
    let builder = Arc::new(builder());
    let graceful = GracefulShutdown::new();
    while let Some((stream, peer, slot)) = next(&listener, &slots, &stop).await {
        let activity = Activity::default();
        let service = service(router.clone(), peer, activity.clone());
        let connection = builder.serve_connection(TokioIo::new(Guarded::new(stream, activity)), service).into_owned();
        let connection = graceful.watch(connection);
        spawn(async move {
            // A connection that breaks is the client's affair; what went wrong inside is in the request's own log line.
            let _ended = connection.await;
            drop(slot);
        });
    }
    drop(listener);
    if tokio::time::timeout(limits.drain, graceful.shutdown()).await.is_err() {
        tracing::warn!(seconds = limits.drain.as_secs(), "requests were still under way when the time to finish them was over");
    }
}

type Slot = tokio::sync::OwnedSemaphorePermit;

/// The next connection, or None when it is time to stop.
async fn next(listener: &TcpListener, slots: &Arc<Semaphore>, stop: &CancellationToken) -> Option<(TcpStream, SocketAddr, Slot)> {
    loop {
        let accepting = async {
            // Before the accept: who finds no slot waits in the system's queue.
            let slot = slots.clone().acquire_owned().await.ok();
            (slot, listener.accept().await)
        };
        let accepted = tokio::select! {
            accepted = accepting => accepted,
            () = stop.cancelled() => return None,
        };
        match accepted {
            (Some(slot), Ok((stream, peer))) => {
                // Answers are written whole: waiting for more bytes would only delay them.
                let _kept_delay = stream.set_nodelay(true);
                return Some((stream, peer, slot));
            }
            (_, Err(error)) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(BREATHE).await;
            }
            (None, Ok(_)) => return None,
        }
    }
}

fn builder() -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(None).max_headers(MAX_HEADERS).max_buf_size(MAX_HEAD_BYTES);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(PING_EVERY)
        .max_concurrent_streams(MAX_HTTP2_STREAMS)
        .max_header_list_size(u32::try_from(MAX_HEAD_BYTES).unwrap_or(u32::MAX));
    builder
}

fn service(
    router: Router,
    peer: SocketAddr,
    activity: Activity,
) -> impl hyper::service::Service<Request<Incoming>, Response = Response<Body>, Error = Infallible, Future: Send> + Clone + Send {
    hyper::service::service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        let underway = activity.enter();
        let answering = router.clone().call(request.map(Body::new));
        async move { answering.await.map(|answer| whole(answer, underway)) }
    })
}

/// An answer that counts as under way until its last byte. A stream of events has no end and may say nothing for longer than
/// a connection rests; every other body is to be taken in time.
fn whole(answer: Response<Body>, underway: Underway) -> Response<Body> {
    if answer.body().is_end_stream() {
        return answer;
    }
    let underway = if is_stream_of_events(answer.headers()) { underway } else { underway.answering() };
    answer.map(|body| {
        Body::new(body.map_frame(move |frame| {
            let _still = &underway;
            frame
        }))
    })
}

fn is_stream_of_events(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(mime_guess::mime::TEXT_EVENT_STREAM.as_ref().as_bytes()))
}

#[expect(clippy::disallowed_methods, reason = "the accept loop is a root: each connection is a task of its own")]
fn spawn(connection: impl Future<Output = ()> + Send + 'static) {
    tokio::spawn(connection);
}

#[cfg(test)]
mod tests;
