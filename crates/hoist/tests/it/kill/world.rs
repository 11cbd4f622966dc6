//! What a run begins with: a flag, a segment, and a rollout that is about to start.

use std::path::PathBuf;

use hoist_eval::draft::{SegmentDraft, ServeDraft, TargetingDraft, VariantDraft};
use hoist_eval::{Span, ValueKind};
use hoist_lifecycle::metric::{MetricDraft, MetricSourceDraft};
use hoist_lifecycle::plan::{GuardDraft, GuardMode, LimitDraft, OnBreach, OnNoData, PlanDraft, StageDraft};
use hoist_lifecycle::rollout::{Method, RolloutSpec, RolloutSpecDraft, StartFacts, start};
use hoist_server::clock::Clock;
use hoist_store::testing::Postgres;
use hoist_store::{Actor, FlagDetails, NewFlag, NewRollout, Store, StoreConfig, Write};
use tempfile::TempDir;

use super::prometheus::Source;

pub(super) const PROJECT: &str = "default";
pub(super) const ENVIRONMENT: &str = "production";
pub(super) const FLAG: &str = "checkout";
pub(super) const ROLLOUT: &str = "r1";
/// As short as the fastest look at a rollout lets a bake be.
pub(super) const BAKE: Span = Span::from_millis(300);
pub(super) const STAGES: [(&str, f64); 4] = [("internal", 100.0), ("5 %", 5.0), ("25 %", 25.0), ("100 %", 100.0)];

/// What becomes of the rollout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Story {
    /// Nothing is wrong, and it climbs to its end.
    Climb,
    /// The guard of its third stage is breached, and it is rolled back.
    Breach,
}

impl Story {
    /// Returns what the metric source answers.
    pub(super) const fn value(self) -> &'static str {
        match self {
            Self::Climb => "0.001",
            Self::Breach => "0.9",
        }
    }

    /// Returns the stages that are watched; all if none is named.
    fn watched(self) -> Vec<String> {
        match self {
            Self::Climb => Vec::new(),
            Self::Breach => vec![STAGES[2].0.to_owned()],
        }
    }

    /// Returns the phase in which it ends.
    pub(super) const fn end(self) -> &'static str {
        match self {
            Self::Climb => "completed",
            Self::Breach => "rolled_back",
        }
    }

    /// Returns how many stages are entered.
    pub(super) const fn entered(self) -> usize {
        match self {
            Self::Climb => STAGES.len(),
            Self::Breach => 3,
        }
    }
}

/// A data folder, and a way to look into the database beside the server.
pub(super) struct World {
    pub(super) data: TempDir,
    pub(super) logs: PathBuf,
    pub(super) database_url: Option<String>,
    pub(super) source_url: String,
    pub(super) store: Store,
}

impl World {
    pub(super) async fn new(postgres: Option<&Postgres>, source: &Source, story: Story) -> Self {
        let data = tempfile::tempdir().expect("a folder");
        let config = postgres.map_or_else(|| StoreConfig::sqlite(data.path().join("hoist.db")), Postgres::config);
        let store = Store::open(&config).await.expect("the store opens");
        Box::pin(prepare(&store, story)).await;
        let logs = data.path().join("log");
        Self { data, logs, database_url: postgres.map(Postgres::url), source_url: source.url.clone(), store }
    }

    pub(super) async fn close(self) {
        self.store.close().await;
    }
}

async fn prepare(store: &Store, story: Story) {
    let actor = Actor::system();
    let now = Clock::system().now();
    let write = Write::new(&actor, now);
    let variant = |key: &str, value: bool| VariantDraft { key: key.to_owned(), value: value.into() };
    let new = NewFlag {
        key: FLAG.to_owned(),
        details: FlagDetails::default(),
        kind: ValueKind::Boolean,
        variants: vec![variant("on", true), variant("off", false)],
        targeting: TargetingDraft {
            enabled: true,
            off_variant: "off".to_owned(),
            default: ServeDraft::Variant("off".to_owned()),
            rules: Vec::new(),
            prerequisites: Vec::new(),
        },
        seed: "0123456789abcdef0123456789abcdef".to_owned(),
        override_tombstone: false,
    };
    store.create_flag(&write, PROJECT, &new).await.expect("a flag");
    let included = vec!["ann".to_owned()];
    let staff = SegmentDraft { key: "staff".to_owned(), included, excluded: Vec::new(), when: None };
    store.create_segment(&write, PROJECT, &staff).await.expect("a segment");
    let salt = store.targeting(PROJECT, ENVIRONMENT, FLAG).await.expect("a store").expect("a flag").salt;
    let spec = RolloutSpec::parse(&spec(salt, story)).expect("a plan");
    let facts = StartFacts {
        variants: vec!["on".to_owned(), "off".to_owned()],
        segments: vec!["staff".to_owned()],
        allocation: None,
        start_at: None,
    };
    let state = start(&spec, &facts, now).expect("a start");
    store.start_rollout(&write, &NewRollout { spec, state, wake_at: Some(now) }).await.expect("a rollout");
}

fn spec(salt: String, story: Story) -> RolloutSpecDraft {
    let stage = |(name, percentage): (&str, f64)| StageDraft {
        audience: (name == "internal").then(|| "staff".to_owned()),
        bake: BAKE,
        ..StageDraft::new(name, percentage)
    };
    let guard = GuardDraft {
        key: "errors".to_owned(),
        metric: "error-rate".to_owned(),
        limit: LimitDraft::Above(0.02),
        mode: GuardMode::Immediate,
        alpha: None,
        interval: Some(Span::from_millis(100)),
        plausible: None,
        maximum_staleness: None,
        on_breach: OnBreach::RollBack,
        on_no_data: OnNoData::Hold,
        no_data_grace: None,
        stages: story.watched(),
    };
    let source = MetricSourceDraft::PromqlValue { query: r#"error_rate{variant="{{variant}}"}"#.to_owned() };
    let metric = MetricDraft::new("error-rate", source);
    let plan = PlanDraft { guards: vec![guard], ..PlanDraft::new("quick", "on", STAGES.map(stage).into()) };
    RolloutSpecDraft {
        overlaps: Vec::new(),
        inherited: Vec::new(),
        method: Method::default(),
        rollout: ROLLOUT.to_owned(),
        project: PROJECT.to_owned(),
        environment: ENVIRONMENT.to_owned(),
        flag: FLAG.to_owned(),
        control: "off".to_owned(),
        salt,
        plan,
        metrics: vec![metric],
    }
}
