//! Secrets and contexts carry a marker through a whole day's work; no line of the log, at any level, may show it.

use std::io;
use std::sync::{Arc, Mutex};

use hoist_server::auth::TokenKind;
use serde_json::{Value, json};
use tracing_subscriber::fmt::MakeWriter;

use crate::harness::{TestApp, World};

const MARKER: &str = "zzCANARYzz";

/// Keeps what is logged on this thread.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'w> MakeWriter<'w> for Log {
    type Writer = Self;

    fn make_writer(&'w self) -> Self {
        self.clone()
    }
}

impl Log {
    /// Keeps what is logged on this thread from now on, at this level and above, until the guard goes.
    pub(crate) fn of_this_thread(level: tracing::Level) -> (Self, [Box<dyn std::any::Any>; 2]) {
        let log = Self::default();
        // With a second subscriber about, tracing asks every one of them and not only the calling thread's, so that tests
        // on other threads cannot switch a line off here.
        let second = tracing::Dispatch::new(tracing_subscriber::fmt().with_writer(io::sink).finish());
        let subscriber = tracing_subscriber::fmt()
            .json()
            .flatten_event(true)
            .with_max_level(level)
            .with_writer(log.clone())
            .finish();
        let here = tracing::subscriber::set_default(subscriber);
        (log, [Box::new(second), Box::new(here)])
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

#[tokio::test]
async fn no_secret_and_no_context_reaches_the_log() {
    let (log, _listening) = Log::of_this_thread(tracing::Level::TRACE);

    let fresh = TestApp::builder().fresh().start().await;
    let code = fresh.server.setup_code().unwrap().expose().to_owned();
    let set_up =
        fresh.ask("POST", "/api/v1/setup").json(&json!({"code": code, "name": "Ada"})).send().await.expect(201);
    let first = set_up["secret"].as_str().unwrap().to_owned();

    let app = TestApp::start().await;
    World::make(&app).await;
    let root = app.root().await;
    let server = app.token(TokenKind::Server, None, Some("default"), Some("staging")).await;
    let context = json!({"context": {"targetingKey": MARKER, "email": format!("{MARKER}@example.org")}});
    let place = "/api/v1/projects/default/flags/f/environments/staging";
    app.ask("POST", &format!("{place}/evaluate")).token(&root).json(&context).send().await.expect(200);
    app.ask("POST", "/ofrep/v1/evaluate/flags/f").token(&server).json(&context).send().await;
    app.ask("POST", "/ofrep/v1/evaluate/flags").token(&server).json(&context).send().await;
    app.ask("POST", "/ofrep/v1/evaluate/flags").token(&server).raw_json(format!("{{\"{MARKER}\"")).send().await;
    app.ask("GET", &format!("/ofrep/v1/stream?token={MARKER}")).send().await;
    app.ask("GET", "/api/v1/projects").token(&format!("hst_admin_{MARKER}")).send().await;
    app.ask("GET", &format!("/api/v1/projects?{MARKER}=1")).token(&root).send().await;
    app.ask("POST", &format!("{place}/off")).token(&root).json(&json!({"reason": "it hurts"})).send().await.expect(200);

    let text = log.text();
    for (name, secret) in
        [("marker", MARKER), ("setup code", &code), ("first token", &first), ("root", &root), ("server", &server)]
    {
        // The id of a token is no secret; what follows it is.
        let secret = secret.split('_').nth(3).unwrap_or(secret);
        let line = text.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "{name} is in the log");
    }
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let off =
        lines.iter().find(|line| line["message"].as_str().is_some_and(|text| text.contains("switched off"))).unwrap();
    assert_eq!((off["flag"].clone(), off["environment"].clone()), (json!("f"), json!("staging")));
    assert!(off["message"].as_str().unwrap().contains("undo with"), "{off}");
    let request =
        lines.iter().find(|line| line["route"].as_str().is_some_and(|route| route.ends_with("/off"))).unwrap();
    assert_eq!((request["status"].clone(), request["method"].clone()), (json!(200), json!("POST")));
    assert!(request["request_id"].is_string() && request["duration_ms"].is_number(), "{request}");
}

#[test]
fn secrets_do_not_print_themselves() {
    let raw = hoist_server::RawConfig {
        database_url: Some(format!("postgres://hoist:{MARKER}@localhost/hoist").into()),
        prometheus_token: Some(MARKER.to_owned().into()),
        prometheus_url: Some("http://127.0.0.1:9090".to_owned()),
        ..Default::default()
    };
    assert!(!format!("{raw:?}").contains(MARKER));
    let config = raw.check().unwrap();
    assert!(!format!("{config:?}").contains(MARKER));
}

#[test]
fn every_setting_that_does_not_hold_is_named() {
    let raw = hoist_server::RawConfig {
        database_url: Some(format!("mysql://{MARKER}").into()),
        http: Some(MARKER.to_owned()),
        prometheus_url: Some(format!("ftp://{MARKER}")),
        metric_ranges: vec![MARKER.to_owned()],
        tick_floor: Some(MARKER.to_owned()),
        drain: Some(MARKER.to_owned()),
        limits: vec![format!("{MARKER}=1")],
        ..Default::default()
    };
    let problems = raw.check().unwrap_err();
    let settings: Vec<&str> = problems.iter().map(|problem| problem.setting).collect();
    assert_eq!(settings, ["database-url", "http", "metric-range", "prometheus-url", "tick-floor", "drain", "limit"]);
    assert!(problems.iter().all(|problem| !problem.to_string().contains(MARKER)));
}
