//! The end of flags: verdicts through the API, the daily look, scans of code, and the archive.

use hoist_eval::Span;
use hoist_server::auth::{Role, TokenKind};
use hoist_server::tasks::staleness::look;
use serde_json::{Value, json};

use crate::harness::{Answer, TestApp};

const PROJECT: &str = "/api/v1/projects/default";

fn days(count: u64) -> Span {
    Span::from_hours(count * 24)
}

struct World {
    app: TestApp,
    root: String,
}

impl World {
    /// Returns a project with one flag that serves `on` to everyone in production.
    async fn start() -> Self {
        let app = TestApp::start().await;
        let root = app.root().await;
        let world = Self { app, root };
        world.flag("checkout").await;
        world
    }

    async fn flag(&self, key: &str) {
        let flag = json!({"key": key, "kind": "boolean", "owner": "ada", "expires_on": "2029-01-01"});
        self.send("POST", "flags", &flag).await.expect(201);
        let targeting = json!({"enabled": true, "off_variant": "off", "default": {"variant": "on"}});
        let path = format!("{PROJECT}/flags/{key}/environments/production");
        let put = self.app.ask("PUT", &path).token(&self.root).header("if-match", "\"1\"").json(&targeting);
        put.send().await.expect(200);
    }

    async fn send(&self, method: &str, path: &str, body: &Value) -> Answer {
        self.app.ask(method, &format!("{PROJECT}/{path}")).token(&self.root).json(body).send().await
    }

    async fn get(&self, path: &str) -> Value {
        self.app.ask("GET", &format!("{PROJECT}/{path}")).token(&self.root).send().await.expect(200)
    }

    async fn delete(&self, path: &str) -> u16 {
        self.app.ask("DELETE", &format!("{PROJECT}/{path}")).token(&self.root).send().await.status
    }

    /// Returns the state of the flag and the reasons given.
    async fn verdict(&self) -> (String, Vec<String>) {
        let found = self.get("flags/checkout/staleness").await;
        let reasons = found["findings"].as_array().unwrap().iter();
        let reasons = reasons.map(|it| it["reason"].as_str().unwrap().to_owned()).collect();
        (found["state"].as_str().unwrap().to_owned(), reasons)
    }

    /// Evaluates the flag in production.
    async fn evaluate(&self) {
        let token = self.app.token(TokenKind::Server, None, Some("default"), Some("production")).await;
        let ask = self.app.ask("POST", "/ofrep/v1/evaluate/flags/checkout").token(&token);
        let ask = ask.json(&json!({"context": {"targetingKey": "u"}}));
        while ask.send().await.status != 200 {
            // The snapshot with the new flag has not been taken over yet.
            self.app.advance(Span::from_millis(100));
        }
    }

    async fn upload(&self, committed: u64, references: usize) -> Answer {
        let place = json!({"path": "src/a.ts", "line": 3, "column": 5, "end": 15, "kind": "evaluation",
            "via": "literal", "symbol": "pay", "hash": "0a"});
        let references = if references == 0 { json!({}) } else { json!({"checkout": vec![place; references]}) };
        let scan = json!({"repository": "example/shop", "branch": "main", "main": true, "commit": format!("c{committed}"),
            "committed_at": format!("2026-11-{committed:02}T00:00:00Z"), "complete": true, "files": 7,
            "references": references});
        self.send("POST", "scans", &scan).await
    }

    async fn archive(&self, body: Value) -> Answer {
        self.send("POST", "flags/checkout/archive", &body).await
    }
}

fn known(state: &str, reasons: &[&str]) -> (String, Vec<String>) {
    (state.to_owned(), reasons.iter().map(|reason| (*reason).to_owned()).collect())
}

#[tokio::test]
async fn a_token_of_one_environment_learns_nothing_of_the_others() {
    let world = World::start().await;
    world.evaluate().await;
    let ask = async |environment: Option<&str>| {
        let token = world.app.admin(Role::Viewer, Some("default"), environment).await;
        let one = world.app.ask("GET", &format!("{PROJECT}/flags/checkout/staleness")).token(&token);
        let all = world.app.ask("GET", &format!("{PROJECT}/staleness?all=true")).token(&token).send().await;
        let one = one.send().await.expect(200);
        assert_eq!(all.expect(200)["items"][0], one);
        one
    };
    let kinds =
        |seen: &Value| seen["blockers"].as_array().unwrap().iter().map(|it| it["kind"].clone()).collect::<Vec<_>>();
    // First somebody has just asked for it; then it has been frozen for long enough.
    for (wait, kind) in [(0, Some("evaluated")), (30, None)] {
        world.app.advance(days(wait));
        let (project, staging) = (ask(None).await, ask(Some("staging")).await);
        assert!(project.to_string().contains("production") && project["evaluated_at"].is_string(), "{project}");
        assert!(kind.is_some() || project["frozen"].is_object(), "{project}");
        assert!(!staging.to_string().contains("production"), "{staging}");
        assert_eq!((&staging["frozen"], &staging["evaluated_at"]), (&Value::Null, &Value::Null), "{staging}");
        // The verdict is the same, and so is what stands in the way.
        assert_eq!((&project["state"], &project["severity"]), (&staging["state"], &staging["severity"]));
        assert_eq!(kinds(&project), kinds(&staging));
        assert!(kind.is_none_or(|kind| kinds(&project).contains(&json!(kind))), "{project}");
        // Production is what decides.
        let production = ask(Some("production")).await;
        assert_eq!(
            (&production["frozen"], &production["evaluated_at"]),
            (&project["frozen"], &project["evaluated_at"])
        );
    }
}

