//! `hoist stale`, `hoist service` and `hoist feature` against a server.

use serde_json::json;

use crate::server::Server;

#[test]
fn flags_are_judged_snoozed_and_checked() {
    let server = Server::start();
    server.ok(&["flag", "create", "new-checkout", "--owner", "ada", "--expires-on", "2001-01-01"]);
    server.ok(&["flag", "create", "banner", "--owner", "ada", "--expires-on", "2999-01-01"]);
    let listed = server.json(&["stale"]);
    let names: Vec<_> = listed.as_array().expect("a list").iter().map(|it| it["flag"].clone()).collect();
    // Both are off everywhere, and watched for a month before anybody is bothered.
    assert_eq!(names, [json!("banner"), json!("new-checkout")]);
    assert_eq!(listed[1]["findings"][0]["reason"], "expired");
    assert_eq!(server.hoist(&["stale", "--check"]).code, 1);
    assert_eq!(server.hoist(&["stale", "banner", "--check"]).code, 0);
    let shown = server.ok(&["stale", "new-checkout"]);
    assert!(shown.contains("expired (error, since 2001-01-02)"), "{shown}");
    let said = server.ok(&["stale", "snooze", "new-checkout", "--for", "14d", "--reason", "waits for the stores"]);
    assert!(said.starts_with("Flag `new-checkout` is left alone until "), "{said}");
    assert_eq!(server.hoist(&["stale", "--check"]).code, 0);
    assert!(server.ok(&["stale", "new-checkout"]).contains("waits for the stores"));
    server.ok(&["stale", "wake", "new-checkout"]);
    assert_eq!(server.hoist(&["stale", "--check", "--severity", "error"]).code, 1);
    server.ok(&["stale", "cleanup", "new-checkout", "--repository", "shop", "--at", "https://example.org/1"]);
    assert_eq!(server.json(&["stale", "--state", "cleanup_open"])[0]["cleanup"]["url"], "https://example.org/1");
    server.ok(&["stale", "cleanup-done", "new-checkout"]);
    assert_eq!(server.json(&["stale", "--state", "cleanup_open"]), json!([]));
    let unknown = server.hoist(&["stale", "new-chekout"]);
    assert_eq!(unknown.code, 3);
    assert!(unknown.err.contains("did you mean `new-checkout`?"), "{}", unknown.err);
}

#[test]
fn services_and_features_are_linked_with_flags_and_exported() {
    let server = Server::start();
    server.ok(&["flag", "create", "new-checkout", "--owner", "ada"]);
    for (kind, key) in [("service", "shop"), ("feature", "basket")] {
        server.ok(&[kind, "create", key, "--title", "Title", "--owner", "ada"]);
        server.ok(&[kind, "link", key, "new-checkout"]);
        assert_eq!(server.json(&[kind, "list"])[0]["key"], key);
        assert_eq!(server.json(&[kind, "show", key])[kind]["title"], "Title");
        server.ok(&[kind, "set", key, "--title", "Other"]);
        assert_eq!(server.hoist(&[kind, "delete", key, "--yes"]).code, 4);
        assert_eq!(server.hoist(&[kind, "link", "nobody", "new-checkout"]).code, 3);
    }
    let links = server.json(&["flag", "links", "new-checkout"]);
    assert_eq!((&links["services"], &links["features"]), (&json!(["shop"]), &json!(["basket"])));
    let document = server.json(&["export", "--env", "production", "--format", "upg"]);
    let edges: Vec<_> = document["edges"].as_array().expect("a list").iter().map(|it| it["type"].clone()).collect();
    assert_eq!(edges, ["service_toggles_feature_flag", "feature_flag_gates_feature"]);
    server.ok(&["service", "unlink", "shop", "new-checkout"]);
    server.ok(&["service", "delete", "shop", "--yes"]);
}
