//! Requests for evaluation that end before their route, or beside it: refused by the front, or by a panic. They get an
//! answer of this protocol all the same.

use axum::body::Body;
use axum::response::Response;
use http::header::{ORIGIN, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderValue, Request, Uri};

use crate::error::Problem;
use crate::ofrep::evaluate;
use crate::ofrep::respond::{self, Refusal};

/// What an answer needs to know of its request when the request itself is gone.
#[derive(Debug)]
pub(crate) struct Asked {
    uri: Uri,
    browser: bool,
}

impl Asked {
    /// Returns what is needed of a request for evaluation; nothing for other requests.
    pub(crate) fn of<B>(request: &Request<B>) -> Option<Self> {
        let for_evaluation = request.uri().path().starts_with("/ofrep/");
        for_evaluation.then(|| Self { uri: request.uri().clone(), browser: request.headers().contains_key(ORIGIN) })
    }

    /// Gives the answer the form of this protocol, and returns the problem that it held, for the log.
    pub(crate) fn finish(&self, mut response: Response) -> (Response, Option<Problem>) {
        let problem = response.extensions_mut().remove::<Problem>();
        if let Some(problem) = &problem {
            let retry_after = response.headers_mut().remove(RETRY_AFTER);
            let failure = Refusal::Failure(respond::of_problem(problem));
            response = respond::refusal(failure, evaluate::key(self.uri.path()), self.browser).map(Body::new);
            if let Some(seconds) = retry_after {
                response.headers_mut().insert(RETRY_AFTER, seconds);
            }
        }
        response.headers_mut().insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        (response, problem)
    }
}