#[tokio::test]
async fn a_flag_goes_from_live_to_the_archive_and_back() {
    let world = World::start().await;
    world.evaluate().await;
    assert_eq!(world.verdict().await, known("watching", &[]));
    assert_eq!(world.get("staleness").await["items"][0]["state"], "watching");
    world.app.advance(days(30));
    assert_eq!(world.verdict().await.0, "candidate");
    let found = world.get("flags/checkout/staleness").await;
    assert_eq!((&found["frozen"]["variant"], &found["frozen"]["value"]), (&json!("on"), &json!(true)));
    assert_eq!(found["findings"][0]["evidence"][0]["message"], "production serves on to everyone");

    world.upload(20, 2).await.expect(200);
    let open = json!({"repository": "example/shop", "url": "https://example.org/pull/1"});
    world.send("PUT", "flags/checkout/cleanup", &open).await.expect(200);
    assert_eq!(world.verdict().await.0, "cleanup_open");
    let places = world.get("flags/checkout/references").await;
    assert_eq!((&places["items"][0]["count"], &places["items"][0]["main"]), (&json!(2), &json!(true)));

    // Merged, and still asked for by what is deployed.
    world.evaluate().await;
    world.upload(21, 0).await.expect(200);
    assert_eq!(world.delete("flags/checkout/cleanup").await, 204);
    assert_eq!(world.verdict().await.0, "code_removed");
    let refused = world.archive(json!({})).await;
    assert_eq!((refused.status, refused.code()), (409, "in_use_still".to_owned()));
    assert_eq!(refused.json()["errors"][0]["path"], "evaluated");

    // Nobody asks any more; the scan is done again, as every night.
    world.app.advance(days(7));
    world.upload(22, 0).await.expect(200);
    assert_eq!(world.verdict().await.0, "ready_to_archive");
    world.archive(json!({"reason": "done"})).await.expect(200);
    assert_eq!(world.verdict().await, known("archived", &[]));
    let taken = world.send("POST", "flags", &json!({"key": "checkout", "kind": "boolean"})).await;
    assert_eq!((taken.status, taken.code()), (409, "key_taken".to_owned()));
    // Code comes back to it.
    world.upload(23, 1).await.expect(200);
    assert_eq!(world.verdict().await, known("archived", &["retired_in_code"]));
    world.send("POST", "flags/checkout/unarchive", &json!({})).await.expect(200);
    let back = world.get("flags/checkout").await;
    let there = back["environments"].as_array().unwrap().iter().find(|it| it["environment"] == "production").unwrap();
    assert_eq!(there["targeting"]["default"], json!({"variant": "on"}));
}

#[tokio::test]
async fn a_commit_of_a_time_to_come_keeps_no_later_one_out() {
    let world = World::start().await;
    world.upload(30, 1).await.expect(200);
    world.app.advance(days(1));
    world.upload(22, 0).await.expect(200);
}

#[tokio::test]
async fn an_override_needs_a_reason_and_is_recorded() {
    let world = World::start().await;
    world.upload(20, 2).await.expect(200);
    let refused = world.archive(json!({})).await;
    assert_eq!(
        (refused.code(), &refused.json()["errors"][0]["path"]),
        ("in_use_still".to_owned(), &json!("references"))
    );
    let silent = world.archive(json!({"override": true, "reason": " "})).await;
    assert_eq!(silent.expect(422)["errors"][0]["path"], "reason");
    world.archive(json!({"override": true, "reason": "the repository is read-only"})).await.expect(200);
    let path = "/api/v1/audit?project=default&subject=checkout&action=flag.archive";
    let audit = world.app.ask("GET", path).token(&world.root).send().await.expect(200);
    let record = &audit["items"][0];
    assert_eq!(record["reason"], "the repository is read-only");
    assert!(record["after"].to_string().contains("references"), "{record}");
    // Archived, and in code: an error for whoever checks.
    assert_eq!(world.verdict().await, known("archived", &["retired_in_code"]));
}

