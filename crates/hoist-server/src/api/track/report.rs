//! Events of units.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use hoist_eval::Span;
use hoist_lifecycle::intake::Outcome;
use http::StatusCode;
use http::header::ORIGIN;
use serde::Serialize;
use utoipa::ToSchema;

use super::parse::{Parsed, parse};
use crate::auth::Reports;
use crate::body;
use crate::error::{ApiError, FieldProblem};
use crate::evidence::{Refusal, Refused, Way};
use crate::limits::TRACK_PROBLEMS_MAX;
use crate::ofrep;
use crate::snapshots::EnvironmentId;

/// Where events are reported.
pub(in crate::api) const PATH: &str = "/api/v1/track";

/// One event of a unit, or several under `events`, in the shape of OpenFeature tracking. Documents the body, which is
/// read piece by piece so that a bad event costs no good one.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Track {
    /// Several events, at most 5,000. The other members are then left out.
    events: Option<Vec<TrackEvent>>,
    /// As in each of `events`.
    #[serde(flatten)]
    event: Option<TrackEvent>,
}

/// One event of a unit.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TrackEvent {
    /// The name of the event, as metrics name it.
    event: String,
    /// The key that the unit's flags are evaluated with; may stand in `context` instead.
    targeting_key: Option<String>,
    /// The evaluation context; only its `targetingKey` is read.
    context: Option<serde_json::Value>,
    /// The event's number; may stand in `details` instead.
    value: Option<f64>,
    /// Tracking details; only their `value` is read.
    details: Option<serde_json::Value>,
    /// When it happened, RFC 3339; absent means now. At most seven days ago.
    at: Option<String>,
    /// An id of the reporter's own. A second event of that id is a repetition and counts once.
    id: Option<String>,
}

/// What became of events.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Tracked {
    /// How many events came to what: `counted`; `repeated` (an id again, or a unit that counts once); `waiting` for the
    /// exposure of their unit; `unattributed`, because no exposure came or the event lies before it; `superseded`;
    /// `not_sampled`; `irrelevant`, because no running rollout counts such events.
    pub outcomes: BTreeMap<&'static str, u64>,
    /// Events that were refused, and why; the others were taken.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<FieldProblem>,
}

/// Takes events of units. A running rollout counts them for the variant that the unit was served. Refused events do not
/// keep the others from being taken; if all are refused, so is the request.
#[utoipa::path(post, path = "/api/v1/track", operation_id = "track", tag = "track",
    request_body = Track, responses((status = 202, body = Tracked)))]
pub(crate) async fn handle(access: Reports, request: Request) -> Result<Response, ApiError> {
    let (parts, body) = request.into_parts();
    let app = access.app();
    // Held until the answer: bodies in work are bounded in number as well as in size.
    let Ok(_turn) = app.intake.turn() else {
        return Err(ApiError::RateLimited { retry_after: Span::from_seconds(1) });
    };
    body::check_media_type(&parts.headers)?;
    let body = body::read(body, &parts.headers, app.config.limits.bodies.track).await?;
    let now = app.clock.now();
    let environment = EnvironmentId { project: access.project().clone(), environment: access.environment().clone() };
    let parsed = parse(&body, now).inspect_err(|error| {
        // A report that is refused whole counts as one: nobody knows what was in it.
        let cause = if matches!(error, ApiError::Invalid(_)) { Refusal::too_many } else { Refusal::unreadable };
        app.intake.refuse(&environment, Way::track, &Refused::from([(cause, 1)]), now);
    });
    let Parsed { events, mut problems, refused } = parsed?;
    app.intake.refuse(&environment, Way::track, &refused, now);
    if events.is_empty() && !problems.is_empty() {
        return Err(ApiError::Invalid(problems));
    }
    let taken = app.intake.track(&environment, &events, now);
    let outcomes = taken.into_iter().map(|(outcome, count)| (name(outcome), count)).collect();
    problems.truncate(TRACK_PROBLEMS_MAX);
    Ok((StatusCode::ACCEPTED, Json(Tracked { outcomes, refused: problems })).into_response())
}

/// Lets scripts of any site report events with a credential of their own, as they may evaluate flags.
pub(in crate::api) async fn across_origins(request: Request, next: Next) -> Response {
    let browser = request.uri().path() == PATH && request.headers().contains_key(ORIGIN);
    let mut response = next.run(request).await;
    ofrep::allow_origin(response.headers_mut(), browser);
    response
}

/// Answers a browser that asks whether it may report.
pub(in crate::api) async fn preflight() -> Response {
    ofrep::preflight()
}

/// Returns the name of what became of an event.
pub(in crate::api) fn name(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Counted => "counted",
        Outcome::Repeated => "repeated",
        Outcome::NotSampled => "not_sampled",
        Outcome::Waits => "waiting",
        Outcome::Unattributed => "unattributed",
        Outcome::Superseded => "superseded",
        Outcome::Irrelevant => "irrelevant",
    }
}
