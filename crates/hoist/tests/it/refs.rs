//! `hoist refs`: in a folder of its own, with real Git repositories, and against a server.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::harness::{Ran, hoist_in, sarif};
use crate::server::Server;

/// Runs Git as nobody in particular, and returns what it printed.
pub(crate) fn git(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .args(["-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "init.defaultBranch=main"])
        .args(["-c", "commit.gpgsign=false"])
        .args(arguments)
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_SYSTEM", "/dev/null")
        .output()
        .expect("git runs");
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

pub(crate) fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
    std::fs::write(path, text).expect("a file");
}

pub(crate) fn commit(folder: &Path, message: &str) -> String {
    git(folder, &["add", "-A"]);
    git(folder, &["commit", "-q", "-m", message]);
    git(folder, &["rev-parse", "HEAD"])
}

const SHOP: &str = "import { OpenFeature } from '@openfeature/server-sdk';
const client = OpenFeature.getClient();
export async function pay(cart) {
  if (await client.getBooleanValue('new-checkout', false)) {
    return fast(cart);
  }
  return slow(cart);
}
";

/// A folder with flags in a file: one in use, one archived, and two whose dates have passed.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let flags = json!([
        { "key": "new-checkout" },
        { "key": "old-banner", "archived_at": "2026-01-01T00:00:00Z" },
        { "key": "long-gone", "expires_on": "2001-01-01" },
    ]);
    write(folder.path(), "flags.json", &flags.to_string());
    write(folder.path(), ".hoistignore", "flags.json\n");
    write(folder.path(), "src/shop.ts", SHOP);
    folder
}

fn refs(folder: &Path, arguments: &[&str]) -> Ran {
    hoist_in(folder, &[&["refs", ".", "--flags", "flags.json"], arguments].concat())
}

/// Returns the places as `path:line kind finding`.
fn places(folder: &Path, arguments: &[&str]) -> Vec<String> {
    let ran = refs(folder, &[arguments, &["-o", "json"]].concat());
    let document: Value =
        serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {}{}", ran.out, ran.err));
    let all = document["references"].as_array().expect("a list").iter();
    all.map(|it| {
        let word = |name: &str| it[name].as_str().unwrap_or("-").to_owned();
        format!("{}:{} {} {} {}", word("path"), it["line"], word("key"), word("kind"), word("finding"))
    })
    .collect()
}

#[test]
fn references_are_found_and_checked() {
    let folder = folder();
    let root = folder.path();
    assert_eq!(places(root, &[]), ["src/shop.ts:4 new-checkout evaluation -"]);
    assert_eq!(refs(root, &["--check"]).code, 0);
    // Code in another encoding may ask for anything, so it is named; what is no code is not.
    for name in ["latin.py", "latin.png"] {
        std::fs::write(root.join(name), b"# caf\xe9\n").expect("a file");
    }
    let unread = refs(root, &["-o", "json"]);
    let document: Value = serde_json::from_str(&unread.out).expect("a document");
    assert_eq!(document["unread"], json!(["latin.py"]), "{}", unread.err);
    std::fs::remove_file(root.join("latin.py")).expect("a file");
    let rows = [
        ("a.py", "on = client.get_boolean_value('old-banner', False)\n", "old-banner evaluation retired_in_code"),
        ("b.py", "on = client.get_boolean_value('nobody', False)\n", "nobody evaluation unknown_in_code"),
        ("c.py", "on = client.get_boolean_value('long-gone', False)\n", "long-gone evaluation expired"),
    ];
    for (file, text, expected) in rows {
        write(root, file, text);
        let found = places(root, &[]);
        assert!(found.contains(&format!("{file}:1 {expected}")), "{found:?}");
        assert_eq!(refs(root, &["--check"]).code, 1, "{file}");
        std::fs::remove_file(root.join(file)).expect("a file");
    }
    // A line of a change log is no use of a flag.
    write(root, "CHANGELOG.md", "Removed old-banner.\n");
    assert_eq!(places(root, &[])[0], "CHANGELOG.md:1 old-banner text -");
    assert_eq!(refs(root, &["--check"]).code, 0);
    let one = refs(root, &["--flag", "new-checkout", "-o", "name"]);
    assert_eq!(one.out, "new-checkout\n");
}

