//! Signing in.

use axum::response::{IntoResponse, Response};
use hoist_store::Write;
use http::header::SET_COOKIE;
use http::{HeaderMap, StatusCode};

use crate::api::types::session::{NewSession, Session};
use crate::auth::{self, Anywhere, Granted, Origin, Principal, Reads};
use crate::body::Mutation;
use crate::error::ApiError;

/// Signs a browser in: exchanges the admin token in the Authorization header, or the one of a sign-in link, for a
/// session in a cookie that no script can read. The session ends after 12 hours, when the token ends or is revoked, and
/// on signing out. A link is used up.
#[utoipa::path(post, path = "/api/v1/session", operation_id = "sign_in", tag = "session",
    request_body = NewSession, responses((status = 201, body = Session)))]
pub(crate) async fn handle(
    granted: Granted<Reads, Anywhere>,
    headers: HeaderMap,
    _: Mutation<NewSession>,
) -> Result<Response, ApiError> {
    let (principal, now) = (granted.principal(), granted.now());
    let write = Write::new(granted.actor(), now);
    if let Principal::Token { identity, .. } = principal
        && matches!(identity.origin, Origin::Link { .. })
    {
        // Of two who come with the same link, the store lets one revoke it.
        let revoked = granted.store().revoke_token(&write, &identity.id).await?;
        if revoked.revoked_at != Some(now) {
            return Err(ApiError::Unauthenticated);
        }
        granted.app().auth.forget(&identity.id);
    }
    let (made, new) = auth::session_for(principal, &granted.app().ids, now);
    let record = granted.store().create_session(&write, &new).await?;
    tracing::info!(session = record.id, actor = %granted.actor().id, "signed in; signing out or revoking the token ends it");
    let cookie = auth::set_cookie(&headers, &made)?;
    Ok((StatusCode::CREATED, [(SET_COOKIE, cookie)], axum::Json(Session::of(principal))).into_response())
}
