//! `POST /v1/refunds`: sends money back, never more than was taken.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    book::{Change, Work},
    error::ApiError,
    form::Form,
    objects::{Charge, Refund},
    shapes,
};

const REASONS: [&str; 3] = ["duplicate", "fraudulent", "requested_by_customer"];

/// What goes back.
pub struct CreateRefund {
    of: Of,
    amount: Option<i64>,
    reason: Option<String>,
    metadata: BTreeMap<String, String>,
}

enum Of {
    Intent(String),
    Charge(String),
}

impl CreateRefund {
    /// Reads the form.
    pub fn parse(form: &mut Form) -> Result<Self, ApiError> {
        let of = match (form.take("payment_intent"), form.take("charge")) {
            (Some(intent), None) => Of::Intent(intent),
            (None, Some(charge)) => Of::Charge(charge),
            _ => return Err(ApiError::invalid("parameter_missing", "Name either payment_intent or charge.").param("payment_intent")),
        };
        let amount = form.integer("amount")?;
        if amount.is_some_and(|amount| amount < 1) {
            return Err(ApiError::invalid("parameter_invalid_integer", "An amount is greater than zero.").param("amount"));
        }
        let reason = form.take("reason");
        if reason.as_ref().is_some_and(|reason| !REASONS.contains(&reason.as_str())) {
            return Err(ApiError::invalid(None, format!("The reason is one of {}.", REASONS.join(", "))).param("reason"));
        }
        Ok(Self { of, amount, reason, metadata: form.metadata()? })
    }
}

/// Sends it back.
pub fn create(work: &mut Work<'_>, asked: CreateRefund) -> Result<Value, ApiError> {
    let charge = charge_of(work, &asked.of)?.clone();
    let left = charge.amount - charge.refunded;
    if left == 0 {
        return Err(ApiError::invalid("charge_already_refunded", "This charge is refunded already."));
    }
    let amount = asked.amount.unwrap_or(left);
    if amount > left {
        return Err(ApiError::invalid(None, "The refund is greater than what is left of the charge.").param("amount"));
    }
    let refund = Refund {
        id: work.id("re"),
        charge: charge.id.clone(),
        intent: charge.intent.clone(),
        amount,
        currency: charge.currency.clone(),
        created: work.now().timestamp(),
        reason: asked.reason,
        metadata: asked.metadata,
    };
    let charge = Charge { refunded: charge.refunded + amount, ..charge };
    let shape = shapes::refund(&refund);
    work.emit("refund.created", shape.clone());
    work.emit("charge.refunded", shapes::charge(&charge));
    work.changes.extend([Change::Refund(refund), Change::Charge(charge)]);
    Ok(shape)
}

fn charge_of<'a>(work: &Work<'a>, of: &Of) -> Result<&'a Charge, ApiError> {
    let id = match of {
        Of::Charge(id) => id,
        Of::Intent(id) => {
            let none = || {
                ApiError::invalid("payment_intent_unexpected_state", "This payment intent has no charge to refund.").param("payment_intent")
            };
            work.book.intent(id)?.latest_charge.as_ref().ok_or_else(none)?
        }
    };
    work.book.charges.get(id).ok_or_else(|| ApiError::missing("charge", "charge"))
}
