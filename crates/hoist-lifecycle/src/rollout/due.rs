//! What the controller must find out before its next tick, and when that is.

use hoist_eval::{Span, Timestamp};

use crate::limits::TICK_MAX;
use crate::metric::{MetricKey, MetricSource, MetricSourceDraft, Placeholders};
use crate::plan::GuardKey;

use super::guard::is_due;
use super::spec::RolloutSpec;
use super::state::{EntryId, GuardProcess, RolloutState, StageEntry};
use super::watch::Watch;

/// A guard that wants a reading.
#[derive(Debug, Clone, PartialEq)]
pub struct DueGuard {
    /// The guard.
    pub guard: GuardKey,
    /// The stay that the reading will belong to; the evidence must name it.
    pub entry: EntryId,
    /// The metric that it watches.
    pub metric: MetricKey,
    /// What to ask, with every placeholder filled in; of a limit against control this is the treated arm.
    pub source: MetricSourceDraft,
    /// The same for the control; absent where one answer is enough, and for what Hoist tracks itself, which answers for
    /// both arms. Ask both for the same instant and answer with one [`super::evidence::Reading::Arms`].
    pub control: Option<MetricSourceDraft>,
    /// The frozen threshold of a quantile: what to count values above. Absent asks for the control's quantile so far.
    pub threshold: Option<f64>,
    /// How old a sample may be and still count.
    pub maximum_staleness: Span,
}

impl DueGuard {
    /// Returns whether Hoist itself counts what the guard asks for, rather than another system.
    pub fn is_tracked(&self) -> bool {
        !matches!(self.source, MetricSourceDraft::PromqlValue { .. } | MetricSourceDraft::PromqlCounts { .. })
    }
}

/// Returns the guards that want a reading at `now`: those of the present stage, paused or not, whose last reading is an
/// interval old. None before the first stage and after the last.
///
/// Answer with one [`super::evidence::GuardReading`] each, whatever the source said or did not say. A guard that goes
/// without a reading keeps its verdict until its sample is stale.
pub fn due_guards(spec: &RolloutSpec, state: &RolloutState, now: Timestamp) -> Vec<DueGuard> {
    let Some(entry) = state.phase.entry() else { return Vec::new() };
    let spec = &*spec.within(state);
    let placeholders = spec.placeholders(entry.stage);
    // Where there is no control there is nothing to compare with, and nothing to ask.
    let control = spec.control_at(entry.stage);
    let asks = |watch: &&Watch| watch.guard.watches(entry.stage.0) && (control.is_some() || !watch.is_compared());
    let watching = spec.watches().iter().filter(asks);
    let due = watching.filter(|watch| {
        let state = entry.guards.iter().find(|state| state.guard == watch.guard.key);
        is_due(watch, state, entry.since, now)
    });
    due.map(|watch| {
        let rest = control.filter(|_| watch.is_compared() && !watch.source.is_tracked());
        DueGuard {
            guard: watch.guard.key.clone(),
            entry: entry.id,
            metric: watch.guard.metric.clone(),
            source: watch.source.fill(&placeholders),
            control: rest.map(|rest| watch.source.fill(&Placeholders { variant: rest.as_str(), ..placeholders })),
            threshold: threshold(entry, watch),
            maximum_staleness: watch.guard.maximum_staleness,
        }
    })
    .collect()
}

/// Returns the frozen threshold of a guard on a quantile, once there is one.
fn threshold(entry: &StageEntry, watch: &Watch) -> Option<f64> {
    match &entry.guards.iter().find(|state| state.guard == watch.guard.key)?.process {
        GuardProcess::Control(compared) => compared.threshold,
        _ => None,
    }
}

/// Returns the guards on quantiles that have frozen their threshold.
pub(crate) fn frozen_guards<'s>(spec: &'s RolloutSpec, state: &'s RolloutState) -> impl Iterator<Item = &'s GuardKey> {
    let entry = state.phase.entry();
    let watches = spec.watches().iter().filter(|watch| matches!(watch.source, MetricSource::LatencyQuantile { .. }));
    watches
        .filter(move |watch| entry.is_some_and(|entry| threshold(entry, watch).is_some()))
        .map(|watch| &watch.guard.key)
}

/// Returns the thresholds of quantiles that guards have frozen so far, with the metrics that they are of.
pub fn frozen_thresholds<'s>(
    spec: &'s RolloutSpec,
    state: &'s RolloutState,
) -> impl Iterator<Item = (&'s MetricKey, f64)> {
    let entry = state.phase.entry();
    let watches = spec.watches().iter().filter(|watch| matches!(watch.source, MetricSource::LatencyQuantile { .. }));
    watches.filter_map(move |watch| Some((&watch.guard.metric, threshold(entry?, watch)?)))
}

/// Returns whether a rollout that asked to be woken at `wake_at` is to be looked at now.
///
/// No decision asks to be woken later than the longest tick from its own time. A moment further ahead than that was
/// written by a clock that has since been set back, and waiting for it would be waiting for years.
pub fn is_due_at(wake_at: Option<Timestamp>, now: Timestamp) -> bool {
    wake_at.is_some_and(|at| at <= now || at > now.saturating_add(TICK_MAX))
}
