//! Every command's happy path against a real server, and what each says when it cannot do as asked.

use regex::Regex;
use serde_json::{Value, json};

use crate::harness::{Ran, command, run};
use crate::server::Server;

const PLAN: &str = "key: checkout
treatment: \"on\"
stages:
  - { name: internal, audience: internal, percentage: 100, bake: 10m }
  - { name: 5 %, percentage: 5, bake: 10m, gate: approval }
  - { name: 100 %, percentage: 100, bake: 1h }
";

/// Replaces what differs from run to run.
fn steady(text: &str) -> String {
    let mut text = text.to_owned();
    for (pattern, replacement) in [
        (r"hst_[a-z]+_[A-Za-z0-9_]+", "hst_TOKEN"),
        (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "ID"),
        (r"[0-9a-f]{64}", "HASH"),
        (r"rol_[0-9a-f]{32}", "rol_ID"),
        (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+Z)?", "TIME"),
        (r"(\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d", "TIME"),
        (r"\d+(\.\d+)? m?s\b", "N ms"),
        (r"baked \d+s", "baked Ns"),
        (r"uid \d+|uid:\d+|socket:\d+", "UID"),
        // How far the verification of a rollback is depends on how soon one asks.
        (r"(?m)^Rollback (being verified|verified: safe).*\n", ""),
        (r" +\n", "\n"),
    ] {
        text = Regex::new(pattern).expect("a pattern").replace_all(&text, replacement).into_owned();
    }
    text
}

/// Runs commands one after the other and returns what was typed and what was printed.
fn transcript(server: &Server, commands: &[&str]) -> String {
    let mut transcript = String::new();
    for line in commands {
        let arguments = shell_words(line);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let Ran { code, out, err } = server.hoist(&arguments);
        let ended = if code == 0 { String::new() } else { format!("(exit code {code})\n") };
        transcript.extend(["$ hoist ", line, "\n", &out, &err, &ended]);
    }
    steady(&transcript)
}

/// Splits a line at spaces outside single quotes.
fn shell_words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '\'' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            c => words.last_mut().expect("there is a word").push(c),
        }
    }
    words
}

#[test]
fn flags_are_created_changed_and_switched() {
    let server = Server::start();
    server.write("targeting.yaml", "enabled: true\noff_variant: \"off\"\ndefault: { variant: \"off\" }\nrules:\n  - id: staff\n    when: { operator: in_segment, values: [internal] }\n    serve: { variant: \"on\" }\n");
    insta::assert_snapshot!(transcript(
        &server,
        &[
            "flag list",
            "flag create new-checkout --title 'New checkout' --owner payments --category release --lifetime temporary --expires-on 2027-03-31 --tag checkout --service shop --feature checkout",
            "flag create new-checkout",
            "flag create banner --variant calm=blue --variant loud=red --off-variant calm",
            "flag list",
            "flag list --owner payments -o name",
            "flag show new-checkout",
            "flag on new-checkout --env production --reason 'ready'",
            "flag on new-checkout --env production",
            "flag off new-checkout --env production --reason 'payments fail'",
            "flag on new-chekout --env production",
            "flag on new-checkout --env productoin",
            "flag set new-checkout --owner checkout-team",
            "flag set new-checkout",
            "flag set new-checkout --env staging --default on",
            "flag set new-checkout --env staging --default sideways",
            "segment create internal --include user-1",
            "flag set new-checkout --env staging --targeting targeting.yaml",
            "flag show new-checkout --env staging",
            "flag archive banner",
            "flag archive banner --yes",
            "flag list",
            "flag list --archived -o name",
            "flag unarchive banner",
        ]
    ));
}

#[test]
fn lists_leave_no_trace_and_copies_do() {
    let server = Server::start();
    server.ok(&["flag", "create", "banner"]);
    let last = || server.ok(&["audit", "list", "--limit", "1"]);
    let before = last();
    server.ok(&["flag", "list"]);
    assert_eq!(last(), before);
    server.ok(&["export", "--format", "hoist", "--env", "production"]);
    assert!(last().contains("environment.export"), "{}", last());
}

