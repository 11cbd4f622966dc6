//! What the tests share: a database of their own, and things to put into it.

use std::path::PathBuf;
use std::time::Duration;

use hoist_eval::draft::{ServeDraft, TargetingDraft, VariantDraft};
use hoist_eval::{Timestamp, ValueKind};
use hoist_lifecycle::plan::{PlanDraft, StageDraft};
use hoist_lifecycle::rollout::evidence::{Evidence, Input, Observer};
use hoist_lifecycle::rollout::{Method, RolloutSpec, RolloutSpecDraft, StartFacts, start};
use hoist_store::testing::Postgres;
use hoist_store::{
    Actor, ActorKind, FlagDetails, NewFlag, NewRollout, PageRequest, RolloutFilter, RolloutRecord, Store, StoreConfig,
    TokenKind, Write,
};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, SqliteConnection};

pub(crate) const PROJECT: &str = "default";
pub(crate) const ENVIRONMENT: &str = "production";
pub(crate) const FLAG: &str = "checkout";

/// A database of one test, freshly installed.
pub(crate) struct Db {
    pub(crate) store: Store,
    pub(crate) config: StoreConfig,
    home: Home,
}

enum Home {
    Sqlite(tempfile::TempDir),
    Postgres(Postgres),
}

impl Db {
    pub(crate) async fn sqlite() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let mut config = StoreConfig::sqlite(directory.path().join("hoist.db"));
        config.durable = false;
        Self::open(patient(config), Home::Sqlite(directory)).await
    }

    pub(crate) async fn postgres() -> Self {
        let postgres = Postgres::fresh().await.unwrap();
        Self::open(patient(postgres.config()), Home::Postgres(postgres)).await
    }

    async fn open(config: StoreConfig, home: Home) -> Self {
        let store = Store::open(&config).await.unwrap();
        Self { store, config, home }
    }

    pub(crate) fn is_postgres(&self) -> bool {
        matches!(self.home, Home::Postgres(_))
    }

    /// Opens the same database again, as another process would.
    pub(crate) async fn again(&self) -> Store {
        Store::open(&self.config).await.unwrap()
    }

    /// The configuration of another database of the same kind, with nothing in it; and of one of the other kind.
    pub(crate) async fn empty(&self, postgres: bool) -> (StoreConfig, Empty) {
        if postgres {
            let other = Postgres::empty().await.unwrap();
            (patient(other.config()), Empty { _directory: None, postgres: Some(other) })
        } else {
            let directory = tempfile::tempdir().unwrap();
            let config = patient(StoreConfig::sqlite(directory.path().join("hoist.db")));
            (config, Empty { _directory: Some(directory), postgres: None })
        }
    }

    /// Runs statements behind the store's back.
    pub(crate) async fn raw(&self, script: impl Into<String>) {
        let script = AssertSqlSafe(script.into());
        match &self.home {
            Home::Sqlite(_) => {
                let mut connection = SqliteConnection::connect(&self.file().display().to_string()).await.unwrap();
                sqlx::raw_sql(script).execute(&mut connection).await.unwrap();
                connection.close().await.unwrap();
            }
            Home::Postgres(postgres) => {
                let mut connection = PgConnection::connect(&postgres.url()).await.unwrap();
                sqlx::raw_sql(script).execute(&mut connection).await.unwrap();
                connection.close().await.unwrap();
            }
        }
    }

    /// Returns whether the database refuses the statements.
    pub(crate) async fn refuses(&self, script: &'static str) -> bool {
        match &self.home {
            Home::Sqlite(_) => {
                let mut connection = SqliteConnection::connect(&self.file().display().to_string()).await.unwrap();
                sqlx::raw_sql(script).execute(&mut connection).await.is_err()
            }
            Home::Postgres(postgres) => {
                let mut connection = PgConnection::connect(&postgres.url()).await.unwrap();
                sqlx::raw_sql(script).execute(&mut connection).await.is_err()
            }
        }
    }

    /// Takes away what keeps the audit log append-only, as someone with access to the database could.
    pub(crate) async fn open_audit(&self) {
        self.raw(match self.home {
            Home::Sqlite(_) => "DROP TRIGGER audit_refuses_update; DROP TRIGGER audit_refuses_delete",
            Home::Postgres(_) => "ALTER TABLE audit DISABLE TRIGGER ALL",
        })
        .await;
    }

    /// The SQLite file.
    pub(crate) fn file(&self) -> PathBuf {
        match &self.home {
            Home::Sqlite(directory) => directory.path().join("hoist.db"),
            Home::Postgres(_) => panic!("PostgreSQL has no file"),
        }
    }

    pub(crate) async fn discard(self) {
        self.store.close().await;
        if let Home::Postgres(postgres) = self.home {
            postgres.discard().await.unwrap();
        }
    }

    /// Creates the flag of these tests: on everywhere, serving `off` by default.
    pub(crate) async fn flag(&self) {
        self.store.create_flag(&write(&person(), 1), PROJECT, &new_flag(FLAG)).await.unwrap();
    }

    /// Starts a rollout of that flag.
    pub(crate) async fn rollout(&self, id: &str, at: i64) -> RolloutRecord {
        // On the heap, for it is large and every test would carry it.
        let new = Box::new(new_rollout(&self.store, id, at).await);
        Box::pin(self.store.start_rollout(&write(&person(), at), &new)).await.unwrap()
    }
}

