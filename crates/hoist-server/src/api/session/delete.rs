//! Signing out.

use axum::response::{IntoResponse, Response};
use hoist_store::Write;
use http::header::SET_COOKIE;
use http::{HeaderMap, StatusCode};

use crate::auth::{self, Anywhere, Granted, Origin, Principal, Reads};
use crate::error::ApiError;

/// Signs a browser out: ends its session and takes its cookie away. A token that was sent in a header stays as it is.
#[utoipa::path(delete, path = "/api/v1/session", operation_id = "sign_out", tag = "session",
    responses((status = 204, description = "The session has ended.")))]
pub(crate) async fn handle(granted: Granted<Reads, Anywhere>, headers: HeaderMap) -> Result<Response, ApiError> {
    if let Principal::Token { identity, .. } = granted.principal()
        && matches!(identity.origin, Origin::Session { .. })
    {
        granted.store().end_session(&Write::new(granted.actor(), granted.now()), &identity.id).await?;
        granted.app().auth.forget(&identity.id);
    }
    Ok((StatusCode::NO_CONTENT, [(SET_COOKIE, auth::clear_cookie(&headers)?)]).into_response())
}
