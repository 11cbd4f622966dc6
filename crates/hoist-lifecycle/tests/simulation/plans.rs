//! The plans that simulated rollouts carry out. Small, so that a rollout is through within some dozen ticks.

use hoist_eval::Span;
use hoist_lifecycle::metric::{MetricDraft, MetricSourceDraft};
use hoist_lifecycle::plan::{
    ControlLimitDraft, Gate, GuardDraft, GuardMode, LimitDraft, OnBreach, OnMaximumTime, OnNoData, PlanDraft,
    StageDraft,
};
use hoist_lifecycle::rollout::{Method, RolloutSpec, RolloutSpecDraft};

/// How old a sample may be in every simulated plan.
pub(crate) const STALENESS: Span = Span::from_seconds(20);
/// Time between two readings, and the tick, in every simulated plan.
pub(crate) const INTERVAL: Span = Span::from_seconds(5);

pub(crate) fn stage(name: &str, percentage: f64) -> StageDraft {
    let (bake, maximum_time) = (Span::from_seconds(20), Some(Span::from_minutes(5)));
    StageDraft { bake, maximum_time, ..StageDraft::new(name, percentage) }
}

pub(crate) fn guard(metric: &str, mode: GuardMode, on_breach: OnBreach, on_no_data: OnNoData) -> GuardDraft {
    GuardDraft {
        key: metric.into(),
        metric: metric.into(),
        limit: LimitDraft::Above(0.02),
        mode,
        alpha: None,
        interval: Some(INTERVAL),
        plausible: Some((0.0, 1.0)),
        maximum_staleness: Some(STALENESS),
        on_breach,
        on_no_data,
        no_data_grace: Some(Span::from_seconds(20)),
        stages: Vec::new(),
    }
}

/// The guard against control of simulated plans.
pub(crate) const ARMS: &str = "arms";

/// A guard that compares the treatment with the control.
fn against(on_breach: OnBreach, on_no_data: OnNoData) -> GuardDraft {
    GuardDraft { limit: LimitDraft::control(), ..guard(ARMS, GuardMode::Sequential, on_breach, on_no_data) }
}

pub(crate) fn spec(stages: Vec<StageDraft>, guards: Vec<GuardDraft>) -> RolloutSpec {
    let value =
        |key: &str| MetricDraft::new(key, MetricSourceDraft::PromqlValue { query: "value".into() }).with_unit("ratio");
    let counts = MetricSourceDraft::PromqlCounts { events: "e".into(), total: "t".into(), absent_is_zero: false };
    let counts = MetricDraft { source: counts, ..value("counts") };
    let (events, total) = ("e{v=\"{{variant}}\"}".into(), "t{v=\"{{variant}}\"}".into());
    let arms = MetricSourceDraft::PromqlCounts { events, total, absent_is_zero: false };
    let arms = MetricDraft { source: arms, ..value(ARMS) };
    let plan = PlanDraft { guards, ..PlanDraft::new("plan", "on", stages) };
    RolloutSpec::parse(&RolloutSpecDraft {
        overlaps: Vec::new(),
        inherited: Vec::new(),
        method: Method::default(),
        rollout: "r".into(),
        project: "p".into(),
        environment: "e".into(),
        flag: "f".into(),
        control: "off".into(),
        salt: "00112233445566778899aabbccddeeff".into(),
        plan,
        metrics: vec![value("errors"), value("latency"), counts, arms],
    })
    .unwrap()
}

/// Every policy, gate and kind of judgement occurs in one of these.
pub(crate) fn specs() -> Vec<RolloutSpec> {
    use GuardMode::{Immediate, Sequential};
    let three = || vec![stage("5 %", 5.0), stage("50 %", 50.0), stage("100 %", 100.0)];
    let mut gated = three();
    gated.insert(0, StageDraft { audience: Some("internal".into()), ..stage("internal", 100.0) });
    gated[1].minimum_treated = 400;
    gated[2].gate = Gate::Approval;
    let dark = StageDraft { variant: Some("dark".into()), ..stage("dark", 100.0) };
    let mut climb = three();
    climb.insert(0, dark);
    let mut impatient = three();
    for stage in &mut impatient[..2] {
        (stage.minimum_treated, stage.maximum_time) = (700, Some(Span::from_seconds(60)));
    }
    impatient[1].on_maximum_time = OnMaximumTime::RollBack;
    vec![
        spec(three(), vec![guard("errors", Immediate, OnBreach::RollBack, OnNoData::Hold)]),
        spec(three(), vec![guard("errors", Sequential, OnBreach::StepBack, OnNoData::Pause)]),
        spec(gated, vec![]),
        spec(
            climb,
            vec![
                guard("errors", Immediate, OnBreach::Pause, OnNoData::RollBack),
                guard("latency", Sequential, OnBreach::RollBack, OnNoData::Hold),
            ],
        ),
        spec(
            three(),
            vec![
                guard("counts", Sequential, OnBreach::RollBack, OnNoData::StepBack),
                guard("errors", Immediate, OnBreach::Notify, OnNoData::Hold),
            ],
        ),
        spec(three(), vec![guard("errors", Immediate, OnBreach::StepBack, OnNoData::Hold)]),
        spec(three(), vec![against(OnBreach::RollBack, OnNoData::Hold)]),
        spec(
            three(),
            vec![
                against(OnBreach::StepBack, OnNoData::Pause),
                guard("errors", Immediate, OnBreach::RollBack, OnNoData::Hold),
            ],
        ),
        spec(three(), vec![relaxed(against(OnBreach::RollBack, OnNoData::Hold))]),
        spec(impatient, vec![guard("errors", Sequential, OnBreach::RollBack, OnNoData::Hold)]),
    ]
}

/// What a relaxed guard takes for enough.
pub(crate) const RELAXED: f64 = 4.0;

/// Lets the guard leave a stage by its confidence sequence.
pub(crate) fn relaxed(mut guard: GuardDraft) -> GuardDraft {
    guard.limit = LimitDraft::Control(ControlLimitDraft { relaxed: Some(RELAXED), ..ControlLimitDraft::default() });
    guard
}