#[test]
fn csv_is_what_ld_find_code_refs_writes() {
    let folder = folder();
    let root = folder.path();
    std::fs::remove_file(root.join("src/shop.ts")).expect("a file");
    write(root, "hoist.toml", "[[alias]]\npattern = \"FLAG_{SCREAMING_SNAKE}\"\n");
    let twice =
        "both(FLAG_NEW_CHECKOUT, 'new-checkout', FLAG_NEW_CHECKOUT);\n  go('new-checkout');\n\ngo('new-checkout');\n";
    write(root, "b.ts", twice);
    write(root, "a.ts", "go('new-checkout', 'old-banner');\n");
    let none = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391";
    let ran = refs(root, &["-o", "csv"]);
    let rows: Vec<&str> = ran.out.lines().collect();
    assert_eq!(
        rows,
        [
            "flagKey,projKey,path,startingLineNumber,lines,aliases,contentHash",
            &format!("new-checkout,default,a.ts,1,,,{none}"),
            &format!("new-checkout,default,b.ts,1,,FLAG_NEW_CHECKOUT,{none}"),
            &format!("new-checkout,default,b.ts,2,,,{none}"),
            &format!("new-checkout,default,b.ts,4,,,{none}"),
            &format!("old-banner,default,a.ts,1,,,{none}"),
        ]
    );
    // With lines, those that follow one another are one row, as they are in the file.
    let ran = refs(root, &["-o", "csv", "--include-source"]);
    let hunk = "new-checkout,default,b.ts,1,\"both(FLAG_NEW_CHECKOUT, 'new-checkout', FLAG_NEW_CHECKOUT);\n  go('new-checkout');\",\
                FLAG_NEW_CHECKOUT,7b80f0008db29a6d7a8e3cfa0fab08fcfbfc7f41\nnew-checkout,default,b.ts,4,go('new-checkout');,,5aa8a7ea5201647748c5551cfb4be89d9efa8dd2\n";
    assert!(ran.out.contains(hunk), "{}", ran.out);
}

#[test]
fn nested_ignore_files_and_excluded_paths_are_not_read() {
    let folder = folder();
    let root = folder.path();
    for name in ["vendor/a.ts", "web/dist/a.ts", "web/src/a.ts", "web/keep/b.ts"] {
        write(root, name, SHOP);
    }
    write(root, "web/.gitignore", "dist/\n*.ts\n!b.ts\n");
    write(root, "hoist.toml", "exclude = [\"vendor/\"]\n");
    assert_eq!(
        places(root, &[]),
        ["src/shop.ts:4 new-checkout evaluation -", "web/keep/b.ts:4 new-checkout evaluation -"]
    );
    write(root, "hoist.toml", "exclud = 1\n");
    let wrong = refs(root, &[]);
    assert_eq!(wrong.code, 5);
    assert!(wrong.err.contains("hoist.toml, line 1"), "{}", wrong.err);
}

#[test]
fn constants_wrappers_and_aliases_are_followed_across_files() {
    let folder = folder();
    let root = folder.path();
    std::fs::remove_file(root.join("src/shop.ts")).expect("a file");
    write(root, "hoist.toml", "[[wrapper]]\nname = \"isOn\"\n\n[[alias]]\npattern = \"FLAG_{SCREAMING_SNAKE}\"\n");
    write(root, "flags.ts", "export const CHECKOUT = 'new-checkout';\n");
    write(root, "use.ts", "import { CHECKOUT } from './flags';\nif (isOn(CHECKOUT)) go();\n");
    write(root, "wrapped.ts", "if (isOn('new-checkout')) go();\n");
    write(root, "alias.ts", "go(FLAG_NEW_CHECKOUT);\n");
    let found = places(root, &[]);
    assert_eq!(
        found,
        [
            "alias.ts:1 new-checkout evaluation -",
            "flags.ts:1 new-checkout definition -",
            "use.ts:2 new-checkout wrapper_call -",
            "wrapped.ts:1 new-checkout wrapper_call -",
        ]
    );
}

