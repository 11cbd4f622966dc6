//! A small rollout to test with, and a driver that plays ticks into it.

use std::sync::Arc;

use hoist_eval::{Span, Timestamp};
use hoist_lifecycle::metric::{MetricDraft, MetricSourceDraft};
use hoist_lifecycle::plan::{GuardDraft, GuardMode, LimitDraft, OnBreach, OnNoData, PlanDraft, StageDraft};
use hoist_lifecycle::rollout::decision::{Decision, Effect, TransitionError};
use hoist_lifecycle::rollout::evidence::{Command, Evidence, GuardReading, Input, Observer, Reading};
use hoist_lifecycle::rollout::state::{Phase, RolloutState, StageEntry};
use hoist_lifecycle::rollout::{Method, RolloutSpec, RolloutSpecDraft, StartFacts, start, step};

pub(crate) const SALT: &str = "00112233445566778899aabbccddeeff";
/// A Monday, 00:00 UTC.
pub(crate) const T0: Timestamp = Timestamp::from_seconds(1_736_121_600);

pub(crate) fn seconds(seconds: u64) -> Span {
    Span::from_seconds(seconds)
}

pub(crate) fn stage(name: &str, percentage: f64, bake: u64) -> StageDraft {
    StageDraft { bake: seconds(bake), ..StageDraft::new(name, percentage) }
}

/// A sequential guard named `errors` on the value metric `error-rate`, at most 0.02, every 10 s.
pub(crate) fn guard() -> GuardDraft {
    GuardDraft {
        key: "errors".into(),
        metric: "error-rate".into(),
        limit: LimitDraft::Above(0.02),
        mode: GuardMode::Sequential,
        alpha: None,
        interval: Some(seconds(10)),
        plausible: None,
        maximum_staleness: Some(seconds(30)),
        on_breach: OnBreach::RollBack,
        on_no_data: OnNoData::Hold,
        no_data_grace: Some(seconds(60)),
        stages: Vec::new(),
    }
}

/// Three stages, 1, 10 and 100 %, 40 s of bake each: a tick of 10 s.
pub(crate) fn plan(guards: Vec<GuardDraft>) -> PlanDraft {
    let stages = vec![stage("1 %", 1.0, 40), stage("10 %", 10.0, 40), stage("100 %", 100.0, 40)];
    PlanDraft { guards, ..PlanDraft::new("three", "on", stages) }
}

pub(crate) fn metrics() -> Vec<MetricDraft> {
    let metric = |key: &str, source| MetricDraft::new(key, source).with_unit("ratio");
    vec![
        metric("error-rate", MetricSourceDraft::PromqlValue { query: "rate{flag=\"{{flag}}\"}".into() }),
        metric(
            "error-counts",
            MetricSourceDraft::PromqlCounts {
                events: "errors{variant=\"{{variant}}\"}".into(),
                total: "requests{variant=\"{{variant}}\"}".into(),
                absent_is_zero: true,
            },
        ),
    ]
}

pub(crate) fn spec_draft(plan: PlanDraft) -> RolloutSpecDraft {
    RolloutSpecDraft {
        overlaps: Vec::new(),
        inherited: Vec::new(),
        method: Method::default(),
        rollout: "r-1".into(),
        project: "shop".into(),
        environment: "production".into(),
        flag: "checkout".into(),
        control: "off".into(),
        salt: SALT.into(),
        plan,
        metrics: metrics(),
    }
}

pub(crate) fn spec(plan: PlanDraft) -> RolloutSpec {
    RolloutSpec::parse(&spec_draft(plan)).unwrap()
}

pub(crate) fn facts() -> StartFacts {
    StartFacts {
        variants: ["off", "dark", "on"].map(String::from).to_vec(),
        segments: vec!["internal".into(), "beta".into()],
        allocation: None,
        start_at: None,
    }
}

/// One rollout and the world around it. Tests change fields and call [`Bench::tick`].
pub(crate) struct Bench {
    pub(crate) spec: RolloutSpec,
    pub(crate) state: RolloutState,
    pub(crate) now: Timestamp,
    pub(crate) monotonic: Span,
    pub(crate) process: u64,
    pub(crate) enabled: bool,
    pub(crate) treated: u64,
    pub(crate) last: Option<Decision>,
}

