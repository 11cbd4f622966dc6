//! Everything that one scan found.

use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::extract::Parameters;
use crate::api::types::code::ScanContent;
use crate::auth::{Granted, InProject, Reads};
use crate::error::ApiError;

/// Which branch is wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// The repository.
    repository: String,
    /// The branch.
    branch: String,
}

/// Returns everything that the last scan of a branch found: what the next scan of it can start from.
#[utoipa::path(get, path = "/api/v1/projects/{project}/scans/content", operation_id = "scan_content", tag = "code",
    params(("project" = String, Path, description = "The project."), Wanted),
    responses((status = 200, body = ScanContent)))]
pub(crate) async fn handle(
    granted: Granted<Reads, InProject>,
    Parameters(wanted): Parameters<Wanted>,
) -> Result<axum::Json<ScanContent>, ApiError> {
    let (store, project) = (granted.store(), granted.project().as_str());
    let scans = store.scans(project).await?.into_iter();
    let scan = scans.filter(|scan| scan.repository == wanted.repository).find(|scan| scan.branch == wanted.branch);
    let scan = scan.ok_or(ApiError::NotFound { what: "scan" })?;
    let found = store.references_of_scan(project, &wanted.repository, &wanted.branch).await?;
    Ok(axum::Json(ScanContent::of(scan, found)))
}
