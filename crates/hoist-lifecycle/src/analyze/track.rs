//! What one guard has gathered.

use crate::limits::RESTART_EVERY;
use crate::rollout::evidence::EarlierArms;
use crate::rollout::state::EntryId;
use crate::rollout::{ComparedValues, Place};
use crate::sequential::{
    AbsoluteEvidence, CountEvidence, CountFlush, CountTest, Ends, MeanTest, RatioInterval, Stakes, settled_log_harm,
    tempered_ratio_sequence,
};

use super::recording::{Flush, Guard, Held, Values, Watched};

/// A guard with its evidence.
pub(super) struct Track<'r> {
    pub(super) guard: &'r Guard,
    evidence: Gathered,
    /// When both arms were last there, or the treatment alone for a guard with a limit.
    pub(super) last_data: Option<f64>,
}

enum Gathered {
    Comparison(Box<Counted>),
    Values(Box<Valued>),
    Limit(Box<AbsoluteEvidence>),
}

impl<'r> Track<'r> {
    /// Returns a guard that has gathered nothing. `by_stays` says whether its flushes name their stays.
    pub(super) fn new(guard: &'r Guard, stakes: Stakes, by_stays: bool) -> Self {
        let stakes = guard.stakes.unwrap_or(stakes);
        let evidence = match &guard.watched {
            Watched::Comparison(comparison) => {
                Gathered::Comparison(Box::new(Counted::new(comparison.test(), stakes, by_stays)))
            }
            Watched::Values(values) => Gathered::Values(Box::new(Valued::new(values.test()))),
            Watched::Limit { .. } => Gathered::Limit(Box::default()),
        };
        Self { guard, evidence, last_data: None }
    }

    /// Returns the name of the metric.
    pub(super) fn metric(&self) -> &'r str {
        &self.guard.metric
    }

    /// Counts a flush in its restart epoch.
    pub(super) fn absorb(&mut self, flush: &Flush, epoch: u64) {
        let CountFlush { n_treatment, x_treatment, .. } = flush.counts;
        let there = match (&mut self.evidence, &self.guard.watched) {
            (Gathered::Comparison(counted), Watched::Comparison(comparison)) => {
                counted.absorb(comparison.test_of(flush), flush, epoch)
            }
            (Gathered::Values(valued), Watched::Values(values)) => valued.absorb(values, flush),
            (Gathered::Limit(evidence), Watched::Limit { direction, limit }) => {
                evidence.absorb(x_treatment, n_treatment, *limit, *direction, epoch);
                n_treatment > 0.0
            }
            _ => false,
        };
        if there {
            self.last_data = Some(flush.at);
        }
    }

    pub(super) fn log_harm(&self) -> f64 {
        match &self.evidence {
            Gathered::Comparison(counted) => settled_log_harm(&counted.evidence, &counted.test, counted.dispersion),
            Gathered::Values(valued) => valued.values.log_harm(&valued.test),
            Gathered::Limit(evidence) => evidence.log_harm(),
        }
    }

    pub(super) fn log_safe(&self) -> f64 {
        match &self.evidence {
            Gathered::Comparison(counted) => {
                counted.evidence.log_safe(&counted.test, counted.dispersion).unwrap_or_default()
            }
            Gathered::Values(valued) => valued.values.log_safe(&valued.test, valued.present),
            Gathered::Limit(evidence) => evidence.log_safe(),
        }
    }

    /// Returns whether the guard has a limit of its own, beyond which nothing else matters.
    pub(super) fn has_limit(&self) -> bool {
        matches!(self.evidence, Gathered::Limit(_))
    }

    /// Returns the ratio of both arms; `None` for a guard without a control.
    pub(super) fn ratio(&self, alpha: f64) -> Option<RatioInterval> {
        match &self.evidence {
            Gathered::Comparison(counted) => {
                let strata: Vec<_> = counted.evidence.stages().iter().map(|stage| stage.counts).collect();
                let dispersion = counted.evidence.largest_dispersion(counted.dispersion);
                Some(tempered_ratio_sequence(&strata, counted.test.grid, Ends::even(alpha), dispersion))
            }
            Gathered::Values(valued) => Some(valued.values.ratio(&valued.test, alpha)),
            Gathered::Limit(_) => None,
        }
    }
}

