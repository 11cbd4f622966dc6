//! Signing in without the console.

use axum::extract::{FromRequestParts, Request, State};
use axum::response::Response;
use hoist_store::Write;
use http::header::{AUTHORIZATION, HeaderValue, SET_COOKIE};
use http::request::Parts;

use crate::auth::{self, Anywhere, Granted, Reads, Sealed};
use crate::error::ApiError;

use super::form::{field, fields};
use super::{refuse, see};

/// Exchanges a token for a session, as the console does, and shows the list.
pub(super) async fn handle(State(sealed): State<Sealed>, request: Request) -> Response {
    enter(&sealed, request).await.unwrap_or_else(refuse)
}

async fn enter(sealed: &Sealed, request: Request) -> Result<Response, ApiError> {
    let (mut parts, body) = request.into_parts();
    if !auth::is_same_origin(&parts.headers, &parts.uri) {
        return Err(ApiError::CrossSite);
    }
    let token = field(&fields(body, &parts.headers).await?, "token");
    present(&mut parts, token.trim())?;
    let granted = Granted::<Reads, Anywhere>::from_request_parts(&mut parts, sealed).await?;
    let (made, new) = auth::session_for(granted.principal(), &granted.app().ids, granted.now());
    granted.store().create_session(&Write::new(granted.actor(), granted.now()), &new).await?;
    let mut response = see("/kill");
    response.headers_mut().insert(SET_COOKIE, auth::set_cookie(&parts.headers, &made)?);
    Ok(response)
}

/// Puts the token where requests carry theirs, so that one piece of code checks all of them.
fn present(parts: &mut Parts, token: &str) -> Result<(), ApiError> {
    let value = HeaderValue::try_from(format!("Bearer {token}")).map_err(|_| ApiError::Unauthenticated)?;
    parts.headers.insert(AUTHORIZATION, value);
    Ok(())
}
