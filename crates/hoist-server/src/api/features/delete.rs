//! The end of a feature.

use hoist_lifecycle::product::FeatureKey;
use http::StatusCode;

use crate::api::extract::Named;
use crate::api::types::rollout::Because;
use crate::auth::{Edits, Granted, InProject};
use crate::body::Mutation;
use crate::error::ApiError;

/// Deletes a feature. Refused while flags are linked with it.
#[utoipa::path(delete, path = "/api/v1/projects/{project}/features/{feature}", operation_id = "delete_feature", tag = "features",
    params(("project" = String, Path, description = "The project."),
           ("feature" = String, Path, description = "The feature.")),
    responses((status = 204, description = "It is gone.")))]
pub(crate) async fn handle(
    granted: Granted<Edits, InProject>,
    Named(key): Named<FeatureKey>,
    mutation: Mutation<Because>,
) -> Result<StatusCode, ApiError> {
    let (store, project) = (granted.store(), granted.project().as_str());
    store.feature(project, key.as_str()).await?.ok_or(ApiError::NotFound { what: "feature" })?;
    granted.require_open()?;
    let write = granted.write(&mutation).because(&mutation.body.reason);
    store.delete_feature(&write, project, key.as_str()).await?;
    Ok(StatusCode::NO_CONTENT)
}
