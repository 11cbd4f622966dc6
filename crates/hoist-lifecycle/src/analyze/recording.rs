//! A recording that has been checked.

use std::collections::BTreeMap;

use hoist_eval::Span;

use crate::backtest::{Interval, ValueInterval};
use crate::rollout::evidence::ArmSums;
use crate::sequential::{
    Clusters, CountFlush, CountKind, CountTest, Direction, Effects, Grid, MeanTest, RatioSums, Sample, Stakes,
    default_noninferiority,
};

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

impl Recording {
    /// Returns what values came to whoever they belong to: per guard on values its metric, and both arms of each window added
    /// up, with the time in seconds from the start. Flushes have all of their stay so far, so windows are what came since the one
    /// before; variance and skewness are those of the whole stay.
    pub fn pooled_values(&self) -> Vec<(&str, Vec<(f64, ValueInterval)>)> {
        let valued = self.guards.iter().enumerate().filter(|(_, guard)| matches!(guard.watched, Watched::Values(_)));
        valued.map(|(index, guard)| (guard.metric.as_str(), self.windows(index))).collect()
    }

    fn windows(&self, guard: usize) -> Vec<(f64, ValueInterval)> {
        // Several treatments have the same control: it is counted with the first of them alone.
        let flushes = self.flushes.iter().filter(|flush| flush.guard == guard && flush.treatment == 0);
        let told = flushes.filter_map(|flush| {
            let (treatment, control) = flush.values?;
            Some((flush.at, flush.stay(), treatment.clusters()?, control.clusters()?))
        });
        let told: Vec<(f64, u64, Clusters, Clusters)> = told.collect();
        let ends: BTreeMap<u64, (f64, f64)> = (told.iter())
            .map(|(_, stay, treatment, control)| (*stay, (spread(treatment, control), Sample::skewness(treatment))))
            .collect();
        let mut last: BTreeMap<u64, (f64, f64, f64)> = BTreeMap::new();
        let windows = told.iter().map(|(at, stay, treatment, control)| {
            let sum = |of: fn(&Clusters) -> f64| of(treatment) + of(control);
            let now = (sum(|arm| arm.units), sum(|arm| arm.groups.numerator), sum(|arm| arm.groups.denominator));
            let before = last.insert(*stay, now).unwrap_or_default();
            let (variance, skewness) = ends.get(stay).copied().unwrap_or_default();
            let (units, above, below) = ((now.0 - before.0).max(0.0), now.1 - before.1, (now.2 - before.2).max(0.0));
            (*at, ValueInterval { units, above, below, variance, skewness })
        });
        windows.collect()
    }

    /// Returns how much more the events of guards vary than independent ones, of those where they do: the most that a stay ended
    /// with.
    pub fn dispersions(&self) -> Vec<(&str, f64)> {
        let of = |index: usize| {
            let flushes = self.flushes.iter().filter(|flush| flush.guard == index);
            let ends: BTreeMap<(usize, u64), f64> =
                flushes.map(|flush| ((flush.treatment, flush.stay()), flush.dispersion)).collect();
            ends.into_values().fold(1.0, f64::max)
        };
        let counted =
            self.guards.iter().enumerate().filter(|(_, guard)| matches!(guard.watched, Watched::Comparison(_)));
        let all = counted.map(|(index, guard)| (guard.metric.as_str(), of(index)));
        all.filter(|(_, dispersion)| *dispersion > 1.0).collect()
    }
}

/// Returns the variance of what one unit has above the line beyond the ratio times what it has below it, over both arms, each with
/// its own ratio.
fn spread(treatment: &Clusters, control: &Clusters) -> f64 {
    let of = |arm: &Clusters| {
        let RatioSums { n, numerator, denominator, numerator_squares, denominator_squares, products } = arm.groups;
        let ratio = numerator / denominator;
        let squares = numerator_squares - 2.0 * ratio * products + ratio * ratio * denominator_squares;
        // Of all units of the arm; the ratio takes one degree of freedom of its groups.
        Some(squares * n / (n - 1.0)).filter(|sum| sum.is_finite() && *sum >= 0.0).map(|sum| (sum, arm.units))
    };
    let arms = [of(treatment), of(control)];
    let (sum, units) = arms.into_iter().flatten().fold((0.0, 0.0), |all, arm| (all.0 + arm.0, all.1 + arm.1));
    if units > 0.0 { sum / units } else { 0.0 }
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
    /// Returns what is tested, as long as no flush says more.
    pub(super) fn test(&self) -> CountTest {
        let Self { kind, grid, direction, margin, .. } = *self;
        CountTest { kind, grid, direction, margin, noninferiority: Some(ruled_out(self.noninferiority, None)) }
    }

    /// Returns what is tested at the stage of a flush.
    pub(super) fn test_of(&self, flush: &Flush) -> CountTest {
        CountTest { noninferiority: Some(ruled_out(self.noninferiority, Some(flush))), ..self.test() }
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
    /// Whether larger ones are looked for as well.
    pub(super) effects: Effects,
}

impl Values {
    /// Returns what is tested, as long as no flush says more.
    pub(super) fn test(&self) -> MeanTest {
        let Self { direction, margin, effects, .. } = *self;
        MeanTest {
            direction,
            margin,
            effect: None,
            effects,
            noninferiority: Some(ruled_out(self.noninferiority, None)),
        }
    }

    /// Returns what is tested at the stage of a flush.
    pub(super) fn test_of(&self, flush: &Flush) -> MeanTest {
        MeanTest { noninferiority: Some(ruled_out(self.noninferiority, Some(flush))), ..self.test() }
    }
}

/// Returns what must be ruled out: what the flush says, or the guard for all stages, or what its share is given by default.
fn ruled_out(guard: Option<f64>, flush: Option<&Flush>) -> f64 {
    let default = || default_noninferiority(flush.and_then(|flush| flush.share).unwrap_or(1.0));
    flush.and_then(|flush| flush.noninferiority).or(guard).unwrap_or_else(default)
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
    /// What must be ruled out, where not as the guard says.
    pub(super) noninferiority: Option<f64>,
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

impl Flush {
    /// Returns which stay it is of; without stays of their own, stages are the stays.
    pub(super) fn stay(&self) -> u64 {
        self.stay.map_or(u64::from(self.stage) + 1, |held| held.stay)
    }
}
