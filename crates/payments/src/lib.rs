//! Payments: intents, the webhook, late money and refunds, over Stripe or the payment simulator.
//! Tables: `payments`, `refunds`, `stripe_events`, `payment_reviews`.

mod apply_event;
mod create_intent;
mod end_payment;
mod reconcile;
mod refund;
mod settle;
pub mod simulator;
mod store;
mod story;
pub mod stripe;
mod webhook;

use orders::Links;
use platform::{
    App,
    config::STRIPE_API,
    events::{self, Subscriber},
    jobs::{self, Handler},
    periodic::Periodic,
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub use story::story;
pub use webhook::PATH as WEBHOOK_PATH;

/// What payments work with.
#[derive(Clone)]
pub struct Payments {
    app: App,
    stripe: stripe::Client,
    links: Links,
}

impl Payments {
    /// Payments of this shop, through the API that is configured.
    pub fn new(app: &App) -> Result<Self, stripe::client::ClientError> {
        let base = app.config.stripe.api_base.as_deref().unwrap_or(STRIPE_API);
        Ok(Self { app: app.clone(), stripe: stripe::Client::new(base, &app.config.stripe.secret_key)?, links: Links::new(app) })
    }

    /// The routes under `/payments`.
    pub fn routes(&self) -> OpenApiRouter {
        OpenApiRouter::new().routes(routes!(create_intent::route)).routes(routes!(webhook::route)).with_state(self.clone())
    }

    /// Applying Stripe's events, sending refunds.
    pub fn jobs(&self) -> Vec<Handler> {
        vec![jobs::handler(self, apply_event::run), jobs::handler(self, refund::run)]
    }

    /// Asking Stripe about payments that stay silent.
    pub fn periodic(&self) -> Vec<Periodic> {
        vec![Periodic::new("payments.ask_silent_intents", reconcile::EVERY, self, reconcile::ask_silent_intents)]
    }

    /// Orders whose hold ran out, or that were cancelled, while a payment was under way.
    pub fn subscribers(&self) -> Vec<Subscriber> {
        vec![
            events::subscriber("payments.end_on_hold_released", self, end_payment::on_hold_released),
            events::subscriber("payments.end_on_cancelled", self, end_payment::on_cancelled),
        ]
    }
}
