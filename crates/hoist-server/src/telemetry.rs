//! The log: JSON lines on standard error. One line says what happened, to what, what the server did about it, and what
//! a person can do next. Tokens, contexts and targeting keys are never written.

use std::sync::{Arc, Mutex, PoisonError};

use hoist_eval::Span;
use http::{Method, Request, StatusCode};

use crate::clock::Clock;
use crate::error::Problem;
use crate::listen::RequestId;

/// Starts the log of this process: JSON on standard error, at `info` unless `HOIST_LOG` says otherwise. Control
/// characters are escaped by the format. Returns whether this call was the one that started it.
pub fn start_log() -> bool {
    use tracing_subscriber::EnvFilter;
    let filter = EnvFilter::try_from_env("HOIST_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .try_init()
        .is_ok()
}

tokio::task_local! {
    /// The request that the current task is answering.
    static REQUEST: RequestId;
}

/// Runs the answer to a request, so that lines that are logged on the way may name it.
pub(crate) async fn within<T>(id: RequestId, answer: impl Future<Output = T>) -> T {
    REQUEST.scope(id, answer).await
}

/// Returns the id of the request that is being answered; `none` outside one.
pub(crate) fn request_id() -> String {
    REQUEST.try_with(ToString::to_string).unwrap_or_else(|_| "none".to_owned())
}

/// What the parts of a request's way add to its line in the log. Cloning is cheap.
#[derive(Debug, Clone, Default)]
pub struct Notes(Arc<Mutex<Noted>>);

#[derive(Debug, Clone, Default)]
struct Noted {
    route: Option<Arc<str>>,
    actor: Option<String>,
}

impl Notes {
    /// Notes the template of the route that took the request.
    pub(crate) fn route(&self, template: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).route = Some(Arc::from(template));
    }

    /// Notes who asks, as the audit log names them.
    pub(crate) fn actor(&self, actor: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).actor = Some(actor.to_owned());
    }
}

/// The line of one request. Management requests have one each; evaluations only at `debug`, because there are many.
pub(crate) struct RequestLog(Option<Begun>);

struct Begun {
    id: RequestId,
    method: Method,
    management: bool,
    began: Span,
    notes: Notes,
}

impl RequestLog {
    /// Begins the line of a request.
    pub(crate) fn begin<B>(clock: &Clock, id: RequestId, request: &Request<B>) -> Self {
        let management = request.uri().path().starts_with("/api/");
        if !management && !tracing::enabled!(tracing::Level::DEBUG) {
            return Self(None);
        }
        let (method, began) = (request.method().clone(), clock.monotonic());
        Self(Some(Begun { id, method, management, began, notes: Notes::default() }))
    }

    /// Returns the place where the parts of the request's way may add to its line; nothing if there is no line.
    pub(crate) fn notes(&self) -> Option<Notes> {
        self.0.as_ref().map(|begun| begun.notes.clone())
    }

    /// Writes the line.
    pub(crate) fn end(&mut self, clock: &Clock, status: StatusCode, problem: Option<&Problem>) {
        let Some(begun) = self.0.take() else { return };
        let noted = begun.notes.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let duration_ms = clock.monotonic().saturating_sub(begun.began).as_seconds_f64() * 1_000.0;
        let route = noted.route.as_deref().unwrap_or("none");
        let actor = noted.actor.as_deref().unwrap_or("none");
        let code = problem.map_or("", |problem| problem.code.as_str());
        let (request_id, method, status) = (begun.id, begun.method, status.as_u16());
        if status >= 500 {
            tracing::error!(%request_id, %method, route, status, code, actor, duration_ms, "request failed");
        } else if begun.management {
            tracing::info!(%request_id, %method, route, status, code, actor, duration_ms, "request");
        } else {
            tracing::debug!(%request_id, %method, route, status, code, actor, duration_ms, "request");
        }
    }
}
