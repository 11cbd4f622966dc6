//! The queries of Prometheus' HTTP API, read strictly.
//!
//! Own client instead of a crate: the crates turn everything that is not a success into one error, and read `NaN` and
//! `+Inf` as numbers like any other. Here each of them has its own name, because each holds a rollout for another reason.
//! The API: <https://prometheus.io/docs/prometheus/latest/querying/api/#instant-queries>.

use std::sync::Arc;

use bytes::Bytes;
use hoist_eval::{Span, Timestamp};
use hoist_lifecycle::metric::MetricSourceDraft;
use hoist_lifecycle::rollout::evidence::{InvalidReading, Reading, SourceFault};
use http::StatusCode;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::Ask;
use crate::egress::{EgressError, Source};

/// What a warning begins with when it is advice about the query and says nothing about the data.
const ADVICE: &str = "PromQL info:";

/// A Prometheus server.
#[derive(Debug, Clone)]
pub struct Prometheus {
    source: Arc<Source>,
}

/// One sample: its value and its time.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Sample {
    value: f64,
    at: Timestamp,
}

/// Moments at equal distances.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Points {
    /// The first.
    pub(super) from: Timestamp,
    /// From each to the next.
    pub(super) step: Span,
    /// How many, at least one.
    pub(super) count: usize,
    /// How far back a sample may lie and still answer.
    pub(super) lookback: Span,
}

/// Why an answer is no sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoSample {
    /// There is nothing in it.
    Empty,
    /// It is not one number.
    Invalid(InvalidReading),
    /// There is no answer.
    Failed(SourceFault),
}

impl From<NoSample> for Reading {
    fn from(why: NoSample) -> Self {
        match why {
            NoSample::Empty => Self::Missing,
            NoSample::Invalid(why) => Self::Invalid(why),
            NoSample::Failed(why) => Self::Failed(why),
        }
    }
}

impl From<InvalidReading> for NoSample {
    fn from(why: InvalidReading) -> Self {
        Self::Invalid(why)
    }
}

impl From<EgressError> for NoSample {
    fn from(error: EgressError) -> Self {
        match error {
            EgressError::Refused(_) => Self::Failed(SourceFault::Forbidden),
            EgressError::Unreachable => Self::Failed(SourceFault::Unreachable),
            EgressError::Timeout => Self::Failed(SourceFault::Timeout),
            EgressError::TooLarge => Self::Failed(SourceFault::TooLarge),
            EgressError::Broken => Self::Invalid(InvalidReading::Malformed),
        }
    }
}

impl Prometheus {
    /// Returns the server at `source`, whose URL is the one that `/api/v1/query` is below.
    pub fn new(source: Source) -> Self {
        Self { source: Arc::new(source) }
    }

    pub(super) async fn read(&self, query: &MetricSourceDraft, ask: Ask) -> Reading {
        match query {
            MetricSourceDraft::PromqlValue { query } => match self.sample(query, ask).await {
                Ok(sample) => Reading::Value { value: sample.value, sampled_at: sample.at },
                Err(why) => why.into(),
            },
            MetricSourceDraft::PromqlCounts { events, total, absent_is_zero } => {
                // Both are asked for the same instant, so that no event is counted whose opportunity is not.
                let (events, total) = tokio::join!(self.sample(events, ask), self.sample(total, ask));
                counters(events, total, *absent_is_zero)
            }
            // What applications track is not here.
            _ => Reading::Missing,
        }
    }

    async fn sample(&self, query: &str, ask: Ask) -> Result<Sample, NoSample> {
        let time = seconds(ask.at);
        let lookback = ask.lookback.map(milliseconds);
        let mut parameters = vec![("query", query), ("time", time.as_str())];
        if let Some(lookback) = &lookback {
            parameters.push(("lookback_delta", lookback));
        }
        parse(&self.get("api/v1/query", &parameters).await?)
    }

    /// Asks for the numbers at several moments; absent where there is no finite one.
    pub(super) async fn range(&self, query: &str, points: Points) -> Result<Vec<Option<f64>>, NoSample> {
        let last = points.step.saturating_mul(points.count.saturating_sub(1) as u64);
        let (from, to) = (seconds(points.from), seconds(points.from.saturating_add(last)));
        let (step, lookback) = (milliseconds(points.step), milliseconds(points.lookback));
        let parameters = [
            ("query", query),
            ("start", from.as_str()),
            ("end", to.as_str()),
            ("step", step.as_str()),
            ("lookback_delta", lookback.as_str()),
        ];
        parse_range(&self.get("api/v1/query_range", &parameters).await?, points)
    }

    async fn get(&self, path: &str, parameters: &[(&str, &str)]) -> Result<Bytes, NoSample> {
        let answer = self.source.get(path, parameters).await?;
        match answer.status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Err(NoSample::Failed(SourceFault::Unauthorized)),
            status if !status.is_success() => Err(NoSample::Failed(SourceFault::Rejected)),
            _ => Ok(answer.body),
        }
    }
}

