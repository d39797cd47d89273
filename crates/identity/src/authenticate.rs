//! The layer that finds out who calls and puts a `Principal` into the request.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, StatusCode, header};
use kernel::Principal;
use platform::Problem;

use crate::Identity;

/// Reads `Authorization: Bearer`. No header is a guest; a header that proves nobody is 401 on every route, so that a
/// client with an expired token hears of it instead of acting as a guest.
///
/// Deactivated accounts keep their last token to its end (15 minutes): asking the database at each request would cost
/// more than that window does.
pub async fn authenticate(State(identity): State<Identity>, mut request: Request, next: Next) -> Response {
    match principal(&identity, request.headers()) {
        Ok(principal) => {
            request.extensions_mut().insert(principal);
            next.run(request).await
        }
        Err(problem) => problem.into_response(),
    }
}

fn principal(identity: &Identity, headers: &HeaderMap) -> Result<Principal, Problem> {
    let mut given = headers.get_all(header::AUTHORIZATION).iter();
    let Some(authorization) = given.next() else {
        return Ok(Principal::Guest);
    };
    let token =
        authorization.to_str().ok().and_then(|value| value.split_once(' ')).filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    match (token, given.next()) {
        (Some((_, token)), None) => identity.access_tokens.verify(token.trim(), identity.app.clock.now()).ok_or_else(token_invalid),
        // Two headers may name two people.
        _ => Err(token_invalid()),
    }
}

/// The answer to a token that proves nobody.
pub(crate) fn token_invalid() -> Problem {
    Problem::new(
        StatusCode::UNAUTHORIZED,
        "token_invalid",
        "the access token is not valid or not valid any more; refresh it or sign in again",
    )
}
