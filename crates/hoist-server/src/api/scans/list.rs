//! The repositories that were scanned.

use crate::api::types::code::Scan;
use crate::api::types::page::List;
use crate::auth::{Granted, InProject, Reads};
use crate::error::ApiError;

/// Lists the last scan of every branch of every repository.
#[utoipa::path(get, path = "/api/v1/projects/{project}/scans", operation_id = "list_scans", tag = "code",
    params(("project" = String, Path, description = "The project.")),
    responses((status = 200, body = List<Scan>)))]
pub(crate) async fn handle(granted: Granted<Reads, InProject>) -> Result<axum::Json<List<Scan>>, ApiError> {
    let scans = granted.store().scans(granted.project().as_str()).await?;
    Ok(axum::Json(List { items: scans.into_iter().map(Scan::from).collect(), next: None }))
}
