//! What is seen today of a flag and of the metrics that a plan watches.

use futures::StreamExt as _;
use hoist_eval::{Span, Timestamp};
use hoist_lifecycle::metric::{Metric, MetricSourceDraft, Placeholders};
use hoist_lifecycle::plan::{Guard, GuardKey};
use hoist_lifecycle::preview::{Answer, Facts, Traffic, Units};
use hoist_lifecycle::rollout::RolloutSpec;
use hoist_lifecycle::rollout::evidence::Reading;
use hoist_lifecycle::rollout::state::StageIndex;
use hoist_store::{PageRequest, RolloutFilter, Store};

use crate::auth::{Does, Granted, InEnvironment};
use crate::error::ApiError;
use crate::limits::{PAGE_MAX, PREVIEW_LOOK_BACK, PREVIEW_QUERIES_CONCURRENT_MAX};
use crate::metrics::{Ask, MetricSource};
use crate::snapshots::EnvironmentId;

/// Gathers what a preview goes by.
pub(super) async fn gather<A: Does>(place: &Granted<A, InEnvironment>, spec: &RolloutSpec) -> Result<Facts, ApiError> {
    let seen = seen(place, spec.flag().as_str());
    let units = units(place.store(), spec).await?;
    let traffic = match (seen, units) {
        (Some((evaluations, over)), units) => Some(Traffic { evaluations, over, units }),
        (None, Some(units)) => Some(Traffic { evaluations: 0, over: Span::ZERO, units: Some(units) }),
        (None, None) => None,
    };
    Ok(Facts { traffic, answers: answers(&place.app().source, spec, place.now()).await })
}

/// Returns how many evaluations of a flag this server answers in a second; `None` while it has not watched for long enough.
pub(super) fn evaluations_per_second<A: Does>(place: &Granted<A, InEnvironment>, flag: &str) -> Option<f64> {
    let (evaluations, over) = seen(place, flag)?;
    Traffic { evaluations, over, units: None }.evaluations_per_second()
}

/// Returns how many evaluations of a flag there were, and in how much time.
fn seen<A: Does>(place: &Granted<A, InEnvironment>, flag: &str) -> Option<(u64, Span)> {
    let app = place.app();
    let id = EnvironmentId { project: place.project().clone(), environment: place.environment().clone() };
    app.pace.of(&app.snapshots, &id, flag, place.now())
}

/// Asks every guard's metric, for now and for a while ago.
async fn answers(source: &MetricSource, spec: &RolloutSpec, now: Timestamp) -> Vec<Answer> {
    if matches!(source, MetricSource::Absent) {
        return Vec::new();
    }
    let questions: Vec<Question> = spec.plan().guards().iter().filter_map(|guard| question(spec, guard)).collect();
    let asked = questions.into_iter().map(|question| question.ask(source.clone(), now));
    futures::stream::iter(asked).buffered(PREVIEW_QUERIES_CONCURRENT_MAX).collect().await
}

/// What a guard's metric is asked.
struct Question {
    guard: GuardKey,
    /// About everyone as they are today.
    today: MetricSourceDraft,
    /// About the treatment, where that is another question.
    treatment: Option<MetricSourceDraft>,
    lookback: Span,
}

/// Returns what to ask for a guard; nothing for metrics that Hoist counts itself.
fn question(spec: &RolloutSpec, guard: &Guard) -> Option<Question> {
    let metrics = spec.to_draft().metrics;
    let draft = metrics.iter().find(|metric| metric.key == guard.metric().as_str())?;
    let metric = Metric::parse(draft).ok().filter(|metric| !metric.source().is_tracked())?;
    let treated = spec.placeholders(StageIndex(0));
    let today = metric.source().fill(&Placeholders { variant: treated.control, ..treated });
    let treatment = Some(metric.source().fill(&treated)).filter(|treatment| *treatment != today);
    Some(Question { guard: guard.key().clone(), today, treatment, lookback: guard.maximum_staleness() })
}

impl Question {
    async fn ask(self, source: MetricSource, now: Timestamp) -> Answer {
        let ask = |at| Ask { at, lookback: Some(self.lookback) };
        let answered = source.read(&self.today, ask(now)).await;
        let before = match &answered {
            Reading::Counters { .. } => source.read(&self.today, ask(now.saturating_sub(PREVIEW_LOOK_BACK))).await,
            _ => Reading::Missing,
        };
        let treatment = match &self.treatment {
            Some(query) => Some(source.read(query, ask(now)).await),
            None => None,
        };
        Answer { guard: self.guard, now: answered, before, apart: PREVIEW_LOOK_BACK, treatment }
    }
}

/// Returns the distinct units of the flag's latest rollout here: the stay that was observed for the longest time, its
/// treated units taken for as many of all as the stage's share. A stage with an audience says nothing about everyone.
async fn units(store: &Store, spec: &RolloutSpec) -> Result<Option<Units>, ApiError> {
    let filter = RolloutFilter {
        project: Some(spec.project().to_string()),
        environment: Some(spec.environment().to_string()),
        flag: Some(spec.flag().to_string()),
        ..RolloutFilter::default()
    };
    let latest = store.list_rollouts(&filter, &PageRequest { limit: Some(1), cursor: None }).await?.items.pop();
    let Some(latest) = latest else { return Ok(None) };
    let decisions = store.decisions(&latest.id, &PageRequest { limit: Some(PAGE_MAX), cursor: None }).await?.items;
    let states = decisions.iter().map(|decision| &decision.before).chain([&latest.state]);
    let stays = states.filter_map(|state| state.phase.entry()).filter_map(|stay| {
        let stage = latest.spec.stage(stay.stage).filter(|stage| stage.audience().is_none())?;
        let share = f64::from(stage.share().weight()) / f64::from(hoist_eval::limits::SPLIT_TOTAL);
        Some(Units { count: (stay.treated as f64 / share) as u64, over: stay.observed })
    });
    Ok(stays.filter(|units| units.count > 0).max_by_key(|units| units.over))
}