#[test]
fn only_what_a_change_adds_counts_against_a_base() {
    let folder = folder();
    let root = folder.path();
    write(root, "old.py", "x = 1\non = client.get_boolean_value('old-banner', False)\n");
    git(root, &["init", "-q"]);
    commit(root, "first");
    git(root, &["checkout", "-q", "-b", "work"]);
    // The old sin moves down a line, and is no new one.
    write(root, "old.py", "x = 1\ny = 2\non = client.get_boolean_value('old-banner', False)\n");
    write(root, "new.py", "on = client.get_boolean_value('new-checkout', False)\n");
    commit(root, "second");
    assert_eq!(places(root, &["--diff-base", "main"]), ["new.py:1 new-checkout evaluation -"]);
    assert_eq!(refs(root, &["--check"]).code, 1);
    assert_eq!(refs(root, &["--check", "--diff-base", "main"]).code, 0);
    // The same line once more is new, committed or not.
    write(root, "new.py", "on = client.get_boolean_value('old-banner', False)\n");
    assert_eq!(refs(root, &["--check", "--diff-base", "main"]).code, 1);
    // So is one of a file whose differences are not shown.
    for attribute in ["-diff", "binary", "-text"] {
        write(root, ".gitattributes", &format!("*.py {attribute}\n"));
        assert_eq!(refs(root, &["--check", "--diff-base", "main"]).code, 1, "{attribute}");
    }
    std::fs::remove_file(root.join(".gitattributes")).expect("a file");
    // A line that was touched, and a file that was moved, have what they had.
    write(root, "new.py", "x = 1\n");
    write(root, "old.py", "x = 1\nlate = client.get_boolean_value('old-banner', True)\n");
    assert_eq!(places(root, &["--diff-base", "main"]), Vec::<String>::new());
    write(root, "old.py", "x = 1\n");
    write(root, "sub/moved.py", "x = 1\n\non = client.get_boolean_value('old-banner', False)\n");
    assert_eq!(places(root, &["--diff-base", "main"]), Vec::<String>::new());
    let twice = "a = client.get_boolean_value('old-banner', False)\nb = client.get_boolean_value('old-banner', 0)\n";
    write(root, "sub/moved.py", twice);
    assert_eq!(places(root, &["--diff-base", "main"]).len(), 2, "neither is the line that was there");
    write(root, "old.py", twice);
    std::fs::remove_file(root.join("sub/moved.py")).expect("a file");
    let more = places(root, &["--diff-base", "main"]);
    assert_eq!(more, ["old.py:2 old-banner evaluation retired_in_code"], "one of the two was there");
    let unknown = refs(root, &["--diff-base", "nowhere"]);
    assert_eq!(unknown.code, 5, "{}", unknown.err);
    assert!(unknown.err.contains("`nowhere` is no commit or branch"), "{}", unknown.err);
    assert!(unknown.err.contains("hint: fetch it with its history"), "{}", unknown.err);
}

#[test]
fn a_line_that_was_not_touched_is_not_new_through_a_constant() {
    let folder = folder();
    let root = folder.path();
    write(root, "flags.ts", "export const BANNER = 'old-banner';\n");
    let head = "import { OpenFeature } from '@openfeature/server-sdk';\nimport { BANNER } from './flags';\n";
    let call = "const on = OpenFeature.getClient().getBooleanValue(BANNER, false);\n";
    write(root, "use.ts", &format!("{head}{call}"));
    git(root, &["init", "-q"]);
    commit(root, "first");
    write(root, "use.ts", &format!("{head}\nlog();\n{call}"));
    assert!(places(root, &[]).contains(&"use.ts:5 old-banner evaluation retired_in_code".to_owned()));
    assert_eq!(places(root, &["--diff-base", "main"]), Vec::<String>::new());
}

