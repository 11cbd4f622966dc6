//! Rollout plans.

pub(super) mod create;
pub(super) mod delete;
pub(super) mod get;
pub(super) mod list;
pub(super) mod replace;

use hoist_eval::Span;
use hoist_lifecycle::limits::INTERVAL_DEFAULT;
use hoist_lifecycle::plan::templates::{self, Choices};
use hoist_lifecycle::plan::{GuardDraft, Plan as Parsed, PlanDraft};

use crate::api::types::plan::Plan;
use crate::auth::{Does, Granted, InProject};
use crate::error::{ApiError, FieldProblem};

/// Returns the template with this key, for these choices.
pub(super) fn template(key: &str, choices: &Choices<'_>) -> Option<PlanDraft> {
    let all = [
        templates::canary(choices),
        templates::fast(choices),
        templates::dark_launch(choices),
        templates::kill_switch_only(choices),
    ];
    all.into_iter().find(|draft| draft.key == key)
}

/// Returns a problem for each guard that would be read more often than the server looks at a rollout. Its verdicts would
/// come as late as the looks, and the bake, which is credited by the plan's own tick, would take longer than it says.
pub(super) fn intervals(plan: &PlanDraft, floor: Span) -> Vec<FieldProblem> {
    let often = |(_, guard): &(usize, &GuardDraft)| guard.interval.unwrap_or(INTERVAL_DEFAULT) < floor;
    let guards = plan.guards.iter().enumerate().filter(often);
    let message = format!(
        "must be at least {floor}: this server looks at a rollout no more often; raise it, or lower the server's `--tick-floor`"
    );
    guards
        .map(|(index, _)| FieldProblem::new(format!("guards[{index}].interval"), "too_short", message.clone()))
        .collect()
}

/// Returns the draft of a plan that holds and whose metrics exist.
async fn checked<A: Does>(granted: &Granted<A, InProject>, body: Plan) -> Result<PlanDraft, ApiError> {
    let draft = PlanDraft::from(body);
    if template(&draft.key, &Choices::default()).is_some() {
        return Err(ApiError::invalid("key", "taken", "is the key of a template; choose another"));
    }
    check_guards(granted, &draft).await?;
    Ok(draft)
}

/// Refuses a plan that does not hold, or with a guard on a metric that does not exist or cannot have the guard's limit.
pub(super) async fn check_guards<A: Does>(granted: &Granted<A, InProject>, draft: &PlanDraft) -> Result<(), ApiError> {
    let told = |problems: Vec<hoist_lifecycle::Problem>| {
        ApiError::Invalid(problems.into_iter().map(FieldProblem::from).collect())
    };
    let plan = Parsed::parse(draft).map_err(told)?;
    let metrics = super::rollouts::metrics(granted.store(), granted.project().as_str(), draft).await?;
    let parsed: Vec<_> =
        metrics.iter().filter_map(|metric| hoist_lifecycle::metric::Metric::parse(metric).ok()).collect();
    let problems = hoist_lifecycle::rollout::check_guards(&plan, &parsed);
    let mut problems: Vec<FieldProblem> = problems.into_iter().map(FieldProblem::from).collect();
    problems.extend(intervals(draft, granted.app().config.tick_floor));
    crate::api::validate::finish(problems)
}
