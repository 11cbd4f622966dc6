//! Other details or variants for a flag.

use hoist_eval::FlagKey;
use hoist_eval::draft::{FlagDraft, VariantDraft};
use hoist_store::{FlagRecord, FlagTargeting, FlagUpdate};

use crate::api::extract::{Named, Versioned, found};
use crate::api::types::flag::{Flag, FlagPatch};
use crate::api::validate::{self, finish, reason};
use crate::auth::{Edits, Granted, InProject};
use crate::body::Mutation;
use crate::error::{ApiError, FieldProblem};

use super::protect;

/// Changes what a flag is in all environments; absent parts stay as they are. Needs If-Match. Other variants change
/// what every environment serves, so they need leave for the protected ones where the flag is on.
#[utoipa::path(patch, path = "/api/v1/projects/{project}/flags/{flag}", operation_id = "update_flag", tag = "flags",
    params(("project" = String, Path, description = "The project."),
           ("flag" = String, Path, description = "The flag."),
           ("If-Match" = String, Header, description = "The ETag of the version that is changed.")),
    request_body = FlagPatch, responses((status = 200, body = Flag)))]
pub(crate) async fn handle(
    granted: Granted<Edits, InProject>,
    Named(flag): Named<FlagKey>,
    mutation: Mutation<FlagPatch>,
) -> Result<Versioned<Flag>, ApiError> {
    let (store, project) = (granted.store(), granted.project().as_str());
    let was = store.flag(project, flag.as_str()).await?.ok_or(ApiError::NotFound { what: "flag" })?;
    mutation.required()?;
    let body = &mutation.body;
    let targetings = store.targetings(project, flag.as_str()).await?;
    let mut problems = Vec::new();
    reason(&body.reason, &mut problems);
    let details = body.details(was.details.clone(), &mut problems);
    let variants: Option<Vec<VariantDraft>> =
        body.variants.clone().map(|variants| variants.into_iter().map(VariantDraft::from).collect());
    // Exposure decides whether clients are served the flag at all.
    if variants.is_some() || details.exposed_to_clients != was.details.exposed_to_clients {
        protect::check(&granted, &targetings).await?;
    } else {
        granted.require_open()?;
    }
    if let Some(variants) = &variants {
        check_everywhere(&granted, &was, variants, &targetings, &mut problems).await?;
    }
    finish(problems)?;
    let write = granted.write(&mutation).because(&body.reason);
    let update = FlagUpdate { details: Some(details), variants };
    let record = store.update_flag(&write, project, flag.as_str(), &update).await?;
    granted.app().nudges.changed();
    let environments = store.targetings(project, flag.as_str()).await?;
    Ok(found(record.version.0, Flag::of(record, Some(environments))))
}

/// Compiles the flag with its new variants in every environment, with the rules that it has there.
async fn check_everywhere(
    granted: &Granted<Edits, InProject>,
    was: &FlagRecord,
    variants: &[VariantDraft],
    targetings: &[FlagTargeting],
    problems: &mut Vec<FieldProblem>,
) -> Result<(), ApiError> {
    for served in targetings {
        let others = validate::served(granted.store(), granted.project().as_str(), &served.environment).await?;
        let draft = FlagDraft {
            key: was.key.clone(),
            kind: was.kind,
            variants: variants.to_vec(),
            targeting: served.targeting.clone(),
            allocation: served.allocation.clone(),
            version: served.version.0,
        };
        for mut problem in validate::flag(&granted.app().apart, draft, others).await? {
            if !problem.path.starts_with("variants") {
                problem.message = format!("in {}: {}", served.environment, problem.message);
            }
            if !problems.contains(&problem) {
                problems.push(problem);
            }
        }
    }
    Ok(())
}
