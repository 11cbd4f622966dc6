//! Events of units, from the request to the sums that guards read.

use std::collections::BTreeMap;

use hoist_eval::Span;
use hoist_lifecycle::intake::Outcome;
use hoist_lifecycle::rollout::evidence::Reading;
use hoist_lifecycle::rollout::state::EntryId;
use hoist_lifecycle::rollout::{DueGuard, due_guards};
use hoist_server::auth::{Role, TokenKind};
use hoist_server::evidence::{Intake, Seen, StaySums};
use hoist_server::limits::{EVENT_AGE_MAX, EVIDENCE_FOLD, LEARN_PAGES_MAX, REPORTS_MAX, TRACK_EVENTS_MAX};
use hoist_server::snapshots::EnvironmentId;
use hoist_store::limits::EVIDENCE_FLUSHES_MAX;
use hoist_store::{EvidenceFlush, RolloutRecord};
use serde_json::{Value, json};

use crate::harness::{Answer, TestApp};

const PROJECT: &str = "/api/v1/projects/default";

/// A running rollout at half of the traffic whose guards count errors.
pub(crate) struct Shop {
    pub(crate) app: TestApp,
    pub(crate) rollout: String,
    pub(crate) server: String,
}

fn id() -> EnvironmentId {
    EnvironmentId { project: "default".parse().unwrap(), environment: "staging".parse().unwrap() }
}

impl Shop {
    pub(crate) async fn open() -> Self {
        let app = TestApp::start().await;
        let root = app.root().await;
        let post = async |path: &str, body: Value| {
            let answer = app.ask("POST", &format!("{PROJECT}{path}")).token(&root).json(&body).send().await;
            assert!(answer.status < 300, "{path}: {}", answer.text());
            answer.json()
        };
        post("/flags", json!({"key": "f", "kind": "boolean"})).await;
        post("/flags/f/environments/staging/on", json!({})).await;
        let failed = json!({"kind": "affected_units", "event": "error"});
        post("/metrics", json!({"key": "failed", "source": failed})).await;
        let rate = json!({"kind": "event_rate", "event": "error", "per": "visit"});
        post("/metrics", json!({"key": "errors", "source": rate})).await;
        let bought = json!({"kind": "conversion", "event": "purchase"});
        post("/metrics", json!({"key": "bought", "source": bought, "maturity": "1h"})).await;
        let stages = json!([{"name": "half", "percentage": 50.0, "bake": "10m"}]);
        let guards = json!([
            {"key": "g1", "metric": "failed", "limit": {"control": {}}},
            {"key": "g2", "metric": "errors", "limit": {"control": {}}},
            {"key": "g3", "metric": "bought", "limit": {"control": {}}},
        ]);
        let plan = json!({"key": "p", "treatment": "on", "stages": stages, "guards": guards});
        post("/plans", plan).await;
        let started = post("/rollouts", json!({"flag": "f", "environment": "staging", "plan": "p"})).await;
        let rollout = started["rollout"]["id"].as_str().unwrap().to_owned();
        let server = app.token(TokenKind::Server, None, Some("default"), Some("staging")).await;
        let shop = Self { app, rollout, server };
        shop.entered(&shop.rollout).await;
        shop
    }

    /// Starts a rollout of another flag, without guards, and returns its id.
    async fn another(&self, flag: &str) -> String {
        let root = self.app.root().await;
        let post = async |path: &str, body: Value| {
            let answer = self.app.ask("POST", &format!("{PROJECT}{path}")).token(&root).json(&body).send().await;
            assert!(answer.status < 300, "{path}: {}", answer.text());
            answer.json()
        };
        post("/flags", json!({"key": flag, "kind": "boolean"})).await;
        post(&format!("/flags/{flag}/environments/staging/on"), json!({})).await;
        let stages = json!([{"name": "half", "percentage": 50.0, "bake": "10m"}]);
        post("/plans", json!({"key": flag, "treatment": "on", "stages": stages})).await;
        let started = post("/rollouts", json!({"flag": flag, "environment": "staging", "plan": flag})).await;
        let rollout = started["rollout"]["id"].as_str().unwrap().to_owned();
        self.entered(&rollout).await;
        rollout
    }

