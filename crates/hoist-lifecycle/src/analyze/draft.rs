//! What a recording looks like as it is written, and what must hold before it is judged.

use std::collections::{BTreeSet, HashMap};

use serde::{Deserialize, Serialize};

use crate::limits::{
    ALPHA_CONTROL_DEFAULT, ALPHA_END, BETA_DEFAULT, FLUSHES_MAX, GUARDS_MAX, HOLD_EVIDENCE, MARGIN_CONVERSION_DEFAULT,
    MARGIN_DEFAULT, RECORDING_METRIC_CHARS_MAX, RECORDING_NUMBER_MAX, RECORDING_SECONDS_MAX, STAGES_MAX,
    TREATMENTS_MAX,
};
use crate::problem::{Problem, Problems};
use crate::sequential::{CountFlush, CountKind, Direction, FlushFault, Grid, Stakes};

use super::recording::{Comparison, Exposures, Flush, Guard, Recording, Watched};

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
}

/// One window of one metric as it is written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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
        let guard = Guard { metric: self.metric.clone(), weight, watched: watched? };
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
            problems.add(path, "is for a guard of kind `absolute`; add one beside this guard");
        }
        let (kind, grid) = match self.kind {
            Kind::Conversion => (CountKind::Proportion, Grid::Product),
            _ => (CountKind::Rate, Grid::Error),
        };
        let proportion = self.kind != Kind::EventRate;
        let noninferiority = self.noninferiority;
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
            Watched::Limit { .. } => None,
        });
        let compares = comparison.is_some();
        for (name, count) in [("n_control", self.n_control), ("x_control", self.x_control)] {
            if compares && count.is_none() {
                problems.add(format!("{path}.{name}"), "must be there: the guard compares with the control");
            }
        }
        let counts = CountFlush {
            n_treatment: self.n_treatment,
            n_control: self.n_control.unwrap_or_default(),
            x_treatment: self.x_treatment,
            x_control: self.x_control.unwrap_or_default(),
        };
        let proportion = comparison.is_some_and(|comparison| comparison.proportion);
        if let Err(fault) = counts.check(proportion) {
            let (FlushFault::Count(name) | FlushFault::Events(name) | FlushFault::Proportion(name)) = fault;
            problems.add(format!("{path}.{name}"), fault.reason());
        }
        let exposures = self.exposures(path, problems);
        let flush = Flush { at: self.at, stage: self.stage, share: self.share, guard, treatment, counts, exposures };
        (problems.len() == before).then_some(flush)
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
