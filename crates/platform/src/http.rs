//! The one way out of the process over HTTP, and the one place that spawns on behalf of a request.

use std::{future::Future, time::Duration};

use crate::Problem;

const CONNECT_WITHIN: Duration = Duration::from_secs(1);
const IDLE_FOR: Duration = Duration::from_secs(60);

/// A client whose every call ends within `total`.
pub fn client(total: Duration) -> Result<reqwest::Client, reqwest::Error> {
    // reqwest brings no cryptography of its own here; an error only says that ring is already in place.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let settings = || {
        reqwest::Client::builder()
            .connect_timeout(CONNECT_WITHIN)
            .timeout(total)
            .pool_idle_timeout(IDLE_FOR)
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("QuickShop/", env!("CARGO_PKG_VERSION")))
    };
    // The system says whom it trusts. A bare one says nothing, which would be an error; then it is whom Mozilla trusts.
    settings().build().or_else(|_| settings().tls_certs_only(authorities()).build())
}

/// The certificate authorities that Mozilla trusts, as of this build.
fn authorities() -> impl Iterator<Item = reqwest::Certificate> {
    webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().filter_map(|authority| reqwest::Certificate::from_der(authority).ok())
}

/// Runs work in its own task, so that a client that leaves cannot cancel it half-way.
#[expect(clippy::disallowed_methods, reason = "this is the one place that spawns for a request")]
pub async fn detached<F>(work: F) -> Result<F::Output, Problem>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    use tracing::Instrument;
    tokio::spawn(work.in_current_span()).await.map_err(|error| {
        if error.is_panic() {
            // The catch-panic layer turns it into a 500 and the log line has the place.
            std::panic::resume_unwind(error.into_panic());
        }
        Problem::internal(&error)
    })
}
