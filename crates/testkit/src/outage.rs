//! A provider outside the shop that can go away and come back under its address.

use std::{net::SocketAddr, time::Duration};

use axum::Router;
use server::http::{Limits, serve};
use tokio::{net::TcpListener, sync::Mutex, task::JoinHandle};
use tokio_util::sync::CancellationToken;

/// Requests under way may end when the provider goes.
const DRAIN: Duration = Duration::from_secs(1);
const CONNECTIONS: usize = 1024;

/// Stripe or SendGrid as far as this shop knows.
pub struct Provider {
    address: SocketAddr,
    router: Router,
    serving: Mutex<Option<(CancellationToken, JoinHandle<()>)>>,
}

impl Provider {
    /// A provider that is there.
    pub async fn start(router: Router) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let provider = Self { address: listener.local_addr().expect("its address"), router, serving: Mutex::default() };
        provider.serve(listener).await;
        provider
    }

    /// Its base URL.
    pub fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Takes it away: connections are refused when this returns.
    pub async fn stop(&self) {
        if let Some((stopping, served)) = self.serving.lock().await.take() {
            stopping.cancel();
            served.await.expect("served to the end");
        }
    }

    /// Brings it back, with what it remembers.
    pub async fn restart(&self) {
        self.stop().await;
        let listener = TcpListener::bind(self.address).await.expect("its port again");
        self.serve(listener).await;
    }

    #[expect(clippy::disallowed_methods, reason = "a test shop is a composition root")]
    async fn serve(&self, listener: TcpListener) {
        let stopping = CancellationToken::new();
        let limits = Limits { connections: CONNECTIONS, drain: DRAIN };
        let served = tokio::spawn(serve(listener, self.router.clone(), stopping.clone(), limits));
        *self.serving.lock().await = Some((stopping, served));
    }
}
