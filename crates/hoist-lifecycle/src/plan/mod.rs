//! Rollout plans: what people write ([`PlanDraft`]), and what is proven of it ([`Plan`]).
//!
//! A `Plan` in hand can be carried out: its shares only grow, each of its stages holds something up, its guards name
//! stages that exist, its windows open some day. There is one parser, [`Plan::parse`], and it reports everything that
//! is wrong at once, because a person fixing a plan wants one list and not one error per attempt.

mod draft;
mod parse;
mod recommended;
mod share;
pub mod templates;
mod window;

use std::sync::Arc;

use hoist_eval::{SegmentKey, Span, VariantKey};

use crate::limits::{
    ALPHA_CONTROL_DEFAULT, ALPHA_SAMPLE_RATIO_DEFAULT, BETA_DEFAULT, GRACE_MAX, HOLD_EVIDENCE, INTERVAL_DEFAULT,
    STALENESS_DEFAULT_INTERVALS,
};
use crate::metric::MetricKey;
use crate::safety::Terms;

pub use draft::{
    ControlLimitDraft, Day, Defaults, Gate, GuardDraft, GuardMode, Leave, LimitDraft, OnBreach, OnDeficit,
    OnMaximumTime, OnNoData, PlanDraft, SafetyDraft, SampleRatioDraft, StageDraft, WindowDraft,
};
pub use share::Share;
pub use window::Window;
pub(crate) use window::opens;

hoist_eval::define_key!(
    /// The name of a rollout plan. Unique within a project.
    PlanKey,
    "plan key"
);
hoist_eval::define_key!(
    /// The name of a guard. Unique within its plan.
    GuardKey,
    "guard key"
);

/// A rollout plan that can be carried out.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// What the person wrote, kept so that it can be shown and stored unchanged.
    draft: PlanDraft,
    key: PlanKey,
    treatment: VariantKey,
    stages: Vec<Stage>,
    guards: Vec<Guard>,
    goals: Vec<MetricKey>,
    tick: Span,
}

impl Plan {
    /// Returns the plan that the draft describes, or everything that is wrong with the draft.
    pub fn parse(draft: &PlanDraft) -> Result<Self, Vec<crate::Problem>> {
        parse::plan(draft)
    }

    /// Returns what the person wrote.
    pub fn to_draft(&self) -> PlanDraft {
        self.draft.clone()
    }

    /// Returns the plan's key.
    pub fn key(&self) -> &PlanKey {
        &self.key
    }

    /// Returns the variant that everyone has when the plan is through.
    pub fn treatment(&self) -> &VariantKey {
        &self.treatment
    }

    /// Returns the stages in order. There is at least one.
    pub fn stages(&self) -> &[Stage] {
        &self.stages
    }

    /// Returns the guards, in the order in which they were written.
    pub fn guards(&self) -> &[Guard] {
        &self.guards
    }

    /// Returns the metrics that are compared with control and decide nothing.
    pub fn goals(&self) -> &[MetricKey] {
        &self.goals
    }

    /// Returns what stands in for what stages and guards do not say; `None` for the defaults that they name.
    pub fn defaults(&self) -> Option<Defaults> {
        self.draft.defaults
    }

    /// Returns the false-alarm probability of all limits against control together, over the whole rollout.
    pub fn alpha(&self) -> f64 {
        self.draft.alpha.unwrap_or(ALPHA_CONTROL_DEFAULT)
    }

    /// Returns the combined evidence of harm at which the rollout is held.
    pub fn hold(&self) -> f64 {
        self.draft.hold.unwrap_or(HOLD_EVIDENCE)
    }

    /// Returns the probability of leaving a stage although the treatment is as much worse as must be ruled out.
    pub fn beta(&self) -> f64 {
        self.draft.beta.unwrap_or(BETA_DEFAULT)
    }

    /// Returns what lets a stage with limits against control be left.
    pub fn leave(&self) -> Leave {
        self.draft.leave
    }

    /// Returns the false-alarm probability of the test of the sample ratio at one stage: each stage has an equal part of
    /// the plan's.
    pub fn sample_ratio_alpha(&self) -> f64 {
        let whole = self.draft.srm.and_then(|srm| srm.alpha).unwrap_or(ALPHA_SAMPLE_RATIO_DEFAULT);
        whole / self.stages.len().max(1) as f64
    }

    /// Returns whether the last stage holds a share of everyone back, who get the treatment when the rollout completes.
    pub fn holds_back(&self) -> bool {
        self.draft.holdback.is_some()
    }

    /// Returns when a rollback counts as done.
    pub fn safety(&self) -> Terms {
        let (said, default) = (self.draft.safety.unwrap_or_default(), Terms::default());
        Terms {
            tolerance: said.tolerance.unwrap_or(default.tolerance),
            deadline: said.deadline.unwrap_or(default.deadline),
        }
    }

    /// Returns what a proven lack of treated units does.
    pub fn on_deficit(&self) -> OnDeficit {
        self.draft.srm.map(|srm| srm.deficit).unwrap_or_default()
    }

    /// Returns the time between two ticks of a rollout of this plan: the shortest guard interval or a quarter of the
    /// shortest bake, whichever is shorter, within [`crate::limits::TICK_MIN`] and [`crate::limits::TICK_MAX`].
    pub fn tick(&self) -> Span {
        self.tick
    }
}

