//! Plans to begin with. Each is a draft: people save it under a name of their own and change what they like.
//!
//! Times and minimums are those that a service with a few requests a second can meet, and that catch a doubled error
//! rate with fair certainty before the next stage begins. Minimums hold a rollout up; they never delay a rollback.

use hoist_eval::Span;

use super::draft::{Gate, GuardDraft, PlanDraft, StageDraft};
use super::recommended::Recommended;

/// What a template cannot know.
#[derive(Debug, Clone, PartialEq)]
pub struct Choices<'a> {
    /// The variant that everyone shall have in the end.
    pub treatment: &'a str,
    /// The variant that is carried under load without being seen, for [`dark_launch`].
    pub dark: &'a str,
    /// The segment of the people who build the thing; absent leaves the internal stage out.
    pub internal: Option<&'a str>,
    /// What is watched. Without guards a plan only takes time, and rolls nothing back.
    pub guards: &'a [GuardDraft],
}

impl Default for Choices<'_> {
    /// `on`, `dark`, `internal`, and no guards.
    fn default() -> Self {
        Self { treatment: "on", dark: "dark", internal: Some("internal"), guards: &[] }
    }
}

/// Returns every template with the default choices: `canary`, `fast`, `dark-launch`, `kill-switch-only`.
pub fn templates() -> Vec<PlanDraft> {
    let choices = Choices::default();
    vec![canary(&choices), fast(&choices), dark_launch(&choices), kill_switch_only(&choices)]
}

/// Internal users, then 1, 5, 25 and 100 % of everyone. The plan for anything that matters.
///
/// | stage | bake | treated units | maximum time |
/// |---|---|---|---|
/// | internal | 10 min | 1 | 24 h |
/// | 1 % | 10 min | 500 | 24 h |
/// | 5 % | 15 min | 2,000 | 24 h |
/// | 25 % | 30 min | 10,000 | 48 h |
/// | 100 % | 60 min | none | 48 h |
pub fn canary(choices: &Choices<'_>) -> PlanDraft {
    let mut stages = internal(choices);
    stages.extend(climb(None));
    plan(choices, "canary", "Canary", "Internal users first, then 1, 5, 25 and 100 % of everyone.", stages)
}

/// 10, 50 and 100 % of everyone within half an hour. For changes that are easy to take back.
pub fn fast(choices: &Choices<'_>) -> PlanDraft {
    let stages = vec![
        stage("10 %", 10.0, Span::from_minutes(5), 100, 24),
        stage("50 %", 50.0, Span::from_minutes(5), 500, 24),
        stage("100 %", 100.0, Span::from_minutes(15), 0, 24),
    ];
    plan(choices, "fast", "Fast", "10, 50 and 100 % of everyone, for changes that are easy to take back.", stages)
}

/// First the dark variant, which does the work and shows nothing, for 1, 25 and 100 % of everyone; then, after approval,
/// the treatment like a canary. Units only ever move from off to dark to on.
pub fn dark_launch(choices: &Choices<'_>) -> PlanDraft {
    let dark = |stage: StageDraft| StageDraft {
        name: format!("dark {}", stage.name),
        variant: Some(choices.dark.to_owned()),
        ..stage
    };
    let mut stages = vec![
        dark(stage("1 %", 1.0, Span::from_minutes(10), 500, 24)),
        dark(stage("25 %", 25.0, Span::from_minutes(15), 10_000, 24)),
        StageDraft { gate: Gate::Approval, ..dark(stage("100 %", 100.0, Span::from_minutes(30), 0, 48)) },
    ];
    stages.extend(climb(Some("on")));
    let description = "The dark variant under full load first, seen by nobody; then the treatment step by step.";
    plan(choices, "dark-launch", "Dark launch", description, stages)
}

/// Everyone at once, watched for an hour. The kill switch and the guards are the only safety there is.
pub fn kill_switch_only(choices: &Choices<'_>) -> PlanDraft {
    let stages = vec![stage("100 %", 100.0, Span::from_minutes(60), 0, 24)];
    let description = "Everyone at once, watched for an hour. The kill switch and the guards are the only safety.";
    plan(choices, "kill-switch-only", "Kill switch only", description, stages)
}

fn plan(choices: &Choices<'_>, key: &str, title: &str, description: &str, stages: Vec<StageDraft>) -> PlanDraft {
    PlanDraft {
        title: title.to_owned(),
        description: description.to_owned(),
        guards: choices.guards.to_vec(),
        ..PlanDraft::new(key, choices.treatment, stages)
    }
}

fn internal(choices: &Choices<'_>) -> Vec<StageDraft> {
    let segment = choices.internal.map(str::to_owned);
    let stage = |audience| StageDraft { audience: Some(audience), ..recommended("internal", 100.0, true) };
    segment.map(stage).into_iter().collect()
}

/// 1, 5, 25 and 100 % of everyone, each name behind a prefix.
fn climb(prefix: Option<&str>) -> Vec<StageDraft> {
    let name = |share: &str| prefix.map_or_else(|| share.to_owned(), |prefix| format!("{prefix} {share}"));
    let stage = |share: &str, percentage| recommended(&name(share), percentage, false);
    vec![stage("1 %", 1.0), stage("5 %", 5.0), stage("25 %", 25.0), stage("100 %", 100.0)]
}

fn recommended(name: &str, percentage: f64, has_audience: bool) -> StageDraft {
    let Recommended { bake, minimum_treated, maximum_time } = Recommended::of(percentage, has_audience);
    StageDraft { bake, minimum_treated, maximum_time: Some(maximum_time), ..StageDraft::new(name, percentage) }
}

fn stage(name: &str, percentage: f64, bake: Span, minimum_treated: u64, maximum_hours: u64) -> StageDraft {
    let maximum_time = Some(Span::from_hours(maximum_hours));
    StageDraft { bake, minimum_treated, maximum_time, ..StageDraft::new(name, percentage) }
}
