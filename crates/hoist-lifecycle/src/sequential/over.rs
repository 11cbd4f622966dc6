//! What stays that are over have left to the evidence of counts.

use serde::{Deserialize, Serialize};

use super::grid::SIZES;
use super::mixture::{Mixture, Sums};
use super::stakes::Stakes;

/// Sums of stays that are over, each divided by the dispersion that its stay ended with.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct Over {
    /// Of harm. Every stay is a moment at which harm may begin.
    harm: Mixture<SIZES>,
    /// Of safety, from stays of the stage that lasts.
    pub(super) safe: Sums<SIZES>,
    /// The largest dispersion that a stay ended with, at least 1.
    pub(super) dispersion: f64,
}

impl Over {
    /// Returns what is left before the first stay, begun with these stakes.
    pub(super) fn new(stakes: Stakes) -> Self {
        Self { harm: Mixture::new(stakes), safe: Sums::default(), dispersion: 1.0 }
    }

    /// Takes in what a stay said of harm, which ends with this dispersion.
    pub(super) fn end(&mut self, harm: &Sums<SIZES>, dispersion: f64) {
        self.harm.observe_sums(&harm.tempered(dispersion));
        self.harm.restart_until(self.harm.restarts().saturating_add(1));
        self.dispersion = self.dispersion.max(dispersion);
    }

    /// Takes in what came late of a stay, tempered.
    pub(super) fn late(&mut self, harm: [f64; SIZES]) {
        self.harm.observe(harm);
    }

    /// Returns ln E for the given weights, with what the present stay has said so far at its dispersion.
    pub(super) fn log_harm(&self, present: &Sums<SIZES>, dispersion: f64, weights: [f64; SIZES]) -> f64 {
        let mut all = self.harm;
        all.observe_sums(&present.tempered(dispersion));
        all.log_evidence(weights)
    }
}
