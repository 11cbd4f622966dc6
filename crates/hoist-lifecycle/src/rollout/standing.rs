//! How a rollout stands between two decisions: what each guard has seen, what it needs, and when it can decide.
//!
//! Decisions are kept when they are news; the numbers move with every reading. This reads them off the record as it is.

use hoist_eval::{Span, Timestamp};
use serde::{Deserialize, Serialize};

use super::evidence::FirstExposures;
use super::guard::Stay;
use super::observe::{explain, units};
use super::rationale::{CombinedFacts, GuardRationale, ShareFacts, TelemetryFacts};
use super::shares::shares;
use super::spec::RolloutSpec;
use super::state::{RolloutState, StageEntry};
use super::telemetry::telemetry;
use super::weigh::weigh;

/// What the guards of a stage say now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Standing {
    /// Each guard and goal of the stage, in the order of the plan.
    pub guards: Vec<GuardRationale>,
    /// All guards against control together; absent where nothing is compared.
    #[serde(default)]
    pub combined: Option<CombinedFacts>,
    /// Whether units arrive in the shares that are sent; absent where nobody counts them.
    #[serde(default)]
    pub shares: Option<ShareFacts>,
    /// Whether both arms are heard of alike; absent where nobody counts who reports.
    #[serde(default)]
    pub telemetry: Option<TelemetryFacts>,
}

/// Returns how the guards of the present stage stand; `None` outside stages.
pub fn standing(spec: &RolloutSpec, state: &RolloutState) -> Option<Standing> {
    let mut entry = state.phase.entry()?.clone();
    let spec = &*spec.within(state);
    let stay = Stay::of(spec, &entry, entry.since);
    let watches: Vec<_> = spec
        .watches()
        .iter()
        .filter(|watch| watch.guard().watches(entry.stage.0))
        .filter_map(|watch| Some((watch, entry.guards.iter().position(|state| state.guard == *watch.guard().key())?)))
        .collect();
    let verdicts: Vec<_> = entry.guards.iter().map(|state| state.verdict).collect();
    // No time passes and nothing is read, so this only adds up what is there.
    let shares = shares(spec, &mut entry, None::<&FirstExposures>);
    let combined = weigh(spec, &mut entry, &watches, shares.as_ref(), Span::ZERO);
    for (state, verdict) in entry.guards.iter_mut().zip(verdicts) {
        state.verdict = verdict;
    }
    let telemetry = telemetry(spec, &entry);
    Some(Standing { guards: explain(&entry, &watches, combined.as_ref(), stay), combined, shares, telemetry })
}

impl Stay {
    /// Returns the stay of an entry at a moment.
    pub(super) fn of(spec: &RolloutSpec, entry: &StageEntry, now: Timestamp) -> Self {
        Self {
            entry: entry.id,
            since: entry.since,
            observed: entry.observed,
            now,
            stage: entry.stage.0,
            has_control: spec.control_at(entry.stage).is_some(),
            log_safe_needed: -spec.plan().beta().ln(),
            alpha: spec.plan().alpha(),
            units: units(entry),
        }
    }
}
