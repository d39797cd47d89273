//! `expand[]`: the whole object in place of its id.

use serde_json::Value;

use super::{
    auth::Caller,
    book::{Change, Work},
    error::ApiError,
    form::Form,
    shapes,
};

const EXPANDABLE: [&str; 4] = ["charge", "latest_charge", "payment_intent", "payment_method"];

/// Reads what is to be expanded; only the shop may ask. Refused here or never: afterwards the request has had its effect.
pub fn parse(form: &mut Form, caller: &Caller) -> Result<Vec<String>, ApiError> {
    let fields = form.list("expand");
    if fields.iter().any(|field| !EXPANDABLE.contains(&field.as_str())) {
        return Err(ApiError::invalid(None, "This property cannot be expanded.").param("expand"));
    }
    if fields.is_empty() { Ok(fields) } else { caller.shop_only().map(|()| fields) }
}

/// Puts objects where their ids stand: those that the request itself made, or those of the book.
pub fn expand(work: &Work<'_>, mut shape: Value, fields: &[String]) -> Value {
    for field in fields {
        let place = shape.get_mut(field).and_then(|place| Some((place.as_str().and_then(|id| find(work, field, id))?, place)));
        if let Some((object, place)) = place {
            *place = object;
        }
    }
    shape
}

fn find(work: &Work<'_>, field: &str, id: &str) -> Option<Value> {
    let made = || work.changes.iter().rev();
    match field {
        "latest_charge" | "charge" => {
            let made =
                made().find_map(|change| if let Change::Charge(charge) = change { Some(charge).filter(|it| it.id == id) } else { None });
            made.or_else(|| work.book.charges.get(id)).map(shapes::charge)
        }
        "payment_method" => {
            let made =
                made().find_map(|change| if let Change::Method(method) = change { Some(method).filter(|it| it.id == id) } else { None });
            made.or_else(|| work.book.methods.get(id)).map(shapes::method)
        }
        // Nothing that expands to an intent is made together with one.
        "payment_intent" => work.book.intents.get(id).map(|intent| shapes::intent(intent, &Caller::Shop, &work.config.public_url)),
        _ => None,
    }
}