/// What keeps an empty database until the end of a test.
pub(crate) struct Empty {
    _directory: Option<tempfile::TempDir>,
    postgres: Option<Postgres>,
}

impl Empty {
    pub(crate) async fn discard(self) {
        if let Some(postgres) = self.postgres {
            postgres.discard().await.unwrap();
        }
    }
}

/// A busy machine must not fail a test that is about something else.
pub(crate) fn patient(mut config: StoreConfig) -> StoreConfig {
    config.pool_wait = Duration::from_secs(30);
    config.busy_wait = Duration::from_secs(30);
    config
}

pub(crate) fn person() -> Actor {
    Actor::new(ActorKind::Person, "ada")
}

pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(seconds)
}

pub(crate) fn write(actor: &Actor, seconds: i64) -> Write<'_> {
    Write::new(actor, at(seconds)).because("because")
}

pub(crate) fn variants() -> Vec<VariantDraft> {
    let variant = |key: &str, value: bool| VariantDraft { key: key.into(), value: value.into() };
    vec![variant("on", true), variant("off", false)]
}

pub(crate) fn targeting(default: &str) -> TargetingDraft {
    TargetingDraft {
        enabled: true,
        off_variant: "off".into(),
        default: ServeDraft::Variant(default.into()),
        rules: vec![],
        prerequisites: vec![],
    }
}

pub(crate) fn new_flag(key: &str) -> NewFlag {
    NewFlag {
        key: key.into(),
        details: FlagDetails { title: format!("The {key} flag"), owner: "ada".into(), ..FlagDetails::default() },
        kind: ValueKind::Boolean,
        variants: variants(),
        targeting: targeting("off"),
        seed: "0123456789abcdef0123456789abcdef".into(),
        override_tombstone: false,
    }
}

pub(crate) fn plan(key: &str) -> PlanDraft {
    let stage = |name: &str, percentage: f64| StageDraft {
        bake: hoist_eval::Span::from_minutes(10),
        ..StageDraft::new(name, percentage)
    };
    PlanDraft::new(key, "on", vec![stage("1 %", 1.0), stage("100 %", 100.0)])
}

pub(crate) async fn new_rollout(store: &Store, id: &str, seconds: i64) -> NewRollout {
    let flag = store.targeting(PROJECT, ENVIRONMENT, FLAG).await.unwrap().unwrap();
    let draft = RolloutSpecDraft {
        overlaps: Vec::new(),
        inherited: Vec::new(),
        method: Method::default(),
        rollout: id.into(),
        project: PROJECT.into(),
        environment: ENVIRONMENT.into(),
        flag: FLAG.into(),
        control: "off".into(),
        salt: flag.salt.clone(),
        plan: plan("canary"),
        metrics: vec![],
    };
    let spec = RolloutSpec::parse(&draft).unwrap();
    let facts = StartFacts {
        variants: vec!["on".into(), "off".into()],
        segments: vec![],
        allocation: flag.allocation,
        start_at: None,
    };
    let state = start(&spec, &facts, at(seconds)).unwrap();
    NewRollout { spec, state, wake_at: Some(at(seconds)) }
}

