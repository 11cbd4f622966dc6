//! One feature.

use hoist_lifecycle::product::FeatureKey;

use crate::api::extract::{Named, Versioned, found};
use crate::api::types::product::KeptFeature;
use crate::auth::{Granted, InProject, Reads};
use crate::error::ApiError;

/// Returns a feature.
#[utoipa::path(get, path = "/api/v1/projects/{project}/features/{feature}", operation_id = "get_feature", tag = "features",
    params(("project" = String, Path, description = "The project."),
           ("feature" = String, Path, description = "The feature.")),
    responses((status = 200, body = KeptFeature)))]
pub(crate) async fn handle(
    granted: Granted<Reads, InProject>,
    Named(key): Named<FeatureKey>,
) -> Result<Versioned<KeptFeature>, ApiError> {
    let kept = granted.store().feature(granted.project().as_str(), key.as_str()).await?;
    let kept = kept.ok_or(ApiError::NotFound { what: "feature" })?;
    Ok(found(kept.version.0, kept.into()))
}
