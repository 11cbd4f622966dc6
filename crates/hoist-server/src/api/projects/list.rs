//! The projects.

use crate::api::extract::{Cursor, Paging, Parameters};
use crate::api::types::environment::Project;
use crate::api::types::page::List;
use crate::auth::{Anywhere, Granted, Reads};
use crate::error::ApiError;

/// Lists the projects that the token reaches, in the order of their keys.
#[utoipa::path(get, path = "/api/v1/projects", operation_id = "list_projects", tag = "projects", params(Paging),
    responses((status = 200, body = List<Project>)))]
pub(crate) async fn handle(
    granted: Granted<Reads, Anywhere>,
    Parameters(paging): Parameters<Paging>,
) -> Result<axum::Json<List<Project>>, ApiError> {
    let page = paging.page(Cursor::Key)?;
    let mut projects = granted.store().list_projects(&page).await?;
    let scope = granted.principal().scope();
    projects.items.retain(|project| project.key.parse().is_ok_and(|key| scope.reaches_project(&key)));
    Ok(axum::Json(List::of(projects, Project::from)))
}
