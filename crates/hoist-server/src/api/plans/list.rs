//! The plans of a project.

use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::extract::{Cursor, Parameters, page};
use crate::api::types::document::KeptPlan;
use crate::api::types::page::List;
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

/// Lists the plans of a project in the order of their keys. The templates that come with Hoist stand before the first page.
#[utoipa::path(get, path = "/api/v1/projects/{project}/plans", operation_id = "list_plans", tag = "plans",
    params(("project" = String, Path, description = "The project."), Wanted),
    responses((status = 200, body = List<KeptPlan>)))]
pub(crate) async fn handle(
    granted: Granted<Reads, InProject>,
    Parameters(wanted): Parameters<Wanted>,
) -> Result<axum::Json<List<KeptPlan>>, ApiError> {
    let wanted_first = wanted.cursor.is_none();
    let page = page(wanted.limit, wanted.cursor, Cursor::Key)?;
    let page = granted.store().list_plans(granted.project().as_str(), &page).await?;
    let mut kept = List::of(page, KeptPlan::from);
    if wanted_first {
        kept.items.splice(0..0, hoist_lifecycle::plan::templates::templates().into_iter().map(KeptPlan::template));
    }
    Ok(axum::Json(kept))
}
