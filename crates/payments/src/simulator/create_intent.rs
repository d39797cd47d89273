//! `POST /v1/payment_intents`: asks for an amount, and confirms at once when told so.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::stripe::amount::{self, Scale};

use super::{
    book::Work,
    confirm_intent::{self, Confirm},
    error::ApiError,
    form::Form,
    methods::YearMonth,
    objects::{Intent, Status},
};

/// Eight digits, as for most currencies at Stripe.
const AMOUNT_MAX: i64 = 99_999_999;
const DEFAULT_AMOUNT_MIN: i64 = 1;
/// The least that Stripe charges, in its own integers.
const AMOUNT_MIN: [(&str, i64); 24] = [
    ("usd", 50),
    ("aed", 200),
    ("aud", 50),
    ("bgn", 100),
    ("brl", 50),
    ("cad", 50),
    ("chf", 50),
    ("czk", 1500),
    ("dkk", 250),
    ("eur", 50),
    ("gbp", 30),
    ("hkd", 400),
    ("huf", 17500),
    ("inr", 50),
    ("jpy", 50),
    ("mxn", 1000),
    ("myr", 200),
    ("nok", 300),
    ("nzd", 50),
    ("pln", 200),
    ("ron", 200),
    ("sek", 300),
    ("sgd", 50),
    ("thb", 1000),
];
/// Known to Stripe, and without any bearing on what the shop sees here.
const WITHOUT_EFFECT: [&str; 14] = [
    "payment_method_options",
    "payment_method_types",
    "setup_future_usage",
    "statement_descriptor",
    "statement_descriptor_suffix",
    "shipping",
    "off_session",
    "use_stripe_sdk",
    "mandate_data",
    "radar_options",
    "error_on_requires_action",
    "confirmation_method",
    "automatic_payment_methods[allow_redirects]",
    "excluded_payment_method_types",
];

/// What is asked for.
pub struct CreateIntent {
    amount: i64,
    currency: String,
    automatic: bool,
    description: Option<String>,
    receipt_email: Option<String>,
    metadata: BTreeMap<String, String>,
    confirm: bool,
    with: Confirm,
}

impl CreateIntent {
    /// Reads the form.
    pub fn parse(form: &mut Form, this_month: YearMonth) -> Result<Self, ApiError> {
        let (amount, currency) = money(form)?;
        if form.take("capture_method").is_some_and(|method| !method.starts_with("automatic")) {
            return Err(ApiError::invalid(None, "The payment simulator captures at once.").param("capture_method"));
        }
        let typed = !form.list("payment_method_types").is_empty();
        let automatic = form.flag("automatic_payment_methods[enabled]")?.unwrap_or(!typed);
        let confirm = form.flag("confirm")?.unwrap_or(false);
        let with = Confirm::parse(form, this_month)?;
        let (description, receipt_email) = (form.text("description")?, form.text("receipt_email")?);
        let metadata = form.metadata()?;
        form.ignore(&WITHOUT_EFFECT);
        Ok(Self { amount, currency, automatic, description, receipt_email, metadata, confirm, with })
    }
}

fn money(form: &mut Form) -> Result<(i64, String), ApiError> {
    let missing = |name: &'static str| ApiError::invalid("parameter_missing", format!("Missing required param: {name}.")).param(name);
    let amount = form.integer("amount")?.ok_or_else(|| missing("amount"))?;
    let currency = form.take("currency").ok_or_else(|| missing("currency"))?.to_ascii_lowercase();
    let known =
        amount::currency(&currency).map_err(|_| ApiError::invalid(None, "This is not a currency that Stripe takes.").param("currency"))?;
    let least = AMOUNT_MIN.iter().find(|(code, _)| *code == currency).map_or(DEFAULT_AMOUNT_MIN, |(_, least)| *least);
    let refused = |code, message: &str| Err(ApiError::invalid(code, message).param("amount"));
    if amount < DEFAULT_AMOUNT_MIN {
        return refused("parameter_invalid_integer", "An amount is greater than zero.");
    }
    if amount < least {
        return refused("amount_too_small", "The amount is below the least that can be charged in this currency.");
    }
    if amount > AMOUNT_MAX {
        return refused("amount_too_large", "The amount is above the most that can be charged.");
    }
    if !Scale::of(known).allows(amount) {
        return refused("parameter_invalid_integer", "This currency is not charged in such small parts.");
    }
    Ok((amount, currency))
}

/// Makes the intent.
pub fn create(work: &mut Work<'_>, asked: CreateIntent) -> Result<Value, ApiError> {
    let id = work.id("pi");
    let intent = Intent {
        client_secret: format!("{id}_secret_{}", work.token()),
        id,
        amount: asked.amount,
        currency: asked.currency,
        status: Status::RequiresPaymentMethod,
        created: work.now().timestamp(),
        canceled_at: None,
        cancellation_reason: None,
        description: asked.description,
        receipt_email: asked.receipt_email,
        metadata: asked.metadata,
        automatic: asked.automatic,
        payment_method: None,
        latest_charge: None,
        last_error: None,
        challenge: None,
    };
    if asked.confirm {
        work.put_intent(intent.clone(), Some("payment_intent.created"));
        return confirm_intent::confirm(work, intent, asked.with);
    }
    let method = asked.with.method.map(|method| method.resolve(work)).transpose()?;
    let status = if method.is_some() { Status::RequiresConfirmation } else { intent.status };
    let intent = Intent { payment_method: method.map(|method| method.id), status, ..intent };
    let shape = work.shape(&intent);
    work.put_intent(intent, Some("payment_intent.created"));
    Ok(shape)
}
