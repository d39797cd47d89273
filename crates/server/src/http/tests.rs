use axum::routing::get;
use http::header::CONTENT_TYPE;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    time::Instant,
};

use super::*;

/// What a client takes at a time: enough that the shop can always write again before a write counts as stalled.
const SIP: usize = 1 << 20;
/// Later than every bound of a connection.
const LATE: Duration = Duration::from_secs(600);

/// A shop of two answers, served until the guard is dropped, and where it listens.
async fn shop() -> (SocketAddr, tokio_util::sync::DropGuard) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, stop) = (listener.local_addr().unwrap(), CancellationToken::new());
    let large = || Body::from_stream(futures::stream::repeat_with(|| Ok::<_, Infallible>(vec![b'x'; 64 << 10])));
    let events = || Body::from_stream(futures::stream::pending::<Result<Vec<u8>, Infallible>>());
    let router = Router::new()
        .route("/large", get(async move || large()))
        .route("/events", get(async move || ([(CONTENT_TYPE, "text/event-stream; charset=utf-8")], events())));
    spawn(serve(listener, router, stop.clone(), Limits::default()));
    (address, stop.drop_guard())
}

/// How long the connection stays while its client takes a little now and then.
async fn sipping(address: SocketAddr, path: &str, every: Duration) -> Duration {
    let mut client = TcpStream::connect(address).await.unwrap();
    client.write_all(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").as_bytes()).await.unwrap();
    let begun = Instant::now();
    let mut buffer = vec![0; SIP];
    while begun.elapsed() < LATE {
        tokio::time::sleep(every).await;
        // The shop has ended a connection that it refuses to write to.
        if let Ok(Ok(0) | Err(_)) = tokio::time::timeout(every, client.read(&mut buffer)).await {
            break;
        }
    }
    begun.elapsed()
}

#[tokio::test(start_paused = true)]
async fn an_answer_taken_in_sips_ends_its_connection() {
    let (address, _stop) = shop().await;
    let stayed = sipping(address, "/large", Duration::from_secs(5)).await;
    assert!(stayed >= Duration::from_secs(110) && stayed < LATE, "{stayed:?}");
}

#[tokio::test(start_paused = true)]
async fn a_stream_of_events_stays() {
    let (address, _stop) = shop().await;
    assert!(sipping(address, "/events", Duration::from_secs(20)).await >= LATE);
}

/// A frame of HTTP/2.
fn frame(kind: u8, flags: u8, stream: u8, payload: &[u8]) -> Vec<u8> {
    let length = u8::try_from(payload.len()).unwrap();
    [&[0, 0, length, kind, flags, 0, 0, 0, stream], payload].concat()
}

/// How long the connection stays when its client asks over HTTP/2, opens no window for the answer, and answers every ping.
async fn with_a_closed_window(address: SocketAddr, path: &str) -> Duration {
    const HEADERS: u8 = 1;
    const SETTINGS: u8 = 4;
    const PING: u8 = 6;
    const ACK: u8 = 1;
    let mut client = TcpStream::connect(address).await.unwrap();
    let named = [&[0x82, 0x86, 0x04, u8::try_from(path.len()).unwrap()], path.as_bytes(), &[0x01, 9], b"localhost"].concat();
    let no_window = [0, 4, 0, 0, 0, 0];
    let opening = [b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(), frame(SETTINGS, 0, 0, &no_window), frame(HEADERS, 5, 1, &named)];
    client.write_all(&opening.concat()).await.unwrap();
    let begun = Instant::now();
    let answering = async {
        let mut head = [0; 9];
        while client.read_exact(&mut head).await.is_ok() {
            let mut payload = vec![0; usize::from(head[1]) << 8 | usize::from(head[2])];
            if client.read_exact(&mut payload).await.is_err() {
                break;
            }
            let answer = match (head[3], head[4]) {
                (PING, 0) => frame(PING, ACK, 0, &payload),
                (SETTINGS, 0) => frame(SETTINGS, ACK, 0, &[]),
                _ => continue,
            };
            if client.write_all(&answer).await.is_err() {
                break;
            }
        }
    };
    let _kept = tokio::time::timeout(LATE, answering).await;
    begun.elapsed()
}

#[tokio::test(start_paused = true)]
async fn an_http2_client_that_opens_no_window_is_ended() {
    let (address, _stop) = shop().await;
    let stayed = with_a_closed_window(address, "/large").await;
    assert!(stayed >= Duration::from_secs(110) && stayed < Duration::from_secs(140), "{stayed:?}");
    assert!(with_a_closed_window(address, "/events").await >= LATE, "a stream of events that is only quiet");
}
