//! What a scan found, taken in.

use hoist_eval::limits::KEY_BYTES_MAX;
use hoist_store::NewScan as Stored;

use super::check_name;
use crate::api::types::code::{CodeReference, NewScan, Scan};
use crate::api::validate::finish;
use crate::auth::{Edits, Granted, InProject};
use crate::body::Mutation;
use crate::error::{ApiError, FieldProblem};
use crate::limits::{CODE_NAME_BYTES_MAX, PROBLEMS_LOGGED_MAX, SNIPPET_BYTES_MAX};

/// Takes in what a scan of a commit found, in place of the last scan of its branch. A scan of an earlier commit is
/// refused. Keys that were there and are not there any more count as removed, on the main branch.
#[utoipa::path(post, path = "/api/v1/projects/{project}/scans", operation_id = "upload_scan", tag = "code",
    params(("project" = String, Path, description = "The project.")),
    request_body = NewScan, responses((status = 200, body = Scan)))]
pub(crate) async fn handle(
    granted: Granted<Edits, InProject>,
    mutation: Mutation<NewScan>,
) -> Result<axum::Json<Scan>, ApiError> {
    granted.require_open()?;
    let body = &mutation.body;
    finish(problems(body))?;
    let references = body.references.clone().into_iter().map(|(flag, found)| (flag, found.into_iter().map(Into::into)));
    let new = Stored {
        repository: body.repository.clone(),
        branch: body.branch.clone(),
        main: body.main,
        commit: body.commit.clone(),
        // Committers have clocks of their own. No commit is later than now, and none keeps later ones out.
        committed_at: body.committed_at.0.min(granted.now()),
        complete: body.complete,
        files: body.files,
        references: references.map(|(flag, found)| (flag, found.collect())).collect(),
        removals: body.removals.iter().cloned().map(Into::into).collect(),
    };
    let write = granted.write(&mutation);
    let scan = granted.store().store_scan(&write, granted.project().as_str(), &new).await?;
    tracing::info!(project = %granted.project(), repository = scan.repository, branch = scan.branch,
        commit = scan.commit, flags = new.references.len(), "code references taken in");
    Ok(axum::Json(scan.into()))
}

fn problems(body: &NewScan) -> Vec<FieldProblem> {
    let mut problems = Vec::new();
    for (path, name) in [("repository", &body.repository), ("branch", &body.branch), ("commit", &body.commit)] {
        check_name(path, name, &mut problems);
    }
    for (flag, found) in &body.references {
        // A key may be anything that stands in code; it is shown, so it is bounded.
        if flag.is_empty() || flag.len() > KEY_BYTES_MAX || flag.chars().any(char::is_control) {
            problems.push(FieldProblem::new("references", "invalid_key", "must have keys of 1 to 128 bytes"));
        }
        for reference in found {
            check(reference, &mut problems);
        }
        if problems.len() > PROBLEMS_LOGGED_MAX {
            break;
        }
    }
    for removal in &body.removals {
        check_name("removals.flag", &removal.flag, &mut problems);
        check_name("removals.commit", &removal.commit, &mut problems);
    }
    problems.truncate(PROBLEMS_LOGGED_MAX);
    problems
}

fn check(reference: &CodeReference, problems: &mut Vec<FieldProblem>) {
    check_name("references.path", &reference.path, problems);
    check_name("references.hash", &reference.hash, problems);
    let symbol = reference.symbol.as_deref().unwrap_or_default();
    if symbol.len() > CODE_NAME_BYTES_MAX {
        problems.push(FieldProblem::new("references.symbol", "too_long", "must have at most 1024 bytes"));
    }
    if reference.snippet.as_deref().unwrap_or_default().len() > SNIPPET_BYTES_MAX {
        problems.push(FieldProblem::new("references.snippet", "too_long", "must have at most 4096 bytes"));
    }
}
