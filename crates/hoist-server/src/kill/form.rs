//! What a form sends: pairs of names and values, few and short.

use axum::body::Body;
use http::HeaderMap;

use crate::body::read;
use crate::error::ApiError;
use crate::limits::FORM_BYTES_MAX;

/// Returns the value of a field; empty if the form has none of that name.
pub(super) fn field(form: &[u8], name: &str) -> String {
    let found = form_urlencoded::parse(form).find(|(key, _)| key == name);
    found.map(|(_, value)| value.into_owned()).unwrap_or_default()
}

/// Reads a form.
pub(super) async fn fields(body: Body, headers: &HeaderMap) -> Result<Vec<u8>, ApiError> {
    Ok(read(body, headers, FORM_BYTES_MAX).await?.to_vec())
}
