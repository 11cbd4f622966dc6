//! What an analysis answers.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Serialize, Serializer};

use crate::sequential::RatioInterval;

/// What should have been done with the rollout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Roll it back: harm is proven. Stands from then on.
    Rollback,
    /// Hold it: harm is suspected.
    Hold,
    /// Leave the stage: every guard has shown that it is not as bad as it may be.
    Proceed,
    /// Wait: nothing is shown either way.
    Collecting,
    /// Hold it: units do not arrive in the allocation's ratio.
    Unhealthy,
    /// Hold it: a guard has no fresh data.
    #[default]
    NoData,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rollback => "rollback",
            Self::Hold => "hold",
            Self::Proceed => "proceed",
            Self::Collecting => "collecting",
            Self::Unhealthy => "unhealthy",
            Self::NoData => "no_data",
        })
    }
}

/// One moment of a recording. Logarithms are natural.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Look {
    /// Seconds from the start.
    #[serde(serialize_with = "whole")]
    pub at: f64,
    /// Combined evidence of harm: the weighted mean of the guards' mixtures with restarts.
    pub log_e_harm: f64,
    /// Evidence of safety of each metric, without restarts.
    pub log_e_safe: BTreeMap<String, f64>,
    /// Evidence that units do not arrive in the allocation's ratio.
    pub log_e_srm: f64,
    /// What should be done.
    pub decision: Outcome,
    /// The metric that decided, where one did.
    pub metric: Option<String>,
    /// The treatments one by one, where there are several.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub treatments: BTreeMap<String, TreatmentLook>,
}

/// One of several treatments at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct TreatmentLook {
    /// Natural logarithm of the evidence that this treatment harms.
    pub log_e_harm: f64,
    /// What should be done with it by itself.
    pub decision: Outcome,
}

/// A recording as a whole.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Summary {
    /// The last decision.
    pub decision: Outcome,
    /// Since when it has stood, in seconds from the start.
    #[serde(serialize_with = "whole")]
    pub at: f64,
    /// Chance that a harmless rollout ever shows evidence as high as the highest of this one.
    pub anytime_p: f64,
    /// Treated rate over control rate of each metric that has a control, with a confidence sequence at `1 - alpha`.
    pub ratio: BTreeMap<String, RatioInterval>,
    /// The treatments one by one, where there are several; `ratio` is then empty.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub treatments: BTreeMap<String, TreatmentSummary>,
}

/// One of several treatments over the whole recording.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TreatmentSummary {
    /// The last decision about it.
    pub decision: Outcome,
    /// As in [`Summary::ratio`], with an equal part of `alpha` for each treatment.
    pub ratio: BTreeMap<String, RatioInterval>,
}

/// Everything that an analysis answers.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Analysis {
    /// One look per moment, in order.
    pub looks: Vec<Look>,
    /// The whole.
    pub summary: Summary,
}

/// Writes whole seconds as they are written in recordings: without a decimal point.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn whole<S: Serializer>(seconds: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    if seconds.fract() == 0.0 { serializer.serialize_u64(*seconds as u64) } else { serializer.serialize_f64(*seconds) }
}
