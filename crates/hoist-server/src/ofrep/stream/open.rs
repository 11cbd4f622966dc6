//! Opening a stream: `GET /ofrep/v1/stream?token=...`.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Query, State};
use axum::response::Response;
use hoist_eval::{Span, Timestamp};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, ORIGIN};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde::Deserialize;

use crate::app::App;
use crate::auth::EvaluationAccess;
use crate::error::ApiError;
use crate::limits::{STREAM_PASS_SECONDS, STREAM_RETRY_MAX, STREAM_RETRY_MIN};
use crate::listen::{Lasting, Peer};
use crate::ofrep::failure::Failure;
use crate::ofrep::respond::{self, Refusal};
use crate::ofrep::stream::admission::{Place, Refused};
use crate::ofrep::stream::body::{EventBody, Terms};
use crate::ofrep::stream::pass::{Pass, Period};
use crate::prometheus::Cause;
use crate::snapshots::Position;

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
/// Asks proxies of the nginx kind not to hold events back.
const ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// What the URL says. It holds a credential and is never logged.
#[derive(Deserialize)]
pub(crate) struct Parameters {
    token: Option<String>,
}

/// Opens a stream for whoever holds a pass, or sends a token as for an evaluation.
pub(crate) async fn open(
    State(app): State<Arc<App>>,
    axum::Extension(peer): axum::Extension<Peer>,
    Query(parameters): Query<Parameters>,
    headers: HeaderMap,
) -> Response {
    let opened = try_open(&app, &peer, &parameters, &headers).await;
    opened.unwrap_or_else(|refusal| respond::refusal(refusal, None, headers.contains_key(ORIGIN)).map(Body::new))
}

async fn try_open(app: &App, peer: &Peer, parameters: &Parameters, headers: &HeaderMap) -> Result<Response, Refusal> {
    let (access, period) = match &parameters.token {
        Some(text) => {
            let pass = Pass::read(text).ok_or(ApiError::Unauthenticated)?;
            (app.auth.evaluation_by_pass(peer, &pass).await?, Some(pass.period))
        }
        None => (app.auth.evaluation(peer, headers).await?, None),
    };
    let place = admit(app, &access)?;
    let slot =
        app.snapshots.slot(access.place()).filter(|slot| slot.served().is_some()).ok_or_else(Failure::not_ready)?;
    let pulses = slot.fanout.subscribe().ok_or_else(Failure::not_ready)?;
    let body = EventBody::open(pulses, place, slot.fanout.acks(), access.token(), terms(app, period, headers));
    Ok(response(body, headers.contains_key(ORIGIN)))
}

fn admit(app: &App, access: &EvaluationAccess) -> Result<Place, Refusal> {
    let admitted =
        if access.is_client() { app.streams.admit_client(access.token()) } else { app.streams.admit(access.token()) };
    admitted.map_err(|refused| {
        app.metrics.stream_refused(match refused {
            Refused::Rate => Cause::rate,
            Refused::Server => Cause::server,
            Refused::Token => Cause::token,
            Refused::Closing => Cause::closing,
        });
        // Those that are turned away come back at different times.
        Refusal::from(Failure::overloaded(refused.to_string(), 1 + app.ids.number() % 5))
    })
}

fn terms(app: &App, period: Option<Period>, headers: &HeaderMap) -> Terms {
    let last_seen = headers.get(LAST_EVENT_ID).and_then(|value| value.to_str().ok()?.parse::<Position>().ok());
    let spread = STREAM_RETRY_MAX.saturating_sub(STREAM_RETRY_MIN).as_micros() / 1_000;
    let lapses_at = period.map_or(Timestamp::from_micros(i64::MAX), Period::lapses);
    // Asked for at some time in the first two thirds of the last period, so that fleets do not all fetch at once.
    let ahead = STREAM_PASS_SECONDS - app.ids.number() % (STREAM_PASS_SECONDS * 2 / 3);
    Terms {
        last_seen,
        retry_millis: STREAM_RETRY_MIN.as_micros() / 1_000 + app.ids.number() % spread.max(1),
        renew_at: lapses_at.saturating_sub(Span::from_seconds(ahead)),
        lapses_at,
    }
}

fn response(body: EventBody, browser: bool) -> Response {
    let mut response = Response::new(Body::new(body));
    *response.status_mut() = StatusCode::OK;
    response.extensions_mut().insert(Lasting);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(ACCEL_BUFFERING, HeaderValue::from_static("no"));
    respond::allow_origin(headers, browser);
    response
}
