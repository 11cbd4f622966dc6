//! Writes who asked for which flag.

use hoist_eval::Timestamp;
use hoist_store::Store;

use super::board::Status;
use super::driver::{Outcome, Task};
use crate::clock::Clock;
use crate::limits::SEEN_PAUSE;
use crate::seen::Seen;

/// Writes who asked for which flag.
#[derive(Debug)]
pub(super) struct SeenWriter {
    seen: Seen,
    store: Store,
    clock: Clock,
}

impl SeenWriter {
    /// Returns the task.
    pub(super) fn new(seen: Seen, store: Store, clock: Clock) -> Self {
        Self { seen, store, clock }
    }

    async fn write(&self, now: Timestamp) -> Status {
        match self.seen.flush(&self.store, now).await {
            Ok(count) => Status::well(format!("{count} written")),
            Err(error) => Status::ailing(error.to_string()),
        }
    }
}

impl Task for SeenWriter {
    fn name(&self) -> &'static str {
        "evaluations-seen"
    }

    async fn activate(&mut self, now: Timestamp) -> Outcome {
        Outcome { status: self.write(now).await, wake_at: Some(now.saturating_add(SEEN_PAUSE)) }
    }

    async fn retire(&mut self) {
        let now = self.clock.now();
        self.write(now).await;
    }
}
