//! The end of a flag.

use hoist_eval::FlagKey;
use hoist_lifecycle::staleness::Blocker;
use hoist_store::ASKED_ELSEWHERE;

use crate::api::extract::{Named, Versioned, found};
use crate::api::staleness::judged_one;
use crate::api::types::flag::Flag;
use crate::api::types::staleness::{ArchiveBlocker, Archiving};
use crate::api::validate::{finish, reason};
use crate::auth::{Edits, Granted, InProject};
use crate::body::Mutation;
use crate::error::{ApiError, FieldProblem};
use crate::staleness::Judged;

use super::protect;

/// Archives a flag: no environment serves it any more, and its key is not free for a while. Code that still asks gets
/// FLAG_NOT_FOUND, and with it its own default.
///
/// Refused while another flag or a segment refers to it. Refused, unless `override` and a reason say otherwise, while
/// scans of code find it or are missing, while somebody asks for it or nobody has counted for long enough, and while
/// somebody takes all flags at once and no scan says that code is free of it. A young flag that was never on and that nobody
/// asks for needs no scan. What was known goes into the audit log.
#[utoipa::path(post, path = "/api/v1/projects/{project}/flags/{flag}/archive", operation_id = "archive_flag", tag = "flags",
    params(("project" = String, Path, description = "The project."),
           ("flag" = String, Path, description = "The flag.")),
    request_body = Archiving, responses((status = 200, body = Flag)))]
pub(crate) async fn handle(
    granted: Granted<Edits, InProject>,
    Named(flag): Named<FlagKey>,
    mutation: Mutation<Archiving>,
) -> Result<Versioned<Flag>, ApiError> {
    let (store, project) = (granted.store(), granted.project().as_str());
    store.flag(project, flag.as_str()).await?.ok_or(ApiError::NotFound { what: "flag" })?;
    let targetings = store.targetings(project, flag.as_str()).await?;
    protect::check(&granted, &targetings).await?;
    let mut problems = Vec::new();
    reason(&mutation.body.reason, &mut problems);
    finish(problems)?;
    let judged = judged_one(&granted, flag.as_str()).await?;
    check_retired(&judged, &mutation.body)?;
    let write = granted.write(&mutation).because(&mutation.body.reason);
    let record = store.archive_flag_on(&write, project, flag.as_str(), &grounds(&judged)).await?;
    granted.app().nudges.changed();
    tracing::info!(project, flag = %flag, actor = %granted.actor().id,
        "flag archived: no environment serves it any more and code gets its own default; undo with `hoist flag unarchive`");
    Ok(found(record.version.0, Flag::of(record, None)))
}

/// Refuses while the flag is in use as far as anybody knows.
fn check_retired(judged: &Judged, body: &Archiving) -> Result<(), ApiError> {
    let blockers = &judged.verdict.blockers;
    if blockers.iter().any(|blocker| matches!(blocker, Blocker::Needed { .. })) {
        return Err(ApiError::InUse { what: "flag", detail: ASKED_ELSEWHERE });
    }
    let given_way: Vec<&Blocker> = blockers.iter().filter(|blocker| blocker.gives_way()).collect();
    if given_way.is_empty() {
        return Ok(());
    }
    if body.set_aside {
        let said = !body.reason.trim().is_empty();
        return if said { Ok(()) } else { Err(ApiError::invalid("reason", "missing_field", "must say why")) };
    }
    let problem = |blocker: &&Blocker| {
        let blocker = ArchiveBlocker::from(*blocker);
        FieldProblem::new(blocker.kind, "in_use_still", blocker.message)
    };
    Err(ApiError::InUseStill(given_way.iter().map(problem).collect()))
}

/// Returns what the decision rests on, for the audit log.
fn grounds(judged: &Judged) -> serde_json::Value {
    serde_json::json!({
        "state": judged.verdict.state,
        "findings": judged.verdict.findings,
        "repositories": judged.facts.code.repositories,
        "set_aside": judged.verdict.blockers,
    })
}
