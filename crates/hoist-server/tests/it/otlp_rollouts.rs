//! Whole rollouts that are judged by what comes over OTLP: official SDKs, in processes of their own.

use std::time::Duration;

use hoist_eval::Span;
use hoist_lifecycle::rollout::due_guards;
use hoist_server::auth::TokenKind;
use hoist_server::clock::Clock;
use hoist_server::snapshots::EnvironmentId;
use hoist_store::RolloutRecord;
use serde_json::{Value, json};

use crate::harness::TestApp;
use crate::providers::Driver;

const PROJECT: &str = "/api/v1/projects/default";

/// A server with flags whose rollouts stand at their first stage.
pub(crate) struct Shop {
    pub(crate) app: TestApp,
    root: String,
    pub(crate) server: String,
}

pub(crate) fn id() -> EnvironmentId {
    EnvironmentId { project: "default".parse().unwrap(), environment: "staging".parse().unwrap() }
}

impl Shop {
    pub(crate) async fn open() -> Self {
        let app = TestApp::start().await;
        // Exporters date what they send by the clock of this machine.
        app.clock.set_wall(Clock::system().now());
        let root = app.root().await;
        let server = app.token(TokenKind::Server, None, Some("default"), Some("staging")).await;
        Self { app, root, server }
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        let answer = self.app.ask("POST", &format!("{PROJECT}{path}")).token(&self.root).json(&body).send().await;
        assert!(answer.status < 300, "{path}: {}", answer.text());
        answer.json()
    }

    /// Starts a rollout of a new flag at a share, guarded by one metric against control, and waits until it is served.
    pub(crate) async fn start(&self, flag: &str, percentage: f64, source: Value) -> String {
        self.post("/flags", json!({"key": flag, "kind": "boolean"})).await;
        self.post(&format!("/flags/{flag}/environments/staging/on"), json!({})).await;
        let metric = format!("{flag}-failed");
        self.post("/metrics", json!({"key": metric, "source": source})).await;
        let stages = json!([{"name": "some", "percentage": percentage, "bake": "1h"}, {"name": "all", "percentage": 100.0, "bake": "1h"}]);
        let guards = json!([{"key": "failed", "metric": metric, "interval": "10s", "limit": {"control": {}}}]);
        let plan = json!({"key": flag, "treatment": "on", "stages": stages, "guards": guards});
        self.post("/plans", plan).await;
        let started = self.post("/rollouts", json!({"flag": flag, "environment": "staging", "plan": flag})).await;
        let rollout = started["rollout"]["id"].as_str().unwrap().to_owned();
        self.until(&rollout, |record| record.state.phase.entry().is_some()).await;
        let slot = self.app.server.app().snapshots.ensure(&id(), self.app.clock.now());
        let generation = self.app.store.generation("default", "staging").await.unwrap().unwrap();
        slot.watch().wait_for(|served| served.generation >= generation).await.unwrap();
        self.app.server.app().intake.refresh(self.app.clock.now()).await.unwrap();
        rollout
    }

    pub(crate) async fn record(&self, rollout: &str) -> RolloutRecord {
        self.app.store.rollout(rollout).await.unwrap().unwrap()
    }

    /// Waits until a rollout is as wished. A task that was at work when the clock moved is dropped as too slow, and waits
    /// for the clock to move on before it begins again; so the clock creeps.
    async fn until(&self, rollout: &str, wished: impl Fn(&RolloutRecord) -> bool) -> RolloutRecord {
        let looks = async {
            loop {
                let record = self.record(rollout).await;
                if wished(&record) {
                    return record;
                }
                self.app.advance(Span::from_millis(1));
                self.app.server.app().nudges.changed();
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_mins(2), looks).await.expect("the rollout gets there")
    }

    /// Lets ten seconds pass, and the controller judge what came in them.
    pub(crate) async fn window(&self, rollout: &str) -> RolloutRecord {
        self.app.advance(Span::from_seconds(10));
        let now = self.app.clock.now();
        self.until(rollout, |record| !record.is_active() || due_guards(&record.spec, &record.state, now).is_empty())
            .await
    }
}

/// Drives a shop through an SDK. What the server itself sees of the evaluations is thrown away, so whatever it knows came
/// over OTLP.
async fn judged_by_what_an_sdk_exports(driver: &mut Driver, connect: &str, json: bool) {
    let shop = Shop::open().await;
    let counts = |event: &str| json!({"kind": "affected_units", "event": event});
    let bad = shop.start("bad", 10.0, counts("bad-error")).await;
    let good = shop.start("good", 10.0, counts("good-error")).await;
    let rate = json!({"kind": "event_rate", "event": "failure", "per": "request"});
    let counted = shop.start("counted", 10.0, rate).await;
    let url = format!("http://{}", shop.app.server.http_address());
    driver.ask(json!({"op": connect, "url": url, "token": shop.server})).await;

    let (users, intake) = (400, &shop.app.server.app().intake);
    driver.ask(json!({"op": "telemetry", "url": url, "token": shop.server, "json": json})).await;
    let flag = |key: &str, one_in: u32, counted: bool| json!({"key": key, "event": format!("{key}-error"), "counted": counted, "fails": {"on": one_in, "off": 100}});
    let flags = [flag("bad", 4, false), flag("good", 100, false), flag("counted", 4, true)];
    let seen = driver.ask(json!({"op": "shop", "from": 0, "to": users, "flags": flags})).await;
    assert!(seen["bad on"].as_u64().is_some_and(|treated| treated > 20), "{seen}");
    assert_eq!(intake.seen().take().len(), 3 * users, "what the server saw by itself");
    assert_eq!(driver.ask(json!({"op": "flush"})).await["errors"], json!([]));

    for (flag, rollout) in [("bad", &bad), ("good", &good)] {
        let entry = shop.record(rollout).await.state.entry_id();
        let exposed = intake.sums(rollout, entry).await.unwrap()[&entry].exposed;
        let (on, off) = (&seen[format!("{flag} on")], &seen[format!("{flag} off")]);
        assert_eq!((json!(exposed.treatment), json!(exposed.control)), (on.clone(), off.clone()), "{flag}");
    }
    for (rollout, healthy) in [(&bad, false), (&counted, false), (&good, true)] {
        let mut record = shop.record(rollout).await;
        for _ in 0..3 {
            if record.is_active() {
                record = shop.window(rollout).await;
            }
        }
        assert_eq!(record.is_active(), healthy, "{}: {:?}", record.flag, record.state.phase);
        let phase = record.state.phase.as_str();
        assert_eq!(phase, if healthy { "progressing" } else { "rolled_back" }, "{}", record.flag);
    }
}

#[tokio::test]
async fn the_sdks_for_node_report_a_regression() {
    judged_by_what_an_sdk_exports(&mut Driver::node(), "server", false).await;
}

#[tokio::test]
async fn the_sdks_for_node_report_a_regression_in_json() {
    judged_by_what_an_sdk_exports(&mut Driver::node(), "server", true).await;
}

#[tokio::test]
async fn the_sdks_for_python_report_a_regression() {
    judged_by_what_an_sdk_exports(&mut Driver::python(), "provider", false).await;
}
