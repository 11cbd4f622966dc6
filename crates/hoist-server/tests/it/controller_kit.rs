//! A world in which the real controller climbs a real rollout on a real store, and time moves only when told.

use std::sync::{Arc, Mutex};

use hoist_eval::draft::{SegmentDraft, ServeDraft, TargetingDraft, VariantDraft};
use hoist_eval::{Span, Timestamp, ValueKind};
use hoist_lifecycle::metric::{MetricDraft, MetricSourceDraft};
use hoist_lifecycle::plan::{GuardDraft, GuardMode, LimitDraft, OnBreach, OnNoData, PlanDraft, StageDraft};
use hoist_lifecycle::rollout::evidence::{Command, Input, Reading};
use hoist_lifecycle::rollout::{Method, RolloutSpec, RolloutSpecDraft, StartFacts, start, step};
use hoist_server::clock::Clock;
use hoist_server::evidence::Intake;
use hoist_server::metrics::{Ask, MetricSource, Script, Silences};
use hoist_server::snapshots::Snapshots;
use hoist_server::tasks::controller::{Controller, Tools};
use hoist_server::tasks::lease::{Leadership, LeaseKeeper};
use hoist_server::tasks::{Nudges, Outcome, Task as _};
use hoist_store::{
    Actor, ActorKind, Applying, DecisionRecord, FlagDetails, FlagTargeting, NewFlag, NewRollout, PageRequest,
    RolloutRecord, Store, StoreError, Write,
};

pub(crate) const PROJECT: &str = "default";
pub(crate) const ENVIRONMENT: &str = "production";
pub(crate) const FLAG: &str = "checkout";
pub(crate) const START: Timestamp = Timestamp::from_seconds(1_750_000_000);
pub(crate) const BAKE: Span = Span::from_minutes(2);

/// The five stages that most rollouts have.
pub(crate) const STAGES: [(&str, f64); 5] =
    [("internal", 100.0), ("1 %", 1.0), ("5 %", 5.0), ("25 %", 25.0), ("100 %", 100.0)];

/// What a scripted source says from now on.
#[derive(Clone)]
pub(crate) struct Says(Arc<Mutex<Reading>>);

impl Says {
    pub(crate) fn new(value: f64) -> Self {
        Self(Arc::new(Mutex::new(value_of(value))))
    }

    pub(crate) fn say(&self, reading: Reading) {
        *self.0.lock().unwrap() = reading;
    }

    pub(crate) fn value(&self, value: f64) {
        self.say(value_of(value));
    }

    pub(crate) fn source(&self) -> MetricSource {
        let says = self.clone();
        MetricSource::Scripted(Script::new(move |_: &MetricSourceDraft, ask: Ask| {
            match says.0.lock().unwrap().clone() {
                // A sound source takes its sample when it is asked.
                Reading::Value { value, .. } => Reading::Value { value, sampled_at: ask.at },
                other => other,
            }
        }))
    }
}

fn value_of(value: f64) -> Reading {
    Reading::Value { value, sampled_at: START }
}

pub(crate) fn stage(name: &str, percentage: f64) -> StageDraft {
    StageDraft {
        audience: (name == "internal").then(|| "staff".to_owned()),
        bake: BAKE,
        ..StageDraft::new(name, percentage)
    }
}

pub(crate) fn guard() -> GuardDraft {
    GuardDraft {
        key: "errors".to_owned(),
        metric: "error-rate".to_owned(),
        limit: LimitDraft::Above(0.02),
        mode: GuardMode::Immediate,
        alpha: None,
        interval: Some(Span::from_seconds(10)),
        plausible: None,
        maximum_staleness: None,
        on_breach: OnBreach::RollBack,
        on_no_data: OnNoData::Hold,
        no_data_grace: None,
        stages: Vec::new(),
    }
}

/// The plan that the tests begin with: five stages, one guard.
pub(crate) fn plan() -> PlanDraft {
    let stages = STAGES.map(|(name, percentage)| stage(name, percentage)).into();
    PlanDraft { guards: vec![guard()], ..PlanDraft::new("canary", "on", stages) }
}

