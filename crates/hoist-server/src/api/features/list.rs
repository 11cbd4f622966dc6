//! The features of a project.

use crate::api::extract::{Cursor, Paging, Parameters};
use crate::api::types::page::List;
use crate::api::types::product::KeptFeature;
use crate::auth::{Granted, InProject, Reads};
use crate::error::ApiError;

/// Lists the features of a project in the order of their keys.
#[utoipa::path(get, path = "/api/v1/projects/{project}/features", operation_id = "list_features", tag = "features",
    params(("project" = String, Path, description = "The project."), Paging),
    responses((status = 200, body = List<KeptFeature>)))]
pub(crate) async fn handle(
    granted: Granted<Reads, InProject>,
    Parameters(paging): Parameters<Paging>,
) -> Result<axum::Json<List<KeptFeature>>, ApiError> {
    let page = paging.page(Cursor::Key)?;
    let page = granted.store().list_features(granted.project().as_str(), &page).await?;
    let kept = List::of(page, KeptFeature::from);
    Ok(axum::Json(kept))
}
