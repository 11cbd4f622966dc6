//! Where a flag occurs in code.

use hoist_eval::FlagKey;
use hoist_store::limits::REFERENCES_SHOWN_MAX;

use crate::api::extract::Named;
use crate::api::types::code::{FlagOccurrences, wire};
use crate::api::types::page::List;
use crate::auth::{Granted, InProject, Reads};
use crate::error::ApiError;

/// Says where a flag occurs in code, by repository and branch, as far as it was scanned. Branches without a place are
/// left out.
#[utoipa::path(get, path = "/api/v1/projects/{project}/flags/{flag}/references", operation_id = "flag_references", tag = "code",
    params(("project" = String, Path, description = "The project."),
           ("flag" = String, Path, description = "The flag, archived or not.")),
    responses((status = 200, body = List<FlagOccurrences>)))]
pub(crate) async fn handle(
    granted: Granted<Reads, InProject>,
    Named(flag): Named<FlagKey>,
) -> Result<axum::Json<List<FlagOccurrences>>, ApiError> {
    let (store, project) = (granted.store(), granted.project().as_str());
    store.flag(project, flag.as_str()).await?.ok_or(ApiError::NotFound { what: "flag" })?;
    let scans = store.scans(project).await?;
    let found = store.references_of_flag(project, flag.as_str()).await?.into_iter();
    let items = found.filter_map(|mut found| {
        let scan = scans.iter().find(|scan| scan.repository == found.repository && scan.branch == found.branch)?;
        let count = found.references.len() as u64;
        found.references.truncate(REFERENCES_SHOWN_MAX);
        Some(FlagOccurrences {
            repository: found.repository,
            branch: found.branch,
            main: scan.main,
            commit: scan.commit.clone(),
            scanned_at: scan.scanned_at.into(),
            count,
            references: wire(found.references),
        })
    });
    Ok(axum::Json(List { items: items.collect(), next: None }))
}