#[test]
fn references_are_written_in_every_form() {
    let folder = folder();
    let root = folder.path();
    write(root, "a,b.py", "on = client.get_boolean_value('old-banner', False)\n");
    write(root, "c.py", "on = client.get_boolean_value('nobody', False)\n");
    let mut all = String::new();
    for form in ["table", "jsonl", "csv", "sarif", "github", "gitlab"] {
        let ran = refs(root, &["-o", form, "--include-source"]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        all.extend(["# ", form, "\n", &ran.out, "\n"]);
        if form == "sarif" {
            sarif(&ran.out);
        }
    }
    insta::assert_snapshot!(all.replace(env!("CARGO_PKG_VERSION"), "[version]"));
    let other = hoist_in(root, &["man", "-o", "sarif"]);
    assert_eq!(other.code, 2, "{}", other.err);
}

#[test]
fn sarif_names_the_repository_and_the_commit() {
    let folder = folder();
    let root = folder.path();
    write(root, "ünïcode b.py", "on = client.get_boolean_value('old-banner', False)\n");
    git(root, &["init", "-q"]);
    commit(root, "first");
    let without = sarif(&refs(root, &["-o", "sarif"]).out);
    assert_eq!(without["runs"][0].get("versionControlProvenance"), None);
    git(root, &["remote", "add", "origin", "https://ada:secret@example.org/shop/web.git"]);
    let ran = refs(root, &["-o", "sarif"]);
    let document = sarif(&ran.out);
    assert_eq!(document["runs"][0]["versionControlProvenance"][0]["repositoryUri"], "https://example.org/shop/web");
    assert!(!ran.out.contains("secret"));
}

#[test]
fn scans_are_sent_start_from_the_last_one_and_find_removals() {
    let server = Server::start();
    for key in ["new-checkout", "old-banner", "never"] {
        server.ok(&["flag", "create", key, "--owner", "ada"]);
    }
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path();
    let data = server.data();
    let data = data.to_str().expect("text");
    let send = |more: &[&str]| {
        let arguments = [&["refs", ".", "--upload", "--repository", "example/shop", "--data", data], more].concat();
        hoist_in(root, &arguments)
    };
    write(root, "src/shop.ts", SHOP);
    write(root, "banner.py", "on = client.get_boolean_value('old-banner', False)\n");
    git(root, &["init", "-q"]);
    let first = commit(root, "first");
    let sent = send(&["--main"]);
    assert_eq!(sent.code, 0, "{}", sent.err);
    assert!(sent.err.contains("Sent 2 references in example/shop (main)"), "{}", sent.err);
    let found = server.json(&["flag", "references", "new-checkout"]);
    assert_eq!((&found[0]["path"], &found[0]["commit"]), (&json!("src/shop.ts"), &json!(first)));
    assert_eq!(found[0]["symbol"], "pay");

    // A move is no removal; and what has not changed is not read again.
    std::fs::rename(root.join("banner.py"), root.join("moved.py")).expect("a file");
    commit(root, "move");
    std::fs::remove_file(root.join("moved.py")).expect("a file");
    let removed = commit(root, "remove");
    write(root, "README.md", "Hello.\n");
    commit(root, "more");
    assert_eq!(send(&["--main"]).code, 0);
    assert_eq!(server.json(&["flag", "references", "old-banner"]), json!([]));
    let kept = server.json(&["flag", "references", "new-checkout"]);
    assert_eq!(kept.as_array().map(Vec::len), Some(1), "{kept}");
    let stale = server.json(&["stale", "old-banner"]);
    let when = git(root, &["show", "-s", "--format=%cI", &removed]);
    let since: jiff::Timestamp = stale["findings"][0]["since"].as_str().expect("a time").parse().expect("a time");
    assert_eq!(stale["findings"][0]["reason"], "no_references", "{stale}");
    assert_eq!(since, when.parse().expect("a time"), "the commit that removed it, not the one that was scanned");
    assert_eq!(stale["state"], "ready_to_archive");
    // A flag that code never had is young, and left alone.
    assert_eq!(server.json(&["stale", "never"])["state"], "watching");

    // Incremental and whole scans come to the same.
    let content = |server: &Server| server.json(&["flag", "references", "new-checkout"]);
    write(root, "src/more.ts", SHOP);
    commit(root, "more code");
    assert_eq!(send(&["--main"]).code, 0);
    let incremental = content(&server);
    assert_eq!(send(&["--main", "--full"]).code, 0);
    assert_eq!(content(&server), incremental);
    assert_eq!(incremental.as_array().map(Vec::len), Some(2));

    // In code, so not to be archived but with a word.
    let refused = server.hoist(&["flag", "archive", "new-checkout", "--yes"]);
    assert_eq!(refused.code, 4, "{}", refused.err);
    assert!(refused.err.contains("example/shop (main) has 2 references"), "{}", refused.err);
    server.ok(&["flag", "archive", "new-checkout", "--yes", "--override", "--reason", "the shop closes"]);
    server.ok(&["flag", "archive", "old-banner", "--yes"]);
    let checked = hoist_in(root, &["refs", ".", "--check", "--data", data]);
    assert_eq!(checked.code, 1, "{}{}", checked.out, checked.err);
    write(root, "dirty.txt", "x");
    assert_eq!(send(&[]).code, 5);
    git(root, &["config", "status.showUntrackedFiles", "no"]);
    assert_eq!(send(&[]).code, 5, "what Git is told not to show is there all the same");
    std::fs::remove_file(root.join("dirty.txt")).expect("a file");
    // What no commit has is not sent: here a file that only this working copy overlooks, while a later rule lets it be read.
    write(root, ".git/info/exclude", "secret.ts\n");
    write(root, ".hoistignore", "!secret.ts\n");
    commit(root, "rules");
    write(root, "secret.ts", SHOP);
    assert_eq!(send(&["--main", "--full"]).code, 0);
    assert_eq!(server.json(&["flag", "references", "new-checkout"]).as_array().map(Vec::len), Some(2));
    let forget = ["refs", "--forget", "--repository", "example/shop", "--branch", "main", "--data", data];
    let forgotten = hoist_in(root, &forget);
    assert_eq!(forgotten.code, 0, "{}", forgotten.err);
    assert!(forgotten.err.contains("Forgot example/shop (main)"), "{}", forgotten.err);
    assert_eq!(server.json(&["flag", "references", "new-checkout"]), json!([]));
    assert_eq!(hoist_in(root, &["refs", "--forget", "--data", data]).code, 2, "what is to be forgotten has a name");
}
