//! What a request that changes something says: its body, the version that it is about, and the key that makes a
//! repetition harmless.

use axum::extract::{FromRequest, Request};
use hoist_store::Version;
use http::{HeaderMap, HeaderName, Method, header};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use crate::bounds::Bodies;
use crate::error::{ApiError, FieldProblem};
use crate::limits::{ADMIN_JSON_DEPTH_MAX, IDEMPOTENCY_KEY_BYTES_MAX};

use super::describe::describe;
use super::scan::{JsonRules, check_json, refuse};
use super::{check_media_type, read};

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// A body of a management request. Types that may be left out say what that means.
pub trait FromBody: DeserializeOwned {
    /// Returns how large the body may be, in bytes.
    fn bytes_max(bodies: &Bodies) -> usize {
        bodies.admin
    }

    /// Returns what an absent body stands for; nothing if there must be one.
    fn absent() -> Option<Self> {
        None
    }

    /// Returns what is wrong with the body wherever it is used; routes check the rest.
    fn problems(&self) -> Vec<FieldProblem> {
        Vec::new()
    }
}

/// A request that changes something.
#[derive(Debug)]
pub struct Mutation<T> {
    /// The body.
    pub body: T,
    /// The version that the change is based on, from If-Match; `*` and absence mean whatever there is.
    pub expected: Option<Version>,
    /// The idempotency key, with the digest of the request that it stands for.
    pub once: Option<(String, [u8; 32])>,
}

impl<T> Mutation<T> {
    /// Returns the version that the change is based on, which this route asks for.
    pub fn required(&self) -> Result<Version, ApiError> {
        self.expected.ok_or(ApiError::PreconditionRequired)
    }
}

impl<S: Send + Sync, T: FromBody> FromRequest<S> for Mutation<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _state: &S) -> Result<Self, ApiError> {
        let (parts, body) = request.into_parts();
        let headers = &parts.headers;
        if parts.method != Method::DELETE {
            // It is what keeps pages of other origins from sending this, so it is asked for even without a body.
            check_media_type(headers)?;
        }
        let expected = if_match(headers)?;
        let key = idempotency_key(headers)?;
        let bodies = parts.extensions.get::<Bodies>().copied().unwrap_or_default();
        let bytes = read(body, headers, T::bytes_max(&bodies)).await?;
        let body = match T::absent() {
            Some(absent) if bytes.is_empty() => absent,
            _ => {
                check_media_type(headers)?;
                parse(&bytes)?
            }
        };
        let problems = body.problems();
        if !problems.is_empty() {
            return Err(ApiError::Invalid(problems));
        }
        let once = key.map(|key| {
            let digest = Sha256::new()
                .chain_update(parts.method.as_str())
                .chain_update([0])
                .chain_update(parts.uri.path())
                .chain_update([0])
                .chain_update(&bytes);
            (key, digest.finalize().into())
        });
        Ok(Self { body, expected, once })
    }
}

/// Reads a value from JSON that keeps the rules. A problem names the path to where it is.
fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    check_json(bytes, JsonRules { depth_max: ADMIN_JSON_DEPTH_MAX })?;
    if bytes.trim_ascii_start().first() != Some(&b'{') {
        // Serde would read a list as the fields of a struct in their order.
        return Err(ApiError::invalid("", "wrong_type", "has the wrong type; expected an object"));
    }
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    serde_path_to_error::deserialize(&mut deserializer).map_err(|fault| {
        let inner = fault.inner();
        if !inner.is_data() {
            return refuse(inner);
        }
        ApiError::Invalid(vec![describe(&safe_path(fault.path()), &inner.to_string())])
    })
}

/// Returns the path as text. Keys of maps are the request's own text, so they appear only if they look like keys.
fn safe_path(path: &serde_path_to_error::Path) -> String {
    let text = path.to_string();
    let tame = text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-' | b'[' | b']'));
    if tame && text.len() <= 200 { text } else { String::new() }
}

/// Returns the same problems below `prefix`.
pub(crate) fn below(prefix: &str, problems: Vec<FieldProblem>) -> Vec<FieldProblem> {
    let join = |path: String| match path.as_str() {
        "" => prefix.to_owned(),
        path if path.starts_with('[') => format!("{prefix}{path}"),
        path => format!("{prefix}.{path}"),
    };
    problems.into_iter().map(|problem| FieldProblem { path: join(problem.path), ..problem }).collect()
}

/// Reads If-Match: `"7"`, or `*`. Weak tags and lists stand for nothing that could be changed safely.
fn if_match(headers: &HeaderMap) -> Result<Option<Version>, ApiError> {
    const RULE: &str = "must be one version in quotes, such as \"7\", or *";
    let mut values = headers.get_all(header::IF_MATCH).iter();
    let Some(value) = values.next() else { return Ok(None) };
    let refusal = || ApiError::BadParameter { name: "If-Match", rule: RULE };
    let text = value.to_str().map_err(|_| refusal())?;
    if values.next().is_some() {
        return Err(refusal());
    }
    if text == "*" {
        return Ok(None);
    }
    let number = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(text);
    number.parse().map(|version| Some(Version(version))).map_err(|_| refusal())
}

fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, ApiError> {
    let Some(value) = headers.get(&IDEMPOTENCY_KEY) else { return Ok(None) };
    let graphic = |text: &&str| {
        !text.is_empty() && text.len() <= IDEMPOTENCY_KEY_BYTES_MAX && text.bytes().all(|b| b.is_ascii_graphic())
    };
    let key = value.to_str().ok().filter(graphic);
    let refusal = ApiError::BadParameter { name: "Idempotency-Key", rule: "must be 1 to 128 visible ASCII characters" };
    key.map(|key| Some(key.to_owned())).ok_or(refusal)
}
