//! Keeps the intake in step: units from evaluation, the stays of rollouts, flushes.

use hoist_eval::Timestamp;

use super::board::Status;
use super::driver::{Outcome, Task};
use crate::evidence::Intake;
use crate::limits::{EVIDENCE_FLUSH, SEEN_DRAIN, SEEN_REFRESH};
use crate::shutdown::Shutdown;

/// Keeps the intake in step.
#[derive(Debug)]
pub struct EvidenceKeeper {
    intake: Intake,
    shutdown: Shutdown,
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
    /// Returns the task, which leaves what it is doing when `shutdown` is requested.
    pub fn new(intake: Intake, shutdown: Shutdown) -> Self {
        let never = Timestamp::EPOCH;
        Self {
            intake,
            shutdown,
            refresh_at: never,
            flush_at: never,
            units_at: never,
            seen_at: never,
            refresh_fault: None,
            flush_fault: None,
        }
    }

    /// Does what is due.
    async fn keep(&mut self, now: Timestamp) -> Status {
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
        fault.map_or_else(|| Status::well("in step"), |fault| Status::ailing(fault.as_str()))
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
        let shutdown = self.shutdown.clone();
        let status = tokio::select! {
            biased;
            // What a long history teaches is of no use to a server that stops, and it has its own to write down.
            () = shutdown.requested() => Status::well("stopping"),
            status = self.keep(now) => status,
        };
        Outcome { status, wake_at: Some(now.saturating_add(SEEN_DRAIN)) }
    }

    async fn retire(&mut self) {
        // At once, in case there is no time for more; what the last requests bring is written down when they have ended.
        self.intake.drain(self.seen_at);
        if let Err(error) = self.intake.write_down(self.seen_at).await {
            tracing::warn!(%error, "what was counted since the last flush is not written down yet");
        }
    }
}