/// What the controller sees of the flag at a moment, `monotonic` seconds after its process started.
pub(crate) async fn tick(store: &Store, rollout: &RolloutRecord, monotonic: u64) -> Input {
    let flag = store.targeting(PROJECT, ENVIRONMENT, FLAG).await.unwrap().unwrap();
    Input::Tick(Evidence {
        observer: Observer { process: 7, monotonic: hoist_eval::Span::from_seconds(monotonic) },
        entry: rollout.state.entry_id(),
        allocation: flag.allocation.map(std::sync::Arc::new),
        enabled: flag.targeting.enabled,
        treated: 100,
        readings: vec![],
        first_exposures: None,
        waits_for: Vec::new(),
        candidates: Vec::new(),
    })
}

pub(crate) fn new_token(id: &str) -> hoist_store::NewToken {
    let mut digest = [0; 32];
    for (byte, from) in digest.iter_mut().zip(id.bytes()) {
        *byte = from;
    }
    hoist_store::NewToken {
        id: id.into(),
        kind: TokenKind::Server,
        title: "checkout service".into(),
        digest,
        project: Some(PROJECT.into()),
        environment: Some(ENVIRONMENT.into()),
        actions: vec!["evaluate".into()],
        expires_at: Some(at(1_000_000)),
    }
}

impl Db {
    /// Delivers every event in order and returns their topics.
    pub(crate) async fn drain_outbox(&self) -> Vec<String> {
        let mut topics = Vec::new();
        loop {
            let due = self.store.outbox_due(at(1_000_000_000), 100).await.unwrap();
            if due.is_empty() {
                return topics;
            }
            for event in due {
                self.store.outbox_done(&event.id, at(1_000_000_000)).await.unwrap();
                topics.push(event.topic);
            }
        }
    }

    /// Returns what the store shows of the things that decisions move, for comparison.
    pub(crate) async fn everything(&self) -> String {
        everything(&self.store).await
    }
}

/// Returns what a store shows of the things that decisions move, for comparison.
pub(crate) async fn everything(store: &Store) -> String {
    format!(
        "{:?} {:?} {:?} {:?} {:?} {:?}",
        store.list_rollouts(&RolloutFilter::default(), &PageRequest::default()).await.unwrap(),
        store.targetings(PROJECT, FLAG).await.unwrap(),
        store.positions().await.unwrap(),
        store.audit_head().await.unwrap(),
        store.outbox_due(at(1_000_000_000), 100).await.unwrap(),
        store.outbox_waiting().await.unwrap(),
    )
}

/// What one poll may do, in units of tokio's budget for a task: so little that a write has to wait however fast its database is.
const UNITS_OF_A_POLL: u32 = 4;

/// Polls a future a number of times, waiting for each wake-up, and returns its result if it came to one.
pub(crate) async fn poll_times<F: Future + Unpin>(future: &mut F, times: u32) -> Option<F::Output> {
    let budget = std::future::poll_fn(|context| {
        let mut units = 0;
        while spend_a_unit(context) {
            units += 1;
        }
        std::task::Poll::Ready(units)
    })
    .await;
    let mut polled = 0;
    std::future::poll_fn(|context| {
        // A budget that is short already is whole again the next time.
        if !(UNITS_OF_A_POLL..budget).all(|_| spend_a_unit(context)) {
            return std::task::Poll::Pending;
        }
        polled += 1;
        match std::pin::Pin::new(&mut *future).poll(context) {
            std::task::Poll::Ready(result) => std::task::Poll::Ready(Some(result)),
            std::task::Poll::Pending if polled >= times => std::task::Poll::Ready(None),
            std::task::Poll::Pending => std::task::Poll::Pending,
        }
    })
    .await
}

/// Takes a unit of the task's budget. Where none is left it returns false, and the task is woken for another turn.
fn spend_a_unit(context: &mut std::task::Context<'_>) -> bool {
    std::pin::pin!(tokio::task::coop::consume_budget()).poll(context).is_ready()
}