#[tokio::test]
async fn an_override_does_not_break_what_needs_the_flag() {
    let world = World::start().await;
    world.flag("basket").await;
    let path = format!("{PROJECT}/flags/basket/environments/staging");
    let body = json!({"enabled": true, "off_variant": "off", "default": {"variant": "on"},
        "prerequisites": [{"flag": "checkout", "variants": ["on"]}]});
    let put = world.app.ask("PUT", &path).token(&world.root).header("if-match", "\"1\"").json(&body);
    put.send().await.expect(200);
    let refused = world.archive(json!({"override": true, "reason": "really"})).await;
    assert_eq!((refused.status, refused.code()), (409, "in_use".to_owned()));
    assert_eq!(world.get("flags/checkout/staleness").await["exempt"], "basket needs it");
}

#[tokio::test]
async fn scans_are_replaced_forgotten_and_bounded() {
    let world = World::start().await;
    world.upload(20, 2).await.expect(200);
    let late = world.upload(19, 0).await;
    assert_eq!((late.status, late.code()), (409, "older_scan".to_owned()));
    let scans = world.get("scans").await;
    assert_eq!((&scans["items"][0]["commit"], &scans["items"][0]["files"]), (&json!("c20"), &json!(7)));
    let content = world.get("scans/content?repository=example/shop&branch=main").await;
    assert_eq!(content["references"]["checkout"][1]["symbol"], "pay");
    let wrong = json!({"repository": "", "branch": "main", "commit": "c", "committed_at": "2026-11-20T00:00:00Z",
        "complete": true, "files": 1, "references": {}});
    assert_eq!(world.send("POST", "scans", &wrong).await.expect(422)["errors"][0]["path"], "repository");
    // Larger than other bodies may be, as repositories are.
    let place = json!({"path": "src/a.ts", "line": 3, "column": 5, "end": 15, "kind": "text", "via": "literal",
        "hash": "0a", "snippet": "x".repeat(1_000)});
    let scan = json!({"repository": "example/shop", "branch": "work", "commit": "c", "complete": true, "files": 1,
        "committed_at": "2026-11-20T00:00:00Z", "references": {"checkout": vec![place; 2_000]}});
    world.send("POST", "scans", &scan).await.expect(200);
    let branch = |branch: &str| json!({"repository": "example/shop", "branch": branch, "reason": "gone"});
    assert_eq!(world.send("POST", "scans/forget", &branch("work")).await.status, 204);
    assert_eq!(world.send("POST", "scans/forget", &branch("work")).await.status, 404);
    assert_eq!(world.send("POST", "scans/forget", &branch("main")).await.status, 204);
    // Nobody knows now what code has, and who asks was counted since today.
    let refused = world.archive(json!({})).await;
    assert_eq!((refused.status, refused.code()), (409, "in_use_still".to_owned()));
    let paths: Vec<Value> = refused.json()["errors"].as_array().unwrap().iter().map(|it| it["path"].clone()).collect();
    assert_eq!(paths, ["never_scanned", "not_observed"]);
    world.archive(json!({"override": true, "reason": "the repository is gone"})).await.expect(200);
}

#[tokio::test]
async fn owners_are_told_once_and_not_while_they_have_asked_for_peace() {
    let world = World::start().await;
    // The server's own task may look at the same time: nobody is told twice all the same.
    let look = async || look(world.app.server.app(), world.app.clock.now()).await.unwrap();
    let told = async |world: &World| {
        let path = "/api/v1/audit?project=default&subject=checkout&action=flag.stale";
        let audit = world.app.ask("GET", path).token(&world.root).send().await.expect(200);
        audit["items"].as_array().unwrap().len()
    };
    look().await;
    assert_eq!(told(&world).await, 0, "a flag that is being watched is no news");
    world.app.advance(days(31));
    look().await;
    assert_eq!(told(&world).await, 1);
    assert_eq!((look().await, told(&world).await), (0, 1), "the same is told once");

    let until = jiff::Timestamp::from_microsecond(world.app.clock.now().saturating_add(days(10)).as_micros()).unwrap();
    let silent = json!({"until": until.to_string(), "reason": ""});
    assert_eq!(world.send("PUT", "flags/checkout/snooze", &silent).await.status, 422);
    let far = json!({"until": "2099-01-01T00:00:00Z", "reason": "never"});
    assert_eq!(world.send("PUT", "flags/checkout/snooze", &far).await.expect(422)["errors"][0]["path"], "until");
    let snooze = json!({"until": until.to_string(), "reason": "waits for the app stores"});
    world.send("PUT", "flags/checkout/snooze", &snooze).await.expect(200);
    assert_eq!(world.get("flags/checkout/staleness").await["snooze"]["reason"], "waits for the app stores");
    look().await;
    assert_eq!(told(&world).await, 1);
    world.app.advance(days(11));
    look().await;
    assert_eq!(told(&world).await, 2, "it is news again");
    assert_eq!(world.delete("flags/checkout/snooze").await, 204);
}
