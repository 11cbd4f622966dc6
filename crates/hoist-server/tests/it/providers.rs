//! The official OpenFeature providers, as their projects publish them, against a running server.
//!
//! The packages are installed once into the target directory, from lock files without addresses of registries; a stamp
//! of the lock file says whether that has been done. Each provider runs in a process of its own that does as it is
//! told, a line at a time, and every expectation is here.

use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::{Command as Install, Stdio};

use hoist_server::Config;
use hoist_server::auth::TokenKind;
use hoist_server::clock::Clock;
use hoist_store::Actor;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use crate::ofrep_kit::{START, Serving};

/// A provider's process.
pub(crate) struct Driver {
    stdin: ChildStdin,
    stdout: Lines<BufReader<ChildStdout>>,
    _child: Child,
}

impl Driver {
    fn start(program: &Path, script: &Path) -> Self {
        let mut command = Command::new(program);
        command.arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        // A proxy in the environment of the test must not see what is meant for a loopback address.
        for name in ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] {
            command.env_remove(name);
        }
        let mut child = command.spawn().unwrap_or_else(|fault| panic!("cannot start {}: {fault}", program.display()));
        let (stdin, stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        Self { stdin, stdout: BufReader::new(stdout).lines(), _child: child }
    }

    pub(crate) fn node() -> Self {
        let folder = installed("node", "package-lock.json", |folder| {
            run(Install::new("npm").args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"]).current_dir(folder));
        });
        Self::start(Path::new("node"), &folder.join("drive.mjs"))
    }

    /// Returns what validates product graphs with the public package of the format.
    pub(crate) fn product_graph() -> Self {
        let folder = installed("upg", "package-lock.json", |folder| {
            run(Install::new("npm").args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"]).current_dir(folder));
        });
        Self::start(Path::new("node"), &folder.join("drive.mjs"))
    }

    pub(crate) fn python() -> Self {
        let folder = installed("python", "requirements.txt", |folder| {
            run(Install::new("python3").args(["-m", "venv", "venv"]).current_dir(folder));
            let pip = folder.join("venv/bin/pip");
            run(Install::new(pip)
                .args(["install", "--quiet", "--no-deps", "-r", "requirements.txt"])
                .current_dir(folder));
        });
        Self::start(&folder.join("venv/bin/python"), &folder.join("drive.py"))
    }

    /// Has the process do something and returns what came of it.
    pub(crate) async fn ask(&mut self, command: Value) -> Value {
        self.stdin.write_all(format!("{command}\n").as_bytes()).await.unwrap();
        self.stdin.flush().await.unwrap();
        let line = self.stdout.next_line().await.unwrap().unwrap_or_else(|| panic!("the provider died of {command}"));
        let answer: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(answer.get("failed"), None, "{command}");
        answer
    }
}

/// Returns the folder of a provider with its packages, which are installed if its lock file is new.
fn installed(name: &str, lock: &str, install: impl FnOnce(&Path)) -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/providers").join(name);
    let mut hasher = DefaultHasher::new();
    fs::read(source.join(lock)).unwrap().hash(&mut hasher);
    // The test's own program lies in <target>/<profile>/deps.
    let program = std::env::current_exe().unwrap();
    let target = program.ancestors().nth(3).unwrap();
    let folder = target.join(format!("tools/providers/{name}-{:016x}", hasher.finish()));
    fs::create_dir_all(&folder).unwrap();
    // Tests run side by side in processes of their own: one installs, and the others wait for it.
    let turn = fs::File::create(folder.with_extension("lock")).unwrap();
    turn.lock().unwrap();
    for entry in fs::read_dir(&source).unwrap() {
        let entry = entry.unwrap();
        let (text, copy) = (fs::read(entry.path()).unwrap(), folder.join(entry.file_name()));
        // What another process may be reading is not written again.
        if fs::read(&copy).ok().as_ref() != Some(&text) {
            fs::write(copy, text).unwrap();
        }
    }
    let stamp = folder.join("installed");
    if !stamp.exists() {
        install(&folder);
        fs::write(stamp, lock).unwrap();
    }
    folder
}

fn run(command: &mut Install) {
    let program = command.get_program().to_string_lossy().into_owned();
    let done = command.stdout(Stdio::null()).status();
    let done = done.unwrap_or_else(|fault| panic!("{program} is needed to test the official providers: {fault}"));
    assert!(done.success(), "{program} could not install the providers' packages; is there a package registry?");
}

/// What an evaluation through a provider should give.
struct Expected(&'static str, &'static str, Value, Value, Value);

/// Kind, key, context, value and the rest of the answer, for providers that ask for one flag.
fn rows() -> Vec<Expected> {
    let ok = |variant: &str, reason: &str| json!({"variant": variant, "reason": reason});
    let failed = |code: &str| json!({"errorCode": code, "reason": "ERROR"});
    vec![
        Expected("boolean", "simple", json!({"targetingKey": "u"}), json!(true), ok("on", "STATIC")),
        Expected("boolean", "simple", json!({}), json!(true), ok("on", "STATIC")),
        Expected("boolean", "off", json!({"targetingKey": "u"}), json!(false), ok("off", "DISABLED")),
        Expected("string", "text", json!({}), json!("äö \"x\""), ok("a", "STATIC")),
        Expected("object", "shape", json!({}), json!({"a": [1, {"b": null}], "c": "d"}), ok("x", "STATIC")),
        Expected("boolean", "plan", json!({"plan": "pro"}), json!(true), ok("on", "TARGETING_MATCH")),
        Expected("boolean", "plan", json!({"plan": "free"}), json!(false), ok("off", "DEFAULT")),
        Expected("boolean", "half", json!({"targetingKey": "a"}), json!(false), ok("off", "SPLIT")),
        Expected("boolean", "absent", json!({}), json!("fallback"), failed("FLAG_NOT_FOUND")),
        Expected("string", "simple", json!({}), json!("fallback"), failed("TYPE_MISMATCH")),
        Expected("boolean", "simple", json!({"constructor": "x"}), json!("fallback"), failed("INVALID_CONTEXT")),
    ]
}

/// Checks an answer; the word `fallback` stands for the default that the application gave.
fn assert_answer(answer: &Value, expected: &Expected, fallback: &Value) {
    let Expected(kind, key, context, value, rest) = expected;
    let what = format!("{kind} {key} for {context}: {answer}");
    let value = if value == "fallback" { fallback } else { value };
    assert_eq!(&answer["value"], value, "{what}");
    for (name, expected) in rest.as_object().unwrap() {
        assert_eq!(&answer[name], expected, "{what}");
    }
    if rest["errorCode"].is_null() {
        assert!(answer["flagMetadata"]["version"].is_u64(), "{what}");
        assert_eq!(answer["flagMetadata"]["flagSetId"], "default/production", "{what}");
    }
}

fn fallback(kind: &str) -> Value {
    match kind {
        "boolean" => json!(false),
        "string" => json!("the default"),
        "object" => json!({"the": "default"}),
        _ => json!(7),
    }
}

#[tokio::test]
async fn the_node_provider_reads_every_answer() {
    let serving = Serving::start().await;
    let mut node = Driver::node();
    node.ask(json!({"op": "server", "url": serving.url(), "token": serving.token})).await;
    let mut rows = rows();
    rows.push(Expected("number", "whole", json!({}), json!(1), json!({"variant": "one"})));
    rows.push(Expected("number", "ratio", json!({}), json!(1.0), json!({"variant": "one"})));
    for row in &rows {
        let Expected(kind, key, context, ..) = row;
        let fallback = fallback(kind);
        let command = json!({"op": "evaluate", "kind": kind, "key": key, "fallback": fallback, "context": context});
        let mut answer = node.ask(command).await;
        if answer["value"].is_number() {
            // JavaScript has one kind of number.
            answer["value"] = json!(answer["value"].as_f64());
            assert_eq!(answer["value"], json!(1.0), "{key}");
            continue;
        }
        assert_answer(&answer, row, &fallback);
    }
    let statuses: Vec<Value> = node.ask(json!({"op": "exchanges"})).await.as_array().unwrap().clone();
    assert!(statuses.len() >= rows.len());
}

#[tokio::test]
async fn the_python_provider_reads_every_answer() {
    let serving = Serving::start().await;
    let mut python = Driver::python();
    python.ask(json!({"op": "provider", "url": serving.url(), "token": serving.token})).await;
    let mut rows = rows();
    rows.push(Expected("integer", "whole", json!({}), json!(1), json!({"variant": "one", "type": "int"})));
    rows.push(Expected("float", "ratio", json!({}), json!(1.0), json!({"variant": "one", "type": "float"})));
    rows.push(Expected("integer", "ratio", json!({}), json!("fallback"), json!({"errorCode": "TYPE_MISMATCH"})));
    for row in &rows {
        let Expected(kind, key, context, ..) = row;
        let fallback = fallback(kind);
        let command = json!({"op": "evaluate", "kind": kind, "key": key, "fallback": fallback, "context": context});
        assert_answer(&python.ask(command).await, row, &fallback);
    }
}

#[tokio::test]
async fn providers_survive_refusals() {
    let mut config = Config::ephemeral();
    config.limits.rates.evaluation = 2;
    let serving = Serving::start_with(config, Clock::manual(START)).await;
    let (mut node, mut python) = (Driver::node(), Driver::python());
    let admin = serving.token(TokenKind::Admin, "admin").await.1;
    for (token, status) in [("nonsense", 401), (admin.as_str(), 403)] {
        for (driver, op) in [(&mut node, "server"), (&mut python, "provider")] {
            driver.ask(json!({"op": op, "url": serving.url(), "token": token})).await;
            assert_eq!(refused(driver).await, status, "{op} with {token}");
        }
        let web = json!({"op": "web", "url": serving.url(), "token": token, "context": {"targetingKey": "u"}});
        let ready = node.ask(web).await;
        assert_ne!(ready["status"], "READY", "{ready}");
        assert_eq!(statuses(&mut node).await, [status], "the web provider with {token}");
    }
    // Beyond the rate, which is each token's own: the default, and the answer that says so.
    for (driver, op) in [(&mut node, "server"), (&mut python, "provider")] {
        let token = serving.token(TokenKind::Server, op).await.1;
        driver.ask(json!({"op": op, "url": serving.url(), "token": token})).await;
        let mut last = Value::Null;
        for _ in 0..=BURST {
            last = driver.ask(simple()).await;
        }
        assert_eq!((&last["value"], &last["errorCode"]), (&json!(false), &json!("GENERAL")), "{op}: {last}");
        // The provider for Node asks no more until the time that it was told.
        let seen = statuses(driver).await;
        assert_eq!((seen.first(), seen.last()), (Some(&200), Some(&429)), "{op}: {seen:?}");
    }
    let token = serving.token(TokenKind::Client, "web").await.1;
    let web = json!({"op": "web", "url": serving.url(), "token": token, "context": {"targetingKey": "u"}});
    for _ in 0..=BURST {
        node.ask(web.clone()).await;
    }
    let seen = statuses(&mut node).await;
    assert_eq!((seen.first(), seen.last()), (Some(&200), Some(&429)), "{seen:?}");
}

/// More requests than a rate of two a second lets through while the clock stands.
const BURST: usize = 6;

fn simple() -> Value {
    json!({"op": "evaluate", "kind": "boolean", "key": "simple", "fallback": false, "context": {}})
}

/// Has a provider ask for a flag, checks that the application got its default, and returns the status of the answer.
async fn refused(driver: &mut Driver) -> u64 {
    let answer = driver.ask(simple()).await;
    assert_eq!((&answer["value"], &answer["errorCode"]), (&json!(false), &json!("GENERAL")), "{answer}");
    *statuses(driver).await.last().unwrap()
}

/// Returns the statuses of the answers since they were asked for.
async fn statuses(driver: &mut Driver) -> Vec<u64> {
    let exchanges = driver.ask(json!({"op": "exchanges"})).await;
    exchanges.as_array().unwrap().iter().map(|exchange| exchange["status"].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn the_web_provider_sees_a_change_without_reloading() {
    let serving = Serving::start().await;
    let token = serving.token(TokenKind::Client, "browser").await.1;
    let mut node = Driver::node();
    let context = json!({"targetingKey": "u", "plan": "pro"});
    let ready = node.ask(json!({"op": "web", "url": serving.url(), "token": token, "context": context})).await;
    assert_eq!(ready["status"], "READY", "{ready}");
    let value = |key: &str| json!({"op": "webEvaluate", "kind": "boolean", "key": key, "fallback": false});
    assert_eq!(node.ask(value("simple")).await["value"], true);
    assert_eq!(node.ask(value("plan")).await["reason"], "TARGETING_MATCH");
    assert_eq!(node.ask(value("hidden")).await["errorCode"], "FLAG_NOT_FOUND");

    // The stream's first event makes it fetch again, which is answered with 304.
    let mut exchanges = node.ask(json!({"op": "exchanges"})).await.as_array().unwrap().clone();
    for _ in 0..10_000 {
        if exchanges.iter().any(|exchange| exchange["status"] == 304) {
            break;
        }
        exchanges.extend(node.ask(json!({"op": "exchanges"})).await.as_array().unwrap().clone());
    }

    assert!(exchanges.iter().any(|exchange| exchange["status"] == 304), "{exchanges:?}");

    serving.off("simple").await;
    serving.server.app().nudges.changed();
    let event = node.ask(json!({"op": "webEvent", "name": "PROVIDER_CONFIGURATION_CHANGED"})).await;
    assert_eq!(event["flagsChanged"], json!(["simple"]), "no other flag is said to have changed");
    let answer = node.ask(value("simple")).await;
    assert_eq!((&answer["value"], &answer["reason"]), (&json!(false), &json!("DISABLED")));

    serving.on("simple").await;
    serving.server.app().nudges.changed();
    node.ask(json!({"op": "webEvent", "name": "PROVIDER_CONFIGURATION_CHANGED", "after": 1})).await;
    assert_eq!(node.ask(value("simple")).await["value"], true);

    // The same unit with another attribute: the provider sends its old ETag, and must not be told that nothing changed.
    node.ask(json!({"op": "webContext", "context": {"targetingKey": "u", "plan": "free"}})).await;
    assert_eq!(node.ask(value("plan")).await["value"], false);
    let events = node.ask(json!({"op": "webEvents"})).await;
    assert!(events.as_array().unwrap().iter().all(|event| event["name"] != "PROVIDER_STALE"), "{events}");
}

#[tokio::test]
async fn a_web_provider_with_a_revoked_token_does_not_start() {
    let serving = Serving::start().await;
    let (id, token) = serving.token(TokenKind::Client, "browser").await;
    let actor = Actor::system();
    serving.store.revoke_token(&serving.write(&actor), &id).await.unwrap();
    let mut node = Driver::node();
    let context = json!({"targetingKey": "u"});
    let refused = node.ask(json!({"op": "web", "url": serving.url(), "token": token, "context": context})).await;
    assert_eq!(refused["status"], "FATAL", "{refused}");
}
