//! Telling people that a guard has no data, and why: a line in the log when the cause changes, and a counter by cause.
//!
//! Both are read off the rollout's state before and after a look, which is stored: nothing is remembered here, so that a
//! server that takes over says nothing twice.

use hoist_lifecycle::rollout::NoDataCause;
use hoist_lifecycle::rollout::evidence::Input;
use hoist_lifecycle::rollout::state::{GuardState, RolloutState};
use hoist_store::RolloutRecord;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;

/// What a look at a guard without data is counted under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct CauseLabels {
    cause: &'static str,
}

/// Counts and logs guards without data. Cloning is cheap.
#[derive(Debug, Clone, Default)]
pub struct Silences(Family<CauseLabels, Counter>);

impl Silences {
    /// Returns the counters, to be registered.
    pub fn family(&self) -> Family<CauseLabels, Counter> {
        self.0.clone()
    }

    /// Returns how many readings of guards had no data for this cause.
    pub fn count(&self, cause: NoDataCause) -> u64 {
        self.0.get_or_create(&CauseLabels { cause: cause.as_str() }).get()
    }

    /// Tells what a look at a rollout has shown about guards without data. To be called once the look is stored.
    pub fn tell(&self, rollout: &RolloutRecord, input: &Input, next: &RolloutState) {
        let (Some(before), Some(after)) = (rollout.state.phase.entry(), next.phase.entry()) else { return };
        let Input::Tick(evidence) = input else { return };
        if before.id != after.id {
            return;
        }
        for state in &after.guards {
            let asked = evidence.readings.iter().any(|reading| reading.guard == state.guard);
            if let Some(cause) = silent(state).filter(|_| asked) {
                self.0.get_or_create(&CauseLabels { cause: cause.as_str() }).inc();
            }
            let earlier = before.guards.iter().find(|earlier| earlier.guard == state.guard);
            log_change(rollout, earlier, state);
        }
    }
}

/// Returns why a guard is silent. One that waits for outcomes is not: nothing is wrong.
fn silent(state: &GuardState) -> Option<NoDataCause> {
    state.cause.filter(|cause| *cause != NoDataCause::Immature)
}

/// Logs that a guard has no data any more, or for another reason, or has some again.
fn log_change(rollout: &RolloutRecord, earlier: Option<&GuardState>, state: &GuardState) {
    let was = earlier.and_then(silent);
    let (flag, environment, guard) = (&rollout.flag, &rollout.environment, state.guard.as_str());
    match silent(state) {
        Some(cause) if was != Some(cause) => tracing::warn!(
            rollout = rollout.id,
            flag,
            environment,
            guard,
            cause = cause.as_str(),
            because = cause.words(),
            next = cause.next(),
            "a guard has no data; its rollout holds, and after the grace does what the guard says"
        ),
        None if was.is_some() => {
            tracing::info!(rollout = rollout.id, flag, environment, guard, "a guard has data again");
        }
        Some(_) | None => {}
    }
}
