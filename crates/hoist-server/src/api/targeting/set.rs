//! Another targeting for a flag in an environment.

use hoist_eval::FlagKey;
use hoist_eval::draft::FlagDraft;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::extract::{Named, Parameters, Versioned, found};
use crate::api::types::flag::FlagChange;
use crate::api::types::targeting::Targeting;
use crate::api::validate::{self, finish, reason};
use crate::auth::{Edits, Granted, InEnvironment};
use crate::body::Mutation;
use crate::error::ApiError;

/// What the body has no place for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Told {
    /// Why, for the audit log.
    #[serde(default)]
    #[param(required = false)]
    reason: String,
}

/// Replaces what operators edit of a flag in an environment. Needs If-Match. The part that a rollout owns stays.
#[utoipa::path(put, path = "/api/v1/projects/{project}/flags/{flag}/environments/{environment}",
    operation_id = "set_targeting", tag = "targeting",
    params(("project" = String, Path, description = "The project."),
           ("flag" = String, Path, description = "The flag."),
           ("environment" = String, Path, description = "The environment."),
           ("If-Match" = String, Header, description = "The ETag of the version that is changed."), Told),
    request_body = Targeting, responses((status = 200, body = FlagChange)))]
pub(crate) async fn handle(
    granted: Granted<Edits, InEnvironment>,
    Named(flag): Named<FlagKey>,
    Parameters(told): Parameters<Told>,
    mutation: Mutation<Targeting>,
) -> Result<Versioned<FlagChange>, ApiError> {
    let (record, served) = super::standing(&granted, flag.as_str()).await?;
    mutation.required()?;
    let (project, environment) = (granted.project().as_str(), granted.environment().as_str());
    let mut problems = Vec::new();
    reason(&told.reason, &mut problems);
    let targeting = mutation.body.clone().into_draft(&served.salt, &mut problems);
    let (Some(targeting), true) = (targeting, problems.is_empty()) else {
        return Err(ApiError::Invalid(problems));
    };
    let draft = FlagDraft {
        key: record.key,
        kind: record.kind,
        variants: record.variants,
        targeting,
        allocation: served.allocation,
        version: served.version.0,
    };
    let others = validate::served(granted.store(), project, environment).await?;
    finish(validate::flag(&granted.app().apart, draft.clone(), others).await?)?;
    let write = granted.write(&mutation).because(&told.reason);
    let changed = granted.store().set_targeting(&write, project, environment, flag.as_str(), draft.targeting).await?;
    granted.app().nudges.changed();
    tracing::info!(project, environment, flag = %flag, actor = %granted.actor().id, generation = changed.generation,
        changed = changed.changed, "targeting set; clients are told; the audit log has what it was before");
    let change = FlagChange {
        environment: environment.to_owned(),
        version: changed.version.0,
        generation: changed.generation,
        changed: changed.changed,
        warnings: Vec::new(),
    };
    Ok(found(changed.version.0, change))
}
