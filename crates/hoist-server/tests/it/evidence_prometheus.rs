//! Rollouts judged by evidence from a real Prometheus, whole hours in seconds: the shop's counters are written as blocks of
//! the past, and the controller's clock walks through them.

use std::fmt::Write as _;
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

use hoist_eval::Span;
use hoist_lifecycle::metric::{MetricDraft, MetricSourceDraft};
use hoist_lifecycle::plan::{GuardDraft, GuardMode, LimitDraft, OnBreach, PlanDraft};
use hoist_lifecycle::rollout::decision::{Rule, Verdict};
use hoist_lifecycle::rollout::evidence::Reading;
use hoist_lifecycle::rollout::state::{Phase, RollbackCause};
use hoist_server::metrics::{Ask, MetricSource};
use hoist_server::tasks::Task as _;
use tempfile::TempDir;

use crate::controller_kit::{Node, START, World, guard, stage};
use crate::metric_source::prometheus;

const ID: &str = "r1";
/// Time between two samples of the past.
const SCRAPE: u64 = 15;
/// Time between two looks.
const LOOK: Span = Span::from_seconds(30);

/// What the shop did in one second of the past: requests and failing share of the treatment, then of the control. A
/// share of requests that is absent was not counted anywhere.
pub(crate) type Second = (Option<f64>, f64, f64, f64);

/// A Prometheus over a past of its own. Ends with the test.
pub(crate) struct Past {
    process: Child,
    pub(crate) url: String,
    source: MetricSource,
    _data: TempDir,
}

impl Drop for Past {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Uniform in [0, 1) by splitmix64.
fn uniform(state: &mut u64) -> f64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
}

/// Returns a number of events of this mean, spread as independent events are (the normal approximation, rounded).
fn about(mean: f64, state: &mut u64) -> f64 {
    let normal: f64 = (0..12).map(|_| uniform(state)).sum::<f64>() - 6.0;
    (mean + mean.sqrt() * normal).round().max(0.0)
}

/// Writes the counters of `hours` as a text that `promtool` makes blocks of.
fn exposition(hours: u64, second: impl Fn(u64) -> Second) -> String {
    let mut seed = 42;
    let mut lines = [String::new(), String::new(), String::new(), String::new()];
    let mut sums = [0.0_f64; 4];
    for at in 0..hours * 3_600 {
        let (treated, treated_share, control, control_share) = second(at);
        let requests = treated.unwrap_or(0.0);
        for (sum, mean) in sums.iter_mut().zip([requests, requests * treated_share, control, control * control_share]) {
            *sum += about(mean, &mut seed);
        }
        if at % SCRAPE != 0 {
            continue;
        }
        let time = START.as_seconds() + at as i64;
        for (index, (line, sum)) in lines.iter_mut().zip(sums).enumerate() {
            if index < 2 && treated.is_none() {
                continue;
            }
            let name = ["requests_total", "failures_total"][index % 2];
            let variant = if index < 2 { "on" } else { "off" };
            writeln!(line, "{name}{{variant=\"{variant}\"}} {sum} {time}").unwrap();
        }
    }
    let [on_requests, on_failures, off_requests, off_failures] = lines;
    format!(
        "# TYPE requests counter\n{on_requests}{off_requests}# TYPE failures counter\n{on_failures}{off_failures}# EOF\n"
    )
}

