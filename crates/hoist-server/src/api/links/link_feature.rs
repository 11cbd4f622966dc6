//! A flag and a feature, linked.

use hoist_eval::FlagKey;
use hoist_lifecycle::product::FeatureKey;
use hoist_store::LinkKind;
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
    super::say(&granted, &mutation, &flag, (LinkKind::Feature, feature.as_str()), true).await?;
    Ok(StatusCode::NO_CONTENT)
}
