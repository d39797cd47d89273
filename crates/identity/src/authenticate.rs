//! The layer that finds out who calls and puts a `Principal` into the request.

use axum::{
    extract::{FromRequestParts, Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, StatusCode, header, request::Parts};
use kernel::{Principal, Role};
use platform::Problem;

use crate::{Identity, access_token::IssuedAt, store};

/// Reads `Authorization: Bearer`. No header is a guest; a header that proves nobody is 401 on every route, so that a
/// client with an expired token hears of it instead of acting as a guest.
///
/// Customers' deactivated accounts keep their last token to its end (15 minutes): asking the database at each request would
/// cost more than that window does. Admins are few and may do everything, so theirs are asked for: a new password, which is
/// what a shopkeeper reaches for after a theft, ends what was stolen at once.
pub async fn authenticate(State(identity): State<Identity>, mut request: Request, next: Next) -> Response {
    match known(&identity, &mut request).await {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

async fn known(identity: &Identity, request: &mut Request) -> Result<(), Problem> {
    let Some((principal, issued_at)) = proven(identity, request.headers())? else {
        request.extensions_mut().insert(Principal::Guest);
        return Ok(());
    };
    if let Principal::User { id, role: Role::Admin } = &principal {
        let mut db = identity.app.db.read().await?;
        let changed_at = store::find_password_changed_at(&mut db, *id).await?.ok_or_else(token_invalid)?;
        if issued_at.is_before(changed_at) {
            return Err(token_invalid());
        }
    }
    request.extensions_mut().insert(principal);
    request.extensions_mut().insert(issued_at);
    Ok(())
}

/// What the request's token proves; None for a guest.
fn proven(identity: &Identity, headers: &HeaderMap) -> Result<Option<(Principal, IssuedAt)>, Problem> {
    let mut given = headers.get_all(header::AUTHORIZATION).iter();
    let Some(authorization) = given.next() else {
        return Ok(None);
    };
    let token =
        authorization.to_str().ok().and_then(|value| value.split_once(' ')).filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    match (token, given.next()) {
        (Some((_, token)), None) => {
            identity.access_tokens.verify(token.trim(), identity.app.clock.now()).map(Some).ok_or_else(token_invalid)
        }
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

impl<S: Send + Sync> FromRequestParts<S> for IssuedAt {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        parts.extensions.get().copied().ok_or_else(token_invalid)
    }
}
