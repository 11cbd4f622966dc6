//! A rollout that is judged by values and latencies of units, from what they do to what is made of its recording.

use serde_json::{Value, json};

use crate::server::Server;

const PLAN: &str = "key: values
treatment: \"on\"
stages:
  - { name: 40 %, percentage: 40, bake: 4s, minimum_treated: 1000000 }
guards:
  - { key: spent, metric: spent, limit: { control: {} }, interval: 1s }
  - { key: basket, metric: basket, limit: { control: {} }, interval: 1s }
  - { key: slow, metric: slow, limit: { control: {} }, interval: 1s }
";

/// So many users give the control the thousand units and values that it teaches with.
const USERS: usize = 1_900;
/// Reports of all users after which the guards have been read often enough.
const WAVES_MAX: u64 = 300;

struct Shop {
    server: Server,
    client: reqwest::Client,
    token: String,
}

impl Shop {
    #[expect(clippy::disallowed_methods, reason = "the test talks to its own server alone")]
    fn open() -> Self {
        let server = Server::start();
        let metrics = [
            ("spent", json!({"kind": "mean", "event": "purchase"})),
            ("basket", json!({"kind": "ratio", "event": "purchase", "per": "order"})),
            ("slow", json!({"kind": "latency_quantile", "event": "seconds"})),
        ];
        for (key, source) in metrics {
            let cap = if key == "slow" { Value::Null } else { 500.into() };
            let metric = json!({"title": key, "source": source, "cap": cap});
            server.write("metric.json", &metric.to_string());
            server.ok(&["metric", "create", key, "--file", "metric.json"]);
        }
        server.write("plan.yaml", PLAN);
        server.ok(&["flag", "create", "new-checkout"]);
        server.ok(&["flag", "on", "new-checkout", "--env", "development"]);
        server.ok(&["rollout", "start", "new-checkout", "--env", "development", "--plan", "plan.yaml"]);
        let token = server.ok(&["token", "create", "--kind", "server", "--env", "development", "--name", "shop"]);
        Self { server, client: reqwest::Client::new(), token: token.trim().to_owned() }
    }

    async fn post(&self, path: &str, body: &Value) -> Value {
        let request = self.client.post(format!("{}{path}", self.server.url)).bearer_auth(&self.token);
        let answer = request.header("Content-Type", "application/json").body(body.to_string()).send().await;
        let answer = answer.expect("an answer");
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        serde_json::from_slice(&answer.bytes().await.expect("a body")).expect("JSON")
    }

    /// Every user evaluates the flag once.
    async fn visit(&self) {
        for user in 0..USERS {
            let context = json!({"context": {"targetingKey": format!("user-{user}")}});
            let said = self.post("/ofrep/v1/evaluate/flags/new-checkout", &context).await;
            assert_eq!(said["reason"], "SPLIT", "{said}");
        }
    }

    /// Every user buys once more, and waits for it.
    async fn buy(&self, wave: u64) {
        let events = (0..USERS).flat_map(|user| {
            let key = format!("user-{user}");
            let part = (user as u64 * 7_919 + wave * 104_729) % 1_000;
            let event = |name: &str, value: f64| json!({"event": name, "targetingKey": key, "value": value});
            [event("purchase", part as f64 / 20.0), event("order", 1.0), event("seconds", 0.1 + part as f64 / 1_000.0)]
        });
        let events: Vec<Value> = events.collect();
        for some in events.chunks(5_000) {
            self.post("/api/v1/track", &json!({ "events": some })).await;
        }
    }

    /// Returns the recording, once every metric has as many flushes as that.
    fn recorded(&self, flushes: usize) -> Option<Value> {
        let ran = self.server.hoist(&["rollout", "recording", "new-checkout", "--env", "development"]);
        assert!(!ran.err.contains("left out"), "{}", ran.err);
        let recording: Value = serde_json::from_str(&ran.out).ok()?;
        let of = |metric: &str| {
            recording["flushes"]
                .as_array()
                .map_or(0, |all| all.iter().filter(|flush| flush["metric"] == metric).count())
        };
        ["spent", "basket", "slow"].iter().all(|metric| of(metric) >= flushes).then_some(recording)
    }
}

#[test]
fn values_and_latencies_are_recorded_judged_again_and_played() {
    let shop = Shop::open();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(shop.visit());
    let recording = (0..WAVES_MAX).find_map(|wave| {
        runtime.block_on(shop.buy(wave));
        shop.recorded(3)
    });
    let recording = recording.unwrap_or_else(|| {
        let said = shop.server.hoist(&["rollout", "explain", "new-checkout", "--env", "development"]);
        panic!("not recorded: {}{}", said.out, said.err)
    });
    let kinds: Vec<&str> =
        recording["guards"].as_array().expect("guards").iter().filter_map(|g| g["kind"].as_str()).collect();
    assert_eq!(kinds, ["ratio", "latency_quantile", "mean"], "by their keys");
    shop.server.write("counts.json", &recording.to_string());

    let told = shop.server.ok(&["analyze", "counts.json"]);
    let last: Value = serde_json::from_str(told.lines().last().expect("a summary")).expect("JSON");
    assert_ne!(last["summary"]["decision"], "rollback", "{last}");
    for metric in ["spent", "basket", "slow"] {
        let ratio = last["summary"]["ratio"][metric]["estimate"].as_f64().expect("both arms");
        assert!((0.7..1.4).contains(&ratio), "{metric}: {ratio}");
    }

    let backtest = ["rollout", "backtest", "new-checkout", "--env", "development", "--plan", "plan.yaml"];
    let told = shop.server.json(&[&backtest[..], &["--recording", "counts.json", "--replays", "3"]].concat());
    assert!(!told["notes"].to_string().contains("left out"), "{}", told["notes"]);
    assert_eq!(told["healthy"]["replays"], 3, "{told}");
}
