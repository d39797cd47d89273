//! The calls to Stripe, each with a key, a deadline and few, careful repetitions.

use std::time::Duration;

use http::{HeaderValue, Method, StatusCode, header};
use kernel::{Money, OrderId, OrderNumber, RefundId};
use rand::Rng;
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use tokio::time::Instant;

use super::{
    API_VERSION, PaymentIntent, Refund, StripeError, amount,
    objects::{ORDER_ID, ORDER_NUMBER, REFUND_ID},
};

/// One call with all its repetitions: a customer waits for it.
const BUDGET: Duration = Duration::from_secs(6);
const REPETITIONS_MAX: u32 = 2;
/// Before the first repetition; doubled before the next. Each is shortened by a random part of up to a half.
const FIRST_PAUSE: Duration = Duration::from_millis(300);
const ANSWER_MAX_BYTES: usize = 1024 * 1024;

/// Stripe's API under one account. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: Url,
    authorization: HeaderValue,
}

/// Why there is no client.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The base URL is none.
    #[error("the base URL of Stripe's API is not an http URL")]
    BaseUrl,
    /// The secret key has characters that no header takes.
    #[error("the secret key of Stripe has characters that no key has")]
    SecretKey,
    /// TLS or the resolver did not start.
    #[error(transparent)]
    Http(#[from] reqwest::Error),
}

/// What an intent is made for.
#[derive(Debug, Clone)]
pub struct CreateIntent<'a> {
    /// The order's total.
    pub amount: Money,
    /// The order.
    pub order_id: OrderId,
    /// Its number, as people read it in Stripe's dashboard.
    pub order_number: &'a OrderNumber,
}

/// What goes back.
#[derive(Debug, Clone)]
pub struct CreateRefund<'a> {
    /// `pi_...`
    pub intent_id: &'a str,
    /// How much.
    pub amount: Money,
    /// The shop's own refund.
    pub refund_id: RefundId,
}

impl Client {
    /// A client for the API at `base_url`, Stripe's own or the simulator's.
    pub fn new(base_url: &str, secret_key: &SecretString) -> Result<Self, ClientError> {
        let base = Url::parse(base_url).ok().filter(|url| matches!(url.scheme(), "http" | "https")).ok_or(ClientError::BaseUrl)?;
        let mut authorization =
            HeaderValue::from_str(&format!("Bearer {}", secret_key.expose_secret())).map_err(|_| ClientError::SecretKey)?;
        authorization.set_sensitive(true);
        Ok(Self { http: platform::http::client(BUDGET)?, base, authorization })
    }

    /// Makes the intent of an order. One key, one intent, however often it is asked.
    pub async fn create_intent(&self, intent: &CreateIntent<'_>, key: &str) -> Result<PaymentIntent, StripeError> {
        let form = [
            ("amount".to_owned(), amount::to_stripe(intent.amount)?.to_string()),
            ("currency".to_owned(), intent.amount.currency().code().to_ascii_lowercase()),
            ("automatic_payment_methods[enabled]".to_owned(), "true".to_owned()),
            (format!("metadata[{ORDER_ID}]"), intent.order_id.to_string()),
            (format!("metadata[{ORDER_NUMBER}]"), intent.order_number.to_string()),
        ];
        self.call(Method::POST, &["payment_intents"], Some((key, &form))).await
    }

    /// The intent as it is now.
    pub async fn retrieve_intent(&self, intent_id: &str) -> Result<PaymentIntent, StripeError> {
        self.call(Method::GET, &["payment_intents", intent_id], None).await
    }

    /// Ends an intent that is not paid. One that is answers `payment_intent_unexpected_state`.
    pub async fn cancel_intent(&self, intent_id: &str, key: &str) -> Result<PaymentIntent, StripeError> {
        self.call(Method::POST, &["payment_intents", intent_id, "cancel"], Some((key, &[]))).await
    }

    /// Sends money back.
    pub async fn create_refund(&self, refund: &CreateRefund<'_>, key: &str) -> Result<Refund, StripeError> {
        let form = [
            ("payment_intent".to_owned(), refund.intent_id.to_owned()),
            ("amount".to_owned(), amount::to_stripe(refund.amount)?.to_string()),
            (format!("metadata[{REFUND_ID}]"), refund.refund_id.to_string()),
        ];
        self.call(Method::POST, &["refunds"], Some((key, &form))).await
    }

    async fn call<T: DeserializeOwned>(&self, method: Method, path: &[&str], post: Option<Post<'_>>) -> Result<T, StripeError> {
        let deadline = Instant::now() + BUDGET;
        let url = self.url(path)?;
        let mut repetition = 0;
        loop {
            let failed = match self.attempt(&method, &url, post, deadline).await {
                Ok(body) => {
                    return serde_json::from_slice(&body).map_err(|error| StripeError::unavailable(format!("unreadable answer: {error}")));
                }
                Err(failed) => failed,
            };
            repetition += 1;
            let pause = pause(repetition);
            if !failed.again || repetition > REPETITIONS_MAX || Instant::now() + pause >= deadline {
                return Err(failed.error);
            }
            tracing::debug!(error = %failed.error, repetition, "asking Stripe again with the same key");
            tokio::time::sleep(pause).await;
        }
    }

    async fn attempt(&self, method: &Method, url: &Url, post: Option<Post<'_>>, deadline: Instant) -> Result<Vec<u8>, Failed> {
        let mut request = self
            .http
            .request(method.clone(), url.clone())
            .timeout(deadline.saturating_duration_since(Instant::now()))
            .header(header::AUTHORIZATION, self.authorization.clone())
            .header("stripe-version", API_VERSION);
        if let Some((key, form)) = post {
            request = request.header("idempotency-key", key).form(form);
        }
        let mut answer = request.send().await.map_err(|error| Failed {
            // A time-out has used up the budget; everything else that broke the connection may be over in a moment.
            again: !error.is_timeout() && (error.is_connect() || error.is_request()),
            error: StripeError::unavailable(error.without_url().to_string()),
        })?;
        let status = answer.status();
        let told_not_to = answer.headers().get("stripe-should-retry").is_some_and(|value| value == "false");
        let again = !told_not_to && (matches!(status, StatusCode::CONFLICT | StatusCode::TOO_MANY_REQUESTS) || status.is_server_error());
        let body = read(&mut answer).await.map_err(|error| Failed { again: false, error })?;
        if status.is_success() {
            return Ok(body);
        }
        Err(Failed { again, error: StripeError::from_answer(status.as_u16(), &body) })
    }

    fn url(&self, path: &[&str]) -> Result<Url, StripeError> {
        let mut url = self.base.clone();
        // Segments are escaped: an id can never become another path.
        url.path_segments_mut().map_err(|()| StripeError::unavailable("the base URL has no path"))?.pop_if_empty().push("v1").extend(path);
        Ok(url)
    }
}

/// Idempotency key and form.
type Post<'a> = (&'a str, &'a [(String, String)]);

/// An attempt without an object, and whether the next may bring one.
struct Failed {
    again: bool,
    error: StripeError,
}

async fn read(answer: &mut reqwest::Response) -> Result<Vec<u8>, StripeError> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|error| StripeError::unavailable(error.without_url().to_string()))? {
        if body.len() + chunk.len() > ANSWER_MAX_BYTES {
            return Err(StripeError::unavailable("the answer is too large"));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Shortened at random, so that those who failed together do not come back together.
fn pause(repetition: u32) -> Duration {
    let full = FIRST_PAUSE * 2_u32.saturating_pow(repetition.saturating_sub(1));
    rand::rng().random_range(full / 2..=full)
}