#[test]
fn documents_are_created_shown_and_deleted() {
    let server = Server::start();
    server.write("plan.yaml", PLAN);
    insta::assert_snapshot!(transcript(
        &server,
        &[
            "segment create internal --when '{\"attribute\": \"email\", \"operator\": \"ends_with\", \"values\": [\"@example.org\"]}'",
            "segment create broken --when '{\"attribute\": \"email\", \"operator\": \"sounds_like\", \"values\": [\"x\"]}'",
            "segment list",
            "segment show internal",
            "segment set internal --include user-1 --exclude user-2",
            "segment show internal -o json",
            "segment show internl",
            "metric create errors --unit ratio --events 'sum(errors_total)' --total 'sum(requests_total)'",
            "metric create latency --unit s --query 'sum(rate(seconds_sum[1m]))'",
            "metric create none",
            "metric list",
            "metric show errors",
            "metric set latency --unit s --query 'max(seconds)'",
            "metric delete latency --yes",
            "metric delete latency --yes",
            "plan create checkout --file plan.yaml",
            "plan create other --file plan.yaml",
            "plan list",
            "plan show checkout",
            "plan set checkout --file plan.yaml",
            "plan delete checkout",
            "plan delete checkout --yes",
            "plan delete other --yes",
            "segment delete internal --yes",
            "environment list",
            "environment create preview --title Preview",
            "environment set preview --protected true",
            "environment set preview",
            "environment show preview",
            "project create second",
            "project list",
        ]
    ));
}

#[test]
fn rollouts_are_started_watched_and_steered() {
    let server = Server::start();
    server.write("plan.yaml", PLAN);
    server.ok(&["segment", "create", "internal", "--include", "user-1"]);
    server.ok(&["flag", "create", "new-checkout"]);
    server.ok(&["flag", "on", "new-checkout", "--env", "production"]);
    insta::assert_snapshot!(transcript(
        &server,
        &[
            "rollout list",
            "rollout status new-checkout --env production",
            "rollout start new-checkout --env production --plan nothing",
            "rollout start new-checkout --env production --plan plan.yaml --reason 'first try'",
            "rollout start new-checkout --env production --plan plan.yaml",
            "rollout watch new-checkout --env production --until stage=internal --timeout 30s",
            "rollout pause new-checkout --env production --reason lunch",
            "rollout watch new-checkout --env production --timeout 30s",
            "rollout watch new-checkout --env production --until paused --timeout 30s",
            "rollout status new-checkout --env production",
            "rollout resume new-checkout --env production",
            "rollout resume new-checkout --env production",
            "rollout promote new-checkout --env production --yes",
            "rollout promote new-checkout --env production --reason ' ' --yes",
            "rollout promote new-checkout --env production --reason 'seen by two people'",
            "rollout promote new-checkout --env production --reason 'seen by two people' --yes",
            "rollout watch new-checkout --env production --until 'stage=5 %' --timeout 30s",
            "rollout rollback new-checkout --env production --reason 'wrong prices'",
            "rollout watch new-checkout --env production -o name",
            "rollout rollback new-checkout --env production",
            "rollout explain new-checkout --env production",
            "rollout list",
        ]
    ));
}

