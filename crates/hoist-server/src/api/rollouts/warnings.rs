//! What is remarkable about a rollout that starts, and refuses nothing.

use hoist_lifecycle::metric::MetricSourceDraft;
use hoist_lifecycle::plan::templates::Choices;
use hoist_lifecycle::rollout::RolloutSpec;

use crate::api::types::rollout::PlanChoice;
use crate::auth::{Advances, Granted, InEnvironment};
use crate::metrics::MetricSource;
use crate::snapshots::EnvironmentId;

/// Returns everything remarkable about a start.
pub(super) fn all(place: &Granted<Advances, InEnvironment>, choice: &PlanChoice, spec: &RolloutSpec) -> Vec<String> {
    let flag = spec.flag().as_str();
    let source = &place.app().source;
    let all = [unseen(place, flag), without_staff(choice, spec), unguarded(spec), sourceless(source, spec)];
    all.into_iter().flatten().collect()
}

/// Returns a warning if guards ask a metric source and the server has none: they never have data, which never lets a stage
/// be left.
pub(super) fn sourceless(source: &MetricSource, spec: &RolloutSpec) -> Option<String> {
    if !matches!(source, MetricSource::Absent) {
        return None;
    }
    let draft = spec.to_draft();
    let is_asked =
        |source: &_| matches!(source, MetricSourceDraft::PromqlValue { .. } | MetricSourceDraft::PromqlCounts { .. });
    let asks = |key: &str| draft.metrics.iter().any(|metric| metric.key == key && is_asked(&metric.source));
    let guards = spec.plan().guards().iter().filter(|guard| asks(guard.metric().as_str()));
    let guards: Vec<&str> = guards.map(|guard| guard.key().as_str()).collect();
    (!guards.is_empty()).then(|| {
        format!(
            "this server has no metric source, so the guards {} never have data, and no stage that they watch is left; \
             start it with `--prometheus-url URL` (`HOIST_PROMETHEUS_URL`)",
            guards.join(", ")
        )
    })
}

/// Returns a warning if nobody has asked this server for the flag: perhaps the code that asks is not deployed yet.
fn unseen(place: &Granted<Advances, InEnvironment>, flag: &str) -> Option<String> {
    let id = EnvironmentId { project: place.project().clone(), environment: place.environment().clone() };
    let slot = place.app().snapshots.slot(&id);
    let served = slot.as_ref().map(|slot| slot.served());
    let card = served.as_ref().and_then(|served| served.as_ref()?.card_of(flag));
    if card.is_some_and(|card| card.counts.answers().next().is_some()) {
        return None;
    }
    Some("nobody has asked this server for the flag yet; is the code that asks for it deployed?".to_owned())
}

/// Returns a warning if a built-in plan lost its internal stage, because nobody has said who is internal.
fn without_staff(choice: &PlanChoice, spec: &RolloutSpec) -> Option<String> {
    let PlanChoice::Key(key) = choice else { return None };
    let defaults = Choices::default();
    let whole = super::super::plans::template(key, &defaults)?;
    (whole.stages.len() > spec.plan().stages().len()).then(|| {
        let segment = defaults.internal.unwrap_or_default();
        format!("the internal stage is left out, because no segment `{segment}` says who is internal")
    })
}

/// Returns a warning if nothing is watched. The built-in plans have no guards of their own, for they know no metric: they
/// are watched by those of the flag's services.
fn unguarded(spec: &RolloutSpec) -> Option<String> {
    let warning = "the plan has no guards, nor has a service of the flag: stages are left on time and served units alone, \
                   and nothing rolls back by itself; give the service guards, or a copy of the plan";
    spec.plan().guards().is_empty().then(|| warning.to_owned())
}
