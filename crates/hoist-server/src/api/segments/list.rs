//! The segments of a project.

use crate::api::extract::{Cursor, Paging, Parameters};
use crate::api::types::document::KeptSegment;
use crate::api::types::page::List;
use crate::auth::{Granted, InProject, Reads};
use crate::error::ApiError;

/// Lists the segments of a project in the order of their keys.
#[utoipa::path(get, path = "/api/v1/projects/{project}/segments", operation_id = "list_segments", tag = "segments",
    params(("project" = String, Path, description = "The project."), Paging),
    responses((status = 200, body = List<KeptSegment>)))]
pub(crate) async fn handle(
    granted: Granted<Reads, InProject>,
    Parameters(paging): Parameters<Paging>,
) -> Result<axum::Json<List<KeptSegment>>, ApiError> {
    let page = paging.page(Cursor::Key)?;
    let page = granted.store().list_segments(granted.project().as_str(), &page).await?;
    let kept = List::of(page, KeptSegment::from);
    Ok(axum::Json(kept))
}
