//! Keeps the intake in step: units from evaluation, the stays of rollouts, flushes.

use hoist_eval::Timestamp;

use super::board::Status;
use super::driver::{Outcome, Task};
use crate::evidence::Intake;
use crate::limits::{EVIDENCE_FLUSH, SEEN_DRAIN, SEEN_REFRESH};

/// Keeps the intake in step.
#[derive(Debug)]
pub struct EvidenceKeeper {
    intake: Intake,
    refresh_at: Timestamp,
    flush_at: Timestamp,
    units_at: Timestamp,
    /// When the task last looked.
    seen_at: Timestamp,
    /// What the last refresh and the last flush met.
    refresh_fault: Option<String>,
    flush_fault: Option<String>,
}

impl EvidenceKeeper {
    /// Returns the task.
    pub fn new(intake: Intake) -> Self {
        let never = Timestamp::EPOCH;
        Self {
            intake,
            refresh_at: never,
            flush_at: never,
            units_at: never,
            seen_at: never,
            refresh_fault: None,
            flush_fault: None,
        }
    }
}

/// Returns whether an appointment has come, or lies so far ahead that the clock must have been set back.
fn is_due(at: Timestamp, now: Timestamp) -> bool {
    at <= now || at > now.saturating_add(EVIDENCE_FLUSH.saturating_mul(10))
}

impl Task for EvidenceKeeper {
    fn name(&self) -> &'static str {
        "evidence"
    }

    async fn activate(&mut self, now: Timestamp) -> Outcome {
        self.seen_at = now;
        let wake_at = Some(now.saturating_add(SEEN_DRAIN));
        let placed = self.intake.drain(now);
        if !placed || is_due(self.refresh_at, now) {
            let refreshed = self.intake.refresh(now).await;
            // What is not learned to the end goes on at once.
            if !matches!(refreshed, Ok(false)) {
                self.refresh_at = now.saturating_add(EVIDENCE_FLUSH);
            }
            self.refresh_fault = refreshed.err().map(|error| error.to_string());
            self.intake.drain(now);
        }
        if is_due(self.units_at, now) {
            self.intake.refresh_units();
            self.units_at = now.saturating_add(SEEN_REFRESH);
        }
        if is_due(self.flush_at, now) {
            // What found no stay in the time between two flushes will find none.
            self.intake.give_up();
            self.flush_at = now.saturating_add(EVIDENCE_FLUSH);
            self.flush_fault = self.intake.flush(now).await.err().map(|error| error.to_string());
        }
        let fault = self.flush_fault.as_ref().or(self.refresh_fault.as_ref());
        Outcome {
            status: fault.map_or_else(|| Status::well("in step"), |fault| Status::ailing(fault.as_str())),
            wake_at,
        }
    }

    async fn retire(&mut self) {
        // The last flush, so that a stop in good order loses nothing. What fails here is what a crash would lose.
        let now = self.seen_at;
        self.intake.drain(now);
        if let Err(error) = self.intake.flush(now).await {
            tracing::warn!(%error, "what was counted since the last flush is lost");
        }
    }
}
