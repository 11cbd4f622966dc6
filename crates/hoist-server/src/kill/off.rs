//! Switching a flag off from the kill page.

use axum::extract::{FromRequestParts, Request, State};
use axum::response::Response;
use hoist_eval::FlagKey;
use hoist_store::Write;

use crate::api::extract::Named;
use crate::auth::{Granted, InEnvironment, Sealed, Stops};
use crate::error::ApiError;
use crate::limits::KILL_REASON_CHARS_MAX;

use super::form::{field, fields};
use super::{html, refuse, see};

/// Switches the flag off: the one write of this page, and the one that the API and the command line use.
pub(super) async fn handle(State(sealed): State<Sealed>, request: Request) -> Response {
    switch(&sealed, request).await.unwrap_or_else(refuse)
}

async fn switch(sealed: &Sealed, request: Request) -> Result<Response, ApiError> {
    let (mut parts, body) = request.into_parts();
    let granted = Granted::<Stops, InEnvironment>::from_request_parts(&mut parts, sealed).await?;
    let Named(flag) = Named::<FlagKey>::from_request_parts(&mut parts, &()).await?;
    let given = field(&fields(body, &parts.headers).await?, "reason");
    let given: String = given.chars().filter(|c| !c.is_control()).take(KILL_REASON_CHARS_MAX).collect();
    let reason = if given.is_empty() { "switched off from the kill page" } else { given.as_str() };
    let (project, environment) = (granted.project().as_str(), granted.environment().as_str());
    let write = Write::new(granted.actor(), granted.now()).because(reason);
    let changed = granted.store().set_enabled(&write, project, environment, flag.as_str(), false).await?;
    granted.app().nudges.changed();
    let (actor, generation) = (&granted.actor().id, changed.generation);
    tracing::info!(project, environment, %flag, actor, generation, changed = changed.changed,
        "flag switched off from the kill page: everyone gets its off variant; undo with `hoist flag on`");
    Ok(see(&html::address(project, environment, "", flag.as_str())))
}
