//! Keeps note of how often flags are asked for.

use hoist_eval::Timestamp;

use super::board::Status;
use super::driver::{Outcome, Task};
use crate::limits::PACE_PAUSE;
use crate::pace::Pace;
use crate::snapshots::Snapshots;

/// Reads the flags' counts now and then.
#[derive(Debug)]
pub(super) struct PaceKeeper {
    pace: Pace,
    snapshots: Snapshots,
}

impl PaceKeeper {
    /// Returns the task.
    pub(super) fn new(pace: Pace, snapshots: Snapshots) -> Self {
        Self { pace, snapshots }
    }
}

impl Task for PaceKeeper {
    fn name(&self) -> &'static str {
        "pace"
    }

    async fn activate(&mut self, now: Timestamp) -> Outcome {
        self.pace.look(&self.snapshots, now);
        Outcome { status: Status::well("counted"), wake_at: Some(now.saturating_add(PACE_PAUSE)) }
    }
}
