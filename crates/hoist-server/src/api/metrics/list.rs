//! The metrics of a project.

use crate::api::extract::{Cursor, Paging, Parameters};
use crate::api::types::document::KeptMetric;
use crate::api::types::page::List;
use crate::auth::{Granted, InProject, Reads};
use crate::error::ApiError;

/// Lists the metrics of a project in the order of their keys.
#[utoipa::path(get, path = "/api/v1/projects/{project}/metrics", operation_id = "list_metrics", tag = "metrics",
    params(("project" = String, Path, description = "The project."), Paging),
    responses((status = 200, body = List<KeptMetric>)))]
pub(crate) async fn handle(
    granted: Granted<Reads, InProject>,
    Parameters(paging): Parameters<Paging>,
) -> Result<axum::Json<List<KeptMetric>>, ApiError> {
    let page = paging.page(Cursor::Key)?;
    let page = granted.store().list_metrics(granted.project().as_str(), &page).await?;
    let kept = List::of(page, KeptMetric::from);
    Ok(axum::Json(kept))
}
