//! The simulator's objects in the shape of Stripe's API.

use serde_json::{Value, json};

use crate::stripe::API_VERSION;

use super::{
    auth::Caller,
    cards::Look,
    objects::{Charge, Event, Intent, LastError, Method, Refund, Status},
};

/// Fields of an intent that the shop never fills.
const INTENT_NULLS: [&str; 17] = [
    "application",
    "application_fee_amount",
    "customer",
    "customer_account",
    "excluded_payment_method_types",
    "managed_payments",
    "on_behalf_of",
    "payment_method_configuration_details",
    "processing",
    "review",
    "setup_future_usage",
    "shipping",
    "source",
    "statement_descriptor",
    "statement_descriptor_suffix",
    "transfer_data",
    "transfer_group",
];
/// Fields of a charge that the shop never fills.
const CHARGE_NULLS: [&str; 20] = [
    "application",
    "application_fee",
    "application_fee_amount",
    "balance_transaction",
    "calculated_statement_descriptor",
    "customer",
    "failure_balance_transaction",
    "failure_code",
    "failure_message",
    "on_behalf_of",
    "receipt_number",
    "receipt_url",
    "review",
    "shipping",
    "source",
    "source_transfer",
    "statement_descriptor",
    "statement_descriptor_suffix",
    "transfer_data",
    "transfer_group",
];

fn with_nulls(mut shape: Value, names: &[&str]) -> Value {
    if let Some(fields) = shape.as_object_mut() {
        fields.extend(names.iter().map(|name| ((*name).to_owned(), Value::Null)));
    }
    shape
}

/// An intent as the caller may see it.
pub fn intent(intent: &Intent, caller: &Caller, public_url: &str) -> Value {
    let succeeded = intent.status == Status::Succeeded;
    let shape = json!({
        "id": intent.id,
        "object": "payment_intent",
        "amount": intent.amount,
        "amount_capturable": 0,
        "amount_details": { "tip": {} },
        "amount_received": if succeeded { intent.amount } else { 0 },
        "automatic_payment_methods": if intent.automatic { json!({ "allow_redirects": "always", "enabled": true }) } else { Value::Null },
        "canceled_at": intent.canceled_at,
        "cancellation_reason": intent.cancellation_reason,
        "capture_method": "automatic_async",
        "client_secret": intent.client_secret,
        "confirmation_method": "automatic",
        "created": intent.created,
        "currency": intent.currency,
        "description": intent.description,
        "last_payment_error": intent.last_error.as_ref().map(last_error),
        "latest_charge": intent.latest_charge,
        "livemode": false,
        "metadata": intent.metadata,
        "next_action": next_action(intent, public_url),
        "payment_method": intent.payment_method,
        "payment_method_options": { "card": { "installments": null, "mandate_options": null, "network": null, "request_three_d_secure": "automatic" } },
        "payment_method_types": ["card"],
        "receipt_email": intent.receipt_email,
        "status": intent.status,
    });
    let mut shape = with_nulls(shape, &INTENT_NULLS);
    // A browser learns what its customer needs, not what the shop keeps beside it.
    if let (Caller::Browser { .. }, Some(fields)) = (caller, shape.as_object_mut()) {
        for private in
            ["metadata", "latest_charge", "customer", "customer_account", "application", "application_fee_amount", "transfer_data"]
        {
            fields.remove(private);
        }
    }
    shape
}

