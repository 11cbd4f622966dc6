//! The services of a project.

use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::extract::{Cursor, Parameters, page};
use crate::api::types::page::List;
use crate::api::types::product::KeptService;
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

/// Lists the services of a project in the order of their keys.
#[utoipa::path(get, path = "/api/v1/projects/{project}/services", operation_id = "list_services", tag = "services",
    params(("project" = String, Path, description = "The project."), Wanted),
    responses((status = 200, body = List<KeptService>)))]
pub(crate) async fn handle(
    granted: Granted<Reads, InProject>,
    Parameters(wanted): Parameters<Wanted>,
) -> Result<axum::Json<List<KeptService>>, ApiError> {
    let page = page(wanted.limit, wanted.cursor, Cursor::Key)?;
    let page = granted.store().list_services(granted.project().as_str(), &page).await?;
    let kept = List::of(page, KeptService::from);
    Ok(axum::Json(kept))
}
