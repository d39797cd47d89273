//! The deadlines of one connection.
//!
//! hyper's own header time-out also runs while a connection rests between two requests, so it cannot tell a slow
//! attacker (cut after 5 s) from a patient browser (kept for 60 s); and nothing bounds the bytes that tell HTTP/1 from
//! HTTP/2. This stream knows how many requests are under way and bounds both. A client that takes an answer in tiny sips, or
//! opens no HTTP/2 window for it, keeps every other bound; so an answer has a time of its own to be taken in.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::{Instant, Sleep},
};

/// How long a client may take for the head of a request.
const HEAD_WITHIN: Duration = Duration::from_secs(5);
/// How long a connection may rest between two requests; with `LOOK_AGAIN` at most a minute.
const IDLE_FOR: Duration = Duration::from_secs(50);
/// hyper need not read again when an answer is done, so the end of a request may be seen late, but not later than this.
const LOOK_AGAIN: Duration = Duration::from_secs(10);
/// How long a client may read nothing of an answer.
const WRITE_STALLS_FOR: Duration = Duration::from_secs(30);
/// How long a client may take for the body of an answer; the largest file of the shop needs 20 s on a slow phone.
const BODY_WITHIN: Duration = Duration::from_secs(120);
const HTTP2_PREFACE_START: &[u8] = b"PRI";

/// The requests of one connection.
#[derive(Debug, Clone, Default)]
pub(crate) struct Activity(Arc<Counters>);

#[derive(Debug, Default)]
struct Counters {
    started: AtomicUsize,
    underway: AtomicUsize,
    /// When the answers that are being taken must be done; never more than streams of a connection.
    due: Mutex<Vec<Instant>>,
}

impl Activity {
    /// Counts one request as under way until the guard is dropped.
    pub(crate) fn enter(&self) -> Underway {
        self.0.started.fetch_add(1, Ordering::Relaxed);
        self.0.underway.fetch_add(1, Ordering::Relaxed);
        Underway { activity: self.clone(), due: None }
    }

    fn is_busy(&self) -> bool {
        self.0.underway.load(Ordering::Relaxed) > 0
    }

    fn started(&self) -> usize {
        self.0.started.load(Ordering::Relaxed)
    }

    fn due(&self) -> MutexGuard<'_, Vec<Instant>> {
        self.0.due.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// True when a client has taken too long for an answer.
    fn is_overdue(&self) -> bool {
        let due = self.due();
        !due.is_empty() && due.iter().any(|due| *due <= Instant::now())
    }
}

/// One request under way.
pub(crate) struct Underway {
    activity: Activity,
    due: Option<Instant>,
}

impl Underway {
    /// From now on the client takes an answer that has an end, and has `BODY_WITHIN` for it.
    pub(crate) fn answering(mut self) -> Self {
        let due = Instant::now() + BODY_WITHIN;
        self.activity.due().push(due);
        self.due = Some(due);
        self
    }
}