impl Bench {
    pub(crate) fn new(plan: PlanDraft) -> Self {
        let spec = spec(plan);
        let state = start(&spec, &facts(), T0).unwrap();
        let monotonic = seconds(1_000);
        Self { spec, state, now: T0, monotonic, process: 1, enabled: true, treated: 1_000_000, last: None }
    }

    /// A bench that has entered the first stage.
    pub(crate) fn started(plan: PlanDraft) -> Self {
        let mut bench = Self::new(plan);
        bench.tick(&[]);
        bench
    }

    pub(crate) fn pass(&mut self, span: Span) {
        self.now = self.now.saturating_add(span);
        self.monotonic = self.monotonic.saturating_add(span);
    }

    pub(crate) fn evidence(&self, readings: &[(&str, Reading)]) -> Evidence {
        let readings = readings.iter().map(|(guard, reading)| GuardReading {
            guard: guard.parse().unwrap(),
            at: self.now,
            reading: reading.clone(),
        });
        Evidence {
            observer: Observer { process: self.process, monotonic: self.monotonic },
            entry: self.state.entry_id(),
            allocation: self.state.allocation.clone(),
            enabled: self.enabled,
            treated: self.treated,
            readings: readings.collect(),
            first_exposures: None,
            waits_for: Vec::new(),
            candidates: Vec::new(),
        }
    }

    pub(crate) fn play(&mut self, input: &Input) -> Result<&Decision, TransitionError> {
        let decision = step(&self.spec, &self.state, input, self.now)?;
        let again = step(&self.spec, &self.state, input, self.now)?;
        assert_eq!(decision, again, "a step is a function");
        assert_eq!(decision.wake_at.is_none(), decision.next.phase.is_terminal(), "wake_at is set unless it is over");
        self.state = decision.next.clone();
        Ok(self.last.insert(decision))
    }

    /// A tick at the present time.
    pub(crate) fn tick(&mut self, readings: &[(&str, Reading)]) -> &Decision {
        let input = Input::Tick(self.evidence(readings));
        self.play(&input).unwrap()
    }

    /// Ten seconds later, a tick with a reading of `errors`.
    pub(crate) fn poll(&mut self, value: f64) -> &Decision {
        self.pass(seconds(10));
        let reading = Reading::Value { value, sampled_at: self.now };
        self.tick(&[("errors", reading)])
    }

    pub(crate) fn polls(&mut self, count: usize, value: f64) {
        for _ in 0..count {
            self.poll(value);
        }
    }

    pub(crate) fn command(&mut self, command: Command) -> Result<&Decision, TransitionError> {
        self.play(&Input::Command(command))
    }

    pub(crate) fn entry(&self) -> &StageEntry {
        self.state.phase.entry().expect("at a stage")
    }

    pub(crate) fn stage(&self) -> usize {
        self.entry().stage.0
    }

    pub(crate) fn phase(&self) -> &'static str {
        self.state.phase.as_str()
    }

    pub(crate) fn summary(&self) -> String {
        self.last.as_ref().unwrap().rationale.summary()
    }

    pub(crate) fn effects(&self) -> &[Effect] {
        &self.last.as_ref().unwrap().effects
    }

    pub(crate) fn rule(&self) -> hoist_lifecycle::rollout::decision::Rule {
        self.last.as_ref().unwrap().rationale.rule
    }

    /// Someone else writes the flag's allocation.
    pub(crate) fn drifted_tick(&mut self) -> &Decision {
        let mut evidence = self.evidence(&[]);
        evidence.allocation = evidence.allocation.map(|allocation| {
            let mut edited = (*allocation).clone();
            edited.entries.clear();
            Arc::new(edited)
        });
        self.play(&Input::Tick(evidence)).unwrap()
    }
}

pub(crate) fn words(text: &str) -> String {
    text.to_owned()
}

pub(crate) fn pause() -> Command {
    Command::Pause { reason: words("lunch") }
}

pub(crate) fn resume() -> Command {
    Command::Resume { reason: words("back") }
}

pub(crate) fn promote() -> Command {
    Command::Promote { reason: words("looks fine"), entry: None }
}

pub(crate) fn roll_back() -> Command {
    Command::RollBack { reason: words("bad feeling") }
}

pub(crate) fn cancel() -> Command {
    Command::Cancel { reason: words("other plans") }
}

pub(crate) fn is_rolled_back(phase: &Phase) -> bool {
    matches!(phase, Phase::RolledBack { .. })
}
