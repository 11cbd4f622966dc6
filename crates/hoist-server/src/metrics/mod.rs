//! Where guards get their numbers.
//!
//! A source never fails: whatever it answers, or does not answer, becomes a [`Reading`]. Only [`Reading::Value`] and
//! [`Reading::Counters`] can move a rollout; everything odd has a name of its own and holds it. That is why the parser
//! here is strict where other clients are lenient: a partial answer, a second series or an infinity is not a number.

mod history;
mod prometheus;
mod scripted;
mod silence;

use hoist_eval::{Span, Timestamp};
use hoist_lifecycle::backtest::{Absence, Series};
use hoist_lifecycle::metric::MetricSourceDraft;
use hoist_lifecycle::rollout::DueGuard;
use hoist_lifecycle::rollout::evidence::{ArmSums, InvalidReading, Reading};

use secrecy::ExposeSecret as _;

use crate::config::MetricSources;
use crate::egress::{BoundSecret, Egress, EgressPolicy, Names, Refusal, Target};

pub use history::Range;
pub use prometheus::{Prometheus, read_instant_vector};
pub use scripted::Script;
pub use silence::Silences;

/// A place that answers metric queries. Cheap to clone.
#[derive(Debug, Clone)]
pub enum MetricSource {
    /// A Prometheus server, or anything that speaks its query API.
    Prometheus(Prometheus),
    /// A script, for tests.
    Scripted(Script),
    /// Nothing is configured: every reading is missing, so every guarded rollout holds.
    Absent,
}

/// The circumstances of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ask {
    /// The instant that the answer is for.
    pub at: Timestamp,
    /// How far back a sample may lie and still answer; absent means what the source does by itself (for Prometheus
    /// five minutes, in which a dead target still looks alive).
    pub lookback: Option<Span>,
}

/// Why the configured source cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// Its URL is refused.
    #[error("the Prometheus URL cannot be used: {0}")]
    Refused(#[from] Refusal),
    /// The system offers no roots of trust for TLS.
    #[error("cannot prepare outgoing connections: {0}")]
    Client(#[from] reqwest::Error),
}

impl MetricSource {
    /// Returns the source that the operator configured. A URL in the configuration may lie in the operator's own
    /// networks; every other address has to be allowed by name.
    pub fn configured(sources: &MetricSources) -> Result<Self, SourceError> {
        let Some(prometheus) = &sources.prometheus else { return Ok(Self::Absent) };
        let url = prometheus.url.to_string();
        let port = prometheus.url.port_u16();
        let default = if prometheus.url.scheme_str() == Some("https") { 443 } else { 80 };
        let policy =
            EgressPolicy::new(sources.allowed_ranges.iter().copied(), []).for_operator_url(port.unwrap_or(default));
        let origin = Target::parse(&url, &policy)?.origin().clone();
        let secret = prometheus.token.as_ref().map(|token| BoundSecret::bearer(origin, token.expose_secret()));
        let source = Egress::new(policy, Names::System)?.source(&url, secret)?;
        Ok(Self::Prometheus(Prometheus::new(source)))
    }

    /// Asks what a guard wants to know: one answer, or both arms at the same instant.
    pub async fn ask(&self, guard: &DueGuard, ask: Ask) -> Reading {
        match &guard.control {
            None => self.read(&guard.source, ask).await,
            Some(control) => {
                let (treatment, control) = tokio::join!(self.read(&guard.source, ask), self.read(control, ask));
                arms(treatment, control)
            }
        }
    }

    /// Asks for the past of a metric.
    pub async fn history(&self, query: &MetricSourceDraft, range: Range) -> Series {
        match self {
            Self::Prometheus(source) => source.history(query, range).await,
            Self::Scripted(script) => history::of_readings(query, range, |ask| script.read(query, ask)),
            Self::Absent => Series::Unknown(Absence::Missing),
        }
    }

    /// Asks for one reading.
    pub async fn read(&self, query: &MetricSourceDraft, ask: Ask) -> Reading {
        let reading = match self {
            Self::Prometheus(source) => source.read(query, ask).await,
            Self::Scripted(script) => script.read(query, ask),
            Self::Absent => Reading::Missing,
        };
        finite(reading)
    }
}

/// Returns both arms in one reading. If either has no counters its answer stands for both: an arm by itself says nothing.
fn arms(treatment: Reading, control: Reading) -> Reading {
    match (treatment, control) {
        (
            Reading::Counters { events: treated_x, total: treated_n, sampled_at: treated_at },
            Reading::Counters { events: control_x, total: control_n, sampled_at: control_at },
        ) => Reading::Arms {
            treatment: ArmSums { n: treated_n, x: treated_x, values: None, ..ArmSums::default() },
            control: ArmSums { n: control_n, x: control_x, values: None, ..ArmSums::default() },
            sampled_at: treated_at.min(control_at),
            dispersion: None,
            earlier: Vec::new(),
        },
        (Reading::Counters { .. }, odd) | (odd, _) => odd,
    }
}

/// Makes sure that what goes on is a number: a decision is stored with its readings, and JSON has no other numbers.
fn finite(reading: Reading) -> Reading {
    let odd = match reading {
        Reading::Value { value, .. } => !value.is_finite(),
        Reading::Counters { events, total, .. } => !(events.is_finite() && total.is_finite()),
        Reading::Arms { treatment, control, .. } => {
            ![treatment.n, treatment.x, control.n, control.x].iter().all(|sum| sum.is_finite())
        }
        _ => false,
    };
    if odd { Reading::Invalid(InvalidReading::NotANumber) } else { reading }
}
