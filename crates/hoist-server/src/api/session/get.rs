//! Who one is.

use crate::api::types::session::Session;
use crate::auth::{Anywhere, Granted, Reads};
use crate::error::ApiError;

/// Returns who the caller is and what they may do.
#[utoipa::path(get, path = "/api/v1/session", operation_id = "get_session", tag = "session",
    responses((status = 200, body = Session)))]
pub(crate) async fn handle(granted: Granted<Reads, Anywhere>) -> Result<axum::Json<Session>, ApiError> {
    Ok(axum::Json(Session::of(granted.principal())))
}
