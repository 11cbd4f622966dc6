//! Everything that the management API refuses, and how it says so: `application/problem+json` with a stable `code`
//! for programs and sentences for people.
//!
//! A message never repeats what the request held: it names the field, the rule, and the way out.

mod from;
mod problem;
mod table;

use hoist_eval::Span;
use hoist_lifecycle::rollout::decision::TransitionError;

pub use problem::{FieldProblem, Problem};

/// Why a request was refused.
#[derive(Debug, Clone, PartialEq)]
pub enum ApiError {
    /// The path is not in canonical form.
    PathNotCanonical,
    /// The request target is longer than allowed.
    UrlTooLong {
        /// The most, in bytes.
        limit: usize,
    },
    /// The request names no host, or two.
    HostMissing,
    /// The request is addressed to a name that is not this server's.
    HostUnknown,
    /// A query parameter or header does not hold what it should.
    BadParameter {
        /// Its name.
        name: &'static str,
        /// The rule that it breaks.
        rule: &'static str,
    },
    /// The body is not JSON, or breaks a rule about JSON itself.
    BadJson {
        /// The line of the first fault, from 1.
        line: usize,
        /// The column of the first fault, from 1.
        column: usize,
        /// The rule that is broken.
        rule: &'static str,
    },
    /// The body is JSON, but not what the route takes.
    Invalid(Vec<FieldProblem>),
    /// The body is no message of the protocol that the route speaks.
    BadMessage {
        /// What is wrong with it.
        rule: &'static str,
    },
    /// The body's media type is not JSON.
    UnsupportedMediaType,
    /// The body's media type is none of OTLP.
    UnsupportedExportType,
    /// The body is compressed.
    UnsupportedEncoding,
    /// The body is compressed, and not as OTLP may be.
    UnsupportedExportEncoding,
    /// The body is longer than the route takes.
    BodyTooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// The body is longer than the route takes once it is inflated.
    InflatedTooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// The body did not arrive in time, or not whole.
    BodyIncomplete,
    /// There is no credential, or it is not one that holds.
    Unauthenticated,
    /// Nobody has set the server up yet.
    SetupRequired,
    /// Set-up was done before.
    SetupDone,
    /// The setup code is wrong, was used, or is too old.
    SetupCodeWrong,
    /// Set-up came from another machine.
    SetupRemote,
    /// A browser sent a session's cookie from a page that is not ours.
    CrossSite,
    /// The credential may not do this.
    Forbidden {
        /// What would be allowed to.
        needs: &'static str,
    },
    /// There is no such thing, or the credential may not see it.
    NotFound {
        /// The kind of thing.
        what: &'static str,
    },
    /// There is no such route.
    NoSuchRoute,
    /// The route exists, but not with this method.
    MethodNotAllowed,
    /// The thing is at another version than the request expects.
    VersionConflict {
        /// The version that it has.
        current: u64,
    },
    /// The request must say which version it is about.
    PreconditionRequired,
    /// A thing with this key exists, or has existed too recently.
    KeyTaken {
        /// The kind of thing.
        what: &'static str,
    },
    /// The thing is in use, so the change must wait.
    InUse {
        /// The kind of thing.
        what: &'static str,
        /// What uses it, and the way out.
        detail: &'static str,
    },
    /// The flag has a rollout that is not over.
    RolloutActive,
    /// The flag is in use as far as anybody knows, so it is not archived.
    InUseStill(Vec<FieldProblem>),
    /// A newer commit of the branch was scanned before.
    OlderScan,
    /// Other writers won too often.
    Contended,
    /// The idempotency key was used for another request.
    IdempotencyKeyReused,
    /// The rollout cannot take this command now.
    Transition(TransitionError),
    /// The rollout cannot start.
    StartRefused(Vec<FieldProblem>),
    /// Too many requests.
    RateLimited {
        /// When the next one will be served.
        retry_after: Span,
    },
    /// Too many at a time of something that stays open.
    TooManyStreams,
    /// Too many rollouts are being watched with one token.
    TooManyWatchers,
    /// The store cannot be reached.
    StoreUnavailable,
    /// The store has no room, or may not be written.
    StoreFull,
    /// A stored record cannot be read.
    StoreCorrupt,
    /// The generation that the reader asked for has not come in time.
    GenerationNotReached,
    /// The server is stopping.
    Stopping,
    /// A fault of the server; the log has the details under the request's id.
    Internal,
}

impl ApiError {
    /// Returns the refusal of a body with one problem.
    pub fn invalid(path: impl Into<String>, code: &'static str, message: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldProblem::new(path, code, message)])
    }
}