impl Drop for Underway {
    fn drop(&mut self) {
        self.activity.0.underway.fetch_sub(1, Ordering::Relaxed);
        if let Some(own) = self.due {
            let mut due = self.activity.due();
            // Equal ones are as good as each other.
            if let Some(place) = due.iter().position(|due| *due == own) {
                due.swap_remove(place);
            }
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Waiting for a head, or in the middle of one.
    Head,
    /// A request is under way: its own limits hold.
    Busy,
    /// Between two requests.
    Idle,
}

/// A TCP stream that ends when its client keeps the shop waiting.
pub(crate) struct Guarded {
    stream: TcpStream,
    activity: Activity,
    phase: Phase,
    /// Requests that had begun when this last looked.
    seen: usize,
    opened: bool,
    /// HTTP/2 interleaves its requests: there is no moment when "the" head begins.
    http2: bool,
    deadline: Pin<Box<Sleep>>,
    writing: Option<Pin<Box<Sleep>>>,
}

impl Guarded {
    pub(crate) fn new(stream: TcpStream, activity: Activity) -> Self {
        let deadline = Box::pin(tokio::time::sleep(HEAD_WITHIN));
        Self { stream, activity, phase: Phase::Head, seen: 0, opened: false, http2: false, deadline, writing: None }
    }

    fn received(&mut self, bytes: &[u8]) {
        if !self.opened {
            self.opened = true;
            self.http2 = bytes.starts_with(HTTP2_PREFACE_START);
        }
        self.look();
        if self.phase == Phase::Idle && !self.http2 {
            self.enter(Phase::Head, HEAD_WITHIN);
        }
    }

    /// Takes note of requests that began or ended.
    fn look(&mut self) {
        let started = self.activity.started();
        if self.activity.is_busy() {
            if self.phase != Phase::Busy {
                self.enter(Phase::Busy, LOOK_AGAIN);
            }
        } else if self.phase == Phase::Busy || started != self.seen {
            self.enter(Phase::Idle, IDLE_FOR);
        }
        self.seen = started;
    }

    fn waiting(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.look();
        while self.deadline.as_mut().poll(cx).is_ready() {
            if self.phase != Phase::Busy || self.activity.is_overdue() {
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
            self.enter(Phase::Busy, LOOK_AGAIN);
        }
        Poll::Pending
    }

    fn enter(&mut self, phase: Phase, within: Duration) {
        self.phase = phase;
        self.deadline.as_mut().reset(Instant::now() + within);
    }

    /// Passes on what a write did; one that stands still for too long fails, and so does each one of an answer that is overdue.
    fn written<T>(&mut self, cx: &mut Context<'_>, result: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if self.activity.is_overdue() {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        if result.is_ready() {
            self.writing = None;
            return result;
        }
        let stalled = self.writing.get_or_insert_with(|| Box::pin(tokio::time::sleep(WRITE_STALLS_FOR)));
        stalled.as_mut().poll(cx).map(|()| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for Guarded {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        match Pin::new(&mut self.stream).poll_read(cx, buf) {
            Poll::Ready(Ok(())) => {
                self.received(buf.filled().get(before..).unwrap_or_default());
                Poll::Ready(Ok(()))
            }
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending => self.waiting(cx),
        }
    }
}

impl AsyncWrite for Guarded {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.stream).poll_write(cx, buf);
        self.written(cx, result)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bufs: &[io::IoSlice<'_>]) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.stream).poll_write_vectored(cx, bufs);
        self.written(cx, result)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };

    use super::*;

    /// A guarded stream, and its client.
    async fn pair(activity: &Activity) -> (Guarded, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        (Guarded::new(listener.accept().await.unwrap().0, activity.clone()), client)
    }

    /// How long a read waits before it fails, on the paused clock.
    async fn gives_up_after(guarded: &mut Guarded) -> Duration {
        let begun = Instant::now();
        let mut buffer = [0; 64];
        assert_eq!(guarded.read(&mut buffer).await.unwrap_err().kind(), io::ErrorKind::TimedOut);
        begun.elapsed()
    }

    fn about(duration: Duration, expected: Duration) -> bool {
        duration.abs_diff(expected) < Duration::from_millis(50)
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_says_nothing_is_cut() {
        let (mut guarded, _client) = pair(&Activity::default()).await;
        assert!(about(gives_up_after(&mut guarded).await, HEAD_WITHIN));
    }

    #[tokio::test(start_paused = true)]
    async fn a_head_that_never_ends_is_cut_however_steadily_it_comes() {
        let (mut guarded, mut client) = pair(&Activity::default()).await;
        let drip = tokio::time::sleep(Duration::from_millis(300));
        tokio::pin!(drip);
        let begun = Instant::now();
        let mut buffer = [0; 64];
        let failed = loop {
            tokio::select! {
                read = guarded.read(&mut buffer) => if let Err(error) = read { break error },
                () = &mut drip => {
                    client.write_all(b"x").await.unwrap();
                    drip.as_mut().reset(Instant::now() + Duration::from_millis(300));
                }
            }
        };
        assert_eq!(failed.kind(), io::ErrorKind::TimedOut);
        assert!(about(begun.elapsed(), HEAD_WITHIN));
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_may_rest_between_requests_and_longer_while_one_is_under_way() {
        let activity = Activity::default();
        let (mut guarded, mut client) = pair(&activity).await;
        client.write_all(b"GET / HTTP/1.1").await.unwrap();
        assert!(guarded.read(&mut [0; 64]).await.unwrap() > 0);
        drop(activity.enter());
        assert!(about(gives_up_after(&mut guarded).await, IDLE_FOR));
        let request = activity.enter();
        let waited = tokio::time::timeout(IDLE_FOR * 3, guarded.read(&mut [0; 64])).await;
        assert!(waited.is_err(), "a request under way keeps its connection");
        drop(request);
        let rested = gives_up_after(&mut guarded).await;
        assert!(rested >= IDLE_FOR && rested <= IDLE_FOR + LOOK_AGAIN);
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_that_is_not_taken_in_time_ends_its_connection_reading_and_writing() {
        let activity = Activity::default();
        let (mut guarded, mut client) = pair(&activity).await;
        client.write_all(b"GET / HTTP/1.1").await.unwrap();
        assert!(guarded.read(&mut [0; 64]).await.unwrap() > 0);
        let others = activity.enter().answering();
        let slow = activity.enter().answering();
        drop(others);
        let taken = gives_up_after(&mut guarded).await;
        assert!(taken >= BODY_WITHIN && taken <= BODY_WITHIN + LOOK_AGAIN, "{taken:?}");
        assert_eq!(guarded.write(b"more").await.unwrap_err().kind(), io::ErrorKind::TimedOut);
        drop(slow);
        assert_eq!(guarded.write(b"more").await.unwrap(), 4, "nothing is overdue any more");
    }
}
