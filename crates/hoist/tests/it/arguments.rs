//! The command line itself: what is accepted, what is refused, and with which exit code.

use crate::harness::{command, hoist, run};

fn check(arguments: &[&str], code: i32, says: &str) {
    let ran = hoist(arguments);
    assert_eq!(ran.code, code, "{arguments:?}: {}", ran.err);
    let said = format!("{}{}", ran.out, ran.err);
    assert!(said.contains(says), "{arguments:?} should say {says:?}, and said {said:?}");
}

#[test]
fn wrong_command_lines_are_usage_errors() {
    check(&[], 2, "Usage:");
    check(&["flga"], 2, "a similar subcommand exists: 'flag'");
    check(&["flag", "lst"], 2, "a similar subcommand exists: 'list'");
    check(&["flag", "on", "new-checkout"], 2, "--env <ENV>");
    check(&["flag", "on", "new checkout", "--env", "production"], 2, "may contain only letters, digits");
    check(&["flag", "on", "-x", "--env", "production"], 2, "unexpected argument");
    check(&["flag", "on", ".x", "--env", "production"], 2, "must start with a letter or a digit");
    check(&["flag", "on", "", "--env", "production"], 2, "must not be empty");
    check(&["flag", "on", "x", "--env", "no/where"], 2, "environment key may contain only");
    check(&["flag", "create", "x", "--expires-on", "tomorrow"], 2, "must be a day, such as 2027-03-31");
    check(&["flag", "create", "x", "--variant", "on"], 2, "must be a key and a value, such as on=true");
    check(&["flag", "create", "x", "--category", "releese"], 2, "a similar value exists: 'release'");
    check(&["flag", "list", "-o", "xml"], 2, "possible values: table, json, yaml, name");
    check(&["flag", "list", "--json", "-o", "yaml"], 2, "cannot be used with");
    check(&["flag", "list", "--url", "http://a", "--data", "b"], 2, "cannot be used with");
    check(
        &["rollout", "watch", "x", "--env", "e", "--until", "soon"],
        2,
        "must be `finished`, `paused` or `stage=NAME`",
    );
    check(&["rollout", "watch", "x", "--env", "e", "--timeout", "soon"], 2, "a duration is a number and a unit");
    check(&["rollout", "promote", "x", "--env", "e"], 2, "--reason <TEXT>");
    check(&["rollout", "promote", "x", "--env", "e", "--reason", " "], 2, "say why the stage may be left");
    check(
        &["rollout", "start", "x", "--env", "e", "--plan", "p", "--start-at", "soon"],
        2,
        "must be an instant such as 2027-03-31T09:00:00Z, or a time from now such as +30m",
    );
    let backtest = ["rollout", "backtest", "x", "--env", "e", "--plan", "p"];
    check(&[&backtest[..], &["--from", "+30m"]].concat(), 2, "must be an instant such as 2027-03-31T09:00:00Z");
    check(&[&backtest[..], &["--since", "7d", "--to", "2027-03-31T09:00:00Z"]].concat(), 2, "cannot be used with");
    check(&[&backtest[..], &["--recording", "r", "--since", "7d"]].concat(), 2, "cannot be used with");
    check(&["audit", "verify", "--head", "7"], 2, "must be a number and a hash, such as 12:");
    for list in ["audit", "rollout"] {
        for count in ["0", "-1", "many"] {
            check(&[list, "list", &format!("-n{count}")], 2, "must be a whole number, at least 1");
        }
    }
    check(&["token", "create", "--kind", "server"], 2, "--env <ENV>");
    for name in ["", " "] {
        check(&["token", "create", "--kind", "admin", "--name", name], 2, "say who holds the token, or leave it out");
        check(&["setup", "--name", name], 2, "say who holds the token, or leave it out");
    }
    check(&["metric", "create", "m", "--events", "a"], 2, "--total <PROMQL>");
    check(&["demo", "--speed", "0"], 2, "0 is not in 1..=600");
    check(&["completions", "cobol"], 2, "possible values: bash");
}

