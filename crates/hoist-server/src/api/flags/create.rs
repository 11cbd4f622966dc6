//! A new flag.

use std::sync::Arc;

use hoist_eval::FlagKey;
use hoist_eval::draft::{FlagDraft, SnapshotDraft, VariantDraft};
use hoist_store::{FlagDetails, NewFlag as StoredFlag};
use tokio::sync::Semaphore;

use crate::api::extract::{Versioned, created};
use crate::api::types::flag::{Flag, Kind, NewFlag};
use crate::api::types::targeting::{Serve, Targeting, Variant};
use crate::api::validate::{self, key, reason};
use crate::auth::{Edits, Granted, InProject, Role};
use crate::body::{Mutation, below};
use crate::error::{ApiError, FieldProblem};

/// Creates a flag. It starts switched off in every environment, unless `targeting` says otherwise.
#[utoipa::path(post, path = "/api/v1/projects/{project}/flags", operation_id = "create_flag", tag = "flags",
    params(("project" = String, Path, description = "The project.")),
    request_body = NewFlag, responses((status = 201, body = Flag)))]
pub(crate) async fn handle(
    granted: Granted<Edits, InProject>,
    mutation: Mutation<NewFlag>,
) -> Result<Versioned<Flag>, ApiError> {
    granted.require_open()?;
    let body = &mutation.body;
    if body.override_tombstone && granted.principal().role() != Role::Admin {
        return Err(ApiError::Forbidden { needs: "the role admin, to use the key of an archived flag again" });
    }
    let project = granted.project().as_str();
    let environments = granted.store().environments(project).await?;
    let goes_live = body.targeting.as_ref().is_some_and(|targeting| targeting.enabled);
    if goes_live && environments.iter().any(|environment| environment.protected) {
        granted.require_protected()?;
    }
    let mut problems = Vec::new();
    let new = new_flag(body, granted.app().ids.salt(), &mut problems);
    if let Some(new) = &new {
        // Targeting is the same everywhere at first; what it refers to may differ, so each environment is asked.
        for environment in &environments {
            let others = validate::served(granted.store(), project, &environment.key).await?;
            check(&granted.app().apart, new, others, &mut problems).await?;
        }
    }
    let (Some(new), true) = (new, problems.is_empty()) else { return Err(ApiError::Invalid(problems)) };
    let write = granted.write(&mutation).because(&body.reason);
    let record = granted.store().create_flag(&write, project, &new).await?;
    granted.app().nudges.changed();
    let environments = granted.store().targetings(project, &record.key).await?;
    Ok(created(record.version.0, Flag::of(record, Some(environments))))
}

fn new_flag(body: &NewFlag, seed: String, problems: &mut Vec<FieldProblem>) -> Option<StoredFlag> {
    key::<FlagKey>("key", &body.key, problems);
    reason(&body.reason, problems);
    let details = body.details(FlagDetails::default(), problems);
    let variants: Vec<VariantDraft> = variants(body).into_iter().map(VariantDraft::from).collect();
    let targeting = body.targeting.clone().or_else(|| first_targeting(&variants));
    let Some(targeting) = targeting else {
        problems.push(FieldProblem::new("variants", "missing_field", "must name at least one variant"));
        return None;
    };
    let mut inner = Vec::new();
    let targeting = targeting.into_draft(&seed, &mut inner);
    problems.extend(below("targeting", inner));
    Some(StoredFlag {
        key: body.key.clone(),
        details,
        kind: body.kind.into(),
        variants,
        targeting: targeting?,
        seed,
        override_tombstone: body.override_tombstone,
    })
}

/// Returns the variants of the body; a boolean flag that names none gets the two that everybody means.
fn variants(body: &NewFlag) -> Vec<Variant> {
    if body.variants.is_empty() && body.kind == Kind::Boolean {
        return vec![
            Variant { key: "on".to_owned(), value: serde_json::Value::Bool(true) },
            Variant { key: "off".to_owned(), value: serde_json::Value::Bool(false) },
        ];
    }
    body.variants.clone()
}

/// Returns the targeting of a flag whose maker gave none: off, and the off variant for everyone once it is on, so that
/// switching it on changes nothing until a rule or a rollout does.
fn first_targeting(variants: &[VariantDraft]) -> Option<Targeting> {
    let off = variants.iter().find(|variant| variant.key == "off").or(variants.last())?;
    let off_variant = off.key.clone();
    Some(Targeting {
        enabled: false,
        default: Serve::Variant(off_variant.clone()),
        off_variant,
        rules: Vec::new(),
        prerequisites: Vec::new(),
    })
}

async fn check(
    places: &Arc<Semaphore>,
    new: &StoredFlag,
    others: SnapshotDraft,
    problems: &mut Vec<FieldProblem>,
) -> Result<(), ApiError> {
    let draft = FlagDraft {
        key: new.key.clone(),
        kind: new.kind,
        variants: new.variants.clone(),
        targeting: new.targeting.clone(),
        allocation: None,
        version: 1,
    };
    for problem in validate::flag(places, draft, others).await? {
        // The same fault shows in every environment.
        let told = problems.iter().any(|known| *known == problem || (known.path == "key" && problem.path == "key"));
        if !told {
            problems.push(problem);
        }
    }
    Ok(())
}
