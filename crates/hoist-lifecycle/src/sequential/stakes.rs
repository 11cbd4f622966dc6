//! How a stake of 1 is divided among the moments at which harm may begin.

use serde::{Deserialize, Serialize};

/// Shares of a stake of 1 for the start and for every restart. Fixed before data arrive; stored with the sums that were
/// begun with them, so a process ends as it began.
///
/// With `late` kept for restarts and `delay` their time scale, the start has `1 - late`, and after `j` restarts
/// `late delay/(delay + j)` is not spent yet. Restart `j` therefore has `late delay/((delay + j - 1)(delay + j))`, and over
/// all `j` the shares add up to 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stakes {
    /// Half for the start, `1/(2j(j+1))` for restart `j`: what recordings are judged by, limits that are a number, and what is
    /// meant where nothing is stored.
    #[default]
    Even,
    /// Four fifths for the start, `6/(5(j+5)(j+6))` for restart `j`: most harm is there from the beginning, and loses `ln 1.25`
    /// to restarts instead of `ln 2`. Later shares fall more slowly, so that harm which begins after half an hour, by caches,
    /// load or a nightly job, loses no more than a window.
    Early,
    /// Nine tenths for the start, `3/(5(j+5)(j+6))` for restart `j`: what falls beyond a quantile is few in a window and little
    /// more than before, so that each window of delay counts.
    Foremost,
}

impl Stakes {
    /// Returns what the start has.
    pub fn at_start(self) -> f64 {
        1.0 - self.unspent(0)
    }

    /// Returns what is left for later restarts after `restarts` of them.
    pub fn unspent(self, restarts: u64) -> f64 {
        let (late, delay) = match self {
            Self::Even => (0.5, 1.0),
            Self::Early => (0.2, 6.0),
            Self::Foremost => (0.1, 6.0),
        };
        late * delay / (delay + restarts as f64)
    }
}
