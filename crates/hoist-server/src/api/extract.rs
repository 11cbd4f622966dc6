//! What handlers take from paths and queries, and how they answer.

use axum::extract::{FromRequestParts, RawPathParams};
use axum::response::{IntoResponse, Response};
use hoist_eval::{FlagKey, SegmentKey};
use hoist_lifecycle::metric::MetricKey;
use hoist_lifecycle::plan::PlanKey;
use hoist_lifecycle::product::{FeatureKey, ServiceKey};
use hoist_lifecycle::rollout::RolloutId;
use hoist_store::Version;
use http::header::{ETAG, HeaderValue};
use http::request::Parts;
use http::{HeaderMap, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::ApiError;
use crate::limits::PARAMETER_BYTES_MAX;

mod paging;

pub(crate) use self::paging::{Cursor, Paging, page};

/// A key that routes may name.
pub(crate) trait PathKey: std::str::FromStr + Send {
    /// Its name in templates, and its kind in messages.
    const NAME: &'static str;
}

macro_rules! path_keys {
    ($($key:ty => $name:literal),* $(,)?) => {
        $(impl PathKey for $key { const NAME: &'static str = $name; })*
    };
}

hoist_eval::define_key!(
    /// The id of a token.
    TokenId,
    "token id"
);

path_keys! {
    FlagKey => "flag",
    SegmentKey => "segment",
    PlanKey => "plan",
    ServiceKey => "service",
    FeatureKey => "feature",
    MetricKey => "metric",
    RolloutId => "rollout",
    TokenId => "token",
}

/// A key that the path names. A text that is no key names nothing that exists.
#[derive(Debug, Clone)]
pub(crate) struct Named<K>(pub(crate) K);

impl<S: Send + Sync, K: PathKey> FromRequestParts<S> for Named<K> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let all = RawPathParams::from_request_parts(parts, state).await.map_err(|_| ApiError::NoSuchRoute)?;
        let found = all.iter().find(|(key, _)| *key == K::NAME).map(|(_, value)| value);
        let key = found.and_then(|text| text.parse().ok());
        key.map(Self).ok_or(ApiError::NotFound { what: K::NAME })
    }
}

/// The parameters of the query: each known, once, and of a bounded length.
#[derive(Debug, Clone)]
pub(crate) struct Parameters<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Parameters<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        const RULE: &str = "must hold parameters of this route only, each once, and each of the right form";
        let query = parts.uri.query().unwrap_or("");
        let long = query.split('&').any(|pair| pair.len() > PARAMETER_BYTES_MAX);
        if long {
            return Err(ApiError::BadParameter { name: "query", rule: "has a parameter that is too long" });
        }
        if query.contains("%00") {
            // Databases have no text with a NUL in it.
            return Err(ApiError::BadParameter { name: "query", rule: "has a parameter with a NUL character" });
        }
        let parsed = axum::extract::Query::<T>::try_from_uri(&parts.uri);
        parsed.map(|query| Self(query.0)).map_err(|_| ApiError::BadParameter { name: "query", rule: RULE })
    }
}

/// An answer with the version of what it shows, as the ETag.
#[derive(Debug)]
pub(crate) struct Versioned<T>(pub(crate) StatusCode, pub(crate) Version, pub(crate) T);

impl<T: Serialize> IntoResponse for Versioned<T> {
    fn into_response(self) -> Response {
        let Self(status, version, body) = self;
        let mut headers = HeaderMap::new();
        if let Ok(tag) = HeaderValue::try_from(format!("\"{version}\"")) {
            headers.insert(ETAG, tag);
        }
        (status, headers, axum::Json(body)).into_response()
    }
}

/// Returns 200 with the version as ETag.
pub(crate) fn found<T>(version: impl Into<u64>, body: T) -> Versioned<T> {
    Versioned(StatusCode::OK, Version(version.into()), body)
}

/// Returns 201 with the version as ETag.
pub(crate) fn created<T>(version: impl Into<u64>, body: T) -> Versioned<T> {
    Versioned(StatusCode::CREATED, Version(version.into()), body)
}