/// Reads the body of a successful answer as a single number; public as an entry for fuzzing.
pub fn read_instant_vector(body: &[u8]) -> Reading {
    match parse(body) {
        Ok(sample) => Reading::Value { value: sample.value, sampled_at: sample.at },
        Err(why) => why.into(),
    }
}

fn counters(events: Result<Sample, NoSample>, total: Result<Sample, NoSample>, absent_is_zero: bool) -> Reading {
    let total = match total {
        Ok(total) => total,
        Err(why) => return why.into(),
    };
    match events {
        Ok(events) => {
            Reading::Counters { events: events.value, total: total.value, sampled_at: events.at.min(total.at) }
        }
        // A counter of errors often does not exist before the first error; the total proves that someone counts.
        Err(NoSample::Empty) if absent_is_zero => {
            Reading::Counters { events: 0.0, total: total.value, sampled_at: total.at }
        }
        Err(why) => why.into(),
    }
}

/// Writes an instant as Prometheus reads it: seconds with a fraction.
fn seconds(at: Timestamp) -> String {
    let micros = at.as_micros();
    format!("{}.{:03}", micros.div_euclid(1_000_000), micros.rem_euclid(1_000_000) / 1_000)
}

fn milliseconds(span: Span) -> String {
    format!("{}ms", (span.as_micros() / 1_000).max(1))
}

#[derive(Deserialize)]
struct Body<'a> {
    status: String,
    #[serde(borrow)]
    data: Option<Data<'a>>,
    #[serde(default)]
    warnings: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Data<'a> {
    #[serde(rename = "resultType")]
    kind: String,
    #[serde(borrow)]
    result: &'a serde_json::value::RawValue,
}

#[derive(Deserialize)]
struct Series {
    #[serde(rename = "metric")]
    _labels: IgnoredAny,
    /// Absent for a histogram, which is no number.
    value: Option<(f64, String)>,
}

#[derive(Deserialize)]
struct LongSeries {
    #[serde(rename = "metric")]
    _labels: IgnoredAny,
    /// Absent for histograms.
    values: Option<Vec<(f64, String)>>,
}

/// Returns what a successful answer holds, which must be of this kind and whole.
fn result<'a>(body: &'a [u8], kind: &str) -> Result<&'a str, NoSample> {
    let body: Body<'_> = serde_json::from_slice(body).map_err(|_| InvalidReading::Malformed)?;
    if body.status == "error" {
        return Err(NoSample::Failed(SourceFault::Rejected));
    }
    let data = body.data.filter(|_| body.status == "success").ok_or(InvalidReading::Malformed)?;
    // A warning means that some of the data is missing, whatever the number says. Advice is not a warning; releases
    // before 2.54 sent it in the same list.
    if body.warnings.unwrap_or_default().iter().any(|warning| !warning.starts_with(ADVICE)) {
        return Err(InvalidReading::Partial.into());
    }
    if data.kind == kind { Ok(data.result.get()) } else { Err(InvalidReading::Malformed.into()) }
}

fn parse(body: &[u8]) -> Result<Sample, NoSample> {
    let series: Vec<Series> = serde_json::from_str(result(body, "vector")?).map_err(|_| InvalidReading::Malformed)?;
    match series.as_slice() {
        [] => Err(NoSample::Empty),
        [Series { value: Some((at, text)), .. }] => number(text).map(|value| Sample { value, at: instant(*at) }),
        [_] => Err(InvalidReading::Malformed.into()),
        _ => Err(InvalidReading::ManySeries.into()),
    }
}

fn parse_range(body: &[u8], points: Points) -> Result<Vec<Option<f64>>, NoSample> {
    let series: Vec<LongSeries> =
        serde_json::from_str(result(body, "matrix")?).map_err(|_| InvalidReading::Malformed)?;
    let values = match series.as_slice() {
        [] => return Err(NoSample::Empty),
        [LongSeries { values: Some(values), .. }] => values,
        [_] => return Err(InvalidReading::Malformed.into()),
        _ => return Err(InvalidReading::ManySeries.into()),
    };
    let mut all = vec![None; points.count];
    for (at, text) in values {
        let since = instant(*at).since(points.from).as_micros() as f64;
        let index = (since / points.step.as_micros().max(1) as f64).round() as usize;
        if let Some(point) = all.get_mut(index) {
            *point = number(text).ok();
        }
    }
    Ok(all)
}

fn number(text: &str) -> Result<f64, NoSample> {
    let value: f64 = text.parse().map_err(|_| InvalidReading::Malformed)?;
    if value.is_nan() {
        Err(InvalidReading::NotANumber.into())
    } else if value.is_infinite() {
        // `1e309` too: what does not fit is infinite here.
        Err(InvalidReading::Infinite.into())
    } else {
        // Adding zero turns the negative zero into zero.
        Ok(value + 0.0)
    }
}

/// Returns the instant, saturated: no number from outside can make time arithmetic panic.
fn instant(seconds: f64) -> Timestamp {
    Timestamp::from_micros((seconds * 1e6).round() as i64)
}
