//! What a call to Stripe can end in, sorted by what the shop may conclude from it.

use super::amount::AmountError;

/// Why a call to Stripe brought no object.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StripeError {
    /// The card was refused: nothing was taken, another card may do.
    #[error("the card was declined ({code})")]
    Declined {
        /// Stripe's error code, for example `card_declined` or `expired_card`.
        code: String,
        /// The issuer's reason, for example `insufficient_funds`.
        decline_code: Option<String>,
    },
    /// Stripe did not do what was asked, and asking again will not change that.
    #[error("Stripe refused the request: {status} {}, parameter {}: {message}", code.as_deref().unwrap_or("no code"), param.as_deref().unwrap_or("none"))]
    InvalidRequest {
        /// HTTP status.
        status: u16,
        /// Stripe's error code, for example `resource_missing` or `charge_already_refunded`.
        code: Option<String>,
        /// The parameter it is about.
        param: Option<String>,
        /// Stripe's words, for the log.
        message: String,
    },
    /// The idempotency key was used with other parameters.
    #[error("the idempotency key was used with other parameters")]
    Idempotency,
    /// The secret key is wrong or may not do this.
    #[error("Stripe does not accept the secret key ({status})")]
    Unauthorized {
        /// HTTP status.
        status: u16,
    },
    /// No answer that says what happened. Indeterminate: a POST may have had its effect, so ask again with the same key,
    /// or look the object up.
    #[error("Stripe is not available: {cause}")]
    Unavailable {
        /// What was seen, for the log.
        cause: String,
    },
    /// The amount cannot be said in Stripe's integers; nothing was sent.
    #[error(transparent)]
    Amount(#[from] AmountError),
}

impl StripeError {
    /// True when Stripe refused with this error code.
    pub fn has_code(&self, wanted: &str) -> bool {
        matches!(self, Self::InvalidRequest { code: Some(code), .. } | Self::Declined { code, .. } if code == wanted)
    }

    /// True when the amount is what Stripe will not take, now or later.
    pub fn is_about_amount(&self) -> bool {
        matches!(self, Self::Amount(_)) || self.has_code("amount_too_small") || self.has_code("amount_too_large")
    }

    pub(super) fn unavailable(cause: impl Into<String>) -> Self {
        Self::Unavailable { cause: cause.into() }
    }

    /// Reads the body of an answer that is neither a success nor worth asking again.
    pub(super) fn from_answer(status: u16, body: &[u8]) -> Self {
        let error = serde_json::from_slice::<Envelope>(body).map(|envelope| envelope.error).unwrap_or_default();
        match (status, error.r#type.as_str()) {
            (401 | 403, _) => Self::Unauthorized { status },
            (_, "card_error") => Self::Declined { code: error.code.unwrap_or_default(), decline_code: error.decline_code },
            (409 | 429 | 500.., _) => {
                Self::Unavailable { cause: format!("status {status} {} {}", error.r#type, error.code.unwrap_or_default()) }
            }
            (_, "idempotency_error") => Self::Idempotency,
            (_, "") => Self::Unavailable { cause: format!("status {status} without a Stripe error") },
            _ => Self::InvalidRequest { status, code: error.code, param: error.param, message: error.message },
        }
    }
}

#[derive(serde::Deserialize)]
struct Envelope {
    error: Body,
}

#[derive(Default, serde::Deserialize)]
struct Body {
    #[serde(default)]
    r#type: String,
    code: Option<String>,
    decline_code: Option<String>,
    param: Option<String>,
    #[serde(default)]
    message: String,
}
