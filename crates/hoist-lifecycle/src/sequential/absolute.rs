//! Evidence about a rate and its limit, both ways.

use serde::{Deserialize, Serialize};

use super::grid::{Direction, Grid, SIZES};
use super::kernel;
use super::mixture::Sums;
use super::rate::Rate;
use super::version::Version;

/// Evidence that a rate is beyond its limit, and evidence that it is within. The only kind of guard that needs no control,
/// as at an internal stage or at 100 %.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct AbsoluteEvidence {
    version: Version<1>,
    /// That the rate is beyond the limit, with restarts.
    harm: Rate,
    /// That it is within, without restarts.
    safe: Sums<SIZES>,
}

impl AbsoluteEvidence {
    /// Counts `events` out of `total` against a rate of `limit`, beyond which harm lies in `direction`, in restart epoch
    /// `epoch` (never an earlier one than before). Limit and direction are the same for the whole rollout.
    pub fn absorb(&mut self, events: f64, total: f64, limit: f64, direction: Direction, epoch: u64) {
        self.harm.absorb(events, total, limit, direction, epoch);
        self.safe.observe(kernel::absolutes(events, total, limit, Grid::Error, direction.reversed()));
    }

    /// Returns the natural logarithm of the evidence that the rate is beyond the limit.
    pub fn log_harm(&self) -> f64 {
        self.harm.log_evidence()
    }

    /// Returns the natural logarithm of the evidence that the rate is within the limit.
    pub fn log_safe(&self) -> f64 {
        self.safe.log_evidence(Grid::Error.weights(), 1.0)
    }
}
