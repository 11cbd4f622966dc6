//! Which part of a list is wanted.

use hoist_store::PageRequest;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::error::ApiError;
use crate::limits::PAGE_MAX;

/// Which part of a list is wanted, when that is all that may be asked.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Paging {
    /// Most items, 1 to 200.
    pub(crate) limit: Option<u32>,
    /// The `next` of the page before.
    pub(crate) cursor: Option<String>,
}

impl Paging {
    /// Returns what the store is asked for; an error that names the parameter that is wrong.
    pub(crate) fn page(self, form: Cursor) -> Result<PageRequest, ApiError> {
        page(self.limit, self.cursor, form)
    }
}

/// Returns the part of a list that is asked for.
pub(crate) fn page(limit: Option<u32>, cursor: Option<String>, form: Cursor) -> Result<PageRequest, ApiError> {
    if limit.is_some_and(|limit| limit == 0 || limit > PAGE_MAX) {
        return Err(ApiError::BadParameter { name: "limit", rule: "must be between 1 and 200" });
    }
    if cursor.as_deref().is_some_and(|cursor| !form.holds(cursor)) {
        // Read as the first page, it would send whoever follows `next` round in circles.
        return Err(ApiError::BadParameter { name: "cursor", rule: "must be the `next` of a page of this list" });
    }
    Ok(PageRequest { limit, cursor })
}

/// What the `next` of a list looks like. Clients pass it on as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cursor {
    /// A key: lists in the order of keys.
    Key,
    /// A time and an id: lists from the newest.
    Moment,
    /// A number: lists in the order of numbers.
    Number,
}

impl Cursor {
    fn holds(self, text: &str) -> bool {
        let is_key = |text: &str| hoist_eval::key::parse(text, "cursor").is_ok();
        match self {
            Self::Key => is_key(text),
            Self::Moment => text.split_once(':').is_some_and(|(at, id)| at.parse::<i64>().is_ok() && is_key(id)),
            Self::Number => text.parse::<i64>().is_ok(),
        }
    }
}
