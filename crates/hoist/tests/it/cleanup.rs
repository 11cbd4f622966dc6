//! `hoist cleanup` on real folders and real git repositories.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::harness::{Ran, command, hoist_in, run, sarif};
use crate::server::Server;

pub(crate) const PAGE: &str = "import { OpenFeature } from \"@openfeature/server-sdk\";

const client = OpenFeature.getClient();

export async function page() {
  if (await client.getBooleanValue(\"new-nav\", false)) {
    return render();
  }
  return old();
}

function render() {
  return \"new\";
}

function old() {
  return \"old\";
}
";

const AUDIT: &str = "def page(client):
    if audit() and client.get_boolean_value(\"new-nav\", False):
        return 1
    return 2
";

pub(crate) fn git(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git").args(arguments).current_dir(folder).output().expect("git runs");
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

pub(crate) fn repository(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, text) in files {
        std::fs::write(folder.path().join(path), text).expect("a file");
    }
    git(folder.path(), &["init", "--quiet", "--initial-branch", "main"]);
    git(folder.path(), &["config", "user.name", "A person"]);
    git(folder.path(), &["config", "user.email", "person@example.org"]);
    git(folder.path(), &["add", "--all"]);
    git(folder.path(), &["commit", "--quiet", "--message", "Start"]);
    folder
}

pub(crate) fn cleanup(folder: &Path, value: &str, more: &[&str]) -> Ran {
    let fixed = ["cleanup", "new-nav", ".", "--value", value];
    hoist_in(folder, &[&fixed[..], more].concat())
}

#[test]
fn a_difference_is_shown_and_nothing_is_written() {
    let folder = repository(&[("page.mjs", PAGE)]);
    let ran = cleanup(folder.path(), "true", &["--explain"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    for expected in
        ["--- a/page.mjs", "+  return render();", "page.mjs:6: C1 the call becomes the value", "1 call replaced"]
    {
        assert!(ran.out.contains(expected), "{expected}: {}", ran.out);
    }
    assert_eq!(git(folder.path(), &["status", "--porcelain"]), "");
    let ran = cleanup(folder.path(), "true", &["--json"]);
    let document: Value = serde_json::from_str(&ran.out).expect("one document");
    assert_eq!(document["replaced"], 1);
    assert_eq!(document["files"][0]["path"], "page.mjs");
}

#[test]
fn names_that_other_files_use_stay_and_large_files_are_named() {
    let flags = "package flags\n\nconst used = \"new-nav\"\n\nconst alone = \"new-nav\"\n\nfunc isNew(c *openfeature.Client) bool {\n\treturn c.Boolean(nil, used, false, openfeature.EvaluationContext{}) && c.Boolean(nil, alone, false, openfeature.EvaluationContext{})\n}\n";
    let folder = repository(&[
        ("flags.go", flags),
        ("other.go", "package flags\n\nvar names = []string{used}\n"),
        ("more.go", "package flags\n\nvar alonely = isNewer()\n"),
    ]);
    std::fs::write(folder.path().join("big.sql"), "-- new-nav\n".repeat(500_000)).expect("a file");
    let ran = cleanup(folder.path(), "true", &["--level", "deep"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    // `used` is a name in another file, `alone` and `isNew` are only parts of others.
    assert!(!ran.out.contains("-const used"), "{}", ran.out);
    assert!(ran.out.contains("-const alone"), "{}", ran.out);
    assert!(ran.err.contains("`big.sql` was not read"), "{}", ran.err);
    let ran = cleanup(folder.path(), "true", &["--json"]);
    let document: Value = serde_json::from_str(&ran.out).expect("one document");
    assert_eq!(document["unread"], serde_json::json!(["big.sql"]));
    // A name may be used in code that was not read: here in an old encoding.
    std::fs::write(folder.path().join("old.go"), b"package flags\n\nvar caf\xe9 = alone\n").expect("a file");
    let ran = cleanup(folder.path(), "true", &["--level", "deep"]);
    assert!(!ran.out.contains("-const alone"), "{}", ran.out);
    assert!(ran.err.contains("`big.sql` and 1 more were not read"), "{}", ran.err);
}

#[test]
fn what_is_left_is_named_and_strict_fails() {
    let folder = repository(&[("page.py", AUDIT)]);
    let ran = cleanup(folder.path(), "false", &["--strict", "--brief", "left.md"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(ran.out.contains("page.py:2: side-effect-operand"), "{}", ran.out);
    let left = std::fs::read_to_string(folder.path().join("left.md")).expect("a file");
    assert!(left.contains("- [ ] `page.py:2`") && left.contains("    return 2"), "{left}");
}

#[test]
fn a_branch_has_a_commit_for_each_level() {
    let folder = repository(&[("page.mjs", PAGE)]);
    let ran = cleanup(folder.path(), "true", &["--commit"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("## Left for you") && ran.out.contains("## Order of operations"), "{}", ran.out);
    let log = git(
        folder.path(),
        &["log", "--format=%(trailers:key=Hoist-Stage,valueonly,separator=)", "hoist/cleanup/new-nav"],
    );
    assert_eq!(log.split_whitespace().collect::<Vec<_>>(), ["orphans", "fold", "constant"]);
    let text = git(folder.path(), &["show", "hoist/cleanup/new-nav:page.mjs"]);
    assert_eq!(
        text,
        "export async function page() {\n  return render();\n}\n\nfunction render() {\n  return \"new\";\n}\n"
    );
    assert_eq!(std::fs::read_to_string(folder.path().join("page.mjs")).expect("a file"), PAGE);
    assert_eq!(git(folder.path(), &["worktree", "list", "--porcelain"]).matches("worktree ").count(), 1);
}

const START: &str = "import { OpenFeature } from \"@openfeature/server-sdk\";

const client = OpenFeature.getClient();

if (!(await client.getBooleanValue(\"new-nav\", false))) {
  console.log(\"old\");
}
";

#[test]
fn a_file_with_nothing_left_is_deleted_where_nothing_names_it() {
    let folder = repository(&[("page.mjs", PAGE), ("old-start.mjs", START)]);
    let at = |name: &str| folder.path().join(name);
    let ran = cleanup(folder.path(), "true", &["--level", "deep"]);
    assert!(ran.out.contains("deleted file mode 100644\n--- a/old-start.mjs\n+++ /dev/null\n"), "{}", ran.out);
    assert!(ran.out.contains("2 files would change, 1 of them deleted"), "{}", ran.out);
    // Outside of what is read: the patch names the file.
    std::fs::write(at(".git/change.patch"), ran.out.split("2 calls replaced").next().unwrap_or_default())
        .expect("a file");
    git(folder.path(), &["apply", ".git/change.patch"]);
    assert!(!at("old-start.mjs").exists());
    git(folder.path(), &["checkout", "--quiet", "."]);
    let ran = cleanup(folder.path(), "true", &["--level", "deep", "--json"]);
    let document: Value = serde_json::from_str(&ran.out).expect("one document");
    assert_eq!(document["files"][0]["deleted"], true, "{document}");
    assert_eq!(document["risks"], serde_json::json!([]));
    let ran = cleanup(folder.path(), "true", &["--level", "deep", "--write"]);
    assert!(ran.out.contains("2 files changed, 1 of them deleted"), "{}", ran.out);
    assert!(!at("old-start.mjs").exists());
    git(folder.path(), &["checkout", "--quiet", "."]);
    let ran = cleanup(folder.path(), "true", &["--commit"]);
    assert!(ran.out.contains("nothing names them: `old-start.mjs`."), "{}", ran.out);
    let last = git(folder.path(), &["show", "--format=", "--name-status", "hoist/cleanup/new-nav"]);
    assert!(last.contains("D\told-start.mjs"), "{last}");
    assert!(at("old-start.mjs").exists());
}

#[test]
fn a_file_that_something_names_stays_and_is_pointed_out() {
    let named = [("package.json", "{ \"scripts\": { \"start\": \"node old-start.mjs\" } }"), ("a.go", "package old\n")];
    for (path, text) in named {
        let folder = repository(&[("old-start.mjs", START), ("also.md", "start"), (path, text)]);
        let ran = cleanup(folder.path(), "true", &["--level", "deep", "--json"]);
        let document: Value = serde_json::from_str(&ran.out).expect("one document");
        assert_eq!(document["files"][0]["deleted"], false, "{path}");
        assert_eq!(document["risks"][0]["code"], "empty-file", "{path}");
    }
    // What the project's own check needs comes back.
    let folder = repository(&[("old-start.mjs", START), ("hoist.toml", "verify = \"test -e *start.mjs\"\n")]);
    let ran = cleanup(folder.path(), "true", &["--level", "deep", "--write"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.err.contains("old-start.mjs: the `verify` command accepts all but the removal"), "{}", ran.err);
    let text = std::fs::read_to_string(folder.path().join("old-start.mjs")).expect("a file");
    assert!(!text.contains("getBooleanValue") && !text.contains("console.log"), "{text}");
}

#[test]
fn what_the_project_does_not_accept_is_taken_back() {
    let config = "verify = \"grep -q getBooleanValue b.mjs\"\n";
    let folder = repository(&[("a.mjs", PAGE), ("b.mjs", PAGE), ("c.mjs", PAGE), ("hoist.toml", config)]);
    let ran = cleanup(folder.path(), "true", &["--write"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.err.contains("b.mjs: left as it was"), "{}", ran.err);
    let changed = git(folder.path(), &["status", "--porcelain"]);
    assert_eq!(changed, " M a.mjs\n M c.mjs\n");
}

/// Accepts no more of `b.mjs` than the constant, and marks what it formats.
const PICKY: &str = "verify = \"grep -q 'return old' b.mjs\"\nformat = \"sed -i '1i // formatted'\"\n";

#[test]
fn what_stays_is_what_was_accepted_and_formatted() {
    let files = [("a.mjs", PAGE), ("b.mjs", PAGE), ("hoist.toml", PICKY)];
    let (written, committed) = (repository(&files), repository(&files));
    let ran = cleanup(written.path(), "true", &["--write", "--level", "deep", "--json"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let document: Value = serde_json::from_str(&ran.out).expect("one document");
    assert!(!document["files"][1]["diff"].as_str().expect("text").contains("-  return old();"), "{document}");
    let ran = cleanup(committed.path(), "true", &["--commit"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.err.contains("b.mjs: the `verify` command accepts the constant only"), "{}", ran.err);
    for (path, has_old) in [("a.mjs", false), ("b.mjs", true)] {
        let text = std::fs::read_to_string(written.path().join(path)).expect("a file");
        let branch = git(committed.path(), &["show", &format!("hoist/cleanup/new-nav:{path}")]);
        assert_eq!(text, branch, "{path}");
        assert!(text.starts_with("// formatted\n") && !text.contains("getBooleanValue"), "{text}");
        assert_eq!((text.matches("formatted").count(), text.contains("return old")), (1, has_old), "{text}");
    }
}

#[test]
fn a_formatter_that_fails_is_named() {
    let folder = repository(&[("a.mjs", PAGE), ("hoist.toml", "format = \"false\"\n")]);
    let ran = cleanup(folder.path(), "true", &["--write"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.err.contains("the `format` command fails"), "{}", ran.err);
}

#[test]
fn a_branch_that_exists_is_left_as_it_is() {
    let branch = "hoist/cleanup/new-nav";
    let folder = repository(&[("page.mjs", PAGE)]);
    assert_eq!(cleanup(folder.path(), "true", &["--commit"]).code, 0);
    git(folder.path(), &["checkout", "--quiet", branch]);
    std::fs::write(folder.path().join("page.mjs"), "// by hand\n").expect("a file");
    git(folder.path(), &["commit", "--quiet", "--all", "--message", "By hand"]);
    let by_hand = git(folder.path(), &["rev-parse", branch]);
    git(folder.path(), &["checkout", "--quiet", "main"]);
    for value in ["true", "false"] {
        let ran = cleanup(folder.path(), value, &["--commit", "--force"]);
        assert_eq!(ran.code, 4, "{}", ran.err);
        assert!(ran.err.contains("the branch `hoist/cleanup/new-nav` exists"), "{}", ran.err);
        assert_eq!(git(folder.path(), &["rev-parse", branch]), by_hand);
    }
    git(folder.path(), &["branch", "--quiet", "--delete", "--force", branch]);
    std::fs::write(folder.path().join("page.mjs"), "old();\n").expect("a file");
    git(folder.path(), &["commit", "--quiet", "--all", "--message", "Without the flag"]);
    let ran = cleanup(folder.path(), "true", &["--commit"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, "Nothing to commit\n"), "{}", ran.err);
    assert_eq!(git(folder.path(), &["branch", "--list", branch]), "");
}

#[test]
fn a_branch_is_made_in_the_repository_of_the_folder_whatever_git_told_its_hook() {
    for name in ["GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"] {
        let folder = repository(&[("page.mjs", PAGE), ("b.txt", "b\n"), ("hoist.toml", "verify = \"git status\"\n")]);
        std::fs::write(folder.path().join("b.txt"), "in the middle\n").expect("a file");
        git(folder.path(), &["add", "b.txt"]);
        let (head, staged) = (git(folder.path(), &["rev-parse", "HEAD"]), "M  b.txt\n");
        let place = match name {
            "GIT_DIR" => folder.path().join(".git"),
            "GIT_INDEX_FILE" => folder.path().join(".git/index"),
            _ => folder.path().to_owned(),
        };
        let arguments = ["cleanup", "new-nav", ".", "--value", "true", "--commit"];
        let ran = run(command().current_dir(folder.path()).env(name, place).args(arguments));
        assert_eq!(ran.code, 0, "{name}: {}", ran.err);
        assert_eq!(git(folder.path(), &["rev-parse", "HEAD"]), head, "{name}");
        assert_eq!(git(folder.path(), &["status", "--porcelain"]), staged, "{name}");
        let made = git(folder.path(), &["rev-list", "--count", "main..hoist/cleanup/new-nav"]);
        assert!(made.trim().parse::<u32>().expect("a number") > 0, "{name}");
    }
}

#[cfg(unix)]
#[test]
fn a_file_keeps_its_permissions_and_a_program_its_file() {
    use std::os::unix::fs::PermissionsExt as _;
    // What comes back after it was deleted has the permissions that it had.
    let folder = repository(&[("old-start.mjs", START), ("hoist.toml", "verify = \"test -e *start.mjs\"\n")]);
    let place = folder.path().join("old-start.mjs");
    std::fs::set_permissions(&place, std::fs::Permissions::from_mode(0o640)).expect("a mode");
    let ran = cleanup(folder.path(), "true", &["--write", "--level", "deep"]);
    assert!(ran.err.contains("accepts all but the removal"), "{}", ran.err);
    assert_eq!(place.metadata().expect("a file").permissions().mode() & 0o777, 0o640);
    // What can be started stays, since who starts it may be elsewhere.
    for (mode, text) in [(0o755, START.to_owned()), (0o644, format!("#!/usr/bin/env node\n{START}"))] {
        let folder = repository(&[("old-start.mjs", &text)]);
        let place = folder.path().join("old-start.mjs");
        std::fs::set_permissions(&place, std::fs::Permissions::from_mode(mode)).expect("a mode");
        let ran = cleanup(folder.path(), "true", &["--level", "deep", "--json"]);
        let document: Value = serde_json::from_str(&ran.out).expect("one document");
        assert_eq!(document["files"][0]["deleted"], false, "{mode:o}");
        assert_eq!(document["risks"][0]["code"], "empty-file", "{mode:o}");
    }
}

#[test]
fn a_branch_says_where_it_starts_from() {
    let folder = repository(&[("page.mjs", PAGE)]);
    std::fs::write(folder.path().join("page.mjs"), "// in the middle of something\n").expect("a file");
    let ran = cleanup(folder.path(), "true", &["--commit"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.err.contains("starts from the last commit"), "{}", ran.err);
    let plain = tempfile::tempdir().expect("a folder");
    let empty = tempfile::tempdir().expect("a folder");
    git(empty.path(), &["init", "--quiet"]);
    for folder in [plain.path(), empty.path()] {
        std::fs::write(folder.join("page.mjs"), PAGE).expect("a file");
        let ran = cleanup(folder, "true", &["--commit"]);
        assert_eq!(ran.code, 1, "{}", ran.err);
        assert!(ran.err.contains("leave `--commit` out to see the change"), "{}", ran.err);
    }
}

#[test]
fn a_key_that_no_file_has_is_pointed_out() {
    let folder = repository(&[("page.mjs", "old();\n"), ("other.mjs", "new_nav();\n")]);
    for more in [&[][..], &["--commit"]] {
        let ran = cleanup(folder.path(), "true", more);
        assert_eq!(ran.code, 0, "{}", ran.err);
        assert!(ran.err.contains("No file below this folder has `new-nav` in it"), "{}", ran.err);
    }
}

#[test]
fn a_flag_with_a_prerequisite_serves_nobody_one_value() {
    let server = Server::start();
    std::fs::write(server.folder.path().join("page.mjs"), PAGE).expect("a file");
    for flag in ["platform", "new-nav"] {
        server.ok(&["flag", "create", flag, "--owner", "ada"]);
    }
    let rows = [
        ("", 0, "`on` to everybody"),
        ("prerequisites: [{ flag: platform, variants: [\"on\"] }]\n", 4, "different variants"),
    ];
    for (more, code, says) in rows {
        let targeting = format!("enabled: true\noff_variant: \"off\"\ndefault: {{ variant: \"on\" }}\n{more}");
        server.write("targeting.yaml", &targeting);
        server.ok(&["flag", "set", "new-nav", "--env", "production", "--targeting", "targeting.yaml"]);
        let ran = server.hoist(&["cleanup", "new-nav", "."]);
        assert_eq!(ran.code, code, "{}{}", ran.out, ran.err);
        assert!(code == 0 || ran.err.contains(says), "{}", ran.err);
    }
}

#[test]
fn a_flag_that_is_to_be_left_alone_is_left_alone() {
    let server = Server::start();
    let data = server.data();
    let data = ["--data", data.to_str().expect("text")];
    let create = |key: &str, more: &[&str]| {
        server.ok(&[&["flag", "create", key, "--owner", "ada"][..], more].concat());
        server.ok(&["flag", "on", key, "--env", "production"]);
        server.ok(&["flag", "set", key, "--env", "production", "--default", "on"]);
    };
    create("new-nav", &["--lifetime", "permanent"]);
    create("emergency", &["--category", "operations"]);
    create("billing", &["--category", "permission"]);
    create("parent", &[]);
    create("child", &[]);
    create("free", &[]);
    let needs = "enabled: true\noff_variant: \"off\"\ndefault: { variant: \"on\" }\n\
                 prerequisites: [{ flag: parent, variants: [\"on\"] }]\n";
    server.write("needs.yaml", needs);
    server.ok(&["flag", "set", "child", "--env", "production", "--targeting", "needs.yaml"]);
    for (key, because) in [
        ("new-nav", "it is meant to stay"),
        ("emergency", "it is a switch for operations"),
        ("billing", "it says who may use what"),
        ("parent", "child needs it"),
        ("free", ""),
    ] {
        let stale = server.json(&["stale", key]);
        assert_eq!(stale["exempt"].as_str().unwrap_or_default(), because, "{stale}");
        for value in [&[][..], &["--value", "true"], &["--value", "true", "--force"]] {
            let folder = repository(&[("page.mjs", &PAGE.replace("new-nav", key))]);
            let ran = hoist_in(folder.path(), &[&["cleanup", key, "."][..], value, &data].concat());
            let expected = if because.is_empty() { 0 } else { 4 };
            assert_eq!(ran.code, expected, "{key} {value:?}: {}{}", ran.out, ran.err);
            assert!(ran.err.contains(because) && (because.is_empty() || ran.err.contains("--override")), "{}", ran.err);
        }
    }
    let folder = repository(&[("page.mjs", PAGE)]);
    let all_the_same = ["--commit", "--override", "--reason", "the old page goes"];
    let ran = cleanup(folder.path(), "true", &[&all_the_same[..], &data].concat());
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(
        ran.out.contains("because it is meant to stay") && ran.out.contains("> `the old page goes`"),
        "{}",
        ran.out
    );
    let log =
        git(folder.path(), &["log", "--format=%(trailers:key=Hoist-Override,valueonly)", "hoist/cleanup/new-nav"]);
    assert_eq!(log.matches("the old page goes").count(), 3, "{log}");
    for wrong in [&["--override"][..], &["--reason", "x"], &["--override", "--reason", " "]] {
        assert_eq!(cleanup(folder.path(), "true", wrong).code, 2);
    }
}

#[test]
fn a_server_that_does_not_answer_has_the_last_word_unless_told_otherwise() {
    let folder = repository(&[("page.mjs", PAGE)]);
    let nowhere = ["--url", "http://127.0.0.1:1"];
    for more in [&[][..], &["--force"], &["--commit"], &["--write"]] {
        let ran = cleanup(folder.path(), "true", &[&nowhere[..], more].concat());
        assert_eq!(ran.code, 7, "{}", ran.err);
        assert!(ran.err.contains("cannot be reached") && ran.err.contains("`--offline`"), "{}", ran.err);
    }
    assert_eq!(git(folder.path(), &["branch", "--list", "hoist/*"]), "");
    let ran = cleanup(folder.path(), "true", &[&nowhere[..], &["--offline", "--commit"]].concat());
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("no server said anything") && !ran.err.contains("server"), "{}{}", ran.out, ran.err);
    assert_eq!(hoist_in(folder.path(), &["cleanup", "new-nav", ".", "--offline"]).code, 2, "a value is needed");
    // A flag that the server does not know is nobody's.
    let server = Server::start();
    let data = server.data();
    let data = ["--data", data.to_str().expect("text")];
    let ran = cleanup(folder.path(), "true", &data);
    assert!(ran.code == 0 && ran.err.contains("The server has nothing to add"), "{}", ran.err);
    assert_eq!(hoist_in(folder.path(), &[&["cleanup", "new-nav", "."][..], &data].concat()).code, 3);
    // In another project than the one that was meant, nothing is known about it.
    let ran = cleanup(folder.path(), "true", &[&data[..], &["--project", "nope"]].concat());
    assert!(ran.code == 3 && ran.err.contains("`--offline`"), "{}", ran.err);
    assert_eq!(cleanup(folder.path(), "true", &["--url", "nonsense"]).code, 2, "a wrong address is not no server");
    // What is archived is served to nobody, so that any value will do.
    server.ok(&["flag", "create", "new-nav", "--owner", "ada", "--lifetime", "permanent"]);
    server.ok(&["flag", "archive", "new-nav", "--yes"]);
    let ran = cleanup(folder.path(), "true", &data);
    assert!(ran.code == 0 && ran.out.contains("1 call replaced"), "{}", ran.err);
    let ran = hoist_in(folder.path(), &[&["cleanup", "new-nav", "."][..], &data].concat());
    assert!(ran.code == 4 && ran.err.contains("the flag is archived"), "{}", ran.err);
}

#[test]
fn a_pull_request_says_why_now_and_how_much() {
    let server = Server::start();
    server.ok(&["flag", "create", "new-nav", "--owner", "ada", "--expires-on", "2020-01-01"]);
    server.ok(&["flag", "on", "new-nav", "--env", "production"]);
    server.ok(&["flag", "set", "new-nav", "--env", "production", "--default", "on"]);
    let folder = repository(&[("page.mjs", PAGE)]);
    let data = server.data();
    let ran = hoist_in(folder.path(), &["cleanup", "new-nav", ".", "--commit", "--data", data.to_str().expect("text")]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let shown = server.json(&["flag", "show", "new-nav"]);
    let mut there = shown["environments"].as_array().expect("a list").iter();
    let production = there.find(|there| there["environment"] == "production").expect("production");
    let today = &production["changed_at"].as_str().expect("an instant")[..10];
    for expected in [
        format!("| production | `on` to everybody | {today} |"),
        "The flag's state is `watching`.".to_owned(),
        "- `expired` (error) since 2020-01-02".to_owned(),
        "No evaluation of it by itself is known.".to_owned(),
        "1 call replaced, 1 file changed.".to_owned(),
        "| `page.mjs` | 12 | 1 |".to_owned(),
        "`hoist flag archive new-nav`".to_owned(),
        "Ask its owner to review: `ada`".to_owned(),
    ] {
        assert!(ran.out.contains(&expected), "{expected}: {}", ran.out);
    }
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let ran = hoist_in(folder.path(), &["cleanup", "new-nav", "nowhere", "--value", "true"]);
    assert_eq!(ran.code, 3);
    assert!(ran.err.contains("there is no file `nowhere`"), "{}", ran.err);
    let ran = hoist_in(folder.path(), &["cleanup", "new-nav", "."]);
    assert_eq!(ran.code, 7, "{}", ran.err);
    std::fs::write(folder.path().join("page.py"), AUDIT).expect("a file");
    std::fs::write(folder.path().join("flags.json"), "[]").expect("a file");
    let named: [&[&str]; 3] = [
        &["cleanup", "new-nav", "page.py", "--value", "true"],
        &["cleanup", "new-nav", "page.py", "--value", "true", "--commit"],
        &["refs", "page.py", "--flags", "flags.json"],
    ];
    for arguments in named {
        let ran = hoist_in(folder.path(), arguments);
        assert_eq!(ran.code, 2, "{arguments:?}: {}", ran.err);
        assert!(ran.err.contains("`page.py` is no folder"), "{}", ran.err);
    }
}

/// Returns a text with the fixes of a document applied, from the last to the first.
fn fixed(text: &str, fix: &Value) -> String {
    let mut lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
    let replacements = fix["artifactChanges"][0]["replacements"].as_array().expect("a list");
    for replacement in replacements.iter().rev() {
        let at = |name: &str| replacement["deletedRegion"][name].as_u64().expect("a number") as usize;
        assert_eq!(at("startColumn"), 1, "whole lines");
        // Column 1 of the line behind, or the end of the last line.
        let end = if at("endColumn") == 1 { at("endLine") - 1 } else { at("endLine") };
        let new = replacement["insertedContent"]["text"].as_str().expect("text").to_owned();
        lines.splice(at("startLine") - 1..end, [new]);
    }
    lines.concat()
}

#[test]
fn a_cleanup_as_sarif_has_its_fixes() {
    let open = PAGE.trim_end().to_owned() + "\nexport const last = await client.getBooleanValue(\"new-nav\", false);";
    for (name, page) in [("page.mjs", PAGE), ("last.mjs", open.as_str())] {
        let folder = repository(&[(name, page), ("page.py", AUDIT)]);
        let ran = cleanup(folder.path(), "true", &["-o", "sarif"]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        let document = sarif(&ran.out);
        let results = document["runs"][0]["results"].as_array().expect("a list").clone();
        let fixes: Vec<&Value> = results.iter().filter(|result| result.get("fixes").is_some()).collect();
        let script =
            fixes.iter().find(|result| result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == name);
        let fix = &script.expect("a result for the file")["fixes"][0];
        cleanup(folder.path(), "true", &["--write"]);
        let written = std::fs::read_to_string(folder.path().join(name)).expect("a file");
        assert_eq!(fixed(page, fix), written);
    }
    let folder = repository(&[("page.py", AUDIT)]);
    let document = sarif(&cleanup(folder.path(), "false", &["-o", "sarif"]).out);
    let left = document["runs"][0]["results"].as_array().expect("a list").last().cloned().expect("a result");
    assert_eq!(left["ruleId"], "side-effect-operand");
    assert_eq!(cleanup(folder.path(), "true", &["-o", "sarif", "--commit"]).code, 2);
}

#[test]
fn files_of_hidden_folders_are_cleaned_as_they_are_found() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join(".tools")).expect("a folder");
    std::fs::write(folder.path().join(".tools/page.mjs"), PAGE).expect("a file");
    let ran = cleanup(folder.path(), "true", &["-o", "name"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, ".tools/page.mjs\n"), "{}", ran.err);
}

#[test]
fn a_branch_is_made_known_to_the_server() {
    let server = Server::start();
    server.ok(&["flag", "create", "new-nav", "--owner", "ada"]);
    let data = server.data();
    let folder = repository(&[("page.mjs", PAGE)]);
    let commit = ["--force", "--commit", "--data", data.to_str().expect("text")];
    let ran = cleanup(folder.path(), "true", &commit);
    assert!(ran.code == 0 && ran.err.contains("has no remote on the web"), "{}", ran.err);
    git(folder.path(), &["remote", "add", "origin", "git@example.org:shop/web.git"]);
    git(folder.path(), &["branch", "--delete", "--force", "hoist/cleanup/new-nav"]);
    let ran = cleanup(folder.path(), "true", &commit);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let open = server.json(&["stale", "--state", "cleanup_open"]);
    assert_eq!(open[0]["cleanup"]["url"], "https://example.org/shop/web/tree/hoist/cleanup/new-nav", "{open}");
    assert_eq!(open[0]["cleanup"]["repository"], "shop/web");
}
