//! What a flag is linked with, and who was seen to ask for it.

use hoist_eval::FlagKey;
use hoist_store::LinkKind;

use crate::api::extract::Named;
use crate::api::types::product::{FlagLinks, ObservedClient};
use crate::auth::{Granted, InProject, Reads};
use crate::error::ApiError;

/// Returns the services that are said to ask for the flag, the features that it is said to gate, and the clients that
/// were seen to ask for it by itself. Clients that take all flags at once are not among them.
#[utoipa::path(get, path = "/api/v1/projects/{project}/flags/{flag}/links", operation_id = "flag_links", tag = "flags",
    params(("project" = String, Path, description = "The project."),
           ("flag" = String, Path, description = "The flag.")),
    responses((status = 200, body = FlagLinks)))]
pub(crate) async fn handle(
    granted: Granted<Reads, InProject>,
    Named(flag): Named<FlagKey>,
) -> Result<axum::Json<FlagLinks>, ApiError> {
    let (store, project) = (granted.store(), granted.project().as_str());
    let record = store.flag(project, flag.as_str()).await?.ok_or(ApiError::NotFound { what: "flag" })?;
    if let Err(error) = granted.app().seen.flush(store, granted.now()).await {
        tracing::warn!(%error, "could not record who asked for which flag; what was recorded before is shown");
    }
    let links = store.links(project).await?;
    let targets = |kind| super::targets(&record, &links, kind).into_iter().collect();
    let mut observed = Vec::new();
    for seen in store.clients_of_flag(project, flag.as_str()).await? {
        let token = store.token(&seen.client).await?;
        observed.push(ObservedClient::of(seen, token.map(|token| token.title)));
    }
    let (services, features) = (targets(LinkKind::Service), targets(LinkKind::Feature));
    Ok(axum::Json(FlagLinks { flag: flag.to_string(), services, features, observed }))
}
