//! What a server says that cannot start, and what it leaves alone.

use std::path::Path;

use crate::harness::{Ran, command, run};
use crate::server::Server;

/// Starts a server that is expected to end at once.
fn start(folder: &Path, arguments: &[&str], database_url: &str) -> Ran {
    let mut serve = command();
    serve.current_dir(folder).env("HOIST_LOG", "off").args(["serve", "--http", "127.0.0.1:0"]).args(arguments);
    if !database_url.is_empty() {
        serve.env("HOIST_DATABASE_URL", database_url);
    }
    run(&mut serve)
}

#[test]
fn a_data_folder_has_one_server() {
    let server = Server::start();
    let refused = start(server.folder.path(), &["--data", "data"], "");
    assert_eq!(refused.code, 1, "{}", refused.err);
    assert!(refused.err.contains("another server is using the data folder data; stop it"), "{}", refused.err);
    server.ok(&["flag", "create", "still-here"]);
    let (code, folder) = server.stop();
    assert_eq!(code, Some(0));
    // The file that was locked stays, and the next server may have it.
    assert!(folder.path().join("data/server.lock").exists());
    std::fs::write(folder.path().join("data/known"), "").expect("a file");
    Server::start_in(folder).ok(&["flag", "show", "still-here"]);
}

#[test]
fn a_taken_port_is_found_before_anything_is_written() {
    let server = Server::start();
    let taken = server.url.trim_start_matches("http://");
    let mut serve = command();
    serve.current_dir(server.folder.path()).args(["serve", "--data", "other", "--http", taken]);
    let refused = run(&mut serve);
    assert_eq!(refused.code, 1, "{}", refused.err);
    assert!(refused.err.contains(&format!("cannot listen on {taken}")), "{}", refused.err);
    assert!(!server.folder.path().join("other/hoist.db").exists(), "no database was made");
}

#[test]
fn variables_that_are_set_and_empty_say_nothing() {
    let server = Server::start();
    let taken = server.url.trim_start_matches("http://");
    let mut serve = command();
    for name in ["DATABASE_URL", "HOST_NAME", "PROMETHEUS_URL", "METRIC_RANGE", "LIMIT"] {
        serve.env(format!("HOIST_{name}"), "");
    }
    serve.current_dir(server.folder.path()).args(["serve", "--data", "other", "--http", taken]);
    let refused = run(&mut serve);
    assert!(refused.err.contains(&format!("cannot listen on {taken}")), "past the settings: {}", refused.err);
}

#[test]
fn a_database_that_is_away_is_named_without_its_password() {
    let folder = tempfile::tempdir().expect("a folder");
    let refused = start(folder.path(), &[], "postgres://hoist:secret@127.0.0.1:1/hoist");
    assert_eq!(refused.code, 1, "{}", refused.err);
    for says in
        ["cannot use PostgreSQL at 127.0.0.1:1: the database is unavailable", "hint: check that PostgreSQL runs"]
    {
        assert!(refused.err.contains(says), "{says}: {}", refused.err);
    }
    assert!(refused.err.contains("`HOIST_DATABASE_URL`") && !refused.err.contains("secret"), "{}", refused.err);
}

#[test]
fn a_damaged_database_is_named_with_the_way_back() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("data")).expect("a folder");
    std::fs::write(folder.path().join("data/hoist.db"), "no database ".repeat(1_000)).expect("a file");
    let refused = start(folder.path(), &["--data", "data"], "");
    assert_eq!(refused.code, 1, "{}", refused.err);
    for says in
        ["cannot use the database file data/hoist.db: the database is damaged", "`hoist restore FILE --data DIR`"]
    {
        assert!(refused.err.contains(says), "{says}: {}", refused.err);
    }
}
