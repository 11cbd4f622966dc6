//! What every answer of the evaluation routes has: the protocol's body, the media type, and the CORS headers that
//! browsers need to read it. `browser` says whether the request has an `Origin`; others are spared those headers.

use axum::body::Body;
use axum::response::Response as RoutedResponse;
use bytes::Bytes;
use hoist_eval::ErrorCode;
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, CACHE_CONTROL, CONTENT_TYPE, ETAG, RETRY_AFTER,
    WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderValue, Response, StatusCode};

use crate::error::{ApiError, Problem};
use crate::listen::AnswerBody;
use crate::ofrep::bulk::Bulk;
use crate::ofrep::failure::Failure;

/// Why a request is not answered with an evaluation: something about the evaluation, or about the request as such.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// Something about the evaluation.
    Failure(Failure),
    /// Something about the request, found by what is common to all routes.
    Api(ApiError),
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl From<ApiError> for Refusal {
    fn from(error: ApiError) -> Self {
        Self::Api(error)
    }
}

/// Returns the answer to a request for one flag.
pub(super) fn single(body: Bytes, browser: bool) -> Response<AnswerBody> {
    json(StatusCode::OK, body, browser)
}

/// Returns the answer to a request for all flags.
pub(super) fn bulk(bulk: Bulk, browser: bool) -> Response<AnswerBody> {
    let mut response = if let Some(body) = bulk.body {
        json(StatusCode::OK, body, browser)
    } else {
        let mut response = Response::new(AnswerBody::Whole(Bytes::new().into()));
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        common(response.headers_mut(), browser);
        response
    };
    if let Ok(etag) = HeaderValue::from_maybe_shared(Bytes::from(bulk.etag)) {
        response.headers_mut().insert(ETAG, etag);
    }
    response
}

/// Returns the answer to a request that gets no evaluation. `key` is the flag that was asked for.
pub(crate) fn refusal(refusal: Refusal, key: Option<&str>, browser: bool) -> Response<AnswerBody> {
    let failure = match refusal {
        Refusal::Failure(failure) => failure,
        Refusal::Api(error) => {
            let seconds = error.retry_after_seconds();
            Failure { retry_after: seconds, ..of_problem(&Problem::from(&error)) }
        }
    };
    let mut response = json(failure.status, failure.body_text(key), browser);
    if let Some(seconds) = failure.retry_after {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    if failure.status == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"hoist\""));
    }
    response
}

/// Gives a refusal that was found before the route, or beside it, the form of this protocol.
pub(crate) fn of_problem(problem: &Problem) -> Failure {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let code = if problem.code == "bad_json" { ErrorCode::ParseError } else { ErrorCode::General };
    Failure::new(status, code, format!("{}. {}", problem.title, problem.detail))
}

/// Returns the answer to a browser that asks whether it may send the request it is about to send.
pub(crate) fn preflight() -> RoutedResponse {
    let mut response = RoutedResponse::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST"));
    let allowed = "authorization, x-api-key, content-type, if-none-match, cache-control, last-event-id, flagd-selector";
    headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(allowed));
    headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("7200"));
    response
}

/// Lets scripts of any site read the answer. The credential is a header of the script's own making and never a cookie,
/// so there is nothing that another site could borrow.
pub(crate) fn allow_origin(headers: &mut HeaderMap, browser: bool) {
    if browser {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("etag, retry-after"));
    }
}

fn json(status: StatusCode, body: Bytes, browser: bool) -> Response<AnswerBody> {
    let mut response = Response::new(AnswerBody::Whole(body.into()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    common(headers, browser);
    response
}

/// Answers are for this context alone: no shared cache may keep them, and a browser asks again with its ETag.
fn common(headers: &mut HeaderMap, browser: bool) {
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    allow_origin(headers, browser);
}
