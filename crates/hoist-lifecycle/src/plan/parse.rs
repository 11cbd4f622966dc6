//! From a draft to a plan, with every problem at once.

use std::sync::Arc;

use hoist_eval::{Span, VariantKey};

use crate::limits::{
    ALPHA_CONTROL_DEFAULT, ALPHA_END, BAKE_MAX, DESCRIPTION_CHARS_MAX, GOALS_MAX, GRACE_DEFAULT_INTERVALS,
    GRACE_DEFAULT_MIN, GRACE_INTERVALS_MIN, GRACE_MAX, GUARDS_MAX, HOLD_EVIDENCE, HOLD_EVIDENCE_MIN, HOLDBACK_MAX,
    INTERVAL_DEFAULT, INTERVAL_MAX, MARGIN_DEFAULT, MAXIMUM_TIME_DEFAULT, MAXIMUM_TIME_MAX, MINIMUM_TREATED_MAX,
    NONINFERIORITY_DEFAULTS, RATIO_MAX, SAFETY_DEADLINE_MIN, SAFETY_TOLERANCE_MAX, SAFETY_WATCHED_MAX, STAGES_MAX,
    STALENESS_DEFAULT_INTERVALS, STALENESS_DEFAULT_MIN, STALENESS_MAX, TICK_MAX, TICK_MIN, TICKS_PER_BAKE,
    TITLE_CHARS_MAX, WINDOWS_MAX,
};
use crate::metric::MetricKey;
use crate::problem::{Problem, Problems};

use super::draft::{ControlLimitDraft, Gate, GuardDraft, GuardMode, LimitDraft, PlanDraft, StageDraft};
use super::share::Share;
use super::window::Window;
use super::{Guard, Plan, Stage};

/// Parses a whole plan.
pub(super) fn plan(written: &PlanDraft) -> Result<Plan, Vec<Problem>> {
    let mut problems = Problems::default();
    let draft = &written.clone().filled();
    let key = problems.key("key", &draft.key);
    let treatment: Option<VariantKey> = problems.key("treatment", &draft.treatment);
    problems.text("title", &draft.title, TITLE_CHARS_MAX);
    problems.text("description", &draft.description, DESCRIPTION_CHARS_MAX);
    let mut stages = stages(draft, treatment.as_ref(), &mut problems);
    hold_back(draft, &mut stages, &mut problems);
    let guards = guards(draft, &mut problems);
    let goals = goals(draft, &mut problems);
    risks(draft, &mut problems);
    safety(draft, &mut problems);
    let tick = tick(&stages, &guards);
    let parsed = match (key, treatment) {
        (Some(key), Some(treatment)) => {
            Some(Plan { draft: written.clone(), key, treatment, stages, guards, goals, tick })
        }
        _ => None,
    };
    problems.finish(parsed)
}

fn stages(draft: &PlanDraft, treatment: Option<&VariantKey>, problems: &mut Problems) -> Vec<Stage> {
    if draft.stages.is_empty() {
        problems.add("stages", "a plan needs at least one stage");
    }
    if draft.stages.len() > STAGES_MAX {
        problems.add("stages", format!("a plan may have at most {STAGES_MAX} stages"));
        return Vec::new();
    }
    let mut stages: Vec<Stage> = Vec::new();
    for (position, stage) in draft.stages.iter().enumerate() {
        let path = format!("stages[{position}]");
        if draft.stages.iter().take(position).any(|earlier| earlier.name == stage.name) {
            problems.add(format!("{path}.name"), "another stage has this name");
        }
        let Some(parsed) = self::stage(&path, stage, treatment, problems) else { continue };
        only_raises(&path, &parsed, &stages, problems);
        keeps_order(&path, &parsed, &stages, treatment, problems);
        stages.push(parsed);
    }
    if let (Some(last), Some(treatment), true) = (stages.last(), treatment, stages.len() == draft.stages.len())
        && last.variant != *treatment
    {
        let path = format!("stages[{}].variant", stages.len().saturating_sub(1));
        problems.add(path, "the last stage must serve the plan's treatment");
    }
    stages
}