    /// Waits until the controller has entered the first stage and it is served.
    async fn entered(&self, rollout: &str) {
        let slot = self.app.server.app().snapshots.ensure(&id(), self.app.clock.now());
        let mut moved = slot.watch();
        loop {
            let rollout = self.app.store.rollout(rollout).await.unwrap().unwrap();
            let generation = self.app.store.generation("default", "staging").await.unwrap().unwrap();
            let served = slot.served().as_ref().is_some_and(|served| served.position.generation >= generation);
            if rollout.state.entry_id() == EntryId(1) && served {
                break;
            }
            self.app.server.app().nudges.changed();
            moved.changed().await.unwrap();
        }
        self.app.server.app().intake.refresh(self.app.clock.now()).await.unwrap();
    }

    async fn record(&self) -> RolloutRecord {
        self.app.store.rollout(&self.rollout).await.unwrap().unwrap()
    }

    /// Lets units ask for the flag, and returns those who have it.
    pub(crate) async fn visit(&self, units: std::ops::Range<u32>) -> Vec<String> {
        let mut treated = Vec::new();
        for unit in units {
            let unit = format!("user-{unit}");
            let body = json!({"context": {"targetingKey": unit}});
            let ask = self.app.ask("POST", "/ofrep/v1/evaluate/flags/f").token(&self.server).json(&body);
            if ask.send().await.expect(200)["variant"] == "on" {
                treated.push(unit);
            }
        }
        treated
    }

    async fn track(&self, body: &Value) -> Answer {
        self.app.ask("POST", "/api/v1/track").token(&self.server).json(body).send().await
    }

    pub(crate) async fn sums(&self) -> StaySums {
        let intake = &self.app.server.app().intake;
        intake.drain(self.app.clock.now());
        intake.sums(&self.rollout, EntryId(1)).await.unwrap().remove(&EntryId(1)).unwrap_or_default()
    }

    pub(crate) async fn reading(&self, guard: &str) -> Reading {
        let rollout = self.record().await;
        let later = self.app.clock.now().saturating_add(Span::from_hours(1));
        let due: Vec<DueGuard> = due_guards(&rollout.spec, &rollout.state, later);
        let due = due.into_iter().find(|due| due.guard.as_str() == guard).unwrap();
        self.app.server.app().intake.look(&self.rollout, due.entry).await.read(&due)
    }
}

#[tokio::test]
async fn events_reach_the_arm_of_their_unit() {
    let shop = Shop::open().await;
    assert_eq!(shop.reading("g1").await, Reading::Missing, "nobody came");
    let treated = shop.visit(0..60).await;
    let control = 60 - treated.len();
    assert!(treated.len() > 15 && control > 15, "{}", treated.len());
    let events: Vec<Value> =
        (0..60).map(|unit| json!({"event": "visit", "targetingKey": format!("user-{unit}")})).collect();
    let answer = shop.track(&json!({ "events": events })).await.expect(202);
    assert_eq!(answer, json!({"outcomes": {"counted": 60}}));
    // One treated unit fails three times.
    let error = json!({"event": "error", "targetingKey": treated[0]});
    for _ in 0..3 {
        shop.track(&error).await.expect(202);
    }
    let Reading::Arms { treatment, control: other, .. } = shop.reading("g1").await else { panic!("no arms") };
    assert_eq!((treatment.n, treatment.x), (treated.len() as f64 - 1.0, 1.0), "a unit fails once");
    assert_eq!((other.n, other.x), (control as f64, 0.0));
    let Reading::Arms { treatment, control: other, .. } = shop.reading("g2").await else { panic!("no arms") };
    assert_eq!((treatment.n, treatment.x), (treated.len() as f64, 3.0));
    assert_eq!((other.n, other.x), (control as f64, 0.0));
    let first = shop.app.server.app().intake.look(&shop.rollout, EntryId(1)).await.first_exposures().unwrap();
    assert_eq!((first.treatment, first.control), (treated.len() as u64, control as u64));
    assert_eq!(first.reporting.len(), 1, "only a metric with opportunities of its own can go silent");
    assert_eq!((first.reporting[0].treatment, first.reporting[0].control), (first.treatment, first.control));
}

