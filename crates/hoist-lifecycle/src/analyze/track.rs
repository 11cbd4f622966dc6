//! What one guard has gathered.

use crate::sequential::{
    AbsoluteEvidence, CountEvidence, CountFlush, CountTest, Ends, RatioInterval, Stakes, ratio_sequence,
};

use super::recording::{Flush, Guard, Watched};

/// A guard with its evidence.
pub(super) struct Track<'r> {
    pub(super) guard: &'r Guard,
    evidence: Gathered,
    /// When both arms were last there, or the treatment alone for a guard with a limit.
    pub(super) last_data: Option<f64>,
}

enum Gathered {
    Comparison { test: CountTest, counts: Box<CountEvidence> },
    Limit(Box<AbsoluteEvidence>),
}

impl<'r> Track<'r> {
    pub(super) fn new(guard: &'r Guard, stakes: Stakes) -> Self {
        let evidence = match &guard.watched {
            Watched::Comparison(comparison) => {
                let counts = Box::new(CountEvidence::new(stakes));
                Gathered::Comparison { test: comparison.test(None), counts }
            }
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
            (Gathered::Comparison { test, counts }, Watched::Comparison(comparison)) => {
                *test = comparison.test(flush.share);
                // The recording was checked, so nothing is refused.
                counts.absorb(test, flush.stage, epoch, &flush.counts, 1.0).is_ok() && flush.counts.has_both_arms()
            }
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
            Gathered::Comparison { test, counts } => counts.log_harm(test),
            Gathered::Limit(evidence) => evidence.log_harm(),
        }
    }

    pub(super) fn log_safe(&self) -> f64 {
        match &self.evidence {
            Gathered::Comparison { test, counts } => counts.log_safe(test, 1.0).unwrap_or_default(),
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
            Gathered::Comparison { test, counts } => {
                let strata: Vec<_> = counts.stages().iter().map(|stage| stage.counts).collect();
                Some(ratio_sequence(&strata, test.grid, Ends::even(alpha)))
            }
            Gathered::Limit(_) => None,
        }
    }
}