/// Takes the holdback from the stages that would leave less of everyone without the treatment.
fn hold_back(draft: &PlanDraft, stages: &mut [Stage], problems: &mut Problems) {
    let Some(percentage) = draft.holdback else { return };
    let share = Share::from_percentage(percentage).filter(|_| percentage <= HOLDBACK_MAX);
    let Some(share) = share else {
        let message = format!("must be greater than 0 and at most {HOLDBACK_MAX}, with at most three decimals");
        problems.add("holdback", message);
        return;
    };
    if !stages.last().is_some_and(|last| last.audience.is_none() && last.share == Share::ALL) {
        let message =
            "is for plans whose last stage is 100 % of everyone: what another last stage leaves out stays out";
        problems.add("holdback", message);
    }
    for stage in stages.iter_mut().filter(|stage| stage.audience.is_none()) {
        stage.share = stage.share.min(share.rest());
    }
}

fn stage(path: &str, draft: &StageDraft, treatment: Option<&VariantKey>, problems: &mut Problems) -> Option<Stage> {
    let at = |field: &str| format!("{path}.{field}");
    if draft.name.trim().is_empty() {
        problems.add(at("name"), "must not be empty");
    }
    problems.text(&at("name"), &draft.name, TITLE_CHARS_MAX);
    let audience = draft.audience.as_deref().map(|key| problems.key(&at("audience"), key));
    let share = Share::from_percentage(draft.percentage);
    if share.is_none() {
        problems.add(at("percentage"), "must be greater than 0 and at most 100, with at most three decimals");
    }
    let variant = match &draft.variant {
        None => treatment.cloned(),
        Some(variant) => problems.key(&at("variant"), variant),
    };
    if draft.bake.is_zero() && draft.gate == Gate::Automatic && draft.minimum_treated == 0 {
        problems.add(at("bake"), "nothing holds this stage: give it a bake, a minimum_treated or an approval gate");
    }
    if draft.bake > BAKE_MAX {
        problems.add(at("bake"), format!("must be at most {BAKE_MAX}"));
    }
    if draft.minimum_treated > MINIMUM_TREATED_MAX {
        problems.add(at("minimum_treated"), format!("must be at most {MINIMUM_TREATED_MAX}"));
    }
    let maximum_time = draft.maximum_time.unwrap_or_else(|| MAXIMUM_TIME_DEFAULT.max(draft.bake.saturating_mul(2)));
    if maximum_time <= draft.bake || maximum_time > MAXIMUM_TIME_MAX {
        problems.add(at("maximum_time"), format!("must be longer than the bake and at most {MAXIMUM_TIME_MAX}"));
    }
    if draft.noninferiority.is_some_and(|ratio| !(ratio > 1.0 && ratio <= RATIO_MAX)) {
        problems.add(at("noninferiority"), format!("must be a ratio greater than 1 and at most {RATIO_MAX}"));
    }
    let windows = windows(path, draft, problems);
    Some(Stage {
        name: Arc::from(draft.name.as_str()),
        audience: audience.map_or(Some(None), |key| key.map(Some))?,
        share: share?,
        percentage: draft.percentage,
        variant: variant?,
        bake: draft.bake,
        gate: draft.gate,
        minimum_treated: draft.minimum_treated,
        maximum_time,
        on_maximum_time: draft.on_maximum_time,
        windows,
        noninferiority: draft.noninferiority.unwrap_or_else(|| noninferiority(draft.percentage)),
    })
}

/// Returns what must be ruled out at a share that does not say.
fn noninferiority(percentage: f64) -> f64 {
    let mut enough = NONINFERIORITY_DEFAULTS.iter().filter(|(share, _)| percentage <= *share).map(|(_, ratio)| *ratio);
    enough.next().unwrap_or(MARGIN_DEFAULT)
}

fn windows(path: &str, draft: &StageDraft, problems: &mut Problems) -> Vec<Window> {
    if draft.windows.len() > WINDOWS_MAX {
        problems.add(format!("{path}.windows"), format!("a stage may have at most {WINDOWS_MAX} windows"));
        return Vec::new();
    }
    let mut windows = Vec::new();
    for (index, window) in draft.windows.iter().enumerate() {
        match Window::parse(window) {
            Ok(window) => windows.push(window),
            Err(faults) => {
                for (field, message) in faults {
                    problems.add(format!("{path}.windows[{index}].{field}"), message);
                }
            }
        }
    }
    windows
}

/// A stage may not give its variant to less of its audience than an earlier stage did. What everyone had counts for
/// every audience.
fn only_raises(path: &str, stage: &Stage, earlier: &[Stage], problems: &mut Problems) {
    let covers = |other: &&Stage| {
        other.variant == stage.variant && (other.audience.is_none() || other.audience == stage.audience)
    };
    if let Some(highest) = earlier.iter().filter(covers).map(|other| other.share).max()
        && stage.share < highest
    {
        problems.add(format!("{path}.percentage"), format!("an earlier stage reached {highest}; stages only raise"));
    }
}

