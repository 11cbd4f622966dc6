//! Another body for a service.

use hoist_lifecycle::product::ServiceKey;

use crate::api::extract::{Named, Versioned, found};
use crate::api::types::product::{KeptService, Service};
use crate::auth::{Edits, Granted, InProject};
use crate::body::Mutation;
use crate::error::ApiError;

/// Replaces a service. Needs If-Match; the key stays.
#[utoipa::path(put, path = "/api/v1/projects/{project}/services/{service}", operation_id = "replace_service", tag = "services",
    params(("project" = String, Path, description = "The project."),
           ("service" = String, Path, description = "The service."),
           ("If-Match" = String, Header, description = "The ETag of the version that is changed.")),
    request_body = Service, responses((status = 200, body = KeptService)))]
pub(crate) async fn handle(
    granted: Granted<Edits, InProject>,
    Named(key): Named<ServiceKey>,
    mutation: Mutation<Service>,
) -> Result<Versioned<KeptService>, ApiError> {
    let (store, project) = (granted.store(), granted.project().as_str());
    store.service(project, key.as_str()).await?.ok_or(ApiError::NotFound { what: "service" })?;
    granted.require_open()?;
    mutation.required()?;
    if mutation.body.key != key.as_str() {
        return Err(ApiError::invalid("key", "wrong_value", "must be the key that the path names; keys never change"));
    }
    let draft = super::checked(&granted, mutation.body.clone()).await?;
    let kept = store.update_service(&granted.write(&mutation), project, &draft).await?;
    Ok(found(kept.version.0, kept.into()))
}