/// A client in a crash loop sends the requests that fail, so relative to them its failures are no surprise; that one unit has
/// them all is.
#[tokio::test]
async fn one_client_in_a_loop_shows_in_the_dispersion() {
    let shop = Shop::open().await;
    let treated = shop.visit(0..40).await;
    let event = |event: &str, unit: &str| json!({"event": event, "targetingKey": unit});
    let mut events: Vec<Value> = treated.iter().map(|unit| event("visit", unit)).collect();
    for _ in 0..300 {
        events.extend([event("visit", &treated[0]), event("error", &treated[0])]);
    }
    shop.track(&json!({ "events": events })).await.expect(202);
    let Reading::Arms { dispersion: Some(dispersion), .. } = shop.reading("g2").await else { panic!("no arms") };
    assert!(dispersion.treatment > 100.0, "{dispersion:?}");
}

#[tokio::test]
async fn every_shape_of_an_event_is_understood() {
    let shop = Shop::open().await;
    shop.visit(0..1).await;
    let check = async |event: Value| {
        let answer = shop.track(&event).await.expect(202);
        assert_eq!(answer["outcomes"]["counted"], 1, "{event}: {answer}");
    };
    check(json!({"event": "visit", "targetingKey": "user-0"})).await;
    check(json!({"event": "visit", "context": {"targetingKey": "user-0", "plan": "gold"}})).await;
    check(json!({"event": "visit", "targetingKey": "user-0", "value": 1.5})).await;
    check(json!({"event": "visit", "targetingKey": "user-0", "details": {"value": 2, "currency": "EUR"}})).await;
    check(json!({"event": "visit", "targetingKey": "user-0", "at": "2026-11-21T12:00:00Z", "id": "e1"})).await;
    check(json!({"event": "visit", "targetingKey": "user-0", "unknown": [1, 2]})).await;
}

#[tokio::test]
async fn an_id_counts_once() {
    let shop = Shop::open().await;
    shop.visit(0..1).await;
    let event = json!({"event": "visit", "targetingKey": "user-0", "id": "e1"});
    assert_eq!(shop.track(&event).await.expect(202)["outcomes"], json!({"counted": 1}));
    assert_eq!(shop.track(&event).await.expect(202)["outcomes"], json!({"repeated": 1}));
    let sums = shop.sums().await;
    let book = &sums.metrics["errors"];
    assert_eq!(book.treatment.opportunities + book.control.opportunities, 1);
}

#[tokio::test]
async fn a_bad_event_costs_no_good_one() {
    let shop = Shop::open().await;
    shop.visit(0..1).await;
    let check = async |bad: Value, path: &str, code: &str| {
        let good = json!({"event": "visit", "targetingKey": "user-0"});
        let answer = shop.track(&json!({"events": [good, bad, good]})).await.expect(202);
        assert_eq!(answer["outcomes"], json!({"counted": 2}), "{bad}");
        assert_eq!(
            (answer["refused"][0]["path"].as_str(), answer["refused"][0]["code"].as_str()),
            (Some(path), Some(code)),
            "{bad}"
        );
        let alone = shop.track(&json!({"events": [bad]})).await.expect(422);
        assert_eq!(alone["errors"][0]["code"], code);
    };
    let key = "k".repeat(1025);
    check(json!({"event": "", "targetingKey": "u"}), "events[1].event", "invalid").await;
    check(json!({"event": "e\u{0}", "targetingKey": "u"}), "events[1].event", "invalid").await;
    check(json!({"event": "e"}), "events[1].targetingKey", "invalid").await;
    check(json!({"event": "e", "targetingKey": ""}), "events[1].targetingKey", "invalid").await;
    check(json!({"event": "e", "targetingKey": key}), "events[1].targetingKey", "invalid").await;
    check(json!({"event": "e", "targetingKey": "u", "id": ""}), "events[1].id", "invalid").await;
    check(json!({"event": "e", "targetingKey": "u", "at": "yesterday"}), "events[1].at", "invalid").await;
    check(json!({"event": "e", "targetingKey": "u", "at": "2026-11-14T11:59:59Z"}), "events[1].at", "out_of_range")
        .await;
    check(json!({"event": "e", "targetingKey": "u", "at": "2026-11-21T12:05:01Z"}), "events[1].at", "out_of_range")
        .await;
    check(json!({"event": "e", "targetingKey": "u", "value": "much"}), "events[1]", "malformed").await;
    check(json!({"event": 7, "targetingKey": "u"}), "events[1]", "malformed").await;
    check(json!("event"), "events[1]", "malformed").await;
    assert_eq!(EVENT_AGE_MAX, Span::from_hours(7 * 24));
}

