//! A new service.

use crate::api::extract::{Versioned, created};
use crate::api::types::product::{KeptService, Service};
use crate::auth::{Edits, Granted, InProject};
use crate::body::Mutation;
use crate::error::ApiError;

/// Creates a service.
#[utoipa::path(post, path = "/api/v1/projects/{project}/services", operation_id = "create_service", tag = "services",
    params(("project" = String, Path, description = "The project.")),
    request_body = Service, responses((status = 201, body = KeptService)))]
pub(crate) async fn handle(
    granted: Granted<Edits, InProject>,
    mutation: Mutation<Service>,
) -> Result<Versioned<KeptService>, ApiError> {
    granted.require_open()?;
    let draft = super::checked(&granted, mutation.body.clone()).await?;
    let write = granted.write(&mutation);
    let kept = granted.store().create_service(&write, granted.project().as_str(), &draft).await?;
    Ok(created(kept.version.0, kept.into()))
}
