//! A new feature.

use crate::api::extract::{Versioned, created};
use crate::api::types::product::{Feature, KeptFeature};
use crate::auth::{Edits, Granted, InProject};
use crate::body::Mutation;
use crate::error::ApiError;

/// Creates a feature.
#[utoipa::path(post, path = "/api/v1/projects/{project}/features", operation_id = "create_feature", tag = "features",
    params(("project" = String, Path, description = "The project.")),
    request_body = Feature, responses((status = 201, body = KeptFeature)))]
pub(crate) async fn handle(
    granted: Granted<Edits, InProject>,
    mutation: Mutation<Feature>,
) -> Result<Versioned<KeptFeature>, ApiError> {
    granted.require_open()?;
    let draft = super::checked(mutation.body.clone())?;
    let write = granted.write(&mutation);
    let kept = granted.store().create_feature(&write, granted.project().as_str(), &draft).await?;
    Ok(created(kept.version.0, kept.into()))
}
