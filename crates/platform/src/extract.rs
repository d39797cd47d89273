//! Extractors that parse at the edge: bodies, queries, paths and callers, each refusal a problem.

use std::marker::PhantomData;

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Request},
};
use http::{HeaderMap, StatusCode, header, request::Parts};
use kernel::{Principal, Role, UserId};
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, MapAccess, Visitor, value::MapAccessDeserializer},
};

use crate::Problem;

/// Deepest nesting of a body.
const MAX_DEPTH: usize = 32;

/// A JSON body, parsed into a type that cannot be wrong. Unknown fields are the type's to refuse.
pub struct Body<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "content_type_not_json",
                "send a body of content type application/json",
            ));
        }
        let bytes = Bytes::from_request(request, state).await.map_err(|rejection| {
            if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
                Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", "the body is larger than this address accepts")
            } else {
                Problem::new(StatusCode::BAD_REQUEST, "body_unreadable", "the body ended early or could not be read")
            }
        })?;
        parse_json(&bytes).map(Self)
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    content_type.split(';').next().is_some_and(|mime| mime.trim().eq_ignore_ascii_case("application/json"))
}

/// Parses JSON, naming the field that is wrong.
pub fn parse_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let malformed = |detail: String| Problem::new(StatusCode::BAD_REQUEST, "json_malformed", detail);
    if depth(bytes) > MAX_DEPTH {
        return Err(malformed(format!("the body nests deeper than {MAX_DEPTH} levels")));
    }
    // serde would also take an array with the fields in their order, which the document does not offer.
    if bytes.trim_ascii_start().first() == Some(&b'[') {
        let list = serde_json::from_slice::<serde::de::IgnoredAny>(bytes);
        return Err(list.map_or_else(|_| malformed("the body is not JSON".to_owned()), |_| field_problem(".", "invalid type: a list")));
    }
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let field = error.path().to_string();
        let error = error.into_inner();
        match error.classify() {
            serde_json::error::Category::Data => field_problem(&field, &error.to_string()),
            _ => malformed("the body is not JSON".to_owned()),
        }
    })?;
    json.end().map_err(|_| malformed("the body goes on after its JSON".to_owned()))?;
    Ok(value)
}

/// For a field that holds an object: serde would also take a list with the fields in their order.
pub fn object<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<T, D::Error> {
    struct Object<T>(PhantomData<T>);
    impl<'de, T: Deserialize<'de>> Visitor<'de> for Object<T> {
        type Value = T;
        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("an object")
        }
        fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<T, A::Error> {
            T::deserialize(MapAccessDeserializer::new(fields))
        }
    }
    deserializer.deserialize_map(Object(PhantomData))
}

/// Nesting depth, strings left out; a body that is not JSON is refused later.
fn depth(bytes: &[u8]) -> usize {
    let (mut depth, mut deepest, mut in_string, mut escaped) = (0_usize, 0, false, false);
    for &byte in bytes {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

fn field_problem(path: &str, message: &str) -> Problem {
    let quoted = |prefix: &str| message.strip_prefix(prefix).and_then(|rest| rest.split('`').next()).map(str::to_owned);
    let within = |name: &str| if path == "." || path.ends_with(name) { name.to_owned() } else { format!("{path}.{name}") };
    if let Some(name) = quoted("unknown field `") {
        return Problem::field(if path == "." { name } else { path.to_owned() }, "unknown_field", "this field is not known here");
    }
    if let Some(name) = quoted("missing field `") {
        return Problem::field(within(&name), "required", "this field is missing");
    }
    if message.starts_with("invalid type") {
        return Problem::field(path, "wrong_type", "this is not of the type that the field has");
    }
    let plain = message.split(" at line ").next().unwrap_or_default();
    Problem::field(path, "invalid", plain)
}

/// Query parameters; unknown ones are the type's to refuse.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let pairs = form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes());
        serde_path_to_error::deserialize(serde_urlencoded::Deserializer::new(pairs)).map(Self).map_err(|error| {
            let path = error.path().to_string();
            field_problem(&path, &error.into_inner().to_string())
        })
    }
}

/// One path parameter. What cannot be an id is answered as an unknown id is.
pub struct Path<T>(pub T);

impl<T: std::str::FromStr, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let text = axum::extract::Path::<String>::from_request_parts(parts, state).await;
        text.ok().and_then(|text| text.0.parse().ok()).map(Self).ok_or_else(|| Problem::not_found("not_found"))
    }
}

/// Whoever calls; nobody signed in is a guest.
pub struct Caller(pub Principal);

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        Ok(Self(parts.extensions.get::<Principal>().cloned().unwrap_or(Principal::Guest)))
    }
}

/// A signed-in account of any role.
pub struct Customer(pub UserId);

impl<S: Send + Sync> FromRequestParts<S> for Customer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Caller::from_request_parts(parts, state).await?.0 {
            Principal::User { id, .. } => Ok(Self(id)),
            Principal::Guest => Err(sign_in_required()),
        }
    }
}

/// A signed-in account that runs the shop.
pub struct Admin(pub UserId);

impl<S: Send + Sync> FromRequestParts<S> for Admin {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Caller::from_request_parts(parts, state).await?.0 {
            Principal::User { id, role: Role::Admin } => Ok(Self(id)),
            Principal::User { .. } => Err(forbidden()),
            Principal::Guest => Err(sign_in_required()),
        }
    }
}

/// The answer to an account of a role that may not do what it asked for.
pub fn forbidden() -> Problem {
    Problem::new(StatusCode::FORBIDDEN, "forbidden", "this account may not do that")
}

fn sign_in_required() -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "sign_in_required", "sign in first")
}
