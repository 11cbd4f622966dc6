//! What a step is told: what was measured, what the flag serves now, and what a person asked for.

use std::sync::Arc;

use hoist_eval::draft::{AllocationDraft, BucketRangeDraft};
use hoist_eval::{Span, Timestamp};
use serde::{Deserialize, Serialize};

use crate::metric::MetricKey;
use crate::plan::GuardKey;
use crate::sequential::{Clusters, RatioSums, Sample as _};

use super::overlap::Candidate;
use super::part::Beside;
use super::state::EntryId;

/// Everything that one call of [`super::step()`] may react to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Input {
    /// The controller looked.
    Tick(Evidence),
    /// A person, or a program on a person's behalf, asked.
    Command(Command),
}

/// What the controller saw, all of it read at one moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// Who observed, and when by a clock that cannot jump. Bake is credited from these alone.
    pub observer: Observer,
    /// The stay that the evidence was gathered in, [`EntryId::NONE`] before the first one. Evidence of another stay
    /// is ignored.
    pub entry: EntryId,
    /// The allocation that the flag has now; a difference from what the rollout last set is drift.
    pub allocation: Option<Arc<AllocationDraft>>,
    /// Whether the flag's kill switch is on, that is, whether the flag serves anything but its off variant.
    pub enabled: bool,
    /// Distinct units served the stage's variant since the stage was entered (an estimate that may lag).
    pub treated: u64,
    /// The readings taken since the last tick, in order of time. A guard that was not due has none.
    pub readings: Vec<GuardReading>,
    /// The units that were exposed in this stay; absent while nobody counts them. What is tested is whether they arrive
    /// in the shares that the allocation sends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_exposures: Option<FirstExposures>,
    /// The rollouts that are not over and that this one waits for, before it begins or before its stage for everyone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waits_for: Vec<String>,
    /// The rollouts that overlap with this one, as they are now. Told where a guard is in breach.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub candidates: Vec<Candidate>,
}

/// Distinct units exposed for the first time, since the stay was entered. Only units that the stage's own entry of the
/// allocation decided about count: those of another audience were not drawn by this stage's share.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FirstExposures {
    /// Units that were served the stage's variant.
    pub treatment: u64,
    /// Units that were served the control.
    pub control: u64,
    /// Per metric, how many of all units that came were heard of again, by any event that the metric counts as an
    /// opportunity.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reporting: Vec<Reporting>,
}

/// The units of a stay that an opportunity of a metric was heard of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reporting {
    /// The metric.
    pub metric: MetricKey,
    /// Treated units.
    pub treatment: u64,
    /// Units of the control.
    pub control: u64,
    /// Out of so many treated units that came to the stay, those that an earlier stay had seen included.
    #[serde(default)]
    pub of_treatment: u64,
    /// The same of the control.
    #[serde(default)]
    pub of_control: u64,
}

/// Who observed, and when by a monotonic clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observer {
    /// The process, drawn once at its start. Monotonic clocks of two processes do not compare.
    pub process: u64,
    /// Time since that process started.
    pub monotonic: Span,
}

/// One reading of one guard.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GuardReading {
    /// The guard.
    pub guard: GuardKey,
    /// When the source was asked, by the controller's clock. A reading that was not due yet is ignored.
    pub at: Timestamp,
    /// What it answered.
    pub reading: Reading,
}

