//! `POST /payments/webhook`: Stripe tells what happened. Only stores: Stripe has its 200 in milliseconds, and a slow or
//! broken effect is the job's business.

use axum::{body::Bytes, extract::State};
use chrono::Duration;
use http::{HeaderMap, StatusCode};
use platform::{
    Problem,
    jobs::{self, When},
    problem::ProblemBody,
};
use secrecy::ExposeSecret;

use crate::{
    Payments,
    apply_event::ApplyStripeEvent,
    store,
    stripe::{Event, signature},
};

/// Where Stripe posts, below the public base URL.
pub const PATH: &str = "/api/v1/payments/webhook";
/// How old a signature may be, as Stripe's own clients have it.
const TOLERANCE: Duration = Duration::seconds(300);

/// Takes one of Stripe's events. A repeat is answered as the first delivery was.
#[utoipa::path(post, path = "/payments/webhook", tag = "payments", operation_id = "stripe_webhook",
    request_body(content = String, content_type = "application/json", description = "Stripe's event, signed in `Stripe-Signature` over the raw body"),
    responses((status = 200), (status = 400, body = ProblemBody)))]
pub async fn route(State(payments): State<Payments>, headers: HeaderMap, body: Bytes) -> Result<StatusCode, Problem> {
    let app = &payments.app;
    let now = app.clock.now();
    let header = headers.get("stripe-signature").and_then(|value| value.to_str().ok()).unwrap_or_default();
    signature::verify(header, &body, &app.config.stripe.webhook_secrets, now, TOLERANCE)
        .map_err(|error| Problem::new(StatusCode::BAD_REQUEST, "signature_invalid", error.to_string()))?;
    let event =
        Event::parse(&body).map_err(|_| Problem::new(StatusCode::BAD_REQUEST, "event_invalid", "this is not one of Stripe's events"))?;
    if event.livemode != payments.is_live() || event.account.is_some() {
        return Err(Problem::new(StatusCode::BAD_REQUEST, "event_not_ours", "this event is of another mode or account"));
    }
    let mut tx = app.db.begin().await?;
    if store::insert_event(&mut tx, &event, now).await? {
        jobs::enqueue(&mut tx, &ApplyStripeEvent { event_id: event.id }, When::default()).await?;
    } // else a repeat: the first delivery queued the work
    tx.commit().await?;
    Ok(StatusCode::OK)
}

impl Payments {
    /// True when real money moves: test and live events never mix.
    fn is_live(&self) -> bool {
        let key = self.app.config.stripe.secret_key.expose_secret();
        key.starts_with("sk_live_") || key.starts_with("rk_live_")
    }
}
