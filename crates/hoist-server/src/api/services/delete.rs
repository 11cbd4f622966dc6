//! The end of a service.

use hoist_lifecycle::product::ServiceKey;
use http::StatusCode;

use crate::api::extract::Named;
use crate::api::types::rollout::Because;
use crate::auth::{Edits, Granted, InProject};
use crate::body::Mutation;
use crate::error::ApiError;

/// Deletes a service. Refused while flags are linked with it.
#[utoipa::path(delete, path = "/api/v1/projects/{project}/services/{service}", operation_id = "delete_service", tag = "services",
    params(("project" = String, Path, description = "The project."),
           ("service" = String, Path, description = "The service.")),
    responses((status = 204, description = "It is gone.")))]
pub(crate) async fn handle(
    granted: Granted<Edits, InProject>,
    Named(key): Named<ServiceKey>,
    mutation: Mutation<Because>,
) -> Result<StatusCode, ApiError> {
    let (store, project) = (granted.store(), granted.project().as_str());
    store.service(project, key.as_str()).await?.ok_or(ApiError::NotFound { what: "service" })?;
    granted.require_open()?;
    let write = granted.write(&mutation).because(&mutation.body.reason);
    store.delete_service(&write, project, key.as_str()).await?;
    Ok(StatusCode::NO_CONTENT)
}
