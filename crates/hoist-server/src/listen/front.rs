//! The front: what every request passes, whatever route it is for, and what every answer leaves with.

use std::convert::Infallible;
use std::fmt;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use futures::FutureExt;
use http::header::{CONTENT_LENGTH, HeaderValue};
use http::{HeaderMap, HeaderName, Method, Request, Uri};
use hyper::body::{Body as _, Incoming};
use tower::ServiceExt;

use crate::app::App;
use crate::error::{ApiError, Problem};
use crate::ofrep;
use crate::prometheus::Surface;
use crate::telemetry::{Notes, RequestLog, within};

use super::answer::AnswerBody;
use super::{canonical, host, security_headers};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Who is at the other end of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Peer {
    /// A network peer.
    Address(SocketAddr),
    /// A process of this machine on the admin socket, whose user was checked when it connected.
    AdminSocket {
        /// The user id.
        uid: u32,
    },
}

impl Peer {
    /// Returns whether the peer is on this machine.
    pub fn is_local(&self) -> bool {
        match self {
            Self::Address(address) => address.ip().to_canonical().is_loopback(),
            Self::AdminSocket { .. } => true,
        }
    }

    /// Returns what counts as one address: an IPv4 address, or the 64-bit prefix of an IPv6 one.
    pub fn prefix(&self) -> IpAddr {
        match self {
            Self::Address(address) => prefix(address.ip().to_canonical()),
            Self::AdminSocket { .. } => IpAddr::V6(Ipv6Addr::LOCALHOST),
        }
    }
}

/// Returns what counts as one address: an IPv4 address, or the 64-bit prefix of an IPv6 one.
pub(super) fn prefix(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

/// Names one request in answers and in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestId(u64);

#[cfg(test)]
impl RequestId {
    pub(crate) fn numbered(number: u64) -> Self {
        Self(number)
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// The router behind its front.
pub(crate) struct Front {
    app: App,
    router: Router,
    first_id: u64,
    requests: AtomicU64,
}

impl Front {
    pub(crate) fn new(app: App, router: Router) -> Arc<Self> {
        let first_id = app.ids.number();
        Arc::new(Self { app, router, first_id, requests: AtomicU64::new(0) })
    }

    /// Returns whether a request is answered by [`Front::evaluate`]. Nearly all are.
    pub(super) fn is_evaluation<B>(request: &Request<B>) -> bool {
        request.method() == Method::POST && ofrep::is_evaluation(request.uri().path())
    }

    /// Answers one evaluation, without the router: there is one thing that its path can mean, and nothing to wait for
    /// but its body.
    pub(super) async fn evaluate(&self, peer: Peer, request: Request<Incoming>) -> http::Response<AnswerBody> {
        let id = self.next_id();
        let mut log = RequestLog::begin(&self.app.clock, id, &request);
        let (parts, body) = request.into_parts();
        let (response, problem) = match self.admit(&peer, &parts.uri, &parts.headers) {
            Ok(()) => {
                let evaluated = within(id, ofrep::evaluate(&self.app, &peer, &parts, body));
                let evaluated = AssertUnwindSafe(evaluated).catch_unwind().await;
                let response = evaluated.unwrap_or_else(|_| ofrep::refused(&parts, panicked(id)));
                (response, None)
            }
            Err(refusal) => {
                let problem = Problem::from(&refusal);
                (ofrep::refused(&parts, refusal), Some(problem))
            }
        };
        self.app.metrics.request(Surface::ofrep, response.status());
        log.end(&self.app.clock, response.status(), problem.as_ref());
        response
    }

    /// Answers one request: checks its form, routes it, and finishes the answer.
    pub(super) async fn answer(&self, peer: Peer, request: Request<Incoming>) -> Response {
        let id = self.next_id();
        let mut log = RequestLog::begin(&self.app.clock, id, &request);
        let asked = ofrep::Asked::of(&request);
        let surface = Surface::of(request.uri().path());
        let answered = match self.admit(&peer, request.uri(), request.headers()) {
            Ok(()) => self.route(peer, id, request, log.notes()).await,
            Err(refusal) => refusal.into_response(),
        };
        let (response, problem) = match &asked {
            Some(asked) => asked.finish(answered),
            None => finish(answered, id),
        };
        self.app.metrics.request(surface, response.status());
        log.end(&self.app.clock, response.status(), problem.as_ref());
        response
    }

    /// Checks what must hold before any part of the server looks at the request.
    fn admit(&self, peer: &Peer, uri: &Uri, headers: &HeaderMap) -> Result<(), ApiError> {
        let target_bytes = uri.path_and_query().map_or(0, |target| target.as_str().len());
        let limit = self.app.config.limits.url;
        if target_bytes > limit {
            return Err(ApiError::UrlTooLong { limit });
        }
        if !canonical::is_canonical(uri.path()) {
            return Err(ApiError::PathNotCanonical);
        }
        match peer {
            Peer::Address(_) => host::check(uri, headers, &self.app.config.host_names),
            Peer::AdminSocket { .. } => Ok(()),
        }
    }

    /// Hands the request to its route. A panic there ends this request and nothing else.
    async fn route(&self, peer: Peer, id: RequestId, request: Request<Incoming>, notes: Option<Notes>) -> Response {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(peer);
        request.extensions_mut().insert(id);
        request.extensions_mut().insert(self.app.config.limits.bodies);
        if let Some(notes) = notes {
            request.extensions_mut().insert(notes);
        }
        let routed = AssertUnwindSafe(within(id, self.router.clone().oneshot(request))).catch_unwind().await;
        if let Ok(answer) = routed {
            return answer.unwrap_or_else(|never: Infallible| match never {});
        }
        panicked(id).into_response()
    }

    fn next_id(&self) -> RequestId {
        RequestId(self.first_id.wrapping_add(self.requests.fetch_add(1, Ordering::Relaxed)))
    }
}

/// Logs that a handler panicked, and returns what its caller is told.
fn panicked(id: RequestId) -> ApiError {
    tracing::error!(
        request_id = %id,
        "a request handler panicked; the request got status 500 and everything else goes on; report this with the backtrace above"
    );
    ApiError::Internal
}

/// Writes the body of a refusal and the headers that every answer has.
fn finish(mut response: Response, id: RequestId) -> (Response, Option<Problem>) {
    let problem = response.extensions_mut().remove::<Problem>();
    // A protocol with refusals of a form of its own has written the body already.
    if let Some(problem) = problem.as_ref().filter(|_| response.body().is_end_stream()) {
        let body = problem.clone().render(&id.to_string());
        response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
        *response.body_mut() = Body::from(body);
    }
    let headers = response.headers_mut();
    security_headers::add(headers);
    if let Ok(value) = HeaderValue::try_from(id.to_string()) {
        headers.insert(REQUEST_ID, value);
    }
    (response, problem)
}
