//! Is a body what SendGrid's own description of `POST /mail/send` asks for?

use serde_json::Value;

const DESCRIPTION: &str = include_str!("../../tests/fixtures/openapi_mail_send.json");

/// Panics with the place and the rule that the body breaks.
pub fn assert_valid(body: &Value) {
    let mut description: Value = serde_json::from_str(DESCRIPTION).unwrap();
    let post = "/paths/~1mail~1send/post/requestBody/content/application~1json/schema";
    // A known error of the description: it calls these a string, and SendGrid's clients send an object.
    description.pointer_mut(post).unwrap()["properties"]["custom_args"]["type"] = "object".into();
    check(&description, description.pointer(post).unwrap(), body, "body");
}

/// The rules of JSON Schema that the description uses. Fields that it does not name are refused, as they would be typing errors.
fn check(description: &Value, schema: &Value, value: &Value, place: &str) {
    if let Some(reference) = schema["$ref"].as_str() {
        return check(description, description.pointer(&reference[1..]).unwrap(), value, place);
    }
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    assert_eq!(schema["type"], kind, "type of {place}");
    match value {
        Value::String(text) => {
            let length = u64::try_from(text.chars().count()).unwrap();
            assert!(length >= schema["minLength"].as_u64().unwrap_or(0), "{place} is too short");
            assert!(length <= schema["maxLength"].as_u64().unwrap_or(u64::MAX), "{place} is too long");
            assert!(schema["format"] != "email" || kernel::Email::parse(text).is_ok(), "{place} is not an address");
            assert!(schema["enum"].as_array().is_none_or(|allowed| allowed.contains(value)), "{place} is not one of the allowed");
        }
        Value::Array(items) => {
            assert!(u64::try_from(items.len()).unwrap() <= schema["maxItems"].as_u64().unwrap_or(u64::MAX), "{place} has too many");
            for (at, item) in items.iter().enumerate() {
                check(description, &schema["items"], item, &format!("{place}[{at}]"));
            }
        }
        Value::Object(fields) => {
            for name in schema["required"].as_array().into_iter().flatten() {
                assert!(fields.contains_key(name.as_str().unwrap()), "{place} lacks {name}");
            }
            if let Some(properties) = schema["properties"].as_object() {
                for (name, field) in fields {
                    let schema = properties.get(name).unwrap_or_else(|| panic!("{place}.{name} is not described"));
                    check(description, schema, field, &format!("{place}.{name}"));
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
