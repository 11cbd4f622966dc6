//! What a recording looks like as it is written, and what must hold before it is judged.

use std::collections::{BTreeSet, HashMap};

use hoist_eval::Span;
use serde::{Deserialize, Serialize};

use crate::limits::{
    ALPHA_CONTROL_DEFAULT, ALPHA_END, BETA_DEFAULT, FLUSHES_MAX, GUARDS_MAX, HOLD_EVIDENCE, MARGIN_CONVERSION_DEFAULT,
    MARGIN_DEFAULT, RECORDING_METRIC_CHARS_MAX, RECORDING_NUMBER_MAX, RECORDING_SECONDS_MAX, STAGES_MAX,
    TREATMENTS_MAX,
};
use crate::problem::{Problem, Problems};
use crate::rollout::evidence::{ArmSums, ValueSums};
use crate::sequential::{CountFlush, CountKind, Direction, Effects, FlushFault, Grid, Stakes};

use super::recording::{Comparison, Exposures, Flush, Guard, Held, Recording, Values, Watched};

/// A recording as it is written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordingDraft {
    /// Chance that a harmless rollout is ever rolled back, between 0 and 0.5. Default: 0.01.
    #[serde(default = "alpha")]
    pub alpha: f64,
    /// Evidence at which the rollout is held, above 1. Default: 10.
    #[serde(default = "hold")]
    pub hold: f64,
    /// Chance that a stage is left although the treatment is as bad as `noninferiority` says. Default: 0.05.
    #[serde(default = "beta")]
    pub beta: f64,
    /// How the stake of a comparison with the control is divided among times of onset. Default: `even`, so that the same
    /// recording has the same evidence whatever later versions of a rollout begin with; `early` is what a rollout has.
    #[serde(default)]
    pub stakes: Stakes,
    /// What is watched.
    pub guards: Vec<GuardDraft>,
    /// What happened.
    pub flushes: Vec<FlushDraft>,
}

/// A guard as it is written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GuardDraft {
    /// The metric's name, once in a recording.
    pub metric: String,
    /// What is counted.
    pub kind: Kind,
    /// Which way harm lies. Default: `lower` for `conversion`, `higher` otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub direction: Option<Direction>,
    /// Times worse that the treatment may be without being harmful. Default: 1 for `conversion`, 1.05 otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub margin: Option<f64>,
    /// Times worse that the treatment must be shown not to be. Default: 2 up to a share of 1 %, 1.5 up to 5 %, then 1.2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub noninferiority: Option<f64>,
    /// What the guard weighs in the combined evidence; 0 shows it and leaves it out. Default: 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight: Option<f64>,
    /// The limit of a guard of kind `absolute`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub absolute: Option<f64>,
    /// How the stake of this guard is divided, where not as the recording says: a rollout has `foremost` for quantiles.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stakes: Option<Stakes>,
    /// The harm to look for in a mean or a ratio, in the metric's unit, once the control has 1,000 units. Default: 10 % of what
    /// the control comes to then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effect: Option<f64>,
    /// Which sizes of harm to look for in a mean or a ratio. Default: `many`, that one and up to a thousand times as much.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effects: Option<Effects>,
    /// What the values of a latency quantile were counted above. Shown, and not judged by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threshold: Option<f64>,
}

/// What a metric counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Units that had at least one event, of the units still at risk.
    AffectedUnits,
    /// Events per request.
    EventRate,
    /// Units that did what was hoped for.
    Conversion,
    /// Events per request against a limit, without a control.
    Absolute,
    /// What units come to on average.
    Mean,
    /// One sum over another, such as revenue per order.
    Ratio,
    /// Values above the control's quantile, of all values.
    LatencyQuantile,
}

impl Kind {
    /// Returns whether units have values rather than events.
    fn has_values(self) -> bool {
        matches!(self, Self::Mean | Self::Ratio)
    }
}

