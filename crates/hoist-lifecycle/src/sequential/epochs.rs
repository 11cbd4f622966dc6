//! When restarts happen: at the start of every stage and every five minutes within one.

use hoist_eval::Span;
use serde::{Deserialize, Serialize};

use crate::limits::RESTART_EVERY;

/// Counts restart epochs over the stages of a rollout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Epochs {
    /// The stay that the last flush belonged to.
    stay: u64,
    /// The epoch in which that stay began.
    first: u64,
    /// The epoch of the last flush.
    last: u64,
}

impl Epochs {
    /// Returns the epoch of a flush `elapsed` into stay `stay`: one more than the last when the stay is another one, and
    /// one more for every five minutes of a stay. It never goes back.
    pub fn at(&mut self, stay: u64, elapsed: Span) -> u64 {
        if stay != self.stay {
            self.stay = stay;
            self.first = self.last.saturating_add(1);
        }
        let within = elapsed.as_micros() / RESTART_EVERY.as_micros();
        self.last = self.last.max(self.first.saturating_add(within));
        self.last
    }
}
