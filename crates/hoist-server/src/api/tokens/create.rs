//! A new token.

use hoist_eval::Timestamp;
use hoist_store::{NewToken, TokenKind};
use secrecy::ExposeSecret;

use crate::api::extract::{Versioned, created};
use crate::api::types::flag::check_texts;
use crate::api::types::token::{MadeToken, NewTokenBody};
use crate::api::validate::finish;
use crate::auth::{self, Anywhere, Granted, Principal, Role, Scope, UsesTokens};
use crate::body::Mutation;
use crate::error::{ApiError, FieldProblem};
use crate::limits::{ADMIN_TOKEN_LIFE, TITLE_CHARS_MAX};

/// Makes a token. Its text is in this answer and never shown again. Nobody can give what they do not have.
#[utoipa::path(post, path = "/api/v1/tokens", operation_id = "create_token", tag = "tokens",
    request_body = NewTokenBody, responses((status = 201, body = MadeToken)))]
pub(crate) async fn handle(
    granted: Granted<UsesTokens, Anywhere>,
    mutation: Mutation<NewTokenBody>,
) -> Result<Versioned<MadeToken>, ApiError> {
    let body = &mutation.body;
    if mutation.once.is_some() {
        let rule = "is not taken here: a secret is shown once and cannot be shown again";
        return Err(ApiError::BadParameter { name: "Idempotency-Key", rule });
    }
    let now = granted.now();
    check_form(body, now)?;
    check_leave(&granted, body).await?;
    let kind = TokenKind::from(body.kind);
    let made = auth::MadeToken::make(kind, &granted.app().ids);
    let role = body.role.map(Role::from);
    let new = NewToken {
        id: made.id,
        kind,
        title: body.name.clone(),
        digest: made.digest,
        project: body.project.clone(),
        environment: body.environment.clone(),
        actions: role.map(|role| role.as_str().to_owned()).into_iter().collect(),
        expires_at: body.expires_at.map(|at| at.0).or_else(|| default_end(kind, now)),
    };
    let write = granted.write(&mutation);
    let first = matches!(granted.principal(), Principal::Socket { .. }) && role == Some(Role::Admin);
    let record = if first {
        // The first administrator made on the machine itself sets the installation up.
        granted.app().auth.first_or_further_admin(&write, &new).await?
    } else {
        granted.store().create_token(&write, &new).await?
    };
    tracing::info!(token = record.id, kind = kind.as_str(), actor = %granted.actor().id,
        "token made; revoke it with `hoist token revoke`");
    let secret = made.text.expose_secret().to_owned();
    Ok(created(1_u64, MadeToken { token: record.into(), secret }))
}

fn default_end(kind: TokenKind, now: Timestamp) -> Option<Timestamp> {
    (kind == TokenKind::Admin).then(|| now.saturating_add(ADMIN_TOKEN_LIFE))
}

/// Checks that the body describes one kind of token.
fn check_form(body: &NewTokenBody, now: Timestamp) -> Result<(), ApiError> {
    let mut problems = Vec::new();
    let mut note = |path: &str, code: &str, message: &str| problems.push(FieldProblem::new(path, code, message));
    let is_admin = TokenKind::from(body.kind) == TokenKind::Admin;
    if body.name.trim().is_empty() {
        note("name", "missing_field", "must say what the token is for");
    }
    match (is_admin, body.role) {
        (true, None) => note("role", "missing_field", "must be given for an admin token"),
        (false, Some(_)) => note("role", "wrong_value", "belongs to admin tokens only"),
        (true, Some(_)) | (false, None) => {}
    }
    if !is_admin && (body.project.is_none() || body.environment.is_none()) {
        note("environment", "missing_field", "project and environment must be given: such a token is good for one");
    }
    if body.project.is_none() && body.environment.is_some() {
        note("project", "missing_field", "must be given with the environment");
    }
    if body.expires_at.is_some_and(|end| end.0 <= now) {
        note("expires_at", "wrong_value", "must lie in the future");
    }
    check_texts(&[("name", Some(&body.name), TITLE_CHARS_MAX)], &mut problems);
    finish(problems)
}

/// Checks that the caller may give this away.
async fn check_leave(granted: &Granted<UsesTokens, Anywhere>, body: &NewTokenBody) -> Result<(), ApiError> {
    let needs = "the role admin, or developer for client tokens of open environments";
    let is_admin = granted.principal().role() == Role::Admin;
    if !is_admin && TokenKind::from(body.kind) != TokenKind::Client {
        return Err(ApiError::Forbidden { needs });
    }
    match (&body.project, &body.environment) {
        (None, _) if *granted.principal().scope() == Scope::Installation => Ok(()),
        (None, _) => Err(ApiError::Forbidden { needs: "a token that is not limited to a project" }),
        (Some(project), environment) => {
            let place = granted.enter(project).await?;
            if let Some(environment) = environment {
                place.enter(environment).await?;
            }
            let given = scope_of(Some(project), environment.as_deref());
            let covered = given.is_some_and(|given| granted.principal().scope().covers(&given));
            if covered { Ok(()) } else { Err(ApiError::Forbidden { needs: "a token of the whole project" }) }
        }
    }
}

/// Returns the scope that a record or a body describes; nothing if it makes no sense.
pub(crate) fn scope_of(project: Option<&str>, environment: Option<&str>) -> Option<Scope> {
    match (project, environment) {
        (None, None) => Some(Scope::Installation),
        (Some(project), None) => Some(Scope::Project(project.parse().ok()?)),
        (Some(project), Some(environment)) => {
            Some(Scope::Environment(project.parse().ok()?, environment.parse().ok()?))
        }
        (None, Some(_)) => None,
    }
}
