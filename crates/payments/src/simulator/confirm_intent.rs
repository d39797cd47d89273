//! `POST /v1/payment_intents/{id}/confirm`: tries a card on an intent, and where each card leads.

use reqwest::Url;
use serde_json::Value;

use super::{
    book::{Change, Work},
    cards::{Does, Refusal},
    error::ApiError,
    faults::ChargeFault,
    form::Form,
    methods::{Source, YearMonth},
    objects::{Challenge, Charge, Intent, LastError, Method, Status},
    shapes,
};

const RETURN_URL_MAX: usize = 2048;
/// Known to Stripe, and without any bearing on what the shop sees here.
const WITHOUT_EFFECT: [&str; 9] = [
    "off_session",
    "use_stripe_sdk",
    "mandate_data",
    "setup_future_usage",
    "shipping",
    "payment_method_options",
    "expected_payment_method_type",
    "error_on_requires_action",
    "radar_options",
];

/// How an intent is to be paid.
pub struct Confirm {
    /// With this card; without one, with the card the intent has.
    pub method: Option<Source>,
    /// Where the customer goes after 3-D Secure.
    pub return_url: Option<String>,
}

impl Confirm {
    /// Reads the form.
    pub fn parse(form: &mut Form, this_month: YearMonth) -> Result<Self, ApiError> {
        let method = Source::parse(form, this_month)?;
        let return_url = form.take("return_url");
        let is_web =
            |url: &String| url.len() <= RETURN_URL_MAX && Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
        if return_url.as_ref().is_some_and(|url| !is_web(url)) {
            return Err(ApiError::invalid("url_invalid", "The address to return to is not an http address.").param("return_url"));
        }
        form.ignore(&WITHOUT_EFFECT);
        Ok(Self { method, return_url })
    }
}

/// Confirms the intent with this id.
pub fn confirm_by_id(work: &mut Work<'_>, id: &str, with: Confirm) -> Result<Value, ApiError> {
    let intent = work.book.intent_for(id, &work.caller)?.clone();
    confirm(work, intent, with)
}

/// Confirms an intent that is open: also one in the middle of 3-D Secure, whose customer takes another card.
pub fn confirm(work: &mut Work<'_>, intent: Intent, with: Confirm) -> Result<Value, ApiError> {
    if !intent.status.is_open() {
        return Err(unexpected(work, &intent, "This payment intent can no longer be confirmed."));
    }
    let source = with.method.or_else(|| intent.payment_method.clone().map(Source::Stored));
    let Some(source) = source else {
        return Err(unexpected(work, &intent, "This payment intent has no payment method to confirm it with."));
    };
    let method = source.resolve(work)?;
    let intent = Intent { payment_method: Some(method.id.clone()), last_error: None, challenge: None, ..intent };
    match does(work, &method) {
        Does::Succeed => Ok(succeed(work, intent, method, false)),
        Does::Challenge | Does::ChallengeThenDecline(_) => Ok(challenge(work, intent, with.return_url)),
        Does::Decline(refusal) => Err(decline(work, intent, refusal)),
        Does::Refuse => Err(decline(work, intent, Refusal { code: "incorrect_number", decline_code: None })),
    }
}

/// What a card comes to, unless a fault says otherwise.
pub fn does(work: &Work<'_>, method: &Method) -> Does {
    if work.book.faults.charge == ChargeFault::Decline { Does::Decline(Refusal::GENERIC) } else { method.card.does }
}

/// The money is taken.
pub fn succeed(work: &mut Work<'_>, intent: Intent, method: Method, authenticated: bool) -> Value {
    let charge = Charge {
        id: work.id("ch"),
        intent: intent.id.clone(),
        amount: intent.amount,
        refunded: 0,
        currency: intent.currency.clone(),
        created: work.now().timestamp(),
        method,
        authenticated,
        description: intent.description.clone(),
        receipt_email: intent.receipt_email.clone(),
        metadata: intent.metadata.clone(),
    };
    let intent = Intent { status: Status::Succeeded, latest_charge: Some(charge.id.clone()), challenge: None, ..intent };
    work.emit("charge.succeeded", shapes::charge(&charge));
    work.changes.push(Change::Charge(charge));
    let shape = work.shape(&intent);
    work.put_intent(intent, Some("payment_intent.succeeded"));
    shape
}

/// The issuer says no: the intent waits for another card.
pub fn decline(work: &mut Work<'_>, intent: Intent, refusal: Refusal) -> ApiError {
    let last_error = LastError {
        r#type: "card_error".to_owned(),
        code: refusal.code.to_owned(),
        decline_code: refusal.decline_code.map(str::to_owned),
        message: refusal.message().to_owned(),
    };
    ApiError::card(refusal).intent(fail(work, intent, last_error))
}

/// The customer did not pass 3-D Secure: the intent waits for another card.
pub fn fail_authentication(work: &mut Work<'_>, intent: Intent) {
    let last_error = LastError {
        r#type: "invalid_request_error".to_owned(),
        code: "payment_intent_authentication_failure".to_owned(),
        decline_code: None,
        message: "The card's bank could not confirm that it is you. Try again, or take another card.".to_owned(),
    };
    fail(work, intent, last_error);
}

fn fail(work: &mut Work<'_>, intent: Intent, last_error: LastError) -> Value {
    let status = Status::RequiresPaymentMethod;
    let intent = Intent { status, payment_method: None, challenge: None, last_error: Some(last_error), ..intent };
    let shape = work.shape(&intent);
    work.put_intent(intent, Some("payment_intent.payment_failed"));
    shape
}

fn challenge(work: &mut Work<'_>, intent: Intent, return_url: Option<String>) -> Value {
    let challenge = Challenge { token: work.token(), return_url };
    let intent = Intent { status: Status::RequiresAction, challenge: Some(challenge), ..intent };
    let shape = work.shape(&intent);
    work.put_intent(intent, Some("payment_intent.requires_action"));
    shape
}

/// The intent is not where this operation can find it.
pub fn unexpected(work: &Work<'_>, intent: &Intent, message: &str) -> ApiError {
    let message = format!("{message} Its status is {}.", intent.status.as_str());
    ApiError::invalid("payment_intent_unexpected_state", message).intent(work.shape(intent))
}
