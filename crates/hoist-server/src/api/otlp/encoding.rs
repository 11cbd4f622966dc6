//! The two encodings of OTLP, and reading a body in either.

use axum::body::Body;
use bytes::Bytes;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue};
use utoipa::ToSchema;

use crate::body::{collect, inflate};
use crate::error::ApiError;

/// How a body is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    Protobuf,
    Json,
}

impl Encoding {
    /// Returns the encoding that the headers of a request name.
    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        let media_type = headers.get(CONTENT_TYPE)?.to_str().ok()?;
        let essence = media_type.split(';').next().unwrap_or("").trim();
        [Self::Protobuf, Self::Json].into_iter().find(|encoding| essence.eq_ignore_ascii_case(encoding.media_type()))
    }

    /// Returns its media type.
    pub(super) fn media_type(self) -> &'static str {
        match self {
            Self::Protobuf => "application/x-protobuf",
            Self::Json => "application/json",
        }
    }
}

/// Documents a body of bytes.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
pub(crate) struct Protobuf(#[expect(dead_code, reason = "only documents")] Vec<u8>);

/// A body that has arrived.
#[derive(Debug)]
pub(super) struct Arrived {
    pub(super) encoding: Encoding,
    bytes: Bytes,
    gzip: bool,
    /// Most bytes, as sent and once more inflated.
    limit: usize,
}

impl Arrived {
    /// Reads a body of at most `limit` bytes, as it was sent.
    pub(super) async fn read(headers: &HeaderMap, body: Body, limit: usize) -> Result<Self, ApiError> {
        let encoding = Encoding::of(headers).ok_or(ApiError::UnsupportedExportType)?;
        let gzip = match headers.get(CONTENT_ENCODING).map(HeaderValue::as_bytes) {
            None | Some(b"identity") => false,
            Some(b"gzip") => true,
            Some(_) => return Err(ApiError::UnsupportedExportEncoding),
        };
        let bytes = collect(body, headers, limit).await?;
        Ok(Self { encoding, bytes, gzip, limit })
    }

    /// Returns what was sent, inflated to at most as many bytes.
    pub(super) fn plain(self) -> Result<Bytes, ApiError> {
        if self.gzip { inflate(&self.bytes, self.limit).map(Bytes::from) } else { Ok(self.bytes) }
    }
}
