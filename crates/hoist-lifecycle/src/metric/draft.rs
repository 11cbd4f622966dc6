//! Metrics as people write them and as storage keeps them: public fields, no promises.

use hoist_eval::Span;
use serde::{Deserialize, Serialize};

/// A metric as people write it. Queries may contain `{{flag}}`, `{{environment}}`, `{{variant}}` and `{{control}}`;
/// they are filled in for each stage of a rollout, and the rollout keeps the queries that it started with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MetricDraft {
    /// The metric's key.
    pub key: String,
    /// A name for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// What the number means, such as `ratio`, `s`, `1/s`. Shown, never computed with.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub unit: String,
    /// Which way is worse. Absent means what the kind suggests: lower for `conversion`, higher for everything else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub direction: Option<Direction>,
    /// Where the number comes from.
    pub source: MetricSourceDraft,
    /// How much worse than control is still no harm, as a ratio: 1.05 lets the treatment be 5 % worse. Absent means
    /// 1.05, and 1 for `conversion`, whose exact test knows no other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub margin: Option<f64>,
    /// How much worse than control must be ruled out before a stage is left, as a ratio, or as one for each share. Absent
    /// means what the stage says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub noninferiority: Option<NoninferiorityDraft>,
    /// What the metric counts for beside others when their evidence is combined. Absent means 1; 4 is for what is
    /// critical.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<f64>,
    /// What an absent answer means.
    #[serde(default, skip_serializing_if = "Absence::is_hold")]
    pub absence: Absence,
    /// How long after an exposure its outcomes arrive. A stage is not left before it was observed for as long; going
    /// back does not wait.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maturity: Option<Span>,
    /// The largest size of one value that counts, for `mean` and `ratio`: beyond it, up or down, a value counts as this. A
    /// guard on such a metric needs one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cap: Option<f64>,
}

impl MetricDraft {
    /// Returns a metric of which nothing is said but its name and its source.
    pub fn new(key: impl Into<String>, source: MetricSourceDraft) -> Self {
        Self {
            key: key.into(),
            title: String::new(),
            unit: String::new(),
            direction: None,
            source,
            margin: None,
            noninferiority: None,
            weight: None,
            absence: Absence::Hold,
            maturity: None,
            cap: None,
        }
    }

    /// Returns the metric with the unit of its number.
    #[must_use]
    pub fn with_unit(mut self, unit: impl Into<String>) -> Self {
        self.unit = unit.into();
        self
    }
}

/// How much worse than control must be ruled out before a stage is left.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged, expecting = "must be a ratio, or a list of shares with a ratio each")]
pub enum NoninferiorityDraft {
    /// This ratio, at every stage.
    Ratio(f64),
    /// At each stage the ratio of the first entry whose share is not below the stage's; what the stage says beyond the last.
    ByShare(Vec<RatioUpTo>),
}

/// A ratio for stages of up to a share.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RatioUpTo {
    /// The largest share, in percent of the stage's audience.
    pub share: f64,
    /// The ratio.
    pub ratio: f64,
}

/// Which way a metric gets worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// More is worse: errors, latency.
    HigherIsWorse,
    /// Less is worse: sign-ups, revenue.
    LowerIsWorse,
}

/// What it means that a source has no number for something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Absence {
    /// Nothing is known: the rollout is held.
    #[default]
    Hold,
    /// No events happened, provided that something counts the opportunities.
    AbsentIsZero,
}

impl Absence {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks by reference")]
    fn is_hold(&self) -> bool {
        *self == Self::Hold
    }
}

/// Where a metric's number comes from. Kinds with an `event` count what applications track, or what arrives over OTLP
/// under that name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum MetricSourceDraft {
    /// One PromQL expression that answers one number: a rate, a ratio, a quantile.
    PromqlValue {
        /// The expression. Its look-back window must not be longer than the guard's interval.
        query: String,
    },
    /// Two monotone counters, differenced by Hoist with reset detection: `events` out of `total`.
    PromqlCounts {
        /// The counter of events, such as errors.
        events: String,
        /// The counter of opportunities, such as requests.
        total: String,
        /// Whether an empty answer for `events` means zero events, provided that `total` has an answer.
        #[serde(default)]
        absent_is_zero: bool,
    },
    /// Units with at least one such event, out of the units that were exposed.
    AffectedUnits {
        /// The event, such as an error.
        event: String,
    },
    /// Events per opportunity.
    EventRate {
        /// The event, such as an error.
        event: String,
        /// The event that is an opportunity, such as a request. Absent means each exposed unit.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        per: Option<String>,
    },
    /// Units that did it, out of the units that were exposed.
    Conversion {
        /// The event, such as a purchase.
        event: String,
    },
    /// The mean of the event's value per exposed unit.
    Mean {
        /// The event.
        event: String,
    },
    /// The sum of one event's values over the sum of another's.
    Ratio {
        /// The event above the line.
        event: String,
        /// The event below the line.
        per: String,
    },
    /// The event's values, each a duration: the share of them beyond the control's quantile.
    LatencyQuantile {
        /// The event.
        event: String,
        /// The quantile, more than 0 and less than 1. Absent means 0.95.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        quantile: Option<f64>,
    },
}
