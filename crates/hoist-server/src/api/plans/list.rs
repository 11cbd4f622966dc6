//! The plans of a project.

use crate::api::extract::{Cursor, Paging, Parameters};
use crate::api::types::document::KeptPlan;
use crate::api::types::page::List;
use crate::auth::{Granted, InProject, Reads};
use crate::error::ApiError;

/// Lists the plans of a project in the order of their keys. The templates that come with Hoist stand before the first page.
#[utoipa::path(get, path = "/api/v1/projects/{project}/plans", operation_id = "list_plans", tag = "plans",
    params(("project" = String, Path, description = "The project."), Paging),
    responses((status = 200, body = List<KeptPlan>)))]
pub(crate) async fn handle(
    granted: Granted<Reads, InProject>,
    Parameters(paging): Parameters<Paging>,
) -> Result<axum::Json<List<KeptPlan>>, ApiError> {
    let wanted_first = paging.cursor.is_none();
    let page = paging.page(Cursor::Key)?;
    let page = granted.store().list_plans(granted.project().as_str(), &page).await?;
    let mut kept = List::of(page, KeptPlan::from);
    if wanted_first {
        kept.items.splice(0..0, hoist_lifecycle::plan::templates::templates().into_iter().map(KeptPlan::template));
    }
    Ok(axum::Json(kept))
}
