//! Sums and histograms by flag and variant: what happened to units that nobody tells apart.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::LazyLock;

use axum::extract::Request;
use axum::response::Response;
use opentelemetry_proto::tonic::metrics::v1::{ExponentialHistogramDataPoint, HistogramDataPoint, NumberDataPoint};

use super::encoding::Protobuf;
use super::export::{Circumstances, Found, export};
use super::node::{Malformed, Name, Node};
use super::point::{Instrument, Point};
use super::unfit::Unfit;
use crate::auth::Exports;
use crate::error::ApiError;
use crate::evidence::{Signal, VariantSum};

/// Where metrics are exported to.
pub(super) const PATH: &str = "/v1/metrics";

const RESOURCE_METRICS: Name = (1, "resourceMetrics");
const RESOURCE: Name = (1, "resource");
const SCOPE_METRICS: Name = (2, "scopeMetrics");
const SCOPE: Name = (1, "scope");
const METRICS: Name = (2, "metrics");
const NAME: Name = (1, "name");
const GAUGE: Name = (5, "gauge");
const SUM: Name = (7, "sum");
const HISTOGRAM: Name = (9, "histogram");
const EXPONENTIAL: Name = (10, "exponentialHistogram");
const SUMMARY: Name = (11, "summary");
const DATA_POINTS: Name = (1, "dataPoints");
const TEMPORALITY: Name = (2, "aggregationTemporality");
const IS_MONOTONIC: Name = (3, "isMonotonic");
const CUMULATIVE: u64 = 2;
const DELTA: u64 = 1;

/// Hashes what series are known by; drawn anew by each process, so that nobody can prepare a collision.
static HASHING: LazyLock<RandomState> = LazyLock::new(RandomState::new);

/// Takes metrics as OTLP exports them. Points of sums and histograms with the attributes `feature_flag.key` and
/// `feature_flag.result.variant` count for the metric whose event has the instrument's name. Other points are passed over.
/// Points that cannot be read are named in `partialSuccess`.
#[utoipa::path(post, path = "/v1/metrics", operation_id = "exportMetrics", tag = "track",
    request_body(description = "ExportMetricsServiceRequest", content(
        (serde_json::Value = "application/json"), (Protobuf = "application/x-protobuf"))),
    responses((status = 200, description = "ExportMetricsServiceResponse, in the encoding of the request")))]
pub(crate) async fn handle(access: Exports, request: Request) -> Result<Response, ApiError> {
    export(Signal::metrics, &access, request, walk, count).await
}

fn count(sums: Vec<VariantSum>, circumstances: &Circumstances) {
    let Circumstances { intake, place, now, .. } = circumstances;
    intake.aggregate(place, sums, *now);
}

fn walk(body: Node<'_>, circumstances: &Circumstances) -> Result<Found<VariantSum>, Malformed> {
    let mut found = Found::default();
    body.each(RESOURCE_METRICS, &mut |resource| {
        let who = resource.message(RESOURCE)?.map(Node::bytes).unwrap_or_default();
        resource.each(SCOPE_METRICS, &mut |scope| {
            let which = scope.message(SCOPE)?.map(Node::bytes).unwrap_or_default();
            let reporter = HASHING.hash_one((&circumstances.set, who, which));
            scope.each(METRICS, &mut |metric| of_metric(metric, reporter, circumstances, &mut found))
        })
    })?;
    Ok(found)
}

fn of_metric(
    metric: Node<'_>,
    reporter: u64,
    circumstances: &Circumstances,
    found: &mut Found<VariantSum>,
) -> Result<(), Malformed> {
    let name = metric.text(NAME)?;
    // Asked once for each flag: an instrument has many points, and asking takes the lock of each rollout.
    let mut known: HashMap<String, bool> = HashMap::new();
    let mut counts = |flag: &str| {
        if let Some(counts) = known.get(flag) {
            return *counts;
        }
        let counts = circumstances.intake.counts_sums(&circumstances.place, flag, &name);
        known.insert(flag.to_owned(), counts);
        counts
    };
    let mut take = |data: Node<'_>, read: fn(Node<'_>) -> Result<Point, Unfit>, monotonic: bool| {
        let temporality = data.number(TEMPORALITY)?;
        let instrument = Instrument { name: &name, cumulative: temporality == CUMULATIVE, reporter, hashing: &HASHING };
        data.each(DATA_POINTS, &mut |point| {
            let said = read(point).and_then(|point| instrument.said(&point, &circumstances.set));
            found.note(match said {
                Ok(Some(_)) if !monotonic => Err(Unfit::NotMonotonic),
                Ok(Some(_)) if temporality != CUMULATIVE && temporality != DELTA => Err(Unfit::Temporality),
                Ok(Some(sum)) if !counts(&sum.flag) => Ok(None),
                said => said,
            });
            Ok(())
        })
    };
    if let Some(data) = metric.message(SUM)? {
        take(data, |point| point.read::<NumberDataPoint>().map(Point::from), data.number(IS_MONOTONIC)? == 1)?;
    }
    if let Some(data) = metric.message(HISTOGRAM)? {
        take(data, |point| point.read::<HistogramDataPoint>().map(Point::from), true)?;
    }
    if let Some(data) = metric.message(EXPONENTIAL)? {
        take(data, |point| point.read::<ExponentialHistogramDataPoint>().map(Point::from), true)?;
    }
    for other in [GAUGE, SUMMARY] {
        // They say how things are, not how often something happened.
        if let Some(data) = metric.message(other)? {
            data.each(DATA_POINTS, &mut |_| {
                found.note(Ok(None));
                Ok(())
            })?;
        }
    }
    Ok(())
}
