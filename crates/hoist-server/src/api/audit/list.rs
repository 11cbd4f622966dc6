//! What was changed, by whom, and why.

use hoist_store::Write;
use hoist_store::audit::AuditFilter;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::extract::{Cursor, Parameters, page};
use crate::api::types::audit::AuditEntry;
use crate::api::types::page::List;
use crate::api::types::time::Time;
use crate::auth::{Anywhere, Granted, Reads, Scope};
use crate::copies::Copied;
use crate::error::ApiError;

/// Which records are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// Of this project.
    project: Option<String>,
    /// Of this environment.
    environment: Option<String>,
    /// By this actor.
    actor: Option<String>,
    /// Of things of this kind, such as `flag`.
    subject_kind: Option<String>,
    /// Of the thing with this key or id.
    subject: Option<String>,
    /// Of this action, such as `flag.targeting`.
    action: Option<String>,
    /// Not older than this.
    #[param(value_type = Option<String>)]
    since: Option<Time>,
    /// Older than this.
    #[param(value_type = Option<String>)]
    until: Option<Time>,
    /// Whether the pages are kept as a copy: the first of them then notes who took one, as `audit.export`.
    export: Option<bool>,
    /// Most items, 1 to 200.
    limit: Option<u32>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

/// Lists audit records within the caller's scope, newest first.
#[utoipa::path(get, path = "/api/v1/audit", operation_id = "list_audit", tag = "audit", params(Wanted),
    responses((status = 200, body = List<AuditEntry>)))]
pub(crate) async fn handle(
    granted: Granted<Reads, Anywhere>,
    Parameters(wanted): Parameters<Wanted>,
) -> Result<axum::Json<List<AuditEntry>>, ApiError> {
    let begins_a_copy = wanted.export == Some(true) && wanted.cursor.is_none();
    let page = page(wanted.limit, wanted.cursor, Cursor::Number)?;
    let (project, environment) = match granted.principal().scope() {
        Scope::Installation => (wanted.project, wanted.environment),
        Scope::Project(own) => (Some(own_or_hidden(wanted.project, own.as_str(), "project")?), wanted.environment),
        Scope::Environment(own, own_environment) => (
            Some(own_or_hidden(wanted.project, own.as_str(), "project")?),
            Some(own_or_hidden(wanted.environment, own_environment.as_str(), "environment")?),
        ),
    };
    let filter = AuditFilter {
        project,
        environment,
        actor: wanted.actor,
        subject_kind: wanted.subject_kind,
        subject: wanted.subject,
        action: wanted.action,
        since: wanted.since.map(|at| at.0),
        until: wanted.until.map(|at| at.0),
    };
    if begins_a_copy {
        let copied = Copied::new(granted.actor(), None, "lines");
        let write = Write::new(granted.actor(), granted.now());
        let record = granted.store().record_audit_export(&write, "lines");
        granted.app().copies.note(copied, granted.now(), record).await?;
    }
    let records = granted.store().audit_page(&filter, &page).await?;
    Ok(axum::Json(List::of(records, AuditEntry::from)))
}

/// Returns the caller's own place, or that another one is not there.
fn own_or_hidden(asked: Option<String>, own: &str, what: &'static str) -> Result<String, ApiError> {
    match asked {
        Some(asked) if asked != own => Err(ApiError::NotFound { what }),
        Some(_) | None => Ok(own.to_owned()),
    }
}