/// One answer of a metric source, already parsed. Everything odd is [`Reading::Invalid`] or [`Reading::Failed`]:
/// such a reading holds the rollout; it never passes and never breaches.
#[expect(clippy::large_enum_variant, reason = "a look has a handful of readings, and most are of the large kind")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reading {
    /// One finite number, and the time of the sample that it came from.
    Value {
        /// The number.
        value: f64,
        /// When the source took the sample.
        sampled_at: Timestamp,
    },
    /// Two cumulative counters, and the time of the older sample. Differences are taken by the guard.
    Counters {
        /// Events so far.
        events: f64,
        /// Opportunities so far.
        total: f64,
        /// When the source took the older of the two samples.
        sampled_at: Timestamp,
    },
    /// Both arms, counted over the same time. Cumulative, since the stay was entered for what Hoist tracks itself and since
    /// some process started for the counters of others; differences are taken by the guard, and a sum that went back
    /// drops the interval in both arms.
    Arms {
        /// Whoever was served the stage's variant.
        treatment: ArmSums,
        /// Whoever was served the control.
        control: ArmSums,
        /// When the source took the oldest of the samples. For what Hoist tracks itself: when anything of the two arms was
        /// last heard of, an exposure or an event.
        sampled_at: Timestamp,
        /// How much more events vary than independent ones would; absent where nobody measures it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        dispersion: Option<Dispersion>,
        /// What has come of stays that are over, so far: events belong to the stay of their unit's exposure, however late they
        /// come. Only for what Hoist tracks itself.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        earlier: Vec<EarlierArms>,
    },
    /// The control's quantile so far. A guard on a quantile asks for it until the control has shown enough values to
    /// freeze the threshold; from then on it is answered with [`Reading::Arms`], whose `x` are values above it.
    Quantile {
        /// Values of the control so far.
        control_n: f64,
        /// Their quantile.
        value: f64,
        /// When it was taken.
        sampled_at: Timestamp,
    },
    /// The source answered, and there was nothing in the answer.
    Missing,
    /// The source answered something that is not one plausible number.
    Invalid(InvalidReading),
    /// The source did not answer.
    Failed(SourceFault),
}

/// Both arms of a stay that is over.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct EarlierArms {
    /// The stay.
    pub entry: EntryId,
    /// The treatment's sums.
    pub treatment: ArmSums,
    /// The control's.
    pub control: ArmSums,
}

/// The cumulative sums of one arm.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct ArmSums {
    /// Opportunities: requests, values, units. A sum, except where units that are still to have their first event are the
    /// opportunities: there it is how many those are now.
    pub n: f64,
    /// Events among them, a sum.
    pub x: f64,
    /// What the values add up to, for metrics that have values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub values: Option<ValueSums>,
    /// Units without an event that were counted and then forgotten, because there were more than a server follows up.
    #[serde(default, skip_serializing_if = "is_nothing")]
    pub forgotten: f64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks by reference")]
fn is_nothing(sum: &f64) -> bool {
    *sum <= 0.0
}

/// Sums over the groups of units of one arm that have data: `y` is a group's value, capped unit by unit; `x` is what it is
/// divided by, the number of units for a mean.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct ValueSums {
    /// Groups with data, of 128.
    pub groups: f64,
    /// Sum of y.
    pub sum_y: f64,
    /// Sum of x.
    pub sum_x: f64,
    /// Sum of y squared.
    pub sum_yy: f64,
    /// Sum of x squared.
    pub sum_xx: f64,
    /// Sum of x times y.
    pub sum_xy: f64,
    /// Skewness of what the groups have of y beyond the ratio times their x.
    #[serde(default)]
    pub skewness: f64,
    /// How many single values that was, and how many of them were cut.
    #[serde(default, skip_serializing_if = "Capped::is_none")]
    pub capped: Capped,
}

/// Single values of one arm that came under a cap. A report of several values in one sum is not cut, and counts here with none.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Capped {
    /// How many values there were.
    pub values: f64,
    /// How many of them were cut at the cap.
    pub cut: f64,
}

impl Capped {
    pub(super) fn is_none(&self) -> bool {
        self.values <= 0.0
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.values += other.values;
        self.cut += other.cut;
    }

    /// Returns the share of the values that was cut; `None` while there are no values.
    pub fn share(&self) -> Option<f64> {
        (self.values > 0.0).then(|| self.cut / self.values)
    }
}

impl From<Clusters> for ValueSums {
    fn from(Clusters { groups, skewness, .. }: Clusters) -> Self {
        Self {
            groups: groups.n,
            sum_y: groups.numerator,
            sum_x: groups.denominator,
            sum_yy: groups.numerator_squares,
            sum_xx: groups.denominator_squares,
            sum_xy: groups.products,
            skewness,
            capped: Capped::default(),
        }
    }
}

