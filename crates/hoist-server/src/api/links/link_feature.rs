//! A flag and a feature, linked.

use hoist_eval::FlagKey;
use hoist_lifecycle::product::FeatureKey;
use hoist_store::{Link, LinkKind};
use http::StatusCode;

use crate::api::extract::Named;
use crate::api::types::rollout::Because;
use crate::auth::{Edits, Granted, InProject};
use crate::body::Mutation;
use crate::error::ApiError;

/// Says that the flag gates the feature. Saying it twice changes nothing.
#[utoipa::path(put, path = "/api/v1/projects/{project}/flags/{flag}/features/{feature}",
    operation_id = "link_flag_feature", tag = "features",
    params(("project" = String, Path, description = "The project."),
           ("flag" = String, Path, description = "The flag."),
           ("feature" = String, Path, description = "The feature.")),
    request_body = Because, responses((status = 204, description = "It is said.")))]
pub(crate) async fn handle(
    granted: Granted<Edits, InProject>,
    Named(flag): Named<FlagKey>,
    Named(feature): Named<FeatureKey>,
    mutation: Mutation<Because>,
) -> Result<StatusCode, ApiError> {
    let (store, project) = (granted.store(), granted.project().as_str());
    store.flag(project, flag.as_str()).await?.ok_or(ApiError::NotFound { what: "flag" })?;
    granted.require_open()?;
    let write = granted.write(&mutation).because(&mutation.body.reason);
    let link = Link { kind: LinkKind::Feature, flag: flag.to_string(), target: feature.to_string() };
    store.link_flag(&write, project, &link).await?;
    Ok(StatusCode::NO_CONTENT)
}
