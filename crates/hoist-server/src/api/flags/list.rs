//! The flags of a project.

use hoist_store::FlagFilter;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::extract::{Cursor, Parameters, page};
use crate::api::types::flag::{Flag, FlagCategory, FlagLifetime};
use crate::api::types::page::List;
use crate::auth::{Granted, InProject, Reads};
use crate::error::ApiError;

/// Which flags are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// Part of the key or the title, in any case.
    q: Option<String>,
    /// The owner.
    owner: Option<String>,
    /// One of the tags.
    tag: Option<String>,
    /// The category.
    category: Option<FlagCategory>,
    /// The lifetime.
    lifetime: Option<FlagLifetime>,
    /// Flags that expire on this day or before, `YYYY-MM-DD`.
    expires_by: Option<String>,
    /// Archived flags instead of live ones.
    #[serde(default)]
    #[param(required = false)]
    archived: bool,
    /// Most items, 1 to 200.
    limit: Option<u32>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

/// Lists flags in the order of their keys.
#[utoipa::path(get, path = "/api/v1/projects/{project}/flags", operation_id = "list_flags", tag = "flags",
    params(("project" = String, Path, description = "The project."), Wanted),
    responses((status = 200, body = List<Flag>)))]
pub(crate) async fn handle(
    granted: Granted<Reads, InProject>,
    Parameters(wanted): Parameters<Wanted>,
) -> Result<axum::Json<List<Flag>>, ApiError> {
    let page = page(wanted.limit, wanted.cursor, Cursor::Key)?;
    let filter = FlagFilter {
        q: wanted.q,
        owner: wanted.owner,
        tag: wanted.tag,
        category: wanted.category.map(Into::into),
        lifetime: wanted.lifetime.map(Into::into),
        expires_by: wanted.expires_by,
        archived: wanted.archived,
    };
    let flags = granted.store().list_flags(granted.project().as_str(), &filter, &page).await?;
    Ok(axum::Json(List::of(flags, |record| Flag::of(record, None))))
}
