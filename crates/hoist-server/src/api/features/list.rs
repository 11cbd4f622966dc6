//! The features of a project.

use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::extract::{Cursor, Parameters, page};
use crate::api::types::page::List;
use crate::api::types::product::KeptFeature;
use crate::auth::{Granted, InProject, Reads};
use crate::error::ApiError;

/// Which part of the list is wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// Most items, 1 to 200.
    limit: Option<u32>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

/// Lists the features of a project in the order of their keys.
#[utoipa::path(get, path = "/api/v1/projects/{project}/features", operation_id = "list_features", tag = "features",
    params(("project" = String, Path, description = "The project."), Wanted),
    responses((status = 200, body = List<KeptFeature>)))]
pub(crate) async fn handle(
    granted: Granted<Reads, InProject>,
    Parameters(wanted): Parameters<Wanted>,
) -> Result<axum::Json<List<KeptFeature>>, ApiError> {
    let page = page(wanted.limit, wanted.cursor, Cursor::Key)?;
    let page = granted.store().list_features(granted.project().as_str(), &page).await?;
    let kept = List::of(page, KeptFeature::from);
    Ok(axum::Json(kept))
}