#[tokio::test]
async fn a_body_that_holds_no_events_is_refused() {
    let shop = Shop::open().await;
    let many = vec![json!({"event": "e", "targetingKey": "u"}); TRACK_EVENTS_MAX + 1];
    assert_eq!(shop.track(&json!({ "events": many })).await.code(), "invalid");
    assert_eq!(shop.track(&json!({})).await.code(), "invalid");
    let ask = || shop.app.ask("POST", "/api/v1/track").token(&shop.server);
    assert_eq!(ask().raw_json("{").send().await.code(), "bad_json");
    assert_eq!(ask().raw_json("[]").send().await.code(), "bad_json");
    assert_eq!(ask().raw_json(vec![b' '; 1024 * 1024 + 1]).send().await.code(), "body_too_large");
}

#[tokio::test]
async fn tokens_of_the_environment_may_report_and_others_may_not() {
    let shop = Shop::open().await;
    let event = json!({"event": "visit", "targetingKey": "u"});
    let send = async |token: Option<&str>| {
        let mut ask = shop.app.ask("POST", "/api/v1/track").json(&event);
        if let Some(token) = token {
            ask = ask.token(token);
        }
        ask.send().await.status
    };
    for kind in [TokenKind::Server, TokenKind::Client, TokenKind::Edge] {
        let token = shop.app.token(kind, None, Some("default"), Some("staging")).await;
        assert_eq!(send(Some(&token)).await, 202, "{kind:?}");
    }
    let admin = shop.app.admin(Role::Admin, None, None).await;
    assert_eq!((send(Some(&admin)).await, send(None).await), (403, 401));
}

#[tokio::test]
async fn browsers_of_any_site_may_report() {
    let shop = Shop::open().await;
    let ask = |method: &str| shop.app.ask(method, "/api/v1/track").header("origin", "https://shop.example");
    let preflight = ask("OPTIONS").header("access-control-request-method", "POST").send().await;
    assert_eq!((preflight.status, preflight.header("access-control-allow-origin")), (204, Some("*")));
    let refused = ask("POST").json(&json!({})).send().await;
    assert_eq!((refused.status, refused.header("access-control-allow-origin")), (401, Some("*")));
    let elsewhere = shop.app.ask("GET", "/api/v1/system").header("origin", "https://shop.example").send().await;
    assert_eq!(elsewhere.header("access-control-allow-origin"), None);
}

#[tokio::test]
async fn too_many_reports_at_once_are_told_to_come_back() {
    let shop = Shop::open().await;
    let turns: Vec<_> = (0..REPORTS_MAX).map(|_| shop.app.server.app().intake.turn().unwrap()).collect();
    let refused = shop.track(&json!({"event": "visit", "targetingKey": "u"})).await;
    assert_eq!((refused.status, refused.header("retry-after")), (429, Some("1")));
    drop(turns);
    assert_eq!(shop.track(&json!({"event": "visit", "targetingKey": "u"})).await.status, 202);
}

