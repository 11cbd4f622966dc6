//! The start of a rollout: everything that must hold, checked before anything is written.

use std::collections::BTreeSet;

use hoist_eval::draft::{ServeDraft, TargetingDraft};
use hoist_eval::{FlagKey, Timestamp};
use hoist_lifecycle::Problem;
use hoist_lifecycle::plan::PlanDraft;
use hoist_lifecycle::plan::templates::Choices;
use hoist_lifecycle::product::{ServiceDraft, inherit};
use hoist_lifecycle::rollout::{Method, OverlapChoice, RolloutSpec, RolloutSpecDraft, StartFacts, start};
use hoist_store::{
    FlagRecord, FlagTargeting, LinkKind, NewRollout as StoredRollout, PageRequest, Refusal, RolloutRecord, Store,
    StoreError, Write,
};

use crate::api::extract::{Versioned, created};
use crate::api::types::overlap::RolloutOverlapChoice;
use crate::api::types::rollout::{NewRollout, PlanChoice, Rollout, RolloutOutcome};
use crate::api::validate::{finish, key, reason};
use crate::auth::{Advances, Does, Granted, InEnvironment, InProject};
use crate::body::Mutation;
use crate::error::{ApiError, FieldProblem};
use crate::limits::START_ATTEMPTS_MAX;

use super::{facts, overlaps, warnings};

/// Starts a rollout. The flag must exist, be on, serve one variant by default, and have no other active rollout; the
/// plan's variants, segments and metrics must exist. Nothing is served yet when this returns: the controller enters
/// the first stage at its next look.
#[utoipa::path(post, path = "/api/v1/projects/{project}/rollouts", operation_id = "start_rollout", tag = "rollouts",
    params(("project" = String, Path, description = "The project.")),
    request_body = NewRollout, responses((status = 201, body = RolloutOutcome)))]
pub(crate) async fn handle(
    granted: Granted<Advances, InProject>,
    mutation: Mutation<NewRollout>,
) -> Result<Versioned<RolloutOutcome>, ApiError> {
    let body = &mutation.body;
    let mut problems = Vec::new();
    key::<FlagKey>("flag", &body.flag, &mut problems);
    reason(&body.reason, &mut problems);
    if let Some(RolloutOverlapChoice::Accept { reason: why }) = &body.overlap {
        if why.trim().is_empty() {
            problems.push(FieldProblem::new("overlap.reason", "required", "say why both may run at once"));
        }
        reason(why, &mut problems);
    }
    finish(problems)?;
    let place = granted.enter(&body.environment).await?;
    let project = place.project().as_str();
    let write = place.write(&mutation).because(&body.reason);
    let record = match Box::pin(begin(&place, &write, body)).await {
        Err(ApiError::StartRefused(problems)) => return Err(first(&place, &body.flag, problems).await?),
        begun => begun?,
    };
    place.app().nudges.changed();
    tracing::info!(project, environment = %place.environment(), flag = body.flag, rollout = %record.id,
        actor = %place.actor().id,
        "rollout started: the controller enters the first stage at its next look; follow it with `hoist rollout watch`");
    let version = record.version.0;
    let warnings = warnings::all(&place, &body.plan, &record.spec);
    let rollout = Rollout::from(record);
    let begun = match rollout.start_at.filter(|at| at.0 > place.now()) {
        Some(at) => format!("scheduled: starts at {at}"),
        None => "started".to_owned(),
    };
    let summary = format!("{begun}; {} stages to climb", rollout.plan.stages.len());
    Ok(created(version, RolloutOutcome { rollout, summary, generation: None, warnings }))
}

/// Checks the rollout and stores it, with what was chosen about each overlap. Another one that started while this one was
/// checked is looked at as the others were.
async fn begin(
    place: &Granted<Advances, InEnvironment>,
    write: &Write<'_>,
    body: &NewRollout,
) -> Result<RolloutRecord, ApiError> {
    let (store, project) = (place.store(), place.project().as_str());
    let (flag, served) = subject(place, &body.flag).await?;
    let plan = plan(store, project, &body.plan, &flag, &served).await?;
    let off = switched_off(&served.targeting);
    // What is stored begins when it is written: at a later moment of this request it would seem to be scheduled.
    let times = (write.now, body.start_at.map(|at| at.0));
    let mut new = check(place, times, flag, served, plan, off.into_iter().collect()).await?;
    let choice: Option<OverlapChoice> = body.overlap.clone().map(Into::into);
    let mut attempt = 1;
    loop {
        beside(store, choice.as_ref(), &mut new).await?;
        let parting = match choice {
            Some(OverlapChoice::Exclude) => overlaps::part(store, &mut new, write.now).await?,
            _ => None,
        };
        let begun = match &parting {
            Some(other) => store.start_rollout_apart(write, &new, other.applying()).await,
            None => store.start_rollout(write, &new).await,
        };
        match begun {
            Err(StoreError::Refused(Refusal::Overlaps { .. }) | StoreError::Conflict { what: "rollout", .. })
                if attempt < START_ATTEMPTS_MAX =>
            {
                attempt += 1;
            }
            Err(StoreError::Conflict { what: "rollout", .. }) => {
                return Err(ApiError::StartRefused(vec![overlaps::restless(new.spec.overlaps())]));
            }
            stored => return Ok(stored?),
        }
    }
}