impl ArmSums {
    /// Returns the values of the arm by groups of units; `None` for a metric that has none.
    pub(crate) fn clusters(&self) -> Option<Clusters> {
        let ValueSums { groups, sum_y, sum_x, sum_yy, sum_xx, sum_xy, skewness, .. } = self.values?;
        let groups = RatioSums {
            n: groups,
            numerator: sum_y,
            denominator: sum_x,
            numerator_squares: sum_yy,
            denominator_squares: sum_xx,
            products: sum_xy,
        };
        Some(Clusters { units: self.n, groups, skewness })
    }

    /// Returns whether the values of the arm can be: finite, with squares that are not below what their sums ask for, but for
    /// rounding.
    pub(crate) fn is_possible(&self) -> bool {
        let Some(values) = self.values.filter(|_| self.clusters().is_some_and(|clusters| clusters.is_possible()))
        else {
            return false;
        };
        let squares = |sum: f64, squares: f64| squares * (1.0 + 1e-9) >= sum * sum / values.groups.max(1.0);
        squares(values.sum_y, values.sum_yy) && squares(values.sum_x, values.sum_xx)
    }

    /// Returns how many values of the arm were cut at the cap.
    pub(super) fn capped(&self) -> Capped {
        self.values.map(|values| values.capped).unwrap_or_default()
    }
}

/// How much more the events of an arm vary between 128 buckets of units than independent ones would: 1 is independent.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Dispersion {
    /// In the control.
    pub control: f64,
    /// In the treated arm.
    pub treatment: f64,
    /// Standard deviation of the latter.
    pub treatment_sd: f64,
    /// Of how many events of both arms, where that is not all of the stay's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub events: Option<f64>,
}

/// Why an answer is not a number to judge by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InvalidReading {
    /// Not a number.
    NotANumber,
    /// Positive or negative infinity.
    Infinite,
    /// More than one series, so no single answer.
    ManySeries,
    /// A matrix, a scalar or a string where a vector was expected, or a body that is not the query API's.
    Malformed,
    /// The source said that the answer is partial or carries warnings.
    Partial,
}

/// Why a source did not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceFault {
    /// It could not be reached.
    Unreachable,
    /// It did not answer in time.
    Timeout,
    /// It refused the credentials.
    Unauthorized,
    /// It answered with an error.
    Rejected,
    /// Its answer was longer than allowed.
    TooLarge,
    /// Its address is not allowed by the operator.
    Forbidden,
}

/// What a person asks of a rollout.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "snake_case")]
pub enum Command {
    /// Stay at this stage until resumed.
    Pause {
        /// Why, in the person's words.
        reason: String,
    },
    /// Go on from a pause. Credit and verdicts of the stage begin anew, and so does the evidence of a guard that was in
    /// breach; other evidence goes on, so that a pause does not help a harmful change. After a pause for drift this also puts back the
    /// allocation of the stage.
    Resume {
        /// Why.
        reason: String,
    },
    /// Leave the stage: the approval of an approval gate, or an override of what is missing (which is recorded).
    ///
    /// The command only marks the stay. The next tick carries it out, unless a guard is in breach whose policy is more
    /// than to notify, the flag is off or its allocation was changed: nothing is ever advanced without looking.
    Promote {
        /// Why.
        reason: String,
        /// The stay that the person was looking at; absent means the present one, whichever it is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        entry: Option<EntryId>,
    },
    /// Restore the recorded baseline. Needs nothing but the rollout itself.
    RollBack {
        /// Why.
        reason: String,
    },
    /// Keep to a part of the units from now on, because another rollout that starts has the rest. What the stage has gathered
    /// goes on, with a new stay: the arms are others from here. Part of the start of that rollout, and of nothing else.
    Part {
        /// The part.
        units: BucketRangeDraft,
        /// The other rollout.
        with: Beside,
    },
    /// End the rollout and leave the flag as it is now, in the operator's hands.
    Cancel {
        /// Why.
        reason: String,
    },
}