/// What was flushed is there again after a crash, and two servers add up.
#[tokio::test]
async fn evidence_outlives_its_server_and_is_shared() {
    let shop = Shop::open().await;
    let treated = shop.visit(0..20).await;
    shop.track(&json!({"event": "error", "targetingKey": treated[0]})).await.expect(202);
    shop.app.server.app().intake.flush(shop.app.clock.now()).await.unwrap();
    // Another server on the same store, which never saw these units.
    let other = TestApp::builder().store(shop.app.store.clone()).start_beside().await;
    let intake = &other.server.app().intake;
    intake.refresh(other.clock.now()).await.unwrap();
    let ask = |unit: &str| {
        other.ask("POST", "/api/v1/track").token(&shop.server).json(&json!({"event": "error", "targetingKey": unit}))
    };
    assert_eq!(ask(&treated[0]).send().await.expect(202)["outcomes"], json!({"counted": 1}), "errors are counted each");
    assert_eq!(ask(&treated[1]).send().await.expect(202)["outcomes"], json!({"counted": 1}));
    assert_eq!(ask("user-never-seen").send().await.expect(202)["outcomes"], json!({"waiting": 1}));
    let sums = intake.sums(&shop.rollout, EntryId(1)).await.unwrap().remove(&EntryId(1)).unwrap();
    let failed = &sums.metrics["failed"].treatment;
    assert_eq!((failed.events, failed.at_risk), (2, treated.len() as i64 - 2), "who failed before fails no more");
    assert_eq!(sums.metrics["errors"].treatment.events, 3);
    assert_eq!(sums.exposed.first_treatment + sums.exposed.first_control, 20);
    intake.flush(other.clock.now()).await.unwrap();
    shop.app.server.app().intake.flush(shop.app.clock.now()).await.unwrap();
    assert_eq!(shop.sums().await.metrics["failed"].treatment.events, 2, "the first server sees it as well");
    // A unit that both see before they hear of each other came once.
    let both = [&shop.app.server.app().intake, intake];
    let now = shop.app.clock.now();
    for intake in both {
        intake.expose(&id(), ("f", "on"), "at-both", now, now);
    }
    for intake in [both[0], both[1], both[0]] {
        intake.flush(now).await.unwrap();
    }
    for intake in both {
        let look = intake.look(&shop.rollout, EntryId(1)).await;
        let first = look.first_exposures().unwrap();
        assert_eq!(first.treatment + first.control, 21);
    }
}

/// Whatever the store does not take is told again.
#[tokio::test]
async fn a_flush_that_fails_is_made_up_for() {
    let shop = Shop::open().await;
    let intake = &shop.app.server.app().intake;
    let now = shop.app.clock.now();
    for unit in 0..20_000 {
        intake.expose(&id(), ("f", "on"), &format!("user-{unit}"), now, now);
    }
    // The file may not grow: half a megabyte of units does not fit in.
    shop.app.store.set_size_limit(Some(1)).await.unwrap();
    intake.flush(now).await.unwrap_err();
    assert!(shop.app.store.evidence_sums(&shop.rollout, EntryId(1)).await.unwrap().is_empty());
    shop.app.store.set_size_limit(None).await.unwrap();
    assert_eq!(intake.flush(now).await.unwrap(), 1);
    let told = shop.app.store.evidence_sums(&shop.rollout, EntryId(1)).await.unwrap();
    assert_eq!((told.len(), told[0].sums.exposed.treatment), (1, 20_000));
    let units = shop.app.store.told_units(&shop.rollout, &BTreeMap::new(), "").await.unwrap();
    assert_eq!(units.iter().map(|told| told.units.len()).sum::<usize>(), 1 + 29 * 20_000);
}

/// A conversion takes longer than a server lives: whoever follows it under the same name follows up its units.
#[tokio::test]
async fn conversions_outlive_their_server() {
    let shop = Shop::open().await;
    let store = &shop.app.store;
    let start = shop.app.clock.now();
    let opened = async |instance: &str, now| {
        let intake = Intake::new(store.clone(), instance.to_owned(), Seen::default());
        assert!(intake.refresh(now).await.unwrap());
        intake
    };
    let first = opened("here-1", start).await;
    first.expose(&id(), ("f", "on"), "user-1", start, start);
    first.flush(start).await.unwrap();
    let matured = async |intake: &Intake, minutes: u64| {
        let now = start.saturating_add(Span::from_minutes(minutes));
        intake.flush(now).await.unwrap();
        intake.sums(&shop.rollout, EntryId(1)).await.unwrap()[&EntryId(1)].metrics["bought"].treatment.matured
    };
    let beside = opened("there-1", start).await;
    let second = opened("here-2", start).await;
    assert_eq!(matured(&beside, 90).await, 0, "another server's units are not its own");
    assert_eq!((matured(&second, 59).await, matured(&second, 61).await), (0, 1));
    let third = opened("here-3", start.saturating_add(Span::from_hours(2))).await;
    assert_eq!(matured(&third, 180).await, 1, "it was counted before");
}