/// Returns what to say first of a start that is refused: that the flag has a rollout already, for then nothing else that
/// is wrong is worth mending.
async fn first(
    place: &Granted<Advances, InEnvironment>,
    flag: &str,
    problems: Vec<FieldProblem>,
) -> Result<ApiError, ApiError> {
    let active = place.store().active_rollout(place.project().as_str(), place.environment().as_str(), flag).await?;
    Ok(active.map_or(ApiError::StartRefused(problems), |_| ApiError::RolloutActive))
}

/// Refuses a start that overlaps with another rollout, unless the caller has said what to do about it, which is kept.
async fn beside(store: &Store, choice: Option<&OverlapChoice>, new: &mut StoredRollout) -> Result<(), ApiError> {
    let found = overlaps::of_others(store, &new.spec).await?;
    let overlaps = overlaps::choose(found, choice).map_err(ApiError::StartRefused)?;
    if overlaps != new.spec.overlaps() {
        let draft = RolloutSpecDraft { overlaps, ..new.spec.to_draft() };
        let refused = |problems: Vec<Problem>| problems.into_iter().map(FieldProblem::from).collect();
        new.spec = RolloutSpec::parse(&draft).map_err(|problems| ApiError::StartRefused(refused(problems)))?;
    }
    Ok(())
}

/// Returns what a start would carry out, or everything that stands in its way but a flag that is switched off.
pub(super) async fn spec<A: Does>(
    place: &Granted<A, InEnvironment>,
    key: &str,
    choice: &PlanChoice,
) -> Result<RolloutSpec, ApiError> {
    let (flag, served) = subject(place, key).await?;
    let plan = plan(place.store(), place.project().as_str(), choice, &flag, &served).await?;
    Ok(check(place, (place.now(), None), flag, served, plan, Vec::new()).await?.spec)
}

fn switched_off(targeting: &TargetingDraft) -> Option<FieldProblem> {
    let message = "the flag is switched off here, so nobody would get the variant; switch it on first";
    (!targeting.enabled).then(|| FieldProblem::new("flag", "flag_off", message))
}

/// Returns the flag and what it serves in the environment.
async fn subject<A: Does>(
    place: &Granted<A, InEnvironment>,
    flag: &str,
) -> Result<(FlagRecord, FlagTargeting), ApiError> {
    let refuse = |code, message: &str| ApiError::StartRefused(vec![FieldProblem::new("flag", code, message)]);
    let (store, project) = (place.store(), place.project().as_str());
    let record = store.flag(project, flag).await?;
    let served = store.targeting(project, place.environment().as_str(), flag).await?;
    let (Some(record), Some(served)) = (record, served) else {
        return Err(refuse("unknown_flag", "no flag has this key; create it first"));
    };
    if record.archived_at.is_some() {
        return Err(refuse("archived", "the flag is archived; unarchive it first"));
    }
    Ok((record, served))
}

/// Returns the plan that was chosen. A template is made to fit: its internal stage stays out where nobody has said who
/// is internal, and it leads to the variant that the flag does not serve by default.
async fn plan(
    store: &Store,
    project: &str,
    choice: &PlanChoice,
    flag: &FlagRecord,
    served: &FlagTargeting,
) -> Result<PlanDraft, ApiError> {
    match choice {
        PlanChoice::Inline(plan) => Ok(plan.as_ref().clone().into()),
        PlanChoice::Key(key) => {
            let defaults = Choices::default();
            let internal = match defaults.internal {
                Some(key) => store.segment(project, key).await?.map(|kept| kept.key),
                None => None,
            };
            let treatment = treatment(flag, &served.targeting, defaults.treatment);
            let choices = Choices { treatment, internal: internal.as_deref(), ..defaults };
            if let Some(template) = super::super::plans::template(key, &choices) {
                return Ok(template);
            }
            let kept = store.plan(project, key).await?;
            let absent = || FieldProblem::new("plan", "unknown_plan", "no plan or template has this key");
            kept.map(|kept| kept.draft).ok_or_else(|| ApiError::StartRefused(vec![absent()]))
        }
    }
}