/// One proven stage of a plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Stage {
    pub(crate) name: Arc<str>,
    pub(crate) audience: Option<SegmentKey>,
    pub(crate) share: Share,
    /// The share in percent as it was written: a holdback takes nothing from it.
    pub(crate) percentage: f64,
    pub(crate) variant: VariantKey,
    pub(crate) bake: Span,
    pub(crate) gate: Gate,
    pub(crate) minimum_treated: u64,
    pub(crate) maximum_time: Span,
    pub(crate) on_maximum_time: OnMaximumTime,
    pub(crate) windows: Vec<Window>,
    pub(crate) noninferiority: f64,
}

impl Stage {
    /// Returns the stage's name.
    pub fn name(&self) -> &Arc<str> {
        &self.name
    }

    /// Returns the segment that the stage reaches; `None` means everyone.
    pub fn audience(&self) -> Option<&SegmentKey> {
        self.audience.as_ref()
    }

    /// Returns the share of the audience that gets the variant.
    pub fn share(&self) -> Share {
        self.share
    }

    /// Returns the variant that the stage serves.
    pub fn variant(&self) -> &VariantKey {
        &self.variant
    }

    /// Returns how long the stage must be observed healthy before it may be left.
    pub fn bake(&self) -> Span {
        self.bake
    }

    /// Returns who lets the stage be left.
    pub fn gate(&self) -> Gate {
        self.gate
    }

    /// Returns how many distinct units must have been served the variant before the stage may be left.
    pub fn minimum_treated(&self) -> u64 {
        self.minimum_treated
    }

    /// Returns the observed time in the stage after which the rollout does what [`Stage::on_maximum_time`] says.
    pub fn maximum_time(&self) -> Span {
        self.maximum_time
    }

    /// Returns what the rollout does once the stage has taken longer than it may.
    pub fn on_maximum_time(&self) -> OnMaximumTime {
        self.on_maximum_time
    }

    /// Returns the windows in which the stage may be entered; none means at any time.
    pub fn windows(&self) -> &[Window] {
        &self.windows
    }

    /// Returns how many times worse than control must be ruled out before the stage is left, for metrics and limits
    /// that do not say.
    pub fn noninferiority(&self) -> f64 {
        self.noninferiority
    }
}

/// One proven guard of a plan. What its metric is decides how it is judged; see [`crate::rollout::RolloutSpec`].
#[derive(Debug, Clone, PartialEq)]
pub struct Guard {
    pub(crate) key: GuardKey,
    pub(crate) metric: MetricKey,
    pub(crate) limit: LimitDraft,
    pub(crate) mode: GuardMode,
    pub(crate) alpha: Option<f64>,
    pub(crate) interval: Span,
    pub(crate) plausible: Option<(f64, f64)>,
    pub(crate) maximum_staleness: Span,
    pub(crate) on_breach: OnBreach,
    pub(crate) on_no_data: OnNoData,
    pub(crate) no_data_grace: Span,
    /// Positions of the stages that the guard watches; empty means all.
    pub(crate) stages: Vec<usize>,
}

impl Guard {
    /// Returns the guard that a goal is watched by: under the key of its metric, in every stage.
    pub(crate) fn of_goal(metric: &MetricKey) -> Result<Self, hoist_eval::key::KeyError> {
        Ok(Self {
            key: metric.as_str().parse()?,
            metric: metric.clone(),
            limit: LimitDraft::control(),
            mode: GuardMode::Sequential,
            alpha: None,
            interval: INTERVAL_DEFAULT,
            plausible: None,
            maximum_staleness: INTERVAL_DEFAULT.saturating_mul(STALENESS_DEFAULT_INTERVALS),
            on_breach: OnBreach::Notify,
            on_no_data: OnNoData::Hold,
            no_data_grace: GRACE_MAX,
            stages: Vec::new(),
        })
    }

    /// Returns the guard's key.
    pub fn key(&self) -> &GuardKey {
        &self.key
    }

    /// Returns the metric that it watches.
    pub fn metric(&self) -> &MetricKey {
        &self.metric
    }

    /// Returns the limit.
    pub fn limit(&self) -> LimitDraft {
        self.limit
    }

    /// Returns how readings become a verdict.
    pub fn mode(&self) -> GuardMode {
        self.mode
    }

    /// Returns the time between two readings.
    pub fn interval(&self) -> Span {
        self.interval
    }

    /// Returns how old a sample may be and still count.
    pub fn maximum_staleness(&self) -> Span {
        self.maximum_staleness
    }

    /// Returns what a breach does.
    pub fn on_breach(&self) -> OnBreach {
        self.on_breach
    }

    /// Returns what silence does once it has lasted for [`Guard::no_data_grace`].
    pub fn on_no_data(&self) -> OnNoData {
        self.on_no_data
    }

    /// Returns how much observed silence is only held.
    pub fn no_data_grace(&self) -> Span {
        self.no_data_grace
    }

    /// Returns whether the guard watches the stage at `position`, counted from 0.
    pub fn watches(&self, position: usize) -> bool {
        self.stages.is_empty() || self.stages.contains(&position)
    }
}