impl Past {
    pub(crate) async fn start(hours: u64, second: impl Fn(u64) -> Second) -> Self {
        let data = tempfile::tempdir().unwrap();
        let text = data.path().join("past.txt");
        std::fs::write(&text, exposition(hours, second)).unwrap();
        let blocks = data.path().join("tsdb");
        let made = Command::new("promtool")
            .args(["tsdb", "create-blocks-from", "openmetrics"])
            .args([&text, &blocks])
            .output()
            .expect("this test needs the program `promtool`; install it with `apt-get install prometheus`");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let config = data.path().join("prometheus.yml");
        std::fs::write(&config, "global: { scrape_interval: 1h }\n").unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let process = Command::new("prometheus")
            .arg(format!("--config.file={}", config.display()))
            .arg(format!("--storage.tsdb.path={}", blocks.display()))
            .arg("--storage.tsdb.retention.time=30y")
            .arg(format!("--web.listen-address=127.0.0.1:{port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("this test needs the program `prometheus`");
        let url = format!("http://127.0.0.1:{port}");
        let past = Self { process, source: prometheus(&url), url, _data: data };
        past.ready().await;
        past
    }

    /// Asks until the past can be read. Each question is an exchange with the other process, which paces the loop.
    async fn ready(&self) {
        let query = MetricSourceDraft::PromqlValue { query: "sum(requests_total)".to_owned() };
        let ask = Ask { at: START.saturating_add(Span::from_minutes(5)), lookback: Some(Span::from_seconds(60)) };
        for _ in 0..1_000_000 {
            if matches!(self.source.read(&query, ask).await, Reading::Value { .. }) {
                return;
            }
            tokio::task::yield_now().await;
        }
        panic!("Prometheus does not become ready");
    }
}

/// 1, 5 and 100 % of everyone, on evidence; above 15 % of failures whoever they hit, a person is asked.
fn plan() -> PlanDraft {
    let against = GuardDraft {
        key: "against".to_owned(),
        metric: "failures".to_owned(),
        limit: LimitDraft::control(),
        mode: GuardMode::Sequential,
        interval: Some(LOOK),
        ..guard()
    };
    let ceiling = GuardDraft {
        key: "ceiling".to_owned(),
        limit: LimitDraft::Above(0.15),
        on_breach: OnBreach::Pause,
        ..against.clone()
    };
    let stages = [("1 %", 1.0), ("5 %", 5.0), ("100 %", 100.0)].map(|(name, share)| stage(name, share)).into();
    PlanDraft { guards: vec![against, ceiling], ..PlanDraft::new("evidence", "on", stages) }
}

fn failures() -> MetricDraft {
    let of = |name: &str| format!("sum({name}{{variant=\"{{{{variant}}}}\"}})");
    let source = MetricSourceDraft::PromqlCounts {
        events: of("failures_total"),
        total: of("requests_total"),
        absent_is_zero: false,
    };
    MetricDraft::new("failures", source).with_unit("ratio")
}

/// A rollout that has begun, and the one server that runs it.
struct Run {
    world: World,
    node: Node,
    _past: Past,
}

impl Run {
    async fn start(hours: u64, second: impl Fn(u64) -> Second) -> Self {
        let past = Past::start(hours, second).await;
        let world = World::new().await;
        Box::pin(world.start_with(ID, &plan(), vec![failures()])).await;
        let node = world.node("a", 1, past.source.clone());
        Self { world, node, _past: past }
    }

    /// Looks until `minutes` of the past are over or the rollout is. Returns how many minutes it took.
    async fn run(&mut self, minutes: u64) -> u64 {
        let begun = self.world.clock.now();
        let until = begun.saturating_add(Span::from_minutes(minutes));
        while self.world.clock.now() < until && !self.world.rollout(ID).await.state.phase.is_terminal() {
            self.world.clock.advance(LOOK);
            self.node.keeper.activate(self.world.clock.now()).await;
            self.node.controller.activate(self.world.clock.now()).await;
        }
        self.world.clock.now().since(begun).as_micros() / 60_000_000
    }

    async fn summary(&self) -> String {
        self.world.decisions(ID).await.last().map(|record| record.decision.rationale.summary()).unwrap_or_default()
    }
}

/// 1,000 requests a second, of which one in a hundred is treated; one in a hundred fails.
const HEALTHY: Second = (Some(10.0), 0.01, 990.0, 0.01);

#[tokio::test]
async fn a_doubled_failure_rate_is_rolled_back_at_the_first_stage() {
    let mut run = Run::start(2, |_| (Some(10.0), 0.02, 990.0, 0.01)).await;
    let minutes = run.run(60).await;
    let record = run.world.rollout(ID).await;
    let summary = run.summary().await;
    assert!(
        matches!(&record.state.phase, Phase::RolledBack { cause: RollbackCause::Breach { guard }, .. } if guard.as_str() == "against"),
        "{summary}"
    );
    assert!(minutes <= 15, "the median is three minutes; this took {minutes}");
    assert_eq!(run.world.entered(ID).await, [0], "it never left 1 %");
    assert_eq!(run.world.flag().await.allocation, None);
    let decisions = run.world.decisions(ID).await;
    let compared = decisions.last().unwrap().decision.rationale.guards[0].compared.clone().unwrap();
    let ratio = compared.ratio();
    assert!(ratio.lower.unwrap() > 1.0 && ratio.upper.unwrap() > 1.9, "{ratio:?}");
    assert!(summary.contains("times control") && summary.contains("needed 100"), "{summary}");
}

/// That the treatment is not much worse shows within minutes at 1 %, and within a quarter of an hour at 5 %.
#[tokio::test]
async fn a_healthy_rollout_completes_on_evidence() {
    let mut run = Run::start(2, |_| HEALTHY).await;
    run.run(110).await;
    assert_eq!(run.world.place(ID).await, "completed", "{}", run.summary().await);
    assert_eq!(run.world.entered(ID).await, [0, 1, 2]);
    for record in run.world.decisions(ID).await {
        let rationale = record.decision.rationale;
        if rationale.rule == Rule::Advance && rationale.combined.is_some() {
            let compared = rationale.guards[0].compared.clone().unwrap();
            assert!(compared.is_safe(), "a stage is left on evidence: {rationale}");
        }
    }
}

/// A quarter of an hour in which 30 % fail whatever they were served: the ceiling asks for a person, and nobody is taken
/// for the cause.
#[tokio::test]
async fn an_outage_of_both_arms_is_held_and_not_rolled_back() {
    let outage = 60..960;
    let mut run =
        Run::start(2, move |at| if outage.contains(&at) { (Some(10.0), 0.3, 990.0, 0.3) } else { HEALTHY }).await;
    run.run(60).await;
    let record = run.world.rollout(ID).await;
    assert_eq!(record.state.phase.as_str(), "paused", "{}", run.summary().await);
    assert_eq!(run.world.share("on").await, 1_000, "still at 1 %");
    let seen = run.world.decisions(ID).await;
    let highest = seen.iter().filter_map(|record| record.decision.rationale.combined.as_ref());
    let highest = highest.map(|combined| combined.log_evidence).fold(f64::MIN, f64::max);
    assert!(highest < 10_f64.ln(), "the outage is no evidence against the treatment: {highest}");
}

/// The treated arm is not heard of any more: held, for as long as it takes, and it goes on when it is back.
#[tokio::test]
async fn silence_is_held() {
    let silence = 60..2_400;
    let mut run = Run::start(2, move |at| if silence.contains(&at) { (None, 0.0, 990.0, 0.01) } else { HEALTHY }).await;
    run.run(38).await;
    let record = run.world.rollout(ID).await;
    let entry = record.state.phase.entry().unwrap();
    assert_eq!((record.state.phase.as_str(), entry.stage.0), ("progressing", 0), "{}", run.summary().await);
    assert!(entry.guards.iter().all(|guard| guard.verdict == Verdict::NoData));
    assert!(entry.baked < Span::from_minutes(3), "silence does not bake: {}", entry.baked);
    run.run(60).await;
    assert_ne!(run.world.entered(ID).await, [0], "it goes on by itself: {}", run.summary().await);
}