#[test]
fn a_built_in_plan_is_started_by_its_name() {
    let server = Server::start();
    server.ok(&["flag", "create", "new-checkout"]);
    server.ok(&["flag", "on", "new-checkout", "--env", "production"]);
    let ran = server.hoist(&["rollout", "start", "new-checkout", "--env", "production", "--plan", "canary"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert!(ran.err.contains("warning: the plan has no guards"), "{}", ran.err);
    let status = server.json(&["rollout", "status", "new-checkout", "--env", "production"]);
    let stages = status["plan"]["stages"].as_array().expect("stages");
    assert_eq!(stages.first().map(|stage| &stage["name"]), Some(&json!("1 %")), "nobody has said who is internal");
    let recording = ["rollout", "recording", "new-checkout", "--env", "production"];
    let ran = server.hoist(&recording);
    let says = ran.err.contains("nothing of the rollout of `new-checkout` was judged");
    assert!(ran.code == 1 && ran.out.is_empty() && says, "{}: {}{}", ran.code, ran.out, ran.err);
    let ran = server.hoist(&[&recording[..], &["--rollout", "another"]].concat());
    assert!(ran.code != 0 && ran.out.is_empty(), "{}: {}{}", ran.code, ran.out, ran.err);
}

#[test]
fn a_rollout_waits_for_its_start() {
    let server = Server::start();
    server.write("plan.yaml", PLAN);
    server.ok(&["segment", "create", "internal", "--include", "user-1"]);
    server.ok(&["flag", "create", "new-checkout"]);
    server.ok(&["flag", "on", "new-checkout", "--env", "production"]);
    insta::assert_snapshot!(transcript(
        &server,
        &[
            "rollout start new-checkout --env production --plan plan.yaml --start-at tomorrow",
            "rollout start new-checkout --env production --plan plan.yaml --start-at 2020-01-01T09:00:00Z",
            "rollout start new-checkout --env production --plan plan.yaml --start-at +20000h",
            "rollout start new-checkout --env production --plan plan.yaml --start-at 2020-01-01T09:00:00",
            "rollout start new-checkout --env production --plan plan.yaml --start-at +30m",
            "rollout watch new-checkout --env production --timeout 3s",
            "rollout status new-checkout --env production",
            "rollout explain new-checkout --env production",
            "rollout pause new-checkout --env production",
            "rollout promote new-checkout --env production --reason now --yes",
            "rollout cancel new-checkout --env production --yes",
        ]
    ));
    server.ok(&["rollout", "start", "new-checkout", "--env", "production", "--plan", "plan.yaml", "--start-at", "+0s"]);
    server.ok(&["rollout", "watch", "new-checkout", "--env", "production", "--until", "stage=internal"]);
}

#[test]
fn a_watch_prints_one_event_per_decision() {
    let server = Server::start();
    server.write("plan.yaml", PLAN);
    server.ok(&["segment", "create", "internal", "--include", "user-1"]);
    server.ok(&["flag", "create", "new-checkout"]);
    server.ok(&["flag", "on", "new-checkout", "--env", "production"]);
    server.ok(&["rollout", "start", "new-checkout", "--env", "production", "--plan", "plan.yaml"]);
    server.ok(&["rollout", "watch", "new-checkout", "--env", "production", "--until", "stage=internal"]);
    server.ok(&["rollout", "rollback", "new-checkout", "--env", "production"]);
    let ran = server.hoist(&["rollout", "watch", "new-checkout", "--env", "production", "--json"]);
    assert_eq!(ran.code, 20, "{}", ran.err);
    let events: Vec<Value> = ran.out.lines().map(|line| serde_json::from_str(line).expect("a JSON line")).collect();
    let actions: Vec<&str> = events.iter().map(|event| event["action"].as_str().expect("a word")).collect();
    assert_eq!((actions.first(), actions.last()), (Some(&"start"), Some(&"roll_back")), "{actions:?}");
    let sequence: Vec<u64> = events.iter().map(|event| event["seq"].as_u64().expect("a number")).collect();
    assert!(sequence.is_sorted(), "{sequence:?}");
}

#[test]
fn flags_are_evaluated_on_a_server_and_offline_alike() {
    let server = Server::start();
    server.ok(&["flag", "create", "new-checkout"]);
    server.ok(&["flag", "on", "new-checkout", "--env", "production"]);
    server.ok(&["flag", "set", "new-checkout", "--env", "production", "--default", "on"]);
    let document = server.ok(&["export", "--env", "production"]);
    server.write("flags.json", &document);
    let unit = "{\"targetingKey\": \"user-1\"}";
    let online = server.json(&["eval", "new-checkout", "--env", "production", "--context", unit, "--trace"]);
    let offline = server.json(&["eval", "new-checkout", "--snapshot", "flags.json", "--context", unit, "--trace"]);
    for field in ["flag", "value", "variant", "reason"] {
        assert_eq!(online[field], offline[field], "{field}");
    }
    assert_eq!(online["trace"]["decided_by"], offline["trace"]["decided_by"]);
    assert_eq!(online["value"], json!(true));
    let flagd: Value =
        serde_json::from_str(&server.ok(&["export", "--env", "production", "--format", "flagd", "--strict"]))
            .expect("one JSON document");
    assert_eq!(flagd["flags"]["new-checkout"]["state"], "ENABLED");
    let ran = server.hoist(&["eval", "new-chekout", "--env", "production"]);
    assert_eq!(ran.code, 3);
    assert!(ran.err.contains("did you mean `new-checkout`?"), "{}", ran.err);
}

#[test]
fn a_new_server_is_set_up_once() {
    let server = Server::start();
    let setup = |code: &str| {
        run(command().env("HOIST_URL", &server.url).args(["setup", "--quiet"]).write_stdin(format!("{code}\n")))
    };
    assert_eq!(setup("wrong").code, 6, "{}", setup("wrong").err);
    let ran = setup(&server.setup_code);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(ran.err, "");
    let token = ran.out.trim();
    let with_token =
        |arguments: &[&str]| run(command().env("HOIST_URL", &server.url).env("HOIST_TOKEN", token).args(arguments));
    assert_eq!(with_token(&["flag", "list"]).code, 0, "{}", with_token(&["flag", "list"]).err);
    assert_ne!(setup(&server.setup_code).code, 0);
    let without = run(command().env("HOIST_URL", &server.url).args(["flag", "list"]));
    assert_eq!(without.code, 6);
    assert!(without.err.contains("hint:"), "{}", without.err);
}

#[test]
fn tokens_are_made_listed_and_revoked() {
    let server = Server::start();
    let token = server.ok(&["token", "create", "--kind", "server", "--env", "production", "--name", "shop", "--quiet"]);
    assert!(token.starts_with("hst_server_"), "{token}");
    let listed = server.json(&["token", "list"]);
    assert!(!listed.to_string().contains(token.trim()), "secrets are shown once");
    let id = listed[0]["id"].as_str().expect("an id");
    server.ok(&["token", "create", "--kind", "admin", "--name", "first", "--quiet"]);
    let admin = server.ok(&["token", "create", "--kind", "admin", "--role", "viewer", "--name", "looks", "--quiet"]);
    server.write("token", &admin);
    let file = server.folder.path().join("token");
    let with_file = |arguments: &[&str]| {
        run(command().env("HOIST_URL", &server.url).arg("--token-file").arg(&file).args(arguments))
    };
    assert_eq!(with_file(&["flag", "list"]).code, 0, "{}", with_file(&["flag", "list"]).err);
    let refused = with_file(&["flag", "create", "x"]);
    assert_eq!(refused.code, 6, "{}", refused.err);
    assert_eq!(server.hoist(&["token", "revoke", id]).code, 2, "nobody is there to answer");
    server.ok(&["token", "revoke", id, "--yes"]);
    assert_eq!(server.hoist(&["token", "revoke", "nothing", "--yes"]).code, 3);
    let listed = server.json(&["token", "list"]);
    let mut tokens = listed.as_array().expect("tokens").iter();
    let looks = tokens.find(|token| token["name"] == "looks").expect("it is listed")["id"].as_str().expect("an id");
    server.ok(&["token", "revoke", looks, "--yes"]);
    let ended = with_file(&["flag", "list"]);
    assert_eq!(ended.code, 6, "{}", ended.err);
    assert!(ended.err.contains("has not expired and was not revoked"), "{}", ended.err);
}

#[test]
fn the_audit_log_is_listed_and_verified() {
    let server = Server::start();
    server.ok(&["flag", "create", "new-checkout"]);
    server.ok(&["flag", "on", "new-checkout", "--env", "production", "--reason", "ready"]);
    let out = server.ok(&["audit", "list", "--flag", "new-checkout"]);
    assert!(out.contains("ready"), "{out}");
    assert_eq!(server.json(&["audit", "list", "--limit", "1"]).as_array().map(Vec::len), Some(1));
    assert!(server.ok(&["audit", "verify"]).contains("The record is sound"));
    assert_eq!(server.json(&["audit", "verify"])["sound"], json!(true));
}

/// Checks a file that was exported from an audit log without a server.
fn verify(server: &Server, text: &str, arguments: &[&str]) -> Ran {
    server.write("audit.jsonl", text);
    let folder = server.folder.path();
    run(command().current_dir(folder).args(["audit", "verify", "--file", "audit.jsonl"]).args(arguments))
}

#[test]
fn an_exported_audit_log_is_verified_without_a_server() {
    let server = Server::start();
    for key in ["one", "two", "three"] {
        server.ok(&["flag", "create", key, "--title", "Größe, \"quoted\""]);
        server.ok(&["flag", "on", key, "--env", "production", "--reason", key]);
    }
    let lines = server.ok(&["audit", "list", "--lines"]);
    let sound = verify(&server, &lines, &["--json"]);
    assert_eq!(sound.code, 0, "{}{}", sound.out, sound.err);
    let told: Value = serde_json::from_str(&sound.out).expect("one JSON document");
    let online = server.json(&["audit", "verify"]);
    for field in ["sound", "checked", "head_seq", "head_hash"] {
        assert_eq!(told[field], online[field], "{field}: {told}");
    }
    let array = server.ok(&["audit", "list", "--json", "--limit", "1000"]);
    assert_eq!(verify(&server, &array, &[]).code, 0, "an array, the latest first, is the same log");

    let all: Vec<&str> = lines.lines().collect();
    let changed = |index: usize, from: &str, to: &str| {
        let mut copy: Vec<String> = all.iter().map(|line| (*line).to_owned()).collect();
        assert!(copy[index].contains(from), "{}", copy[index]);
        copy[index] = copy[index].replace(from, to);
        copy.join("\n")
    };
    let on = all.iter().position(|line| line.contains("\"reason\":\"two\"")).expect("it was switched on");
    let without = |index: usize| [&all[..index], &all[index + 1..]].concat().join("\n");
    let swapped = {
        let mut copy = all.clone();
        copy.swap(on, on + 1);
        copy.join("\n")
    };
    for (text, fault) in [
        (changed(on, "\"two\"", "\"tow\""), "edited"),
        (changed(on, "true", "false"), "edited"),
        (without(on), "missing"),
        (swapped, "swapped"),
    ] {
        let ran = verify(&server, &text, &["--json"]);
        assert_eq!(ran.code, 1, "{fault}: {}{}", ran.out, ran.err);
        let told: Value = serde_json::from_str(&ran.out).expect("one JSON document");
        assert_eq!((&told["sound"], &told["fault"]), (&json!(false), &json!(fault)), "{told}");
        assert_eq!(told["first_bad"], json!(on as u64 + 1), "{told}");
    }

    let head = format!("{}:{}", online["head_seq"], online["head_hash"].as_str().expect("a hash"));
    let cut = all[..all.len() - 1].join("\n");
    assert_eq!(verify(&server, &cut, &[]).code, 0, "a chain alone does not show that its end is gone");
    let told = verify(&server, &cut, &["--head", &head]);
    assert_eq!(told.code, 1, "{}", told.out);
    assert!(told.out.contains("truncated"), "{}", told.out);
    assert_eq!(server.hoist(&["audit", "verify", "--head", &head]).code, 0);

    let later = all[3..].join("\n");
    let told = verify(&server, &later, &[]);
    assert_eq!(told.code, 0, "{}{}", told.out, told.err);
    assert!(told.out.contains("begins at entry 4"), "{}", told.out);
    for (text, code, says) in
        [("", 5, "holds no entries"), ("{\"seq\": 1}", 5, "line 1"), ("seq: 1", 5, "line 1"), ("[1]", 5, "audit.jsonl")]
    {
        let ran = verify(&server, text, &[]);
        assert_eq!(ran.code, code, "{text}: {}{}", ran.out, ran.err);
        assert!(ran.err.contains(says) && ran.err.contains("hint:"), "{text}: {}", ran.err);
    }
    let absent = run(command().args(["audit", "verify", "--file", "/nonexistent"]));
    assert_eq!(absent.code, 3, "{}", absent.err);
}

#[test]
fn a_backup_is_written_and_restored() {
    let server = Server::start();
    server.ok(&["flag", "create", "new-checkout"]);
    server.ok(&["backup", "copy.backup"]);
    let again = server.hoist(&["backup", "copy.backup"]);
    assert_eq!(again.code, 4, "{}", again.err);
    server.write("other.backup.part", "of somebody else");
    let during = server.hoist(&["backup", "other.backup"]);
    assert!(during.code == 1 && during.err.contains("another backup to that name"), "{}", during.err);
    assert!(server.folder.path().join("other.backup.part").exists(), "what somebody else writes is left alone");
    assert_eq!(server.hoist(&["restore", "copy.backup", "--data", "data"]).code, 4);
    assert_eq!(server.hoist(&["restore", "nothing.backup", "--data", "elsewhere"]).code, 3);
    server.write("broken.backup", "{}");
    assert_eq!(server.hoist(&["restore", "broken.backup", "--data", "broken"]).code, 5);
    let copy = server.folder.path().join("copy.backup");
    let restored = tempfile::tempdir().expect("a folder");
    let ran = run(command().current_dir(restored.path()).arg("restore").arg(&copy).args(["--data", "data"]));
    assert_eq!(ran.code, 0, "{}", ran.err);
    let second = Server::start_in(restored);
    assert_eq!(second.ok(&["flag", "list", "-o", "name"]), "new-checkout\n");
}

#[test]
fn the_doctor_finds_what_is_wrong() {
    use std::os::unix::fs::PermissionsExt;
    let server = Server::start();
    let healthy = server.hoist(&["doctor", "--json"]);
    assert_eq!(healthy.code, 0, "{}", healthy.out);
    let data = server.data();
    std::fs::set_permissions(&data, std::fs::Permissions::from_mode(0o755)).expect("it is ours");
    let open = server.hoist(&["doctor"]);
    assert_eq!(open.code, 1, "{}", open.out);
    assert!(open.err.contains("chmod 700"), "{}", open.err);
    std::fs::set_permissions(&data, std::fs::Permissions::from_mode(0o700)).expect("it is ours");
    let nothing = server.hoist(&["doctor", "--prometheus-url", "http://127.0.0.1:1"]);
    assert_eq!(nothing.code, 1);
    assert!(nothing.out.contains("it cannot be reached"), "{}", nothing.out);
    let (_, folder) = server.stop();
    let stopped =
        run(command().current_dir(folder.path()).args(["doctor", "--data", "data", "--http", "127.0.0.1:0", "--json"]));
    assert_eq!(stopped.code, 1, "no server answers: {}", stopped.out);
    let findings: Vec<Value> = serde_json::from_str(&stopped.out).expect("one JSON document");
    let database = findings.iter().find(|finding| finding["check"] == "database").expect("the database is looked at");
    assert_eq!(database["state"], "good", "{database}");
}

#[test]
fn a_server_stops_when_it_is_told_to() {
    let (code, folder) = Server::start().stop();
    assert_eq!(code, Some(0));
    assert!(!folder.path().join("data/admin.sock").exists(), "the socket goes with the server");
}

#[test]
fn settings_that_do_not_hold_are_refused_before_anything_is_bound() {
    for (arguments, says) in [
        (["--http", "localhost"], "--http: must be an address and a port"),
        (["--drain", "soon"], "--drain: must be a duration"),
        (["--metric-range", "10"], "--metric-range: must be a network"),
        (["--prometheus-url", "ftp://x"], "--prometheus-url: must be an http or https URL"),
        (["--database-url", "mysql://x"], "--database-url: must begin with postgres://"),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let ran = run(command().current_dir(folder.path()).arg("serve").args(arguments));
        assert_eq!(ran.code, 2, "{arguments:?}: {}", ran.err);
        assert!(ran.err.contains(says), "{arguments:?}: {}", ran.err);
        assert!(!folder.path().join("hoist-data").exists(), "nothing was created");
    }
}

#[test]
fn what_is_wrong_is_named_with_a_way_out() {
    let server = Server::start();
    server.write("plan.yaml", PLAN);
    server.ok(&["flag", "create", "f"]);
    server.ok(&["flag", "create", "busy"]);
    server.ok(&["flag", "on", "busy", "--env", "staging"]);
    server.ok(&["rollout", "start", "busy", "--env", "staging", "--plan", "kill-switch-only"]);
    server.ok(&["rollout", "rollback", "busy", "--env", "staging"]);
    server.ok(&["rollout", "start", "busy", "--env", "staging", "--plan", "kill-switch-only"]);
    for (arguments, code, says) in [
        (
            ["rollout", "start", "busy", "--env", "staging", "--plan", "kill-switch-only"].as_slice(),
            4,
            "error: the flag has a rollout that is not over\n\nhint: `hoist rollout status busy --env staging`",
        ),
        (&["--project", "nope", "flag", "list"], 3, "hint: `hoist project list`"),
        (&["export", "--env", "nope"], 3, "hint: `hoist environment list`"),
        (&["rollout", "status", "f", "--env", "nope"], 3, "hint: `hoist environment list`"),
        (&["rollout", "list", "--env", "nope"], 3, "hint: `hoist environment list`"),
        (&["rollout", "start", "f", "--env", "nope", "--plan", "canary"], 3, "hint: `hoist environment list`"),
        (&["flag", "on", "f", "--env", "prod"], 3, "the environments: development, staging, production"),
        (&["flag", "on", "f", "--env", "prod"], 3, "error: there is no such environment\n"),
        (&["backup", "nowhere/copy.backup"], 1, "hint: name a file in a folder that exists"),
        (&["backup", "plan.yaml/copy.backup"], 1, "hint: name a file in a folder that exists"),
    ] {
        let ran = server.hoist(arguments);
        assert_eq!(ran.code, code, "{arguments:?}: {}", ran.err);
        assert!(ran.err.contains(says), "{arguments:?}: {}", ran.err);
    }
    // Nobody is asked whether to promote what is over: there is nobody here to answer.
    server.ok(&["rollout", "rollback", "busy", "--env", "staging"]);
    let over = server.hoist(&["rollout", "promote", "busy", "--env", "staging", "--reason", "late"]);
    assert_eq!(over.code, 4, "{}", over.err);
}
