//! `POST /payments/intent`: the one payment intent of an order, made at Stripe or found again.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use http::StatusCode;
use kernel::{Ids, Money, OrderId};
use orders::{LockedOrder, Payable, access::OrderAccess};
use platform::{
    Problem,
    config::STRIPE_API,
    extract::Body,
    idempotency::{Answer, Attempt, Claim, IdempotencyKey},
    problem::ProblemBody,
    story,
};
use secrecy::ExposeSecret;
use sqlx::PgConnection;

use crate::{
    Payments, reconcile, store,
    stripe::{self, CreateIntent, StripeError},
};

/// Which order to pay.
#[derive(Debug, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PayOrder {
    /// The order.
    pub order_id: OrderId,
}

/// What a browser needs to pay.
#[derive(Debug, serde::Serialize, utoipa::ToSchema)]
pub struct PaymentIntent {
    /// Stripe's id of the intent.
    payment_intent_id: String,
    /// Lets the browser confirm this one intent.
    client_secret: String,
    /// What is due.
    amount: Money,
    /// Who takes the card.
    provider: Provider,
    /// The provider's key for browsers.
    publishable_key: String,
    /// Where the sandbox's Stripe-like API is; null with Stripe, whose script knows.
    api_base: Option<String>,
}

/// Who takes the card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PaymentProvider)]
pub enum Provider {
    /// Stripe itself.
    Stripe,
    /// The payment simulator.
    Sandbox,
}

/// Creates or returns the intent of an order. No transaction is open while Stripe is asked.
#[utoipa::path(post, path = "/payments/intent", tag = "payments", operation_id = "create_payment_intent", request_body = PayOrder,
    params(("Idempotency-Key" = String, Header, description = "a fresh random value for each new attempt; required"),
           ("X-Order-Token" = Option<String>, Header, description = "opens a guest's order")),
    responses((status = 201, body = PaymentIntent), (status = "4XX", body = ProblemBody), (status = 503, body = ProblemBody)))]
pub async fn route(State(payments): State<Payments>, access: OrderAccess, key: IdempotencyKey, Body(command): Body<PayOrder>) -> Response {
    story::about(command.order_id, answer_once(&payments, &access, &key, &command).await)
}

async fn answer_once(payments: &Payments, access: &OrderAccess, key: &IdempotencyKey, command: &PayOrder) -> Result<Response, Problem> {
    let app = &payments.app;
    let mut ids = app.ids();
    let mut tx = app.db.begin().await?;
    let order = orders::lock(&mut tx, command.order_id).await?.filter(|order| access.opens(&app.keys, order.id, order.user));
    let order = order.ok_or(CreateIntentError::NotFound)?;
    let attempt = Attempt::new(scope(access, order.id), key, command);
    if let Claim::Answered(answer) = attempt.claim_for_a_while(&mut tx, ids.now()).await? {
        return Ok(answer.into_response());
    }
    // A refusal from here to the commit takes the claim back with it.
    let payable = prepare(&mut tx, &order, &mut ids).await?;
    if let Some(answer) = found(payments, &mut tx, &payable).await? {
        let answer = attempt.answer(&mut tx, StatusCode::CREATED, &answer, ids.now()).await?;
        tx.commit().await?;
        return Ok(answer.into_response());
    }
    tx.commit().await?;
    let answered = ask_and_answer(payments, &attempt, &payable).await;
    if answered.is_err() {
        // Whatever became of it, the order's own key at Stripe finds it again: the caller's key may try at once.
        let released = release(payments, &attempt).await;
        released.unwrap_or_else(|problem| tracing::warn!(code = problem.code(), "an idempotency key stays locked until its time is over"));
    }
    answered.map(IntoResponse::into_response)
}

/// Asks Stripe, with no transaction open, then ties the intent to the order and stores the answer in one.
async fn ask_and_answer(payments: &Payments, attempt: &Attempt, payable: &Payable) -> Result<Answer, Problem> {
    let intent = ask(&payments.stripe, payable).await.map_err(CreateIntentError::Stripe)?;
    // Stripe took its time: what follows happens now.
    let now = payments.app.clock.now();
    let mut tx = payments.app.db.begin().await?;
    record(&mut tx, payable.id, &intent, now).await?;
    let answer = found(payments, &mut tx, payable).await?.ok_or(CreateIntentError::HoldExpired)?;
    let answer = attempt.answer(&mut tx, StatusCode::CREATED, &answer, now).await?;
    tx.commit().await?;
    Ok(answer)
}

