//! The body of a refusal.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};
use serde::Serialize;
use utoipa::ToSchema;

use crate::limits::ERROR_BODY_BYTES_MAX;

use super::ApiError;

/// One thing that is wrong with a body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldProblem {
    /// Where, such as `rules[2].serve.split.weights`.
    pub path: String,
    /// What, for programs.
    pub code: String,
    /// What, and the way out, for people.
    pub message: String,
}

impl FieldProblem {
    /// Returns a problem at `path`.
    pub fn new(path: impl Into<String>, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { path: path.into(), code: code.into(), message: message.into() }
    }
}

/// A refusal as it goes over the wire (RFC 9457).
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Problem {
    /// The HTTP status.
    pub status: u16,
    /// A stable name of the kind of refusal, for programs.
    pub code: String,
    /// The kind of refusal, for people.
    pub title: String,
    /// This refusal and the way out, for people.
    pub detail: String,
    /// The version that the thing has now, after a version conflict.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current_version: Option<u64>,
    /// What is wrong with the body, in its order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldProblem>,
    /// How many more `errors` there are than fit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub more_errors: Option<usize>,
    /// The id under which the log knows this request.
    pub request_id: String,
}

impl Problem {
    /// Returns the refusal and the way out as sentences, for pages that people read.
    pub(crate) fn sentence(&self) -> String {
        format!("{}. {}", self.title, self.detail)
    }

    /// Returns the body's bytes for the request with this id: at most [`ERROR_BODY_BYTES_MAX`] of them.
    pub(crate) fn render(mut self, request_id: &str) -> Vec<u8> {
        request_id.clone_into(&mut self.request_id);
        let all = std::mem::take(&mut self.errors);
        self.more_errors = (!all.is_empty()).then_some(all.len());
        let mut best = serde_json::to_vec(&self).unwrap_or_default();
        // Sizes are measured rather than computed: refusals are rare and lists are short.
        for (index, error) in all.iter().enumerate() {
            self.errors.push(error.clone());
            self.more_errors = Some(all.len() - index - 1).filter(|more| *more > 0);
            let bytes = serde_json::to_vec(&self).unwrap_or_default();
            if bytes.len() > ERROR_BODY_BYTES_MAX {
                break;
            }
            best = bytes;
        }
        best
    }
}

impl From<&ApiError> for Problem {
    fn from(error: &ApiError) -> Self {
        let line = error.line();
        Self {
            status: line.status.as_u16(),
            code: line.code.to_owned(),
            title: line.title.to_owned(),
            detail: line.detail,
            current_version: match error {
                ApiError::VersionConflict { current } => Some(*current),
                _ => None,
            },
            errors: line.errors,
            more_errors: None,
            request_id: String::new(),
        }
    }
}

impl IntoResponse for ApiError {
    /// Returns the refusal with its problem among the extensions and no body: the front renders the body, because only
    /// it knows the request's id.
    fn into_response(self) -> Response {
        let problem = Problem::from(&self);
        let mut response = Response::new(Body::empty());
        *response.status_mut() = self.line().status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry_after_seconds() {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if matches!(self, Self::Unauthenticated) {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"hoist\""));
        }
        response.extensions_mut().insert(problem);
        response
    }
}
