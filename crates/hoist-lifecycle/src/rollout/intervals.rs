//! How much of what a guard was told could be judged.

use serde::{Deserialize, Serialize};

use crate::limits::{REFUSED_OF_MIN, REFUSED_SHARE_MAX};

/// Intervals of a stay, each the time between two readings of sums, by what became of them.
///
/// An interval is refused as a whole, in both arms, when its counts cannot be: negative, infinite, more events than units of
/// which each has one at most, or outside of what the guard calls plausible. One that only began anew, as a counter does after
/// a restart, and one without anything new is neither judged nor refused. Nor are readings of a whole stay, which the next one
/// replaces. One whose events came without what they are counted out of is dropped, in both arms as well: what comes later is
/// not what they belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Intervals {
    /// Intervals that were judged.
    pub judged: u64,
    /// Intervals that were refused.
    #[serde(default)]
    pub refused: u64,
    /// Intervals with events and without the opportunities for them.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub dropped: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks by reference")]
fn is_zero(count: &u64) -> bool {
    *count == 0
}

impl Intervals {
    pub(super) fn is_none(&self) -> bool {
        *self == Self::default()
    }

    /// Returns the share of intervals that was refused, of at least [`REFUSED_OF_MIN`]: before there were so many, those to
    /// come are taken for sound.
    pub fn refused_share(&self) -> f64 {
        let all = self.judged.saturating_add(self.refused).max(REFUSED_OF_MIN);
        self.refused as f64 / all as f64
    }

    /// Returns whether too many were refused for the others to be trusted.
    pub fn are_corrupt(&self) -> bool {
        self.refused_share() > REFUSED_SHARE_MAX
    }

    pub(super) fn judge(&mut self) {
        self.judged = self.judged.saturating_add(1);
    }

    pub(super) fn refuse(&mut self) {
        self.refused = self.refused.saturating_add(1);
    }

    pub(super) fn drop_one(&mut self) {
        self.dropped = self.dropped.saturating_add(1);
    }
}
