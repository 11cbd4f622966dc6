//! The server's own metrics, in the format of OpenMetrics.
//!
//! Labels come from closed sets: environments, variants, reasons, routes. The label `flag` is capped
//! ([`METRIC_FLAGS_MAX`]); what is beyond is summed up as `_other`. No label ever holds a user, an address or a path.
//!
//! The metrics name flags, and no one may list flags without a credential. So `/metrics` on the ordinary listener
//! answers to an admin token (any role) and to the admin socket, and to nobody else: not to loopback either, because
//! behind a proxy on the same machine everybody comes from there. Prometheus sends the token with
//! `authorization: { credentials_file: ... }`.

mod durations;
mod snapshots;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use axum::routing::get;
use http::HeaderValue;
use http::header::CONTENT_TYPE;
use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

use crate::app::App;
use crate::auth::{Granted, Installation, Reads, Sealed};
use crate::clock::Clock;
use crate::evidence::Intake;
use crate::limits::METRIC_FLAGS_MAX;
use crate::metrics::Silences;
use crate::ofrep::stream::Streams;
use crate::snapshots::Snapshots;

pub use durations::Durations;

/// The media type of the metrics.
pub const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The registry and the metrics that are counted where things happen. Cloning is cheap.
#[derive(Debug, Clone)]
pub struct Metrics(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    registry: Registry,
    /// One for each surface and class, so that counting looks nothing up.
    requests: [[Counter; CLASSES.len()]; SURFACES.len()],
    refused: Family<RefusedLabels, Counter>,
    evaluation: Durations,
    silences: Silences,
}

/// What a request is counted under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    surface: Surface,
    status: StatusClass,
}

/// The part of the server that a request is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelValue)]
#[expect(non_camel_case_types, reason = "the names are label values")]
pub enum Surface {
    /// Evaluation over HTTP.
    ofrep,
    /// The management API.
    api,
    /// Everything else: health, metrics, the console.
    other,
}

impl Surface {
    /// Returns the part of the server that a path belongs to.
    pub fn of(path: &str) -> Self {
        match path {
            path if path.starts_with("/ofrep/") => Self::ofrep,
            path if path.starts_with("/api/") => Self::api,
            _ => Self::other,
        }
    }
}

/// The class of an HTTP status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelValue)]
#[expect(non_camel_case_types, reason = "the names are label values")]
enum StatusClass {
    informational,
    success,
    redirection,
    client_error,
    server_error,
}

const SURFACES: [Surface; 3] = [Surface::ofrep, Surface::api, Surface::other];
const CLASSES: [StatusClass; 5] = [
    StatusClass::informational,
    StatusClass::success,
    StatusClass::redirection,
    StatusClass::client_error,
    StatusClass::server_error,
];

/// What a refused stream is counted under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RefusedLabels {
    cause: Cause,
}

/// Why a stream was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelValue)]
#[expect(non_camel_case_types, reason = "the names are label values")]
pub enum Cause {
    /// Too many at once.
    rate,
    /// The server's cap.
    server,
    /// The token's cap.
    token,
    /// The server is stopping.
    closing,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Build {
    version: &'static str,
}

impl Metrics {
    /// Returns metrics of what `snapshots` serve and of who listens.
    pub fn new(snapshots: &Snapshots, streams: &Streams, clock: &Clock, intake: &Intake) -> Self {
        let mut registry = Registry::with_prefix("hoist");
        let requests = Family::<RequestLabels, Counter>::default();
        let refused = Family::<RefusedLabels, Counter>::default();
        let evaluation = Durations::default();
        registry.register("build", "The version that runs", Info::new(Build { version: env!("CARGO_PKG_VERSION") }));
        registry.register("http_requests", "Requests by part of the server and class of status", requests.clone());
        registry.register("streams_refused", "Streams that were not admitted", refused.clone());
        registry.register_with_unit(
            "evaluation_duration",
            "Time from a request's last byte to its answer",
            Unit::Seconds,
            evaluation.clone(),
        );
        registry.register(
            "evidence",
            "Exposures and events that were taken in, by what became of them",
            intake.tally().family(),
        );
        registry.register(
            "otlp_records",
            "Log records and data points of exports of OpenTelemetry, by what became of them",
            intake.tally().records(),
        );
        registry.register(
            "evidence_refused",
            "Events, records and sums that were refused, by the way they came and by cause",
            intake.tally().refusals(),
        );
        let silences = Silences::default();
        registry.register(
            "guard_readings_without_data",
            "Readings of guards that could not be judged, by cause; each of them held a rollout",
            silences.family(),
        );
        registry.register_collector(Box::new(snapshots::SnapshotCollector::new(snapshots, streams, clock)));
        let counter = |surface, status| requests.get_or_create_owned(&RequestLabels { surface, status });
        let requests = SURFACES.map(|surface| CLASSES.map(|status| counter(surface, status)));
        Self(Arc::new(Inner { registry, requests, refused, evaluation, silences }))
    }

    /// Counts an answered request.
    pub fn request(&self, surface: Surface, status: http::StatusCode) {
        let status = match status.as_u16() {
            100..=199 => StatusClass::informational,
            200..=299 => StatusClass::success,
            300..=399 => StatusClass::redirection,
            400..=499 => StatusClass::client_error,
            _ => StatusClass::server_error,
        };
        let counters = self.0.requests.get(surface as usize);
        if let Some(counter) = counters.and_then(|counters| counters.get(status as usize)) {
            counter.inc();
        }
    }

    /// Counts a stream that was not admitted.
    pub fn stream_refused(&self, cause: Cause) {
        self.0.refused.get_or_create(&RefusedLabels { cause }).inc();
    }

    /// Returns where guards without data are counted.
    pub fn silences(&self) -> &Silences {
        &self.0.silences
    }

    /// Returns where the durations of evaluations are collected.
    pub fn evaluation(&self) -> &Durations {
        &self.0.evaluation
    }

    /// Returns all metrics as text of [`MEDIA_TYPE`].
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail; a collector could, and then says nothing.
        if encode(&mut text, &self.0.registry).is_err() {
            tracing::error!("a metric could not be written; this is a defect, please report it");
        }
        text
    }
}

/// Returns the route of `/metrics`.
pub fn routes(app: &App) -> Router {
    Router::new().route("/metrics", get(metrics)).with_state(Sealed::new(app))
}

async fn metrics(granted: Granted<Reads, Installation>) -> Response {
    let mut response = Response::new(Body::from(granted.app().metrics.text()));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
    response
}

/// Tells how a flag is named in labels, given how many were named before it.
fn flag_label(key: &str, place: usize) -> &str {
    if place < METRIC_FLAGS_MAX { key } else { "_other" }
}