/// The flush of one rollout that fails takes no other with it, and the error is not lost.
#[tokio::test]
async fn one_rollout_that_cannot_be_written_down_is_alone() {
    let shop = Shop::open().await;
    let mut others = Vec::new();
    for flag in ["g1", "g2", "g3", "g4"] {
        others.push((flag, shop.another(flag).await));
    }
    let intake = &shop.app.server.app().intake;
    let now = shop.app.clock.now();
    for unit in 0..20_000 {
        intake.expose(&id(), ("f", "on"), &format!("user-{unit}"), now, now);
    }
    for (flag, _) in &others {
        intake.expose(&id(), (flag, "on"), "user-1", now, now);
    }
    shop.app.store.set_size_limit(Some(1)).await.unwrap();
    intake.flush(now).await.unwrap_err();
    let written = async |rollout: &str| shop.app.store.evidence_sums(rollout, EntryId(1)).await.unwrap().len();
    assert_eq!(written(&shop.rollout).await, 0, "half a megabyte of units does not fit in");
    for (flag, rollout) in &others {
        assert_eq!(written(rollout).await, 1, "{flag}");
    }
}

/// A server that starts beside a long history learns it in parts, goes on where it was interrupted, and keeps its own short.
#[tokio::test]
async fn a_long_history_is_learned_in_parts_and_kept_in_few_rows() {
    let shop = Shop::open().await;
    let now = shop.app.clock.now();
    let store = &shop.app.store;
    shop.app.server.app().intake.expose(&id(), ("f", "on"), "user-0", now, now);
    shop.app.server.app().intake.flush(now).await.unwrap();
    let units = store.told_units(&shop.rollout, &BTreeMap::new(), "").await.unwrap().remove(0).units;
    let most = u64::from(EVIDENCE_FLUSHES_MAX) * LEARN_PAGES_MAX as u64;
    for seq in 1..=most {
        let flush = EvidenceFlush { rollout: &shop.rollout, instance: "an-old-one", seq, units: &units, stays: &[] };
        store.flush_evidence(&flush, now).await.unwrap();
    }
    let late = Intake::new(store.clone(), "late".to_owned(), Seen::default());
    assert!(!late.refresh(now).await.unwrap(), "there is more to learn");
    assert_eq!(late.expose(&id(), ("f", "on"), "user-0", now, now), Outcome::Irrelevant, "nothing counts until then");
    // How far one poll gets is the scheduler's to say: the store may have answered before it was asked whether it has. What is
    // left is less than what is learned at once, so only a server that forgot what it has learned would not be through.
    tokio::select! {
        biased;
        _ = late.refresh(now) => {}
        () = std::future::ready(()) => {}
    }
    assert!(late.refresh(now).await.unwrap());
    assert_eq!(late.expose(&id(), ("f", "on"), "user-0", now, now), Outcome::Repeated);
    for unit in 1..=EVIDENCE_FOLD {
        late.expose(&id(), ("f", "on"), &format!("user-{unit}"), now, now);
        late.flush(now).await.unwrap();
    }
    let mut known = BTreeMap::from([("an-old-one".to_owned(), most)]);
    known.extend(
        store
            .told_units(&shop.rollout, &known, "late")
            .await
            .unwrap()
            .into_iter()
            .map(|told| (told.instance, told.seq)),
    );
    let told = store.told_units(&shop.rollout, &known, "").await.unwrap();
    let folded: Vec<(u64, usize)> = told.iter().map(|told| (told.seq, told.units.len() / 29)).collect();
    assert_eq!(folded, [(EVIDENCE_FOLD, EVIDENCE_FOLD as usize)]);
}

