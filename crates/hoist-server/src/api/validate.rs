//! Checks that several routes share.

use std::str::FromStr;
use std::sync::Arc;

use hoist_eval::draft::{FlagDraft, SnapshotDraft};
use hoist_eval::key::KeyError;
use hoist_store::Store;
use tokio::sync::Semaphore;

use crate::api::apart::apart;
use crate::api::types::flag::check_texts;
use crate::error::{ApiError, FieldProblem};
use crate::limits::DESCRIPTION_CHARS_MAX;

/// Returns the key, or notes why the text is none.
pub(crate) fn key<K: FromStr<Err = KeyError>>(path: &str, text: &str, problems: &mut Vec<FieldProblem>) -> Option<K> {
    text.parse()
        .map_err(|error: KeyError| problems.push(FieldProblem::new(path, "invalid_key", error.to_string())))
        .ok()
}

/// Checks a reason.
pub(crate) fn reason(text: &str, problems: &mut Vec<FieldProblem>) {
    check_texts(&[("reason", Some(text), DESCRIPTION_CHARS_MAX)], problems);
}

/// Refuses the body if anything was noted.
pub(crate) fn finish(problems: Vec<FieldProblem>) -> Result<(), ApiError> {
    if problems.is_empty() { Ok(()) } else { Err(ApiError::Invalid(problems)) }
}

/// Returns everything else that an environment serves, to compile a change against.
pub(crate) async fn served(store: &Store, project: &str, environment: &str) -> Result<SnapshotDraft, ApiError> {
    let snapshot = store.snapshot(project, environment).await?;
    Ok(snapshot.map(|snapshot| snapshot.draft).unwrap_or_default())
}

/// Compiles a flag against everything else in its environment, with the engine that will serve it.
pub(crate) async fn flag(
    places: &Arc<Semaphore>,
    draft: FlagDraft,
    others: SnapshotDraft,
) -> Result<Vec<FieldProblem>, ApiError> {
    apart(places, move || told(&draft, &others)).await
}

fn told(draft: &FlagDraft, others: &SnapshotDraft) -> Vec<FieldProblem> {
    let problems = hoist_eval::check_flag(draft, others).into_iter();
    problems
        .map(|problem| {
            // Problems that the change would cause elsewhere are told as such; keys of other flags are safe to name.
            let elsewhere = problem.flag.clone().filter(|other| *other != draft.key);
            let mut told = FieldProblem::from(problem);
            if let Some(other) = elsewhere {
                told.message = format!("would break the flag {other}: {}", told.message);
            }
            told
        })
        .collect()
}
