//! Another body for a feature.

use hoist_lifecycle::product::FeatureKey;

use crate::api::extract::{Named, Versioned, found};
use crate::api::types::product::{Feature, KeptFeature};
use crate::auth::{Edits, Granted, InProject};
use crate::body::Mutation;
use crate::error::ApiError;

/// Replaces a feature. Needs If-Match; the key stays.
#[utoipa::path(put, path = "/api/v1/projects/{project}/features/{feature}", operation_id = "replace_feature", tag = "features",
    params(("project" = String, Path, description = "The project."),
           ("feature" = String, Path, description = "The feature."),
           ("If-Match" = String, Header, description = "The ETag of the version that is changed.")),
    request_body = Feature, responses((status = 200, body = KeptFeature)))]
pub(crate) async fn handle(
    granted: Granted<Edits, InProject>,
    Named(key): Named<FeatureKey>,
    mutation: Mutation<Feature>,
) -> Result<Versioned<KeptFeature>, ApiError> {
    let (store, project) = (granted.store(), granted.project().as_str());
    store.feature(project, key.as_str()).await?.ok_or(ApiError::NotFound { what: "feature" })?;
    granted.require_open()?;
    mutation.required()?;
    if mutation.body.key != key.as_str() {
        return Err(ApiError::invalid("key", "wrong_value", "must be the key that the path names; keys never change"));
    }
    let draft = super::checked(mutation.body.clone())?;
    let kept = store.update_feature(&granted.write(&mutation), project, &draft).await?;
    Ok(found(kept.version.0, kept.into()))
}