async fn release(payments: &Payments, attempt: &Attempt) -> Result<(), Problem> {
    let mut tx = payments.app.db.begin().await?;
    attempt.release(&mut tx).await?;
    Ok(tx.commit().await?)
}

fn scope(access: &OrderAccess, order: OrderId) -> String {
    access.user.map_or_else(|| format!("payments/intent:order:{order}"), |user| format!("payments/intent:user:{user}"))
}

/// Notes, before Stripe is asked, that a payment began: from here on the order cannot end without asking Stripe.
async fn prepare(db: &mut PgConnection, order: &LockedOrder, ids: &mut Ids) -> Result<Payable, CreateIntentError> {
    if order.hold_released && order.status == orders::Status::Pending {
        return Err(CreateIntentError::HoldExpired);
    }
    let payable = order.payable().ok_or(CreateIntentError::NotPayable { status: order.status })?;
    orders::start_payment(db, order.id, ids.now()).await?;
    store::insert(db, ids.next(), order.id, order.total, ids.now()).await?;
    Ok(payable)
}

/// Asks Stripe under a key of the order's own: however often it is asked, there is one intent.
pub(crate) async fn ask(stripe: &stripe::Client, order: &Payable) -> Result<stripe::PaymentIntent, StripeError> {
    let wanted = CreateIntent { amount: order.total, order_id: order.id, order_number: &order.number };
    stripe.create_intent(&wanted, &format!("order-{}", order.id)).await
}

/// Ties a new intent to its order. Lock order: the order, then its payment.
pub(crate) async fn record(db: &mut PgConnection, order: OrderId, intent: &stripe::PaymentIntent, now: DateTime<Utc>) -> sqlx::Result<()> {
    orders::lock(db, order).await?;
    let payment = store::lock_of_order(db, order).await?.ok_or(sqlx::Error::RowNotFound)?;
    if payment.intent_id.is_none() {
        let secret = intent.client_secret.as_ref().map(ExposeSecret::expose_secret).unwrap_or_default();
        store::set_intent(db, payment.id, &intent.id, secret, now + reconcile::PAUSES.first, now).await?;
        orders::attach_intent(db, order, &intent.id, now).await?;
    }
    Ok(())
}

/// The answer, if the order's intent is known.
async fn found(payments: &Payments, db: &mut PgConnection, order: &Payable) -> sqlx::Result<Option<PaymentIntent>> {
    let config = &payments.app.config.stripe;
    let payment = store::lock_of_order(db, order.id).await?;
    let known = payment.and_then(|payment| payment.intent_id.zip(payment.client_secret));
    let is_stripe = config.api_base.as_deref().is_none_or(|base| base == STRIPE_API);
    Ok(known.map(|(payment_intent_id, client_secret)| PaymentIntent {
        payment_intent_id,
        client_secret,
        amount: order.total,
        provider: if is_stripe { Provider::Stripe } else { Provider::Sandbox },
        publishable_key: config.publishable_key.clone(),
        api_base: if is_stripe { None } else { config.browser_api_base.clone().or_else(|| config.api_base.clone()) },
    }))
}

/// Why there is no intent.
#[derive(Debug, thiserror::Error)]
pub enum CreateIntentError {
    /// No such order, or not this caller's.
    #[error("there is nothing here")]
    NotFound,
    /// Paid or cancelled.
    #[error("this order is {status:?}: there is nothing to pay")]
    NotPayable {
        /// Where it stands.
        status: orders::Status,
    },
    /// Its stock went back on sale.
    #[error("the time to pay this order has run out; money that still arrives is used for it or goes back in full")]
    HoldExpired,
    /// Stripe did not make one.
    #[error(transparent)]
    Stripe(#[from] StripeError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] sqlx::Error),
}

impl From<CreateIntentError> for Problem {
    fn from(error: CreateIntentError) -> Self {
        use CreateIntentError as E;
        let detail = error.to_string();
        match error {
            E::NotFound => Self::not_found("order_not_found"),
            E::NotPayable { .. } => Self::new(StatusCode::CONFLICT, "order_not_payable", detail),
            E::HoldExpired => Self::new(StatusCode::CONFLICT, "hold_expired", detail),
            E::Stripe(StripeError::Unavailable { cause }) => {
                tracing::warn!(%cause, "Stripe did not answer");
                Self::unavailable(
                    "payment_provider_unavailable",
                    "payments are not available right now; your order is kept, try again in a moment",
                )
            }
            E::Stripe(source) if source.is_about_amount() => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "amount_not_chargeable",
                "cards cannot be charged this amount: change your cart",
            ),
            E::Stripe(source) => Self::internal(&source),
            E::Db(source) => source.into(),
        }
    }
}
