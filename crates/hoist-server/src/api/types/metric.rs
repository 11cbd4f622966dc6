//! Metrics: what guards watch.

use hoist_eval::Span;
use hoist_lifecycle::metric::{
    Absence as AbsenceDraft, Direction as DirectionDraft, MetricDraft, MetricSourceDraft, NoninferiorityDraft,
    RatioUpTo as RatioUpToDraft,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::convert::{each, fields, maybe, names, one};
use crate::body::FromBody;

/// A metric. Queries may contain `{{flag}}`, `{{environment}}`, `{{variant}}` and `{{control}}`; they are filled in
/// when a rollout asks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Metric {
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
    pub source: MetricSource,
    /// How much worse than control is still no harm, as a ratio: 1.05 lets the treatment be 5 % worse. Absent means
    /// 1.05, and 1 for `conversion`, whose exact test knows no other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub margin: Option<f64>,
    /// How much worse than control must be ruled out before a stage is left, as a ratio, or as one for each share. Absent
    /// means what the stage says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub noninferiority: Option<Noninferiority>,
    /// What the metric counts for beside others when their evidence is combined. Absent means 1; 4 is for what is
    /// critical.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<f64>,
    /// What an absent answer means.
    #[serde(default, skip_serializing_if = "is_hold")]
    pub absence: Absence,
    /// How long after an exposure its outcomes arrive. A stage is not left before it was observed for as long; going
    /// back does not wait.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "30m")]
    pub maturity: Option<Span>,
    /// The largest value of one unit that counts, for `mean` and `ratio`; larger ones count as this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cap: Option<f64>,
}

/// How much worse than control must be ruled out before a stage is left.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(untagged, expecting = "must be a ratio, or a list of shares with a ratio each")]
pub enum Noninferiority {
    /// This ratio, at every stage.
    Ratio(f64),
    /// At each stage the ratio of the first entry whose share is not below the stage's; what the stage says beyond the last.
    ByShare(Vec<RatioUpTo>),
}

/// A ratio for stages of up to a share.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RatioUpTo {
    /// The largest share, in percent of the stage's audience.
    pub share: f64,
    /// The ratio.
    pub ratio: f64,
}

/// Which way a metric gets worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// More is worse: errors, latency.
    HigherIsWorse,
    /// Less is worse: sign-ups, revenue.
    LowerIsWorse,
}

/// What it means that a source has no number for something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Absence {
    /// Nothing is known: the rollout is held.
    #[default]
    Hold,
    /// No events happened, provided that something counts the opportunities.
    AbsentIsZero,
}

/// Where a metric's number comes from. Kinds with an `event` count what applications track, or what arrives over OTLP
/// under that name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum MetricSource {
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

impl FromBody for Metric {}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks by reference")]
fn is_hold(absence: &Absence) -> bool {
    *absence == Absence::Hold
}

fields!(Metric, MetricDraft { key, title, unit, margin, weight, maturity, cap } via { direction: maybe, source: one, noninferiority: maybe, absence: one });
fields!(RatioUpTo, RatioUpToDraft { share, ratio } via {});
names!(Direction, DirectionDraft { HigherIsWorse, LowerIsWorse });
names!(Absence, AbsenceDraft { Hold, AbsentIsZero });

impl From<NoninferiorityDraft> for Noninferiority {
    fn from(core: NoninferiorityDraft) -> Self {
        match core {
            NoninferiorityDraft::Ratio(ratio) => Self::Ratio(ratio),
            NoninferiorityDraft::ByShare(ratios) => Self::ByShare(each(ratios)),
        }
    }
}

impl From<Noninferiority> for NoninferiorityDraft {
    fn from(wire: Noninferiority) -> Self {
        match wire {
            Noninferiority::Ratio(ratio) => Self::Ratio(ratio),
            Noninferiority::ByShare(ratios) => Self::ByShare(each(ratios)),
        }
    }
}

/// Converts both ways between the kinds of the API and those of the core, whose fields have the same names.
macro_rules! kinds {
    ($($kind:ident { $($field:ident),* }),* $(,)?) => {
        impl From<MetricSourceDraft> for MetricSource {
            fn from(core: MetricSourceDraft) -> Self {
                match core { $(MetricSourceDraft::$kind { $($field),* } => Self::$kind { $($field),* },)* }
            }
        }

        impl From<MetricSource> for MetricSourceDraft {
            fn from(wire: MetricSource) -> Self {
                match wire { $(MetricSource::$kind { $($field),* } => Self::$kind { $($field),* },)* }
            }
        }
    };
}

kinds! {
    PromqlValue { query },
    PromqlCounts { events, total, absent_is_zero },
    AffectedUnits { event },
    EventRate { event, per },
    Conversion { event },
    Mean { event },
    Ratio { event, per },
    LatencyQuantile { event, quantile },
}