#[tokio::test]
async fn a_rollout_that_is_over_is_written_down_and_counted_no_more() {
    let shop = Shop::open().await;
    let treated = shop.visit(0..10).await;
    let root = shop.app.root().await;
    let path = format!("{PROJECT}/rollouts/{}/cancel", shop.rollout);
    shop.app.ask("POST", &path).token(&root).json(&json!({"reason": "enough"})).send().await.expect(200);
    let intake = &shop.app.server.app().intake;
    intake.drain(shop.app.clock.now());
    intake.refresh(shop.app.clock.now()).await.unwrap();
    let event = json!({"event": "error", "targetingKey": treated[0]});
    assert_eq!(shop.track(&event).await.expect(202)["outcomes"], json!({"irrelevant": 1}));
    let told = shop.app.store.evidence_sums(&shop.rollout, EntryId(1)).await.unwrap();
    assert_eq!(told[0].sums.exposed.treatment, treated.len() as u64);
}

#[tokio::test]
async fn what_was_taken_in_is_on_the_metrics_page() {
    let shop = Shop::open().await;
    shop.visit(0..3).await;
    shop.track(&json!({"event": "scrolled", "targetingKey": "user-0"})).await.expect(202);
    let root = shop.app.root().await;
    let text = shop.app.ask("GET", "/metrics").token(&root).send().await.text();
    for line in [
        r#"hoist_evidence_total{kind="exposure",outcome="counted"} 3"#,
        r#"hoist_evidence_total{kind="event",outcome="irrelevant"} 1"#,
    ] {
        assert!(text.contains(line), "{line} is not in {text}");
    }
}

/// What is refused is counted where somebody looks who did not send it.
#[tokio::test]
async fn what_was_refused_is_counted_with_its_cause() {
    let shop = Shop::open().await;
    let path = format!("{PROJECT}/environments/staging/intake");
    let root = shop.app.root().await;
    let blank = shop.app.ask("GET", &path).token(&root).send().await.expect(200);
    assert_eq!(blank, json!({"events": {}, "refused": {}}));
    let events = json!({"events": [
        {"event": "visit"}, {"event": "", "targetingKey": "a"}, {"event": "visit", "targetingKey": "a", "at": "yesterday"},
        {"event": "visit", "targetingKey": "a", "id": ""}, {"event": 7}, {"event": "scrolled", "targetingKey": "a"},
    ]});
    shop.track(&events).await.expect(202);
    shop.track(&json!({"event": "visit"})).await.expect(422);
    shop.track(&json!([])).await.expect(400);
    let many = vec![json!({"event": "visit", "targetingKey": "a"}); TRACK_EVENTS_MAX + 1];
    shop.track(&json!({ "events": many })).await.expect(422);
    let unnamed = json!({"eventName": "feature_flag.evaluation", "attributes": []});
    let logs = json!({"resourceLogs": [{"scopeLogs": [{"logRecords": [unnamed]}]}]});
    shop.app.ask("POST", "/v1/logs").token(&shop.server).json(&logs).send().await.expect(200);
    let told = shop.app.ask("GET", &path).token(&root).send().await.expect(200);
    assert_eq!(told["events"], json!({"irrelevant": 1}));
    let refused = json!({"flag": 1, "id": 1, "name": 1, "time": 1, "too_many": 1, "unit": 2, "unreadable": 2});
    assert_eq!(told["refused"], refused);
    assert!(told["refused_at"].is_string());
    let other = format!("{PROJECT}/environments/production/intake");
    assert_eq!(shop.app.ask("GET", &other).token(&root).send().await.expect(200)["refused"], json!({}));
    let text = shop.app.ask("GET", "/metrics").token(&root).send().await.text();
    for line in [
        r#"hoist_evidence_refused_total{way="track",cause="unit"} 2"#,
        r#"hoist_evidence_refused_total{way="logs",cause="flag"} 1"#,
        r#"hoist_evidence_total{kind="event",outcome="refused"} 8"#,
    ] {
        assert!(text.contains(line), "{line} is not in {text}");
    }
}
