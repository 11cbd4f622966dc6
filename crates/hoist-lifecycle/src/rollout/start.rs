//! The start of a rollout: whether it can be, and the state it begins in.

use std::sync::Arc;

use hoist_eval::Timestamp;
use hoist_eval::draft::AllocationDraft;

use crate::limits::{START_AHEAD_MAX, START_LATE_MAX};
use crate::problem::{Problem, Problems};

use super::spec::{RolloutSpec, names};
use super::state::{Phase, RolloutState};

/// What is known of the flag when a rollout is started.
#[derive(Debug, Clone, PartialEq)]
pub struct StartFacts {
    /// The keys of the flag's variants.
    pub variants: Vec<String>,
    /// The keys of the project's segments.
    pub segments: Vec<String>,
    /// The flag's allocation now. A rollback will restore exactly this.
    pub allocation: Option<AllocationDraft>,
    /// The earliest start; absent means now.
    pub start_at: Option<Timestamp>,
}

/// Returns the state in which the rollout begins, or everything that stands in its way.
///
/// Nothing is served yet: the first tick enters the first stage, once `start_at` has come, the stage's window is open
/// and the flag is on.
pub fn start(spec: &RolloutSpec, facts: &StartFacts, now: Timestamp) -> Result<RolloutState, Vec<Problem>> {
    let mut problems = Problems::default();
    if !names(&facts.variants, spec.control()) {
        problems.add("control", "the flag has no such variant");
    }
    for (position, stage) in spec.plan().stages().iter().enumerate() {
        if !names(&facts.variants, stage.variant()) {
            problems.add(format!("plan.stages[{position}].variant"), "the flag has no such variant");
        }
        if let Some(audience) = stage.audience()
            && !facts.segments.iter().any(|segment| segment == audience.as_str())
        {
            problems.add(format!("plan.stages[{position}].audience"), "no segment has this key; create it first");
        }
    }
    if let Some(at) = facts.start_at {
        check_start(at, now, &mut problems);
    }
    let baseline = facts.allocation.clone().map(Arc::new);
    problems.finish(Some(RolloutState {
        phase: Phase::Scheduled { start_at: facts.start_at.unwrap_or(now) },
        next_entry: 1,
        allocation: baseline.clone(),
        baseline,
        stepped_back: false,
        part: None,
        overrides: Vec::new(),
        last_rule: None,
    }))
}

fn check_start(at: Timestamp, now: Timestamp, problems: &mut Problems) {
    if at.saturating_add(START_LATE_MAX) < now {
        problems.add("start_at", "lies in the past; leave it out to start now");
    }
    if at > now.saturating_add(START_AHEAD_MAX) {
        problems.add("start_at", format!("must be at most {START_AHEAD_MAX} ahead"));
    }
}
