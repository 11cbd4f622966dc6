//! A recording that has been checked.

use hoist_eval::Span;

use crate::backtest::Interval;
use crate::rollout::evidence::ArmSums;
use crate::sequential::{CountFlush, CountKind, CountTest, Direction, Grid, MeanTest, Stakes, default_noninferiority};

/// Counts that were recorded, with what they are to be judged by. Made by [`super::RecordingDraft::check`] alone.
#[derive(Debug, Clone, PartialEq)]
pub struct Recording {
    pub(super) alpha: f64,
    pub(super) hold: f64,
    pub(super) beta: f64,
    pub(super) stakes: Stakes,
    pub(super) guards: Vec<Guard>,
    /// The names of the treatments, in their order; none where there is one that nobody names.
    pub(super) treatments: Vec<String>,
    /// In the order of time; as written where the time is the same.
    pub(super) flushes: Vec<Flush>,
}

impl Recording {
    /// Returns whether the flushes of a guard name their stays.
    pub(super) fn tells_stays_apart(&self, guard: usize) -> bool {
        self.flushes.iter().any(|flush| flush.guard == guard && flush.stay.is_some())
    }

    /// Returns what happened whoever it happened to: per guard its metric, and both arms of each window added up, with the
    /// time in seconds from the start. Counts are rounded to whole ones.
    pub fn pooled(&self) -> Vec<(&str, Vec<(f64, Interval)>)> {
        let of = |index: usize| {
            let flushes = self.flushes.iter().filter(|flush| flush.guard == index);
            let mut windows: Vec<(f64, Interval)> = Vec::new();
            let mut last = None;
            for Flush { at, counts, treatment, .. } in flushes {
                // Several treatments have the same control: it is counted with the first of them alone.
                let shares_control = *treatment > 0 && last == Some(at);
                let (n, x) = if shares_control { (0.0, 0.0) } else { (counts.n_control, counts.x_control) };
                last = Some(at);
                let (total, events) = ((counts.n_treatment + n).round(), (counts.x_treatment + x).round());
                windows.push((*at, Interval { total, events }));
            }
            windows
        };
        let counted = self.guards.iter().enumerate().filter(|(_, guard)| !matches!(guard.watched, Watched::Values(_)));
        counted.map(|(index, guard)| (guard.metric.as_str(), of(index))).collect()
    }
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Guard {
    pub(super) metric: String,
    pub(super) weight: f64,
    /// How its stake is divided, where not as the recording says.
    pub(super) stakes: Option<Stakes>,
    pub(super) watched: Watched,
}

/// What a guard is compared with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Watched {
    Comparison(Comparison),
    Values(Values),
    Limit { direction: Direction, limit: f64 },
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Comparison {
    pub(super) kind: CountKind,
    pub(super) grid: Grid,
    pub(super) direction: Direction,
    pub(super) margin: f64,
    pub(super) noninferiority: Option<f64>,
    /// Whether a unit has one event at most.
    pub(super) proportion: bool,
}

impl Comparison {
    /// Returns what is tested at a stage that treats `share` of the units.
    pub(super) fn test(&self, share: Option<f64>) -> CountTest {
        let Self { kind, grid, direction, margin, .. } = *self;
        let default = || default_noninferiority(share.unwrap_or(1.0));
        CountTest { kind, grid, direction, margin, noninferiority: Some(self.noninferiority.unwrap_or_else(default)) }
    }
}

/// A mean, or a ratio of sums.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Values {
    pub(super) direction: Direction,
    pub(super) margin: f64,
    pub(super) noninferiority: Option<f64>,
    /// The harm to look for, in the metric's unit.
    pub(super) effect: Option<f64>,
}

impl Values {
    /// Returns what is tested at a stage that treats `share` of the units.
    pub(super) fn test(&self, share: Option<f64>) -> MeanTest {
        let Self { direction, margin, .. } = *self;
        let default = || default_noninferiority(share.unwrap_or(1.0));
        MeanTest { direction, margin, effect: None, noninferiority: Some(self.noninferiority.unwrap_or_else(default)) }
    }
}

/// A stay that a recording tells from others.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Held {
    /// Which one.
    pub(super) stay: u64,
    /// How much of it was observed.
    pub(super) observed: Span,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Flush {
    pub(super) at: f64,
    pub(super) stage: u32,
    pub(super) share: Option<f64>,
    pub(super) guard: usize,
    pub(super) treatment: usize,
    pub(super) counts: CountFlush,
    pub(super) exposures: Option<Exposures>,
    pub(super) stay: Option<Held>,
    /// At least 1; 1 where nothing is said.
    pub(super) dispersion: f64,
    /// Treatment and control of the stay so far, for a guard on values.
    pub(super) values: Option<(ArmSums, ArmSums)>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Exposures {
    pub(super) share: f64,
    pub(super) treatment: f64,
    pub(super) control: f64,
}
