//! What the controller must find out before its next tick, and when that is.

use hoist_eval::{Span, Timestamp};

use crate::limits::TICK_MAX;
use crate::metric::{MetricKey, MetricSourceDraft, Placeholders};
use crate::plan::{GuardKey, LimitDraft};

use super::guard::is_due;
use super::spec::RolloutSpec;
use super::state::{EntryId, RolloutState};

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

/// Returns the guards that want a reading at `now`: those of the present stage, paused or not, whose last reading is an
/// interval old. None before the first stage and after the last.
///
/// Answer with one [`super::evidence::GuardReading`] each, whatever the source said or did not say. A guard that goes
/// without a reading keeps its verdict until its sample is stale.
pub fn due_guards(spec: &RolloutSpec, state: &RolloutState, now: Timestamp) -> Vec<DueGuard> {
    let Some(entry) = state.phase.entry() else { return Vec::new() };
    let placeholders = spec.placeholders(entry.stage);
    let watching = spec.watches().iter().filter(|watch| watch.guard.watches(entry.stage.0));
    let due = watching.filter(|watch| {
        let state = entry.guards.iter().find(|state| state.guard == watch.guard.key);
        is_due(watch, state, entry.since, now)
    });
    due.map(|watch| {
        let both = matches!(watch.guard.limit, LimitDraft::Control(_)) && !watch.source.is_tracked();
        let control = Placeholders { variant: placeholders.control, ..placeholders };
        DueGuard {
            guard: watch.guard.key.clone(),
            entry: entry.id,
            metric: watch.guard.metric.clone(),
            source: watch.source.fill(&placeholders),
            control: both.then(|| watch.source.fill(&control)),
            threshold: None,
            maximum_staleness: watch.guard.maximum_staleness,
        }
    })
    .collect()
}

/// Returns whether a rollout that asked to be woken at `wake_at` is to be looked at now.
///
/// No decision asks to be woken later than the longest tick from its own time. A moment further ahead than that was
/// written by a clock that has since been set back, and waiting for it would be waiting for years.
pub fn is_due_at(wake_at: Option<Timestamp>, now: Timestamp) -> bool {
    wake_at.is_some_and(|at| at <= now || at > now.saturating_add(TICK_MAX))
}
