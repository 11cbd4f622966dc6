//! Where a rollout is now. Decisions are kept only when they are news, so the last of them may be old: the numbers come
//! from the rollout itself, and a decision only says what does not change from one reading to the next.

use hoist_lifecycle::plan::{Gate, GuardDraft};
use hoist_lifecycle::rollout::decision::{Rule, Verdict};
use hoist_lifecycle::rollout::rationale::{Action, GuardRationale, Rationale, ShareFacts, StageFacts, TelemetryFacts};

use super::rollout::{Decided, GuardProgress, Phase, Progress, Rollout};

/// Returns what each guard of the stage saw last; outside stages, what it said in the last decision. `decisions` has the
/// latest first.
pub fn guards(rollout: &Rollout, decisions: &[Decided]) -> Vec<GuardRationale> {
    match &rollout.stage {
        Some(Progress { standing: Some(standing), .. }) => standing.guards.clone(),
        Some(stage) => stage.guards.iter().filter_map(|seen| guard(seen, rollout, decisions)).collect(),
        None => decisions.first().map(|last| last.rationale.guards.clone()).unwrap_or_default(),
    }
}

/// Returns what the rollout waits for, or how it came to where it is, in a sentence. `decisions` has the latest first.
pub fn now(rollout: &Rollout, decisions: &[Decided]) -> String {
    let last = decisions.first().map(|decided| &decided.rationale);
    let (Phase::Progressing, Some(stage)) = (rollout.phase, &rollout.stage) else {
        return last.map(Rationale::summary).unwrap_or_default();
    };
    let guards = guards(rollout, decisions);
    let gate = rollout.plan.stages.get(stage.index).map_or(Gate::Automatic, |draft| draft.gate);
    let holds = |rule| last.filter(|last| last.action == Action::Hold && last.rule == rule);
    let in_the_way = guards.iter().find(|guard| !guard.verdict.lets_leave());
    let standing = stage.standing.as_ref();
    let shares = standing.and_then(|standing| standing.shares.clone());
    let telemetry = standing.and_then(|standing| standing.telemetry.clone());
    let is_unhealthy =
        shares.as_ref().is_some_and(ShareFacts::is_mismatch) || telemetry.as_ref().is_some_and(TelemetryFacts::is_loss);
    let rule = if is_unhealthy {
        Rule::Unhealthy
    } else if stage.baked < stage.bake {
        Rule::Bake
    } else if let Some(guard) = in_the_way {
        match guard.verdict {
            Verdict::Breach => Rule::Notified,
            Verdict::Collecting => Rule::Collecting,
            Verdict::Inconclusive if guard.compared.is_some() => Rule::Suspect,
            // The sentence of a silence that has outlasted its grace is only for that.
            _ => Rule::Inconclusive,
        }
    } else if stage.treated < stage.minimum_treated {
        Rule::MinimumTreated
    } else if gate == Gate::Approval && !stage.promoted {
        Rule::Approval
    } else if holds(Rule::Window).is_some() {
        Rule::Window
    } else {
        Rule::Bake
    };
    let sentence = Rationale {
        rule,
        action: Action::Hold,
        stage: Some(facts(rollout, stage, gate)),
        guard: in_the_way.map(|guard| guard.guard.clone()),
        reason: None,
        until: holds(Rule::Window).and_then(|last| last.until),
        guards,
        combined: standing.and_then(|standing| standing.combined.clone()),
        shares,
        telemetry,
        candidates: Vec::new(),
        beside: None,
    };
    match rule {
        Rule::Bake if stage.treated < stage.minimum_treated => {
            format!("{sentence}; {} of {} units served", stage.treated, stage.minimum_treated)
        }
        _ => sentence.summary(),
    }
}

fn facts(rollout: &Rollout, stage: &Progress, gate: Gate) -> StageFacts {
    StageFacts {
        name: stage.name.as_str().into(),
        number: stage.index + 1,
        of: rollout.plan.stages.len(),
        baked: stage.baked,
        bake: stage.bake,
        treated: stage.treated,
        minimum_treated: stage.minimum_treated,
        gate,
    }
}

/// Returns a guard as it is now. Its limit is the plan's. The unit is known from any decision that mentions it; the
/// evidence only from one that was made on the same value.
fn guard(seen: &GuardProgress, rollout: &Rollout, decisions: &[Decided]) -> Option<GuardRationale> {
    let planned: &GuardDraft = rollout.plan.guards.iter().find(|guard| guard.key == seen.guard)?;
    let mut told = decisions.iter().flat_map(|decided| &decided.rationale.guards);
    let told = told.find(|told| told.guard.as_str() == seen.guard);
    let same = told.filter(|told| told.verdict == seen.verdict && told.value == seen.value);
    Some(GuardRationale {
        guard: seen.guard.parse().ok()?,
        service: told.and_then(|told| told.service.clone()),
        verdict: seen.verdict,
        value: seen.value,
        limit: planned.limit,
        unit: told.map_or_else(|| "".into(), |told| told.unit.clone()),
        log_evidence: same.and_then(|told| told.log_evidence),
        log_needed: same.and_then(|told| told.log_needed),
        compared: told.and_then(|told| told.compared.clone()),
        cause: same.and_then(|told| told.cause),
        intervals: same.map(|told| told.intervals).unwrap_or_default(),
        awaited: same.and_then(|told| told.awaited),
    })
}