fn last_error(error: &LastError) -> Value {
    json!({ "type": error.r#type, "code": error.code, "decline_code": error.decline_code, "message": error.message })
}

fn next_action(intent: &Intent, public_url: &str) -> Value {
    let Some(challenge) = &intent.challenge else { return Value::Null };
    let url = format!("{public_url}/3ds/{}?challenge={}", intent.id, challenge.token);
    json!({ "type": "redirect_to_url", "redirect_to_url": { "return_url": challenge.return_url, "url": url } })
}

/// A payment method.
pub fn method(method: &Method) -> Value {
    json!({
        "id": method.id,
        "object": "payment_method",
        "allow_redisplay": "unspecified",
        "billing_details": billing_details(),
        "card": card(method),
        "created": method.created,
        "customer": null,
        "customer_account": null,
        "livemode": false,
        "metadata": {},
        "type": "card",
    })
}

fn billing_details() -> Value {
    let address = json!({ "city": null, "country": null, "line1": null, "line2": null, "postal_code": null, "state": null });
    json!({ "address": address, "email": null, "name": null, "phone": null, "tax_id": null })
}

fn card(method: &Method) -> Value {
    let card = &method.card;
    json!({
        "brand": card.brand,
        "checks": checks(method),
        "country": "US",
        "exp_month": method.exp_month,
        "exp_year": method.exp_year,
        "fingerprint": format!("sim{}{}", card.brand, card.last4()),
        "funding": card.funding,
        "last4": card.last4(),
        "wallet": null,
    })
}

fn checks(method: &Method) -> Value {
    let look = method.card.look;
    let cvc = match (method.cvc_given, look) {
        (false, _) => None,
        (true, Look::CvcFails) => Some("fail"),
        (true, _) => Some("pass"),
    };
    let line1 = matches!(look, Look::LineFails | Look::AddressFails).then_some("fail");
    let postal_code = matches!(look, Look::PostalFails | Look::AddressFails).then_some("fail");
    json!({ "address_line1_check": line1, "address_postal_code_check": postal_code, "cvc_check": cvc })
}

/// A charge.
pub fn charge(charge: &Charge) -> Value {
    let shape = json!({
        "id": charge.id,
        "object": "charge",
        "amount": charge.amount,
        "amount_captured": charge.amount,
        "amount_refunded": charge.refunded,
        "billing_details": billing_details(),
        "captured": true,
        "created": charge.created,
        "currency": charge.currency,
        "description": charge.description,
        "disputed": false,
        "fraud_details": {},
        "livemode": false,
        "metadata": charge.metadata,
        "outcome": outcome(&charge.method),
        "paid": true,
        "payment_intent": charge.intent,
        "payment_method": charge.method.id,
        "payment_method_details": method_details(charge),
        "receipt_email": charge.receipt_email,
        "refunded": charge.refunded == charge.amount,
        "status": "succeeded",
    });
    with_nulls(shape, &CHARGE_NULLS)
}

fn outcome(method: &Method) -> Value {
    json!({
        "advice_code": null,
        "network_advice_code": null,
        "network_decline_code": null,
        "network_status": "approved_by_network",
        "reason": null,
        "risk_level": method.card.risk_level(),
        "seller_message": "Payment complete.",
        "type": "authorized",
    })
}

fn method_details(charge: &Charge) -> Value {
    let method = &charge.method;
    let mut card = card(method);
    if let Some(fields) = card.as_object_mut() {
        let secured =
            charge.authenticated.then(|| json!({ "authentication_flow": "challenge", "result": "authenticated", "version": "2.2.0" }));
        fields.insert("network".to_owned(), json!(method.card.brand));
        fields.insert("three_d_secure".to_owned(), secured.unwrap_or(Value::Null));
    }
    json!({ "card": card, "type": "card" })
}

/// A refund.
pub fn refund(refund: &Refund) -> Value {
    json!({
        "id": refund.id,
        "object": "refund",
        "amount": refund.amount,
        "balance_transaction": null,
        "charge": refund.charge,
        "created": refund.created,
        "currency": refund.currency,
        "customer": null,
        "customer_account": null,
        "destination_details": { "card": { "reference": null, "reference_status": "pending", "reference_type": "acquirer_reference_number", "type": "refund" }, "type": "card" },
        "metadata": refund.metadata,
        "payment_intent": refund.intent,
        "payment_method": null,
        "reason": refund.reason,
        "receipt_number": null,
        "source_transfer_reversal": null,
        "status": "succeeded",
        "transfer_reversal": null,
    })
}

/// An event.
pub fn event(event: &Event) -> Value {
    json!({
        "id": event.id,
        "object": "event",
        "api_version": API_VERSION,
        "created": event.created,
        "data": { "object": event.object },
        "livemode": false,
        "pending_webhooks": u8::from(event.pending),
        "request": { "id": event.request_id, "idempotency_key": event.idempotency_key },
        "type": event.r#type,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::cards::by_name;
    use super::*;

    fn keys(shape: &Value) -> BTreeSet<String> {
        shape.as_object().unwrap().keys().cloned().collect()
    }

    #[test]
    fn objects_have_the_fields_of_the_published_ones() {
        let published: Value =
            serde_json::from_slice(&std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/stripe_objects.json")).unwrap())
                .unwrap();
        let a_method = Method {
            id: "pm".to_owned(),
            card: by_name("pm_card_visa").unwrap(),
            exp_month: 1,
            exp_year: 2030,
            cvc_given: true,
            created: 0,
        };
        let an_intent: Intent = serde_json::from_value(json!({ "id": "pi", "client_secret": "s", "amount": 1, "currency": "usd", "status": "succeeded", "created": 0, "metadata": {}, "automatic": true })).unwrap();
        let a_charge: Charge = serde_json::from_value(json!({ "id": "ch", "intent": "pi", "amount": 1, "refunded": 0, "currency": "usd", "created": 0, "method": a_method, "authenticated": false, "metadata": {} })).unwrap();
        let a_refund: Refund = serde_json::from_value(
            json!({ "id": "re", "charge": "ch", "intent": "pi", "amount": 1, "currency": "usd", "created": 0, "metadata": {} }),
        )
        .unwrap();
        let an_event: Event =
            serde_json::from_value(json!({ "id": "evt", "type": "x", "created": 0, "object": {}, "pending": false })).unwrap();
        let shapes = [intent(&an_intent, &Caller::Shop, ""), charge(&a_charge), refund(&a_refund), event(&an_event)];
        for shape in shapes {
            let mut expected = keys(&published[shape["object"].as_str().unwrap()]);
            expected.remove("refunds"); // only there when a request expands it
            assert_eq!(keys(&shape), expected, "{}", shape["object"]);
        }
        assert!(keys(&published["payment_method"]).is_superset(&BTreeSet::from(["id".to_owned(), "card".to_owned()])));
        let checks = method(&a_method);
        assert_eq!((&checks["card"]["last4"], &checks["card"]["checks"]["cvc_check"]), (&json!("4242"), &json!("pass")));
    }
}
