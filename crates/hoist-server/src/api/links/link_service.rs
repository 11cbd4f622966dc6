//! A flag and a service, linked.

use hoist_eval::FlagKey;
use hoist_lifecycle::product::ServiceKey;
use hoist_store::LinkKind;
use http::StatusCode;

use crate::api::extract::Named;
use crate::api::types::rollout::Because;
use crate::auth::{Edits, Granted, InProject};
use crate::body::Mutation;
use crate::error::ApiError;

/// Says that the service asks for the flag. Saying it twice changes nothing.
#[utoipa::path(put, path = "/api/v1/projects/{project}/flags/{flag}/services/{service}",
    operation_id = "link_flag_service", tag = "services",
    params(("project" = String, Path, description = "The project."),
           ("flag" = String, Path, description = "The flag."),
           ("service" = String, Path, description = "The service.")),
    request_body = Because, responses((status = 204, description = "It is said.")))]
pub(crate) async fn handle(
    granted: Granted<Edits, InProject>,
    Named(flag): Named<FlagKey>,
    Named(service): Named<ServiceKey>,
    mutation: Mutation<Because>,
) -> Result<StatusCode, ApiError> {
    super::say(&granted, &mutation, &flag, (LinkKind::Service, service.as_str()), true).await?;
    Ok(StatusCode::NO_CONTENT)
}
