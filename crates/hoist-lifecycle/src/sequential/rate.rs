//! Events per opportunity against a fixed limit, for a metric that is two counters.

use serde::{Deserialize, Serialize};

use crate::plan::LimitDraft;

use super::grid::{Direction, Grid, SIZES};
use super::kernel;
use super::mixture::Mixture;

/// Evidence that the rate of events is beyond a limit.
///
/// For `x` events out of `n` opportunities and the limit `t`, an alternative `g` multiplies its sum by
/// `exp(x ln g - n t (g - 1))`; below a limit, `1/g` stands for `g`. Valid for Poisson and for Bernoulli events, at any
/// traffic and without a minimum.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Rate {
    mixture: Mixture<SIZES>,
}

impl Rate {
    /// Counts `events` out of `total` against `limit`, in restart epoch `epoch` (never an earlier one than before). A limit
    /// against the control is not a rate, and says nothing here.
    pub fn observe(&mut self, events: f64, total: f64, limit: LimitDraft, epoch: u64) {
        match limit {
            LimitDraft::Above(limit) => self.absorb(events, total, limit, Direction::Higher, epoch),
            LimitDraft::Below(limit) => self.absorb(events, total, limit, Direction::Lower, epoch),
            LimitDraft::Control(_) => self.mixture.restart_until(epoch),
        }
    }

    /// Counts `events` out of `total` against a rate of `limit`, beyond which harm lies in `direction`.
    pub fn absorb(&mut self, events: f64, total: f64, limit: f64, direction: Direction, epoch: u64) {
        self.mixture.restart_until(epoch);
        self.mixture.observe(kernel::absolutes(events, total, limit, Grid::Error, direction));
    }

    /// Returns the restart epoch of the last observation.
    pub fn epoch(&self) -> u64 {
        self.mixture.restarts()
    }

    /// Returns the natural logarithm of the evidence.
    pub fn log_evidence(&self) -> f64 {
        self.mixture.log_evidence(Grid::Error.weights())
    }
}