/// One window of one metric as it is written.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FlushDraft {
    /// Seconds from the start.
    pub at: f64,
    /// Position of the stage, from 0. Default: 0.
    #[serde(default)]
    pub stage: u32,
    /// Share of the units that the stage treats, from 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share: Option<f64>,
    /// Which guard.
    pub metric: String,
    /// Which of several treatments of the flag. Absent: the one treatment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub treatment: Option<String>,
    /// Opportunities of the treatment.
    pub n_treatment: f64,
    /// Opportunities of the control. Absent for a guard of kind `absolute`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub n_control: Option<f64>,
    /// Events of the treatment.
    pub x_treatment: f64,
    /// Events of the control. Absent for a guard of kind `absolute`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub x_control: Option<f64>,
    /// Units treated for the first time in the rollout.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_exposures_treatment: Option<f64>,
    /// Units in the control for the first time in the rollout.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_exposures_control: Option<f64>,
    /// Times worse that must be ruled out at this stage, where not as the guard says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub noninferiority: Option<f64>,
    /// Which stay at a stage, where the recording tells stays apart as a rollout does: all flushes of a guard do, or none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stay: Option<u64>,
    /// Seconds of the stay that were observed. Restarts of a guard whose flushes name their stay follow it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed: Option<f64>,
    /// How much more the events of the stay vary than independent ones would, this window included; at least 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dispersion: Option<f64>,
    /// Sums over groups of treated units, for a mean or a ratio: of the whole stay so far, in place of those before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub values_treatment: Option<ValueSums>,
    /// The same of the control.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub values_control: Option<ValueSums>,
}

fn alpha() -> f64 {
    ALPHA_CONTROL_DEFAULT
}

fn hold() -> f64 {
    HOLD_EVIDENCE
}

fn beta() -> f64 {
    BETA_DEFAULT
}

impl RecordingDraft {
    /// Checks everything, and returns all faults at once, each with its place, such as `flushes[3].x_treatment`.
    pub fn check(self) -> Result<Recording, Vec<Problem>> {
        let mut problems = Problems::default();
        within(&mut problems, "alpha", self.alpha, 0.0, ALPHA_END);
        within(&mut problems, "beta", self.beta, 0.0, ALPHA_END);
        within(&mut problems, "hold", self.hold, 1.0, RECORDING_NUMBER_MAX);
        if self.guards.is_empty() || self.guards.len() > GUARDS_MAX {
            problems.add("guards", format!("must hold 1 to {GUARDS_MAX} guards"));
        }
        if self.flushes.is_empty() || self.flushes.len() > FLUSHES_MAX {
            problems.add("flushes", format!("must hold 1 to {FLUSHES_MAX} flushes"));
        }
        let mut indices = HashMap::new();
        let mut guards = Vec::new();
        for (index, draft) in self.guards.iter().take(GUARDS_MAX).enumerate() {
            if indices.insert(draft.metric.clone(), index).is_some() {
                problems.add(format!("guards[{index}].metric"), "must not be the metric of an earlier guard");
            }
            guards.extend(draft.check(&format!("guards[{index}]"), &mut problems));
        }
        let treatments = self.treatments(&mut problems);
        let mut flushes = Vec::new();
        for (index, draft) in self.flushes.iter().take(FLUSHES_MAX).enumerate() {
            let path = format!("flushes[{index}]");
            // A guard with faults of its own, and one that is not there, cannot say what its flushes must hold; what holds for
            // every flush is checked all the same.
            let watched = guards.iter().find(|known: &&Guard| known.metric == draft.metric);
            let guard = indices.get(&draft.metric).copied();
            if guard.is_none() {
                problems.add(format!("{path}.metric"), "must be the metric of a guard");
            }
            let checked = draft.check(&path, guard.unwrap_or_default(), watched, &treatments, &mut problems);
            flushes.extend(checked);
        }
        for (index, guard) in guards.iter().enumerate() {
            let mut named =
                flushes.iter().filter(|flush: &&Flush| flush.guard == index).map(|flush| flush.stay.is_some());
            if named.next().is_some_and(|first| named.any(|other| other != first)) {
                problems.add("flushes", format!("must all have a `stay`, or none, for `{}`", guard.metric));
            }
        }
        flushes.sort_by(|a: &Flush, b: &Flush| (a.at.total_cmp(&b.at)).then(a.treatment.cmp(&b.treatment)));
        let Self { alpha, hold, beta, stakes, .. } = self;
        let recording = Recording { alpha, hold, beta, stakes, guards, treatments, flushes };
        problems.finish(Some(recording))
    }
}

impl RecordingDraft {
    /// Returns the names of the treatments, in the order of the alphabet; none if no flush names one.
    fn treatments(&self, problems: &mut Problems) -> Vec<String> {
        let flushes = || self.flushes.iter().take(FLUSHES_MAX);
        let names: BTreeSet<&str> = flushes().filter_map(|flush| flush.treatment.as_deref()).collect();
        if names.len() > TREATMENTS_MAX {
            problems.add("flushes", format!("must name at most {TREATMENTS_MAX} treatments"));
        }
        let unnamed = flushes().position(|flush| flush.treatment.is_none());
        if let Some(index) = unnamed.filter(|_| !names.is_empty()) {
            problems.add(format!("flushes[{index}].treatment"), "must be there: other flushes name their treatment");
        }
        names.into_iter().take(TREATMENTS_MAX).map(str::to_owned).collect()
    }
}