/// What was counted.
struct Counted {
    test: CountTest,
    evidence: CountEvidence,
    /// What the flushes so far say of clusters.
    dispersion: f64,
    /// The present stay with its arms, where stays are told apart.
    stay: Option<(u64, Stratum)>,
    /// The restart epoch in which it began.
    began: u64,
}

/// What is never pooled with another: a stage, and the share that it treats.
type Stratum = (u32, Option<u64>);

fn stratum(flush: &Flush) -> Stratum {
    (flush.stage, flush.share.map(f64::to_bits))
}

impl Counted {
    fn new(test: CountTest, stakes: Stakes, by_stays: bool) -> Self {
        let evidence = if by_stays { CountEvidence::by_stays(stakes) } else { CountEvidence::new(stakes) };
        Self { test, evidence, dispersion: 1.0, stay: None, began: 0 }
    }

    /// Counts a flush, and returns whether both arms were there.
    fn absorb(&mut self, test: CountTest, flush: &Flush, epoch: u64) -> bool {
        self.test = test;
        let epoch = flush.stay.map_or(epoch, |held| self.enter(held, stratum(flush)));
        // One that names its stay and has no counts only says how much events vary now.
        let is_silent = flush.stay.is_some() && flush.counts == CountFlush::default();
        // The recording was checked, so nothing is refused.
        let counted = !is_silent
            && self.evidence.absorb(&test, flush.stage, epoch, &flush.counts, self.dispersion).is_ok()
            && flush.counts.has_both_arms();
        self.dispersion = flush.dispersion;
        counted
    }

    /// Ends the stay before, if this is another one, and returns the restart epoch.
    fn enter(&mut self, held: Held, stratum: Stratum) -> u64 {
        if let Some((stay, before)) = self.stay
            && stay != held.stay
        {
            self.evidence.end_stay(self.dispersion, before != stratum);
            self.began = self.evidence.epoch().saturating_add(1);
        }
        self.stay = Some((held.stay, stratum));
        self.began.saturating_add(held.observed.as_micros() / RESTART_EVERY.as_micros())
    }
}

/// What values came to.
struct Valued {
    test: MeanTest,
    values: ComparedValues,
    /// Stages with their shares, in the order in which they came: their positions are the strata.
    strata: Vec<Stratum>,
    /// The present stay, and the stratum that it is of.
    stay: Option<u64>,
    present: u32,
}

impl Valued {
    fn new(test: MeanTest) -> Self {
        Self { test, values: ComparedValues::default(), strata: Vec::new(), stay: None, present: 0 }
    }

    /// Takes what both arms had in a stay so far, and returns whether both were there.
    fn absorb(&mut self, watched: &Values, flush: &Flush) -> bool {
        let Some((treatment, control)) = flush.values else { return false };
        let stay = flush.stay();
        if self.stay.is_some_and(|present| stay < present) {
            self.values.take_late(&[EarlierArms { entry: EntryId(stay), treatment, control }]);
            return false;
        }
        if self.stay.is_some_and(|present| present != stay) {
            self.values = self.values.carried();
        }
        self.stay = Some(stay);
        self.present = self.position(stratum(flush));
        let place = Place { entry: EntryId(stay), stage: self.present };
        self.values.take(&watched.test_of(flush), place, (treatment, control), |_| true);
        // What was derived from the control stands until there is as much of it as that takes.
        let effect = watched.effect.filter(|_| self.values.effect().is_some());
        self.test = MeanTest { effect, ..watched.test_of(flush) };
        treatment.n > 0.0 && control.n > 0.0
    }

    fn position(&mut self, stratum: Stratum) -> u32 {
        let known = self.strata.iter().position(|known| *known == stratum);
        let index = known.unwrap_or_else(|| {
            self.strata.push(stratum);
            self.strata.len() - 1
        });
        u32::try_from(index).unwrap_or(u32::MAX)
    }
}