#[test]
fn commands_that_do_not_exist_yet_are_not_offered() {
    for later in ["import", "plan-changes", "apply"] {
        check(&[later], 2, "unrecognized subcommand");
    }
    check(&["export", "--env", "e", "--format", "goff"], 2, "possible values: hoist, flagd, upg");
    check(&["flag", "list", "-o", "sarif"], 2, "only `hoist refs` writes this form");
    check(&["stale", "--check", "--severity", "grave"], 2, "possible values: info, warn, candidate, error");
    check(&["flag", "archive", "x", "--override"], 2, "--reason <TEXT>");
}

#[test]
fn without_a_server_the_way_out_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let ran = run(command().current_dir(&folder).args(["flag", "list"]));
    assert_eq!(ran.code, 7);
    insta::assert_snapshot!(ran.err, @r"
    error: no server is known

    hint: set `HOIST_URL` and `HOIST_TOKEN` for a server elsewhere, pass `--data DIR` for one on this machine, or start one with `hoist serve`
    ");
}

#[test]
fn a_server_that_is_not_there_is_unreachable() {
    check(&["flag", "list", "--url", "http://127.0.0.1:1"], 7, "the server http://127.0.0.1:1 cannot be reached");
    check(&["flag", "list", "--data", "/nonexistent"], 7, "the server of the data folder cannot be reached");
}

#[test]
fn addresses_are_checked_before_anything_is_sent() {
    check(&["flag", "list", "--url", "flags.example.org"], 2, "the server's address is not a URL");
    check(&["flag", "list", "--url", "ftp://flags.example.org"], 2, "is not an http or https URL");
    check(&["flag", "list", "--url", "http://user:secret@localhost"], 2, "hint: use `HOIST_TOKEN`");
    let ran = run(command().env("HOIST_TOKEN", "line\nbreak").args(["flag", "list", "--url", "http://127.0.0.1:1"]));
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("check `HOIST_TOKEN`") && !ran.err.contains("break"), "{}", ran.err);
}

#[test]
fn what_is_typed_wins_over_the_environment() {
    let ran = run(command().env("HOIST_URL", "http://127.0.0.1:1").args(["flag", "list", "--data", "/nonexistent"]));
    assert!(ran.err.contains("of the data folder"), "{}", ran.err);
    let ran = run(command().env("HOIST_DATA", "/nonexistent").args(["flag", "list", "--url", "http://127.0.0.1:1"]));
    assert!(ran.err.contains("http://127.0.0.1:1"), "{}", ran.err);
}

#[test]
fn errors_are_json_where_results_are() {
    let ran = hoist(&["flag", "list", "--url", "http://127.0.0.1:1", "--json"]);
    let error: serde_json::Value = serde_json::from_str(&ran.err).expect("one JSON document");
    assert_eq!(error["code"], "unreachable");
    assert!(error["message"].is_string() && error["hint"].is_string());
    assert_eq!(ran.out, "");
}

#[test]
fn destructive_commands_want_an_answer() {
    let ran = hoist(&["rollout", "cancel", "x", "--env", "e", "--url", "http://127.0.0.1:1"]);
    assert_eq!(ran.code, 7, "the server is asked first: {}", ran.err);
}

#[test]
fn help_and_version_are_answers() {
    check(&["--help"], 0, "Exit codes:");
    check(&["help", "flag", "off"], 0, "everyone gets its off variant, now");
    check(&["--version"], 0, concat!("hoist ", env!("CARGO_PKG_VERSION")));
    check(&["rollout", "watch", "--help"], 0, "20 rolled back, 21 waits for a person");
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    for arguments in [["completions", "zsh"].as_slice(), &["man"], &["help"]] {
        let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_hoist"))
            .args(arguments)
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .expect("the executable runs");
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("it ends");
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{arguments:?}");
    }
}
