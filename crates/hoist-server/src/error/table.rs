//! What each refusal is on the wire. One match, no wildcard: a new refusal does not compile without its line here.

use http::StatusCode;

use super::{ApiError, FieldProblem};

/// One line of the table.
pub(super) struct Line {
    pub(super) status: StatusCode,
    pub(super) code: &'static str,
    pub(super) title: &'static str,
    pub(super) detail: String,
    pub(super) errors: Vec<FieldProblem>,
}

fn line(status: StatusCode, code: &'static str, title: &'static str, detail: impl Into<String>) -> Line {
    Line { status, code, title, detail: detail.into(), errors: Vec::new() }
}

impl ApiError {
    /// Returns the status, the stable code, and the sentences of a refusal.
    #[expect(
        clippy::too_many_lines,
        reason = "a table: one line for each refusal, and no place for a wildcard to hide"
    )]
    pub(super) fn line(&self) -> Line {
        use StatusCode as S;
        match self {
            Self::PathNotCanonical => line(
                S::BAD_REQUEST,
                "path_not_canonical",
                "The path is not in canonical form",
                "Send each segment once, without dot segments, double or trailing slashes, backslashes, semicolons, \
                 control characters, or percent-encoding of characters that need none.",
            ),
            Self::UrlTooLong { limit } => line(
                S::URI_TOO_LONG,
                "url_too_long",
                "The URL is too long",
                format!("Path and query may have {limit} bytes."),
            ),
            Self::HostMissing => line(
                S::BAD_REQUEST,
                "host_missing",
                "The request must name exactly one host",
                "Send one Host header with the name or address of this server.",
            ),
            Self::HostUnknown => line(
                S::MISDIRECTED_REQUEST,
                "host_unknown",
                "The request is addressed to another server",
                "Use localhost, an IP address, or a name given to the server with --host-name.",
            ),
            Self::BadParameter { name, rule } => line(
                S::BAD_REQUEST,
                "bad_parameter",
                "A parameter does not hold what it should",
                format!("`{name}` {rule}."),
            ),
            Self::BadJson { line: at, column, rule } => line(
                S::BAD_REQUEST,
                "bad_json",
                "The body is not acceptable JSON",
                format!("At line {at}, column {column}: {rule}."),
            ),
            Self::Invalid(errors) => Line {
                errors: errors.clone(),
                ..line(S::UNPROCESSABLE_ENTITY, "invalid", "The body does not hold", "Correct what `errors` lists.")
            },
            Self::BadMessage { rule } => {
                line(S::BAD_REQUEST, "bad_message", "The body cannot be read", format!("It {rule}."))
            }
            Self::UnsupportedMediaType => line(
                S::UNSUPPORTED_MEDIA_TYPE,
                "unsupported_media_type",
                "The body must be JSON",
                "Send Content-Type: application/json.",
            ),
            Self::UnsupportedExportType => line(
                S::UNSUPPORTED_MEDIA_TYPE,
                "unsupported_media_type",
                "The body must be an export of OpenTelemetry",
                "Send Content-Type: application/x-protobuf or application/json.",
            ),
            Self::UnsupportedExportEncoding => line(
                S::UNSUPPORTED_MEDIA_TYPE,
                "unsupported_encoding",
                "The body is compressed in a way that is not known here",
                "Send it with Content-Encoding: gzip, or as it is.",
            ),
            Self::UnsupportedEncoding => line(
                S::UNSUPPORTED_MEDIA_TYPE,
                "unsupported_encoding",
                "The body must not be compressed",
                "Send the body as it is, without Content-Encoding.",
            ),
            Self::BodyTooLarge { limit } => line(
                S::PAYLOAD_TOO_LARGE,
                "body_too_large",
                "The body is too large",
                format!("This route takes at most {limit} bytes."),
            ),
            Self::InflatedTooLarge { limit } => line(
                S::PAYLOAD_TOO_LARGE,
                "inflated_too_large",
                "The body is too large once it is inflated",
                format!("This route takes at most {limit} bytes; export smaller batches."),
            ),
            Self::BodyIncomplete => line(
                S::REQUEST_TIMEOUT,
                "body_incomplete",
                "The body did not arrive",
                format!("A body must arrive whole within {}.", crate::limits::BODY_READ_TIME),
            ),
            Self::Unauthenticated => line(
                S::UNAUTHORIZED,
                "unauthenticated",
                "A valid token is needed",
                "Send Authorization: Bearer with a token that exists, has not expired and was not revoked.",
            ),
            Self::SetupRequired => line(
                S::FORBIDDEN,
                "setup_required",
                "The server has not been set up",
                "Post the one-time code that `hoist serve` printed to /api/v1/setup from the same machine, or run \
                 `hoist token create --kind admin --data DIR` there.",
            ),
            Self::SetupDone => line(
                S::CONFLICT,
                "setup_done",
                "The server was set up before",
                "Ask an administrator for a token, or run `hoist token create --kind admin --data DIR` on the server.",
            ),
            Self::SetupCodeWrong => line(
                S::FORBIDDEN,
                "setup_code_wrong",
                "The setup code does not hold",
                "A code holds for 30 minutes and once. Restart the server to get a new one.",
            ),
            Self::CrossSite => line(
                S::FORBIDDEN,
                "cross_site",
                "The request comes from a page of another site",
                "Change things from the console of this server, or send a token in the Authorization header.",
            ),
            Self::SetupRemote => line(
                S::FORBIDDEN,
                "setup_remote",
                "Set-up is possible from the server's own machine only",
                "Send the request there, to the loopback address.",
            ),
            Self::Forbidden { needs } => {
                line(S::FORBIDDEN, "forbidden", "The token may not do this", format!("It needs {needs}."))
            }
            Self::NotFound { what } => line(
                S::NOT_FOUND,
                "not_found",
                "Not found",
                format!("There is no such {what} that this token may see."),
            ),
            Self::NoSuchRoute => line(
                S::NOT_FOUND,
                "no_such_route",
                "Not found",
                "There is nothing at this path. The routes are listed at /api/v1/openapi.json.",
            ),
            Self::MethodNotAllowed => line(
                S::METHOD_NOT_ALLOWED,
                "method_not_allowed",
                "The method does not fit the path",
                "The routes and their methods are listed at /api/v1/openapi.json.",
            ),
            Self::VersionConflict { current } => line(
                S::PRECONDITION_FAILED,
                "version_conflict",
                "Someone else changed it first",
                format!("The current version is {current}. Read it again, apply your change to it, and send If-Match."),
            ),
            Self::PreconditionRequired => line(
                S::PRECONDITION_REQUIRED,
                "precondition_required",
                "The request must say which version it changes",
                "Send If-Match with the ETag of the version that you have read.",
            ),
            Self::KeyTaken { what } => line(
                S::CONFLICT,
                "key_taken",
                "The key is taken",
                format!("A {what} has, or recently had, this key. Choose another, or unarchive the old one."),
            ),
            Self::InUse { what, detail } => {
                line(S::CONFLICT, "in_use", "It is in use", format!("The {what} cannot be changed so: {detail}."))
            }
            Self::RolloutActive => line(
                S::CONFLICT,
                "rollout_active",
                "The flag has a rollout that is not over",
                "Wait for it, or cancel it, or roll it back.",
            ),
            Self::InUseStill(errors) => Line {
                errors: errors.clone(),
                ..line(
                    S::CONFLICT,
                    "in_use_still",
                    "The flag is in use as far as anybody knows",
                    "Do what `errors` says, or set it aside with `override` and a reason.",
                )
            },
            Self::OlderScan => line(
                S::CONFLICT,
                "older_scan",
                "A newer commit of this branch was scanned already",
                "Nothing was changed. Scan the tip of the branch.",
            ),
            Self::Contended => line(
                S::CONFLICT,
                "contended",
                "Other writers were faster",
                "The change was tried several times. Nothing was written. Try again.",
            ),
            Self::IdempotencyKeyReused => line(
                S::UNPROCESSABLE_ENTITY,
                "idempotency_key_reused",
                "The idempotency key belongs to another request",
                "Use a new Idempotency-Key for a new request; repeat one only with the same method, path and body.",
            ),
            Self::Transition(error) => {
                line(S::CONFLICT, "transition_refused", "The rollout cannot do this now", format!("{error}."))
            }
            Self::StartRefused(errors) => Line {
                errors: errors.clone(),
                ..line(
                    S::UNPROCESSABLE_ENTITY,
                    "start_refused",
                    "The rollout cannot start",
                    "Nothing was changed. Correct what `errors` lists.",
                )
            },
            Self::RateLimited { retry_after } => line(
                S::TOO_MANY_REQUESTS,
                "rate_limited",
                "Too many requests",
                format!("Wait {retry_after}, or as long as Retry-After says."),
            ),
            Self::TooManyStreams => line(
                S::SERVICE_UNAVAILABLE,
                "too_many_streams",
                "Too many streams are open",
                "Poll instead, or try again later.",
            ),
            Self::TooManyWatchers => line(
                S::TOO_MANY_REQUESTS,
                "too_many_watchers",
                "Too many rollouts are being watched with this token",
                format!(
                    "One token may watch {} at a time. Close some, or poll.",
                    crate::limits::WATCHERS_PER_TOKEN_MAX
                ),
            ),
            Self::StoreUnavailable => line(
                S::SERVICE_UNAVAILABLE,
                "store_unavailable",
                "The database cannot be reached",
                "Evaluation goes on from memory. Nothing was written; try again.",
            ),
            Self::StoreFull => line(
                S::INSUFFICIENT_STORAGE,
                "store_full",
                "The database has no room, or may not be written",
                "Evaluation goes on from memory. Nothing was written; free space on the data volume and try again.",
            ),
            Self::StoreCorrupt => line(
                S::INTERNAL_SERVER_ERROR,
                "store_corrupt",
                "A stored record cannot be read",
                "The log names the record under this request's id. `hoist doctor` checks the whole database.",
            ),
            Self::GenerationNotReached => line(
                S::SERVICE_UNAVAILABLE,
                "generation_not_reached",
                "The generation has not arrived yet",
                "It was waited for. Read again, or ask without min_generation.",
            ),
            Self::Stopping => {
                line(S::SERVICE_UNAVAILABLE, "stopping", "The server is stopping", "Try again in a moment.")
            }
            Self::Internal => line(
                S::INTERNAL_SERVER_ERROR,
                "internal",
                "The server made a mistake",
                "The log has the details under this request's id.",
            ),
        }
    }

    /// Returns the value of Retry-After in whole seconds, where waiting helps.
    pub(crate) fn retry_after_seconds(&self) -> Option<u64> {
        match self {
            Self::RateLimited { retry_after } => Some(retry_after.as_micros().div_ceil(1_000_000).max(1)),
            Self::TooManyStreams | Self::TooManyWatchers => Some(5),
            Self::StoreUnavailable | Self::GenerationNotReached | Self::Stopping => Some(1),
            _ => None,
        }
    }
}