/// Notes a number that is not strictly between two others. Written so that NaN is outside.
fn within(problems: &mut Problems, path: &str, number: f64, low: f64, high: f64) {
    if !(number > low && number < high) {
        problems.add(path, format!("must be between {low} and {high}"));
    }
}

impl GuardDraft {
    fn check(&self, path: &str, problems: &mut Problems) -> Option<Guard> {
        let before = problems.len();
        if self.metric.is_empty() {
            problems.add(format!("{path}.metric"), "must not be empty");
        }
        problems.text(&format!("{path}.metric"), &self.metric, RECORDING_METRIC_CHARS_MAX);
        let is_conversion = self.kind == Kind::Conversion;
        let direction = self.direction.unwrap_or(if is_conversion { Direction::Lower } else { Direction::Higher });
        let margin = self.margin.unwrap_or(if is_conversion { MARGIN_CONVERSION_DEFAULT } else { MARGIN_DEFAULT });
        let weight = self.weight.unwrap_or(1.0);
        within(problems, &format!("{path}.margin"), margin, 0.0, RECORDING_NUMBER_MAX);
        if direction == Direction::Higher && margin < 1.0 {
            problems
                .add(format!("{path}.margin"), "must be at least 1 where more is harm: it says how many times worse");
        }
        if let Some(noninferiority) = self.noninferiority {
            within(problems, &format!("{path}.noninferiority"), noninferiority, 0.0, RECORDING_NUMBER_MAX);
        }
        if !(0.0..=RECORDING_NUMBER_MAX).contains(&weight) {
            problems.add(format!("{path}.weight"), format!("must be from 0 to {RECORDING_NUMBER_MAX}"));
        }
        let watched = self.watched(path, direction, margin, problems);
        let guard = Guard { metric: self.metric.clone(), weight, stakes: self.stakes, watched: watched? };
        (problems.len() == before).then_some(guard)
    }

    fn watched(&self, path: &str, direction: Direction, margin: f64, problems: &mut Problems) -> Option<Watched> {
        let path = format!("{path}.absolute");
        if self.kind == Kind::Absolute {
            let Some(limit) = self.absolute else {
                problems.add(path, "must be the limit of a guard of kind `absolute`");
                return None;
            };
            within(problems, &path, limit, 0.0, RECORDING_NUMBER_MAX);
            return Some(Watched::Limit { direction, limit });
        }
        if self.absolute.is_some() {
            problems.add(&path, "is for a guard of kind `absolute`; add one beside this guard");
        }
        let noninferiority = self.noninferiority;
        if self.kind.has_values() {
            let (effect, effects) = (self.effect, self.effects.unwrap_or(Effects::Many));
            return Some(Watched::Values(Values { direction, margin, noninferiority, effect, effects }));
        }
        let (kind, grid) = match self.kind {
            Kind::Conversion => (CountKind::Proportion, Grid::Product),
            _ => (CountKind::Rate, Grid::Error),
        };
        let proportion = self.kind != Kind::EventRate;
        Some(Watched::Comparison(Comparison { kind, grid, direction, margin, noninferiority, proportion }))
    }
}