/// Variants on the way to the treatment come one after the other: none returns after another has taken over.
fn keeps_order(path: &str, stage: &Stage, earlier: &[Stage], treatment: Option<&VariantKey>, problems: &mut Problems) {
    let mut others = earlier.iter().filter(|other| treatment != Some(&other.variant)).rev();
    if treatment == Some(&stage.variant) || others.next().is_none_or(|last| last.variant == stage.variant) {
        return;
    }
    if others.any(|other| other.variant == stage.variant) {
        problems.add(format!("{path}.variant"), "an earlier stage has already moved on from this variant");
    }
}

fn guards(draft: &PlanDraft, problems: &mut Problems) -> Vec<Guard> {
    if draft.guards.len() > GUARDS_MAX {
        problems.add("guards", format!("a plan may have at most {GUARDS_MAX} guards"));
        return Vec::new();
    }
    let mut guards = Vec::new();
    for (position, guard) in draft.guards.iter().enumerate() {
        let path = format!("guards[{position}]");
        if draft.guards.iter().take(position).any(|earlier| earlier.key == guard.key) {
            problems.add(format!("{path}.key"), "another guard has this key");
        }
        guards.extend(self::guard(&path, guard, &draft.stages, problems));
    }
    guards
}

fn guard(path: &str, draft: &GuardDraft, stages: &[StageDraft], problems: &mut Problems) -> Option<Guard> {
    let at = |field: &str| format!("{path}.{field}");
    let key = problems.key(&at("key"), &draft.key);
    let metric = problems.key(&at("metric"), &draft.metric);
    numbers(path, draft, problems);
    let interval = draft.interval.unwrap_or(INTERVAL_DEFAULT);
    if !(TICK_MIN..=INTERVAL_MAX).contains(&interval) {
        problems.add(at("interval"), format!("must be at least {TICK_MIN} and at most {INTERVAL_MAX}"));
    }
    let staleness_default = interval.saturating_mul(STALENESS_DEFAULT_INTERVALS).max(STALENESS_DEFAULT_MIN);
    let maximum_staleness = draft.maximum_staleness.unwrap_or(staleness_default);
    if !(interval..=STALENESS_MAX).contains(&maximum_staleness) {
        problems.add(at("maximum_staleness"), format!("must be at least the interval and at most {STALENESS_MAX}"));
    }
    let grace_default = interval.saturating_mul(GRACE_DEFAULT_INTERVALS).max(GRACE_DEFAULT_MIN);
    let no_data_grace = draft.no_data_grace.unwrap_or(grace_default);
    if !(interval.saturating_mul(GRACE_INTERVALS_MIN)..=GRACE_MAX).contains(&no_data_grace) {
        problems.add(at("no_data_grace"), format!("must be at least two intervals and at most {GRACE_MAX}"));
    }
    let mut watched = Vec::new();
    for (index, name) in draft.stages.iter().enumerate() {
        match stages.iter().position(|stage| stage.name == *name) {
            Some(position) => watched.push(position),
            None => problems.add(format!("{path}.stages[{index}]"), "no stage of this plan has this name"),
        }
    }
    Some(Guard {
        key: key?,
        metric: metric?,
        limit: draft.limit,
        mode: draft.mode,
        alpha: draft.alpha,
        interval,
        plausible: draft.plausible,
        maximum_staleness,
        on_breach: draft.on_breach,
        on_no_data: draft.on_no_data,
        no_data_grace,
        stages: watched,
    })
}

fn numbers(path: &str, draft: &GuardDraft, problems: &mut Problems) {
    match draft.limit {
        LimitDraft::Above(limit) | LimitDraft::Below(limit) if !limit.is_finite() => {
            problems.add(format!("{path}.limit"), "must be a finite number");
        }
        LimitDraft::Above(_) | LimitDraft::Below(_) => {}
        LimitDraft::Control(limit) => against_control(path, draft, limit, problems),
    }
    if draft.alpha.is_some_and(|alpha| !(alpha > 0.0 && alpha < ALPHA_END)) {
        problems.add(format!("{path}.alpha"), format!("must be greater than 0 and less than {ALPHA_END}"));
    }
    if let Some((low, high)) = draft.plausible
        && !(low.is_finite() && high.is_finite() && low < high)
    {
        problems.add(format!("{path}.plausible"), "must be two finite numbers, the lower one first");
    }
}