fn metric() -> MetricDraft {
    let source = MetricSourceDraft::PromqlValue { query: r#"error_rate{variant="{{variant}}"}"#.to_owned() };
    MetricDraft::new("error-rate", source).with_unit("ratio")
}

/// Units that had an error, counted by Hoist itself.
fn failed() -> MetricDraft {
    MetricDraft::new("failed", MetricSourceDraft::AffectedUnits { event: "error".to_owned() })
}

/// A store with a flag and a segment, and a clock.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) nudges: Nudges,
    pub(crate) snapshots: Snapshots,
    pub(crate) intake: Intake,
    pub(crate) silences: Silences,
}

fn person() -> Actor {
    Actor::new(ActorKind::Person, "ann")
}

fn flag() -> NewFlag {
    let variant = |key: &str, value: bool| VariantDraft { key: key.to_owned(), value: value.into() };
    NewFlag {
        key: FLAG.to_owned(),
        details: FlagDetails::default(),
        kind: ValueKind::Boolean,
        variants: vec![variant("on", true), variant("off", false), variant("dark", false)],
        targeting: TargetingDraft {
            enabled: true,
            off_variant: "off".to_owned(),
            default: ServeDraft::Variant("off".to_owned()),
            rules: Vec::new(),
            prerequisites: Vec::new(),
        },
        seed: "0123456789abcdef0123456789abcdef".to_owned(),
        override_tombstone: false,
    }
}

impl World {
    /// Returns a world on a store of its own.
    pub(crate) async fn new() -> Self {
        Self::on(Store::in_memory().await.unwrap(), Clock::manual(START)).await
    }

    /// Returns a world on a fresh `store`.
    pub(crate) async fn on(store: Store, clock: Clock) -> Self {
        let actor = person();
        let write = Write::new(&actor, clock.now());
        store.create_flag(&write, PROJECT, &flag()).await.unwrap();
        let staff = SegmentDraft {
            key: "staff".to_owned(),
            included: vec!["ann".to_owned()],
            excluded: Vec::new(),
            when: Some(
                serde_json::from_value(serde_json::json!({"attribute": "staff", "operator": "is_true"})).unwrap(),
            ),
        };
        store.create_segment(&write, PROJECT, &staff).await.unwrap();
        let snapshots = Snapshots::default();
        let intake = Intake::new(store.clone(), "node".to_owned(), snapshots.seen().clone());
        Self { store, clock, nudges: Nudges::default(), snapshots, intake, silences: Silences::default() }
    }

    /// Starts a rollout of the flag by `plan`.
    pub(crate) async fn start(&self, id: &str, plan: &PlanDraft) -> RolloutRecord {
        Box::pin(self.start_with(id, plan, vec![metric(), failed()])).await
    }

    /// Starts a rollout of the flag by `plan`, whose guards watch `metrics`.
    pub(crate) async fn start_with(&self, id: &str, plan: &PlanDraft, metrics: Vec<MetricDraft>) -> RolloutRecord {
        let standing = self.flag().await;
        let spec = RolloutSpec::parse(&RolloutSpecDraft {
            overlaps: Vec::new(),
            inherited: Vec::new(),
            method: Method::default(),
            rollout: id.to_owned(),
            project: PROJECT.to_owned(),
            environment: ENVIRONMENT.to_owned(),
            flag: FLAG.to_owned(),
            control: "off".to_owned(),
            salt: standing.salt,
            plan: plan.clone(),
            metrics,
        })
        .unwrap();
        let facts = StartFacts {
            variants: vec!["on".to_owned(), "off".to_owned(), "dark".to_owned()],
            segments: vec!["staff".to_owned()],
            allocation: standing.allocation,
            start_at: None,
        };
        let now = self.clock.now();
        let state = start(&spec, &facts, now).unwrap();
        let actor = person();
        let new = NewRollout { spec, state, wake_at: Some(now) };
        self.store.start_rollout(&Write::new(&actor, now), &new).await.unwrap()
    }

    /// Returns the flag as it stands.
    pub(crate) async fn flag(&self) -> FlagTargeting {
        self.store.targeting(PROJECT, ENVIRONMENT, FLAG).await.unwrap().unwrap()
    }

    pub(crate) async fn rollout(&self, id: &str) -> RolloutRecord {
        self.store.rollout(id).await.unwrap().unwrap()
    }