impl FlushDraft {
    fn check(
        &self,
        path: &str,
        guard: usize,
        watched: Option<&Guard>,
        treatments: &[String],
        problems: &mut Problems,
    ) -> Option<Flush> {
        let before = problems.len();
        if let Some(treatment) = &self.treatment {
            problems.text(&format!("{path}.treatment"), treatment, RECORDING_METRIC_CHARS_MAX);
            if treatment.is_empty() {
                problems.add(format!("{path}.treatment"), "must not be empty; leave it out for the one treatment");
            }
        }
        let treatment = treatments.iter().position(|name| Some(name) == self.treatment.as_ref()).unwrap_or_default();
        if !(0.0..=RECORDING_SECONDS_MAX).contains(&self.at) {
            problems.add(format!("{path}.at"), format!("must be from 0 to {RECORDING_SECONDS_MAX} seconds"));
        }
        if self.stage as usize >= STAGES_MAX {
            problems.add(format!("{path}.stage"), format!("must be below {STAGES_MAX}"));
        }
        if self.share.is_some_and(|share| !(0.0..=1.0).contains(&share)) {
            problems.add(format!("{path}.share"), "must be from 0 to 1");
        }
        let comparison = watched.and_then(|guard| match &guard.watched {
            Watched::Comparison(comparison) => Some(comparison),
            Watched::Limit { .. } | Watched::Values(_) => None,
        });
        let has_values = watched.is_some_and(|guard| matches!(guard.watched, Watched::Values(_)));
        let compares = comparison.is_some();
        for (name, count) in [("n_control", self.n_control), ("x_control", self.x_control)] {
            if (compares || (has_values && name == "n_control")) && count.is_none() {
                problems.add(format!("{path}.{name}"), "must be there: the guard compares with the control");
            }
        }
        // What values add up to may be below zero, and stands among their sums.
        let events = |x: f64| if has_values { 0.0 } else { x };
        let counts = CountFlush {
            n_treatment: self.n_treatment,
            n_control: self.n_control.unwrap_or_default(),
            x_treatment: events(self.x_treatment),
            x_control: events(self.x_control.unwrap_or_default()),
        };
        // A rollout may have held affected units against the allocation, whose opportunities are no units of an arm.
        let proportion = comparison.is_some_and(|comparison| {
            comparison.proportion && (self.stay.is_none() || comparison.kind == CountKind::Proportion)
        });
        if let Err(fault) = counts.check(proportion) {
            let (FlushFault::Count(name) | FlushFault::Events(name) | FlushFault::Proportion(name)) = fault;
            problems.add(format!("{path}.{name}"), fault.reason());
        }
        let exposures = self.exposures(path, problems);
        let values = has_values.then(|| self.values(path, problems)).flatten();
        let stay = self.held(path, problems);
        let Self { at, stage, share, noninferiority, dispersion, .. } = *self;
        if let Some(ratio) = noninferiority {
            within(problems, &format!("{path}.noninferiority"), ratio, 0.0, RECORDING_NUMBER_MAX);
        }
        let dispersion = dispersion.unwrap_or(1.0);
        let flush =
            Flush { at, stage, share, noninferiority, guard, treatment, counts, exposures, stay, dispersion, values };
        (problems.len() == before).then_some(flush)
    }

    /// Returns what the flush says of its stay, if it names one.
    fn held(&self, path: &str, problems: &mut Problems) -> Option<Held> {
        if self.dispersion.is_some_and(|dispersion| !(1.0..=RECORDING_NUMBER_MAX).contains(&dispersion)) {
            problems.add(format!("{path}.dispersion"), format!("must be from 1 to {RECORDING_NUMBER_MAX}"));
        }
        let observed = self.observed.unwrap_or_default();
        if !(0.0..=RECORDING_SECONDS_MAX).contains(&observed) {
            problems.add(format!("{path}.observed"), format!("must be from 0 to {RECORDING_SECONDS_MAX} seconds"));
        }
        match self.stay {
            Some(0) => problems.add(format!("{path}.stay"), "must be at least 1"),
            None if self.observed.is_some() => {
                problems.add(format!("{path}.stay"), "must be there: `observed` is time in a stay");
            }
            _ => {}
        }
        self.stay.map(|stay| Held { stay, observed: Span::from_micros((observed.max(0.0) * 1e6).round() as u64) })
    }

    /// Returns both arms of a guard on values.
    fn values(&self, path: &str, problems: &mut Problems) -> Option<(ArmSums, ArmSums)> {
        let mut arm = |name: &str, n: f64, values: Option<ValueSums>| {
            let path = format!("{path}.values_{name}");
            let Some(values) = values else {
                problems.add(path, "must be there: the guard is on values");
                return None;
            };
            let sums = ArmSums { n, x: values.sum_y, values: Some(values), ..ArmSums::default() };
            if !sums.is_possible() {
                problems.add(path, "must be finite sums of at least 0 groups, with squares that the sums allow");
            }
            Some(sums)
        };
        let treatment = arm("treatment", self.n_treatment, self.values_treatment);
        treatment.zip(arm("control", self.n_control.unwrap_or_default(), self.values_control))
    }

    fn exposures(&self, path: &str, problems: &mut Problems) -> Option<Exposures> {
        let (treatment, control) = match (self.first_exposures_treatment, self.first_exposures_control) {
            (None, None) => return None,
            (treatment, control) => (treatment.unwrap_or_default(), control.unwrap_or_default()),
        };
        let counts = CountFlush { n_treatment: treatment, n_control: control, ..CountFlush::default() };
        if let Err(fault) = counts.check(false) {
            let arm = if matches!(fault, FlushFault::Count("n_treatment")) { "treatment" } else { "control" };
            problems.add(format!("{path}.first_exposures_{arm}"), fault.reason());
        }
        let Some(share) = self.share else {
            problems.add(format!("{path}.share"), "must be there: first exposures are compared with it");
            return None;
        };
        Some(Exposures { share, treatment, control })
    }
}
