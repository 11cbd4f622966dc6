//! Request bodies: bounded in size and time, uncompressed, and JSON that is safe to build a tree from.

mod describe;
mod mutation;
mod scan;

use std::io::Read as _;

use axum::body::Body;
use bytes::Bytes;
use flate2::bufread::MultiGzDecoder;
use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use http_body_util::{BodyExt, Limited};

use crate::error::ApiError;
use crate::limits::BODY_READ_TIME;

pub use describe::describe;
pub(crate) use mutation::below;
pub use mutation::{FromBody, Mutation};
pub use scan::{JsonRules, check_json};

/// Reads a whole body of at most `limit` bytes within [`BODY_READ_TIME`].
pub async fn read(body: Body, headers: &HeaderMap, limit: usize) -> Result<Bytes, ApiError> {
    if headers.get(CONTENT_ENCODING).is_some_and(|coding| coding.as_bytes() != b"identity") {
        return Err(ApiError::UnsupportedEncoding);
    }
    collect(body, headers, limit).await
}

/// Reads a whole body as it was sent, compressed or not.
pub(crate) async fn collect(body: Body, headers: &HeaderMap, limit: usize) -> Result<Bytes, ApiError> {
    let announced = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > limit as u64) {
        return Err(ApiError::BodyTooLarge { limit });
    }
    let collected = tokio::time::timeout(BODY_READ_TIME.into(), Limited::new(body, limit).collect()).await;
    match collected {
        Ok(Ok(whole)) => Ok(whole.to_bytes()),
        Ok(Err(fault)) if fault.is::<http_body_util::LengthLimitError>() => Err(ApiError::BodyTooLarge { limit }),
        Ok(Err(_)) | Err(_) => Err(ApiError::BodyIncomplete),
    }
}

/// Returns what a body of gzip members holds, at most `limit` bytes of it. Reads no further than that, whatever the body
/// would become.
pub(crate) fn inflate(body: &[u8], limit: usize) -> Result<Vec<u8>, ApiError> {
    let mut inflated = Vec::new();
    let read = MultiGzDecoder::new(body).take(limit as u64 + 1).read_to_end(&mut inflated);
    if read.is_err() {
        return Err(ApiError::BadMessage { rule: "says that it is compressed with gzip, and is not" });
    }
    if inflated.len() > limit { Err(ApiError::InflatedTooLarge { limit }) } else { Ok(inflated) }
}

/// Checks that the body says it is JSON. A form or plain text, which pages of other origins may send unasked, is not.
pub(crate) fn check_media_type(headers: &HeaderMap) -> Result<(), ApiError> {
    let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    let essence = media_type.split(';').next().unwrap_or("").trim();
    if essence.eq_ignore_ascii_case("application/json") { Ok(()) } else { Err(ApiError::UnsupportedMediaType) }
}