    /// Returns the name of the stage that a rollout is at, or else its phase.
    pub(crate) async fn place(&self, id: &str) -> String {
        let rollout = self.rollout(id).await;
        let stage = rollout.state.phase.entry().and_then(|entry| rollout.spec.stage(entry.stage));
        stage.map_or_else(|| rollout.state.phase.as_str().to_owned(), |stage| stage.name().to_string())
    }

    /// Gives a command as the API does: decide on what is there, apply, and begin anew if something else was faster.
    pub(crate) async fn command(&self, id: &str, command: Command) {
        let input = Input::Command(command);
        let actor = person();
        for _ in 0..100 {
            let rollout = self.rollout(id).await;
            let decision = step(&rollout.spec, &rollout.state, &input, self.clock.now()).unwrap();
            let write = Write::new(&actor, self.clock.now());
            let applying =
                Applying { rollout: id, expected: rollout.version, input: &input, decision: &decision, fence: None };
            match self.store.apply_decision(&write, applying).await {
                Ok(_) => return,
                Err(StoreError::Conflict { .. }) => {}
                Err(error) => panic!("{error}"),
            }
        }
        panic!("a command never got through");
    }

    /// Returns every recorded decision of a rollout.
    pub(crate) async fn decisions(&self, id: &str) -> Vec<DecisionRecord> {
        let mut all = Vec::new();
        let mut page = PageRequest { limit: Some(500), cursor: None };
        loop {
            let part = self.store.decisions(id, &page).await.unwrap();
            all.extend(part.items);
            match part.next {
                Some(next) => page.cursor = Some(next),
                None => return all,
            }
        }
    }

    /// Returns the stages that were entered, in order, by what people were told.
    pub(crate) async fn entered(&self, id: &str) -> Vec<usize> {
        use hoist_lifecycle::rollout::decision::{Effect, Notice};
        let mut entered = Vec::new();
        for record in self.decisions(id).await {
            for effect in record.decision.effects {
                if let Effect::Notify { notice: Notice::StageEntered { stage } } = effect {
                    entered.push(stage.0);
                }
            }
        }
        entered
    }

    /// Returns the share of `variant` for everyone who is in no audience, in slots of 100,000.
    pub(crate) async fn share(&self, variant: &str) -> u32 {
        let Some(allocation) = self.flag().await.allocation else { return 0 };
        let everyone = allocation.entries.iter().find(|entry| entry.audience.is_none());
        let weights = everyone.map(|entry| entry.weights.as_slice()).unwrap_or_default();
        weights.iter().filter(|weight| weight.variant == variant).map(|weight| weight.weight).sum()
    }

    /// Returns what one server runs: its leadership, its lease keeper and its controller.
    pub(crate) fn node(&self, name: &str, process: u64, source: MetricSource) -> Node {
        let leadership = Leadership::new(self.clock.clone(), Span::from_seconds(15));
        let keeper = LeaseKeeper::new(
            self.store.clone(),
            self.clock.clone(),
            name.to_owned(),
            leadership.clone(),
            self.nudges.controller.clone(),
        );
        let controller = self.controller(process, source, &leadership);
        Node { keeper, controller, leadership, clock: self.clock.clone() }
    }

    /// Returns a controller that decides under `leadership`.
    pub(crate) fn controller(&self, process: u64, source: MetricSource, leadership: &Leadership) -> Controller {
        let tools = Tools {
            store: self.store.clone(),
            clock: self.clock.clone(),
            source,
            silences: self.silences.clone(),
            intake: self.intake.clone(),
            snapshots: self.snapshots.clone(),
            nudges: self.nudges.clone(),
            process,
        };
        Controller::new(tools, leadership.clone(), Span::from_millis(100))
    }
}

/// What one server runs.
pub(crate) struct Node {
    pub(crate) keeper: LeaseKeeper,
    pub(crate) controller: Controller,
    pub(crate) leadership: Leadership,
    clock: Clock,
}

impl Node {
    /// Renews the lease and looks at what is due.
    pub(crate) async fn tick(&mut self) -> Outcome {
        self.keeper.activate(self.clock.now()).await;
        self.controller.activate(self.clock.now()).await
    }

    /// Ticks every ten seconds for `time`.
    pub(crate) async fn run(&mut self, time: Span) {
        let until = self.clock.now().saturating_add(time);
        while self.clock.now() < until {
            self.clock.advance(Span::from_seconds(10));
            self.tick().await;
        }
    }
}
