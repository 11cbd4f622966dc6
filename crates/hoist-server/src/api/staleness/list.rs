//! Flags that have done their work, or about which something should be done.

use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::extract::{Cursor, Parameters, page};
use crate::api::types::page::List;
use crate::api::types::staleness::{Staleness, is_state};
use crate::auth::{Granted, InProject, Reads};
use crate::error::ApiError;
use crate::limits::PAGE_DEFAULT;

/// Which flags are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// Flags in this state.
    state: Option<String>,
    /// The owner.
    owner: Option<String>,
    /// Flags about which there is nothing to say, too.
    #[serde(default)]
    #[param(required = false)]
    all: bool,
    /// Most items, 1 to 200.
    limit: Option<u32>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

/// Lists flags about which something was found, or that are on their way out, in the order of their keys. Judged now.
#[utoipa::path(get, path = "/api/v1/projects/{project}/staleness", operation_id = "list_staleness", tag = "staleness",
    params(("project" = String, Path, description = "The project."), Wanted),
    responses((status = 200, body = List<Staleness>)))]
pub(crate) async fn handle(
    granted: Granted<Reads, InProject>,
    Parameters(wanted): Parameters<Wanted>,
) -> Result<axum::Json<List<Staleness>>, ApiError> {
    let page = page(wanted.limit, wanted.cursor, Cursor::Key)?;
    if wanted.state.as_deref().is_some_and(|state| !is_state(state)) {
        return Err(ApiError::BadParameter { name: "state", rule: "must be the name of a state, such as `candidate`" });
    }
    let from = page.cursor.as_deref().unwrap_or_default();
    let most = page.limit.unwrap_or(PAGE_DEFAULT) as usize;
    let judged = super::judged(&granted).await?.into_iter().map(|judged| super::told(&granted, judged));
    let mut items: Vec<Staleness> = judged
        .filter(|found| found.flag.as_str() > from)
        .filter(|found| wanted.state.as_deref().is_none_or(|state| state == found.state))
        .filter(|found| wanted.owner.as_deref().is_none_or(|owner| owner == found.owner))
        .filter(|found| wanted.all || wanted.state.is_some() || found.is_remarkable())
        .take(most + 1)
        .collect();
    let more = items.len() > most;
    items.truncate(most);
    let next = items.last().filter(|_| more).map(|last| last.flag.clone());
    Ok(axum::Json(List { items, next }))
}
