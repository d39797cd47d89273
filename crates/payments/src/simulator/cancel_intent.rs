//! `POST /v1/payment_intents/{id}/cancel`: ends an intent that is not paid.

use serde_json::Value;

use super::{
    book::Work,
    confirm_intent::unexpected,
    error::ApiError,
    form::Form,
    objects::{Intent, Status},
};

const REASONS: [&str; 4] = ["duplicate", "fraudulent", "requested_by_customer", "abandoned"];

/// Reads the reason.
pub fn parse(form: &mut Form) -> Result<Option<String>, ApiError> {
    let reason = form.take("cancellation_reason");
    match &reason {
        Some(given) if !REASONS.contains(&given.as_str()) => {
            Err(ApiError::invalid(None, format!("The reason is one of {}.", REASONS.join(", "))).param("cancellation_reason"))
        }
        _ => Ok(reason),
    }
}

/// Ends the intent.
pub fn cancel(work: &mut Work<'_>, id: &str, reason: Option<String>) -> Result<Value, ApiError> {
    let intent = work.book.intent(id)?.clone();
    if !intent.status.is_open() {
        return Err(unexpected(work, &intent, "This payment intent can no longer be canceled."));
    }
    let intent = Intent {
        status: Status::Canceled,
        canceled_at: Some(work.now().timestamp()),
        cancellation_reason: reason,
        challenge: None,
        ..intent
    };
    let shape = work.shape(&intent);
    work.put_intent(intent, Some("payment_intent.canceled"));
    Ok(shape)
}