fn against_control(path: &str, draft: &GuardDraft, limit: ControlLimitDraft, problems: &mut Problems) {
    let margin = limit.margin;
    if margin.is_some_and(|margin| !(1.0..=RATIO_MAX).contains(&margin)) {
        let message = format!("must be a ratio of at least 1 and at most {RATIO_MAX}");
        problems.add(format!("{path}.limit.control.margin"), message);
    }
    if limit.noninferiority.is_some_and(|ratio| !(ratio > margin.unwrap_or(1.0) && ratio <= RATIO_MAX)) {
        let message = format!("must be a ratio greater than the margin and at most {RATIO_MAX}");
        problems.add(format!("{path}.limit.control.noninferiority"), message);
    }
    if let Some(relaxed) = limit.relaxed {
        let least = limit.noninferiority.or(margin).unwrap_or(1.0);
        if !(relaxed > least && relaxed <= RATIO_MAX) {
            let message = format!("must be a ratio greater than `noninferiority` and at most {RATIO_MAX}");
            problems.add(format!("{path}.limit.control.relaxed"), message);
        }
    }
    if draft.mode == GuardMode::Immediate {
        problems.add(format!("{path}.mode"), "a limit against control is always sequential; leave the mode out");
    }
    if draft.alpha.is_some() {
        let message = "limits against control share the alpha of the plan; set that one";
        problems.add(format!("{path}.alpha"), message);
    }
}

/// Checks when a rollback counts as done.
fn safety(draft: &PlanDraft, problems: &mut Problems) {
    let said = draft.safety.unwrap_or_default();
    if said.tolerance.is_some_and(|share| !(0.0..=SAFETY_TOLERANCE_MAX).contains(&share)) {
        problems.add("safety.tolerance", format!("must be at least 0 and at most {SAFETY_TOLERANCE_MAX}"));
    }
    if said.deadline.is_some_and(|deadline| !(SAFETY_DEADLINE_MIN..=SAFETY_WATCHED_MAX).contains(&deadline)) {
        let message = format!("must be at least {SAFETY_DEADLINE_MIN} and at most {SAFETY_WATCHED_MAX}");
        problems.add("safety.deadline", message);
    }
}

/// The risks that a plan takes as a whole.
fn risks(draft: &PlanDraft, problems: &mut Problems) {
    let srm = draft.srm.and_then(|srm| srm.alpha);
    for (field, risk) in [("alpha", draft.alpha), ("beta", draft.beta), ("srm.alpha", srm)] {
        if risk.is_some_and(|risk| !(risk > 0.0 && risk < ALPHA_END)) {
            problems.add(field, format!("must be greater than 0 and less than {ALPHA_END}"));
        }
    }
    let breach = 1.0 / draft.alpha.filter(|alpha| *alpha > 0.0).unwrap_or(ALPHA_CONTROL_DEFAULT);
    let hold = draft.hold.unwrap_or(HOLD_EVIDENCE.min(breach));
    if !(HOLD_EVIDENCE_MIN..=breach).contains(&hold) {
        problems.add("hold", format!("must be at least {HOLD_EVIDENCE_MIN} and at most 1 / alpha"));
    }
}

fn goals(draft: &PlanDraft, problems: &mut Problems) -> Vec<MetricKey> {
    if draft.goals.len() > GOALS_MAX {
        problems.add("goals", format!("a plan may have at most {GOALS_MAX} goals"));
        return Vec::new();
    }
    let mut goals = Vec::new();
    for (position, goal) in draft.goals.iter().enumerate() {
        let path = format!("goals[{position}]");
        if draft.goals.iter().take(position).any(|earlier| earlier == goal) {
            problems.add(&path, "is named twice");
        }
        if draft.guards.iter().any(|guard| guard.key == *goal) {
            problems.add(&path, "a guard has this key; a goal is shown under the key of its metric");
        }
        goals.extend(problems.key(&path, goal));
    }
    goals
}

/// See [`Plan::tick`].
fn tick(stages: &[Stage], guards: &[Guard]) -> Span {
    let intervals = guards.iter().map(|guard| guard.interval);
    let bakes = stages.iter().filter(|stage| !stage.bake.is_zero());
    let quarters = bakes.map(|stage| Span::from_micros(stage.bake.as_micros() / TICKS_PER_BAKE));
    intervals.chain(quarters).min().unwrap_or(TICK_MAX).clamp(TICK_MIN, TICK_MAX)
}
