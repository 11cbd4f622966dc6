//! The projects.

use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::extract::{Cursor, Parameters, page};
use crate::api::types::environment::Project;
use crate::api::types::page::List;
use crate::auth::{Anywhere, Granted, Reads};
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

/// Lists the projects that the token reaches, in the order of their keys.
#[utoipa::path(get, path = "/api/v1/projects", operation_id = "list_projects", tag = "projects", params(Wanted),
    responses((status = 200, body = List<Project>)))]
pub(crate) async fn handle(
    granted: Granted<Reads, Anywhere>,
    Parameters(wanted): Parameters<Wanted>,
) -> Result<axum::Json<List<Project>>, ApiError> {
    let page = page(wanted.limit, wanted.cursor, Cursor::Key)?;
    let mut projects = granted.store().list_projects(&page).await?;
    let scope = granted.principal().scope();
    projects.items.retain(|project| project.key.parse().is_ok_and(|key| scope.reaches_project(&key)));
    Ok(axum::Json(List::of(projects, Project::from)))
}