/// Returns the variant that a template leads to: `preferred` if the flag has it, else the first that is not the default.
fn treatment<'f>(flag: &'f FlagRecord, targeting: &TargetingDraft, preferred: &'f str) -> &'f str {
    let mut keys = flag.variants.iter().map(|variant| variant.key.as_str());
    if keys.clone().any(|key| key == preferred) {
        return preferred;
    }
    let by_default = |key: &&str| matches!(&targeting.default, ServeDraft::Variant(variant) if variant == key);
    keys.find(|key| !by_default(key)).unwrap_or(preferred)
}

/// Checks everything at once, now and for a later start if there is one, and returns what is to be stored.
async fn check<A: Does>(
    place: &Granted<A, InEnvironment>,
    (now, start_at): (Timestamp, Option<Timestamp>),
    flag: FlagRecord,
    served: FlagTargeting,
    mut plan: PlanDraft,
    mut problems: Vec<FieldProblem>,
) -> Result<StoredRollout, ApiError> {
    let (store, project) = (place.store(), place.project().as_str());
    let inherited = inherit(&mut plan, &services(store, project, &flag).await?).unwrap_or_else(|faults| {
        problems.extend(faults.into_iter().map(FieldProblem::from));
        Vec::new()
    });
    // What is recommended is kept with the rollout, so that its plan shows what it goes by.
    let plan = plan.filled().expecting(facts::evaluations_per_second(place, &flag.key));
    let intervals = super::super::plans::intervals(&plan, place.app().config.tick_floor);
    problems.extend(crate::body::below("plan", intervals));
    let control = control(&served.targeting, &mut problems);
    let spec = RolloutSpecDraft {
        rollout: place.app().ids.sortable("rol", now),
        project: project.to_owned(),
        environment: place.environment().to_string(),
        flag: flag.key.clone(),
        // Stands in until the problem above is told; the plan is checked all the same.
        control: control.unwrap_or_else(|| served.targeting.off_variant.clone()),
        salt: served.salt,
        metrics: super::metrics(store, project, &plan).await?,
        overlaps: Vec::new(),
        inherited,
        method: Method::default(),
        plan,
    };
    let facts = StartFacts {
        variants: flag.variants.into_iter().map(|variant| variant.key).collect(),
        segments: segments(store, project).await?,
        allocation: served.allocation,
        start_at,
    };
    let parsed = RolloutSpec::parse(&spec).and_then(|spec| start(&spec, &facts, now).map(|state| (spec, state)));
    match parsed {
        Ok((spec, state)) if problems.is_empty() => {
            let wake_at = Some(facts.start_at.map_or(now, |at| at.max(now)));
            Ok(StoredRollout { spec, state, wake_at })
        }
        Ok(_) => Err(ApiError::StartRefused(problems)),
        Err(more) => {
            problems.extend(more.into_iter().map(FieldProblem::from));
            Err(ApiError::StartRefused(problems))
        }
    }
}

/// Returns the variant of everyone whom the rollout has not reached: the flag's default.
fn control(targeting: &TargetingDraft, problems: &mut Vec<FieldProblem>) -> Option<String> {
    match &targeting.default {
        ServeDraft::Variant(variant) => Some(variant.clone()),
        ServeDraft::Split(_) => {
            let message = "the flag's default is a split; a rollout needs one variant to compare with";
            problems.push(FieldProblem::new("flag", "default_is_split", message));
            None
        }
    }
}

/// Returns the services that are said to ask for the flag, in the order of their keys.
async fn services(store: &Store, project: &str, flag: &FlagRecord) -> Result<Vec<ServiceDraft>, ApiError> {
    let links = store.links(project).await?;
    let linked = links.into_iter().filter(|link| link.kind == LinkKind::Service && link.flag == flag.key);
    let keys: BTreeSet<String> = linked.map(|link| link.target).chain(flag.details.service.clone()).collect();
    let mut services = Vec::new();
    for key in keys {
        services.extend(store.service(project, &key).await?.map(|kept| kept.draft));
    }
    Ok(services)
}

/// Returns the keys of the project's segments.
async fn segments(store: &Store, project: &str) -> Result<Vec<String>, ApiError> {
    let mut keys = Vec::new();
    let mut page = PageRequest { limit: Some(crate::limits::PAGE_MAX), cursor: None };
    loop {
        let part = store.list_segments(project, &page).await?;
        keys.extend(part.items.into_iter().map(|kept| kept.key));
        match part.next {
            Some(next) => page.cursor = Some(next),
            None => return Ok(keys),
        }
    }
}
