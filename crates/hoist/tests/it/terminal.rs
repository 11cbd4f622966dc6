//! What somebody at a terminal sees: the commands run in a pseudo-terminal, which `script` of util-linux makes.

use std::process::{Command, Stdio};

use crate::harness::Ran;
use crate::server::Server;

const PLAN: &str = "key: p\ntreatment: \"on\"\nstages: [{name: all, percentage: 100, bake: 10m}]\n";

/// Runs a command at a terminal, and returns its exit code and everything that the terminal was sent.
fn at_a_terminal(server: &Server, arguments: &str) -> Ran {
    let line = format!("stty cols 200 rows 50; exec {} {arguments}", env!("CARGO_BIN_EXE_hoist"));
    let output = Command::new("script")
        .args(["--quiet", "--return", "--command", &line, "/dev/null"])
        .current_dir(server.folder.path())
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOIST_DATA", "data")
        .env("TERM", "xterm")
        .stdin(Stdio::null())
        .output()
        .expect("script runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ran { code: output.status.code().unwrap_or(-1), out: text(&output.stdout), err: text(&output.stderr) }
}

#[test]
fn a_watch_leaves_its_end_in_the_terminal() {
    let server = Server::start();
    server.write("plan.yaml", PLAN);
    server.ok(&["flag", "create", "f"]);
    server.ok(&["flag", "on", "f", "--env", "staging"]);
    server.ok(&["rollout", "start", "f", "--env", "staging", "--plan", "plan.yaml"]);
    server.ok(&["rollout", "rollback", "f", "--env", "staging", "--reason", "enough"]);
    let ran = at_a_terminal(&server, "rollout watch f --env staging");
    assert_eq!(ran.code, 20, "{}{}", ran.out, ran.err);
    let (screen, left) = ran.out.rsplit_once("\u{1b}[?1049l").expect("the screen was closed");
    assert!(screen.contains("\u{1b}[?1049h"), "there was a screen: {screen}");
    for says in ["f in staging: rolled back", "rolled_back", "hint", "`hoist rollout explain f --env staging` says why"]
    {
        assert!(left.contains(says), "{says}: {left}");
    }
}

#[test]
fn long_work_shows_how_far_it_is_to_people_alone() {
    let server = Server::start();
    server.ok(&["flag", "create", "f"]);
    server.ok(&["audit", "list", "--lines"]);
    server.write("audit.jsonl", &server.ok(&["audit", "list", "--lines"]));
    for (arguments, says) in [
        ("backup people.backup", "Downloading the copy"),
        ("restore people.backup --data again", "Checking the copy"),
        ("audit verify", "The server checks its record"),
        ("audit verify --file audit.jsonl", "Checking the record"),
        ("refs .", "Looking through the files"),
    ] {
        let ran = at_a_terminal(&server, arguments);
        assert_eq!(ran.code, 0, "{arguments}: {}{}", ran.out, ran.err);
        assert!(ran.out.contains(says), "{arguments}: {}", ran.out);
    }
    for (arguments, says) in [
        ("backup programs.backup --json", "Downloading the copy"),
        ("audit verify --quiet", "The server checks its record"),
        ("refs . -o json", "Looking through the files"),
    ] {
        let ran = at_a_terminal(&server, arguments);
        assert_eq!(ran.code, 0, "{arguments}: {}{}", ran.out, ran.err);
        assert!(!ran.out.contains(says), "{arguments}: {}", ran.out);
    }
    let piped = server.hoist(&["audit", "verify"]);
    assert_eq!((piped.code, piped.err.as_str()), (0, ""));
}
