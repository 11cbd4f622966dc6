//! One service.

use hoist_lifecycle::product::ServiceKey;

use crate::api::extract::{Named, Versioned, found};
use crate::api::types::product::KeptService;
use crate::auth::{Granted, InProject, Reads};
use crate::error::ApiError;

/// Returns a service.
#[utoipa::path(get, path = "/api/v1/projects/{project}/services/{service}", operation_id = "get_service", tag = "services",
    params(("project" = String, Path, description = "The project."),
           ("service" = String, Path, description = "The service.")),
    responses((status = 200, body = KeptService)))]
pub(crate) async fn handle(
    granted: Granted<Reads, InProject>,
    Named(key): Named<ServiceKey>,
) -> Result<Versioned<KeptService>, ApiError> {
    let kept = granted.store().service(granted.project().as_str(), key.as_str()).await?;
    let kept = kept.ok_or(ApiError::NotFound { what: "service" })?;
    Ok(found(kept.version.0, kept.into()))
}
