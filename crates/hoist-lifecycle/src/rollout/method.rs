//! Which choices of the statistics a rollout is judged by.

use serde::{Deserialize, Serialize};

use crate::metric::MetricSource;
use crate::sequential::{CountKind, CountTest, Effects, Grid, Stakes};

/// The choices that a guarantee leaves open, and that decisions depend on: how stakes are divided, what events are held
/// against, how the interval of a ratio shares its alpha between its ends. Kept in a rollout's specification, so that a later
/// version with other choices replays its decisions as they were; a rollout ends by the method that it began with.
///
/// What a method keeps is what was decided and on what evidence: rules, actions, verdicts, effects, and the numbers that these
/// rest on. Why a guard has nothing to judge ([`super::NoDataCause`]), and figures that are told beside and decide nothing, may
/// be said better by a later version, and words always are.
///
/// Stored as its number. Specifications from before there was a choice have none, and mean the first. Sizes of harm and
/// their weights were never another one; whoever changes them adds a method.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "u64", into = "u64")]
pub enum Method {
    /// Half the stake for the start, four fifths where less is harm. Conversions without a maturity are held against the
    /// units at risk. Each end of an interval has half of alpha.
    First,
    /// Four fifths of the stake for the start, nine tenths for quantiles. Conversions without a maturity are held against the
    /// allocation. The end of an interval that says harm has as much of alpha as the start has of the stake.
    Second,
    /// As the second. Stays are told apart: each is tempered by a dispersion of its own, and a stage is left on what it has shown
    /// itself, whatever stages before it have. Events whose opportunities are not heard of count for
    /// nothing after a while, and a guard that waits for the outcomes of its first units is not silent. A stage's maximum time
    /// stands still while it waits for a person, a window or another rollout. A guard of which too many intervals were refused
    /// says nothing of health. Latencies of one unit are not taken for independent. Values are tested for harm of many sizes.
    /// Affected units are held against the allocation, too, whatever the margin is. Of what is held against it, units that are
    /// missing from an arm put in doubt what they could make up, and nothing else.
    Third,
}

/// A number that no method of this version has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a method that this version knows (1 to 3); a later version may have written it")]
pub struct UnknownMethod;

impl Default for Method {
    /// Returns what a rollout that starts now is judged by.
    fn default() -> Self {
        Self::Third
    }
}

impl From<Method> for u64 {
    fn from(method: Method) -> Self {
        match method {
            Method::First => 1,
            Method::Second => 2,
            Method::Third => 3,
        }
    }
}

impl TryFrom<u64> for Method {
    type Error = UnknownMethod;

    fn try_from(number: u64) -> Result<Self, UnknownMethod> {
        match number {
            1 => Ok(Self::First),
            2 => Ok(Self::Second),
            3 => Ok(Self::Third),
            _ => Err(UnknownMethod),
        }
    }
}

impl Method {
    /// Returns what a specification without a method means.
    pub(super) fn first() -> Self {
        Self::First
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks by reference")]
    pub(super) fn is_first(&self) -> bool {
        *self == Self::First
    }

    /// Returns how the evidence of a comparison by counts divides its stake.
    pub(super) fn stakes(self, source: &MetricSource, grid: Grid) -> Stakes {
        match (self, grid) {
            (Self::First, Grid::Error) => Stakes::Even,
            (Self::Second | Self::Third, _) if matches!(source, MetricSource::LatencyQuantile { .. }) => {
                Stakes::Foremost
            }
            (Self::First | Self::Second | Self::Third, _) => Stakes::Early,
        }
    }

    /// Returns how the interval of a ratio of counts divides its alpha.
    pub(super) fn ends(self, stakes: Stakes) -> Stakes {
        match self {
            Self::First => Stakes::Even,
            Self::Second | Self::Third => stakes,
        }
    }

    /// Returns whether first events of units, whose outcome is never known for good, are held against the allocation rather
    /// than against the units at risk.
    pub(super) fn holds_against_allocation(self, source: &MetricSource, test: &CountTest) -> bool {
        match source {
            MetricSource::Conversion { .. } => self != Self::First && test.kind == CountKind::Rate,
            MetricSource::AffectedUnits { .. } => matches!(self, Self::Third),
            _ => false,
        }
    }

    /// Returns whether shares that are doubted withhold only what they could make up: harm that missing units look like, or
    /// health.
    pub(super) fn tells_who_is_missing(self) -> bool {
        matches!(self, Self::Third)
    }

    /// Returns whether evidence tells stays apart.
    pub(crate) fn tells_stays_apart(self) -> bool {
        matches!(self, Self::Third)
    }

    /// Returns whether what a comparison by a quantile has counted is tempered by how much units differ.
    pub(super) fn tempers_quantiles(self) -> bool {
        matches!(self, Self::Third)
    }

    /// Returns which sizes of harm a comparison of values looks for.
    pub(super) fn effects(self) -> Effects {
        match self {
            Self::First | Self::Second => Effects::One,
            Self::Third => Effects::Many,
        }
    }

    /// Returns whether what waits is told from what is there: events from their opportunities, units from their outcomes.
    pub(super) fn tells_waiting(self) -> bool {
        matches!(self, Self::Third)
    }
}
