//! The services of a project.

use crate::api::extract::{Cursor, Paging, Parameters};
use crate::api::types::page::List;
use crate::api::types::product::KeptService;
use crate::auth::{Granted, InProject, Reads};
use crate::error::ApiError;

/// Lists the services of a project in the order of their keys.
#[utoipa::path(get, path = "/api/v1/projects/{project}/services", operation_id = "list_services", tag = "services",
    params(("project" = String, Path, description = "The project."), Paging),
    responses((status = 200, body = List<KeptService>)))]
pub(crate) async fn handle(
    granted: Granted<Reads, InProject>,
    Parameters(paging): Parameters<Paging>,
) -> Result<axum::Json<List<KeptService>>, ApiError> {
    let page = paging.page(Cursor::Key)?;
    let page = granted.store().list_services(granted.project().as_str(), &page).await?;
    let kept = List::of(page, KeptService::from);
    Ok(axum::Json(kept))
}
