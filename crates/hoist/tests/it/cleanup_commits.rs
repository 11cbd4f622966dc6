//! Each commit of a branch passes the repository's own check by itself, or is not there.

use std::path::Path;

use serde_json::Value;

use crate::cleanup::{PAGE, cleanup, git, repository};

const BRANCH: &str = "hoist/cleanup/new-nav";

const SMALL: &str = "import { client } from \"@openfeature/server-sdk\";

if (await client.getBooleanValue(\"new-nav\", false)) {
  show();
}
";

/// Returns the stages of the branch, the first first, with the paths that each changes.
fn stages(folder: &Path) -> Vec<(String, Vec<String>)> {
    let commits = git(folder, &["rev-list", "--reverse", &format!("main..{BRANCH}")]);
    let stage = |commit: &str| {
        let format = "--format=%(trailers:key=Hoist-Stage,valueonly,separator=)";
        let paths = git(folder, &["show", "--format=", "--name-only", commit]);
        let stage = git(folder, &["log", "-1", format, commit]);
        (stage.trim().to_owned(), paths.lines().map(str::to_owned).collect())
    };
    commits.lines().map(stage).collect()
}

fn of(stages: &[(String, Vec<String>)]) -> Vec<(&str, Vec<&str>)> {
    stages.iter().map(|(stage, paths)| (stage.as_str(), paths.iter().map(String::as_str).collect())).collect()
}

/// Checks which stages a branch has, where the check of the repository is a command, and what is said.
fn check(verify: &str, expected: &[(&str, &[&str])], says: &[&str], refused: &[(&str, Option<&str>)]) {
    let config = format!("verify = \"\"\"{verify}\"\"\"\n");
    let folder = repository(&[("a.mjs", PAGE), ("b.mjs", PAGE), ("c.mjs", PAGE), ("hoist.toml", &config)]);
    let ran = cleanup(folder.path(), "true", &["--commit", "--json"]);
    assert_eq!(ran.code, 0, "{verify}: {}", ran.err);
    let found = stages(folder.path());
    let expected: Vec<(&str, Vec<&str>)> = expected.iter().map(|(stage, paths)| (*stage, paths.to_vec())).collect();
    assert_eq!(of(&found), expected, "{verify}: {}", ran.err);
    for says in says {
        assert!(ran.err.contains(says), "{verify}: {says}: {}", ran.err);
    }
    let document: Value = serde_json::from_str(&ran.out).expect("one document");
    assert_eq!(document["commits"], found.len());
    let left: Vec<(&str, Option<&str>)> = document["refusals"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|refusal| {
            assert_eq!(refusal["code"], "verify-failed");
            (refusal["file"].as_str().expect("a path"), refusal["level"].as_str())
        })
        .collect();
    assert_eq!(left, refused, "{verify}");
    // Every commit passes.
    for commit in git(folder.path(), &["rev-list", "--reverse", &format!("main..{BRANCH}")]).lines() {
        git(folder.path(), &["checkout", "--quiet", commit]);
        let passes = std::process::Command::new("sh").args(["-c", verify]).current_dir(folder.path()).output();
        assert!(passes.expect("sh runs").status.success(), "{verify}: {commit}");
    }
}

#[test]
fn each_commit_of_a_branch_passes_by_itself() {
    let all: &[&str] = &["a.mjs", "b.mjs", "c.mjs"];
    check("true", &[("constant", all), ("fold", all), ("orphans", all)], &[], &[]);
    // One that has nothing to lose at the last level.
    let folder = repository(&[("a.mjs", PAGE), ("b.mjs", SMALL), ("hoist.toml", "verify = \"true\"\n")]);
    let ran = cleanup(folder.path(), "true", &["--commit", "--strict"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
    let orphans = stages(folder.path()).pop().expect("a commit");
    assert_eq!(orphans, ("orphans".to_owned(), vec!["a.mjs".to_owned()]));
    // A linter that takes no constant conditions, in all files or in one: the commit that has none of them has it all.
    for verify in ["! grep -l 'if (true)' a.mjs b.mjs c.mjs", "! grep -H 'if (true)' b.mjs"] {
        let says = "3 files: the `verify` command does not accept the constant alone, so the next commit has it too";
        check(verify, &[("fold", all), ("orphans", all)], &[says], &[]);
    }
    // One that takes nothing unused.
    check(
        "grep -q 'old()' a.mjs && grep -q 'return old()' a.mjs || ! grep -q 'function old' a.mjs",
        &[("constant", all), ("orphans", all)],
        &["3 files: the `verify` command does not accept what the flag decided alone"],
        &[],
    );
}

/// Returns how often the check of a repository with some files runs, and what is said.
fn runs(files: usize, verify: &str) -> (usize, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let counted = folder.path().join("runs");
    let config = format!("verify = \"\"\"echo 1 >> {}; {verify}\"\"\"\n", counted.display());
    let names: Vec<String> = (0..files).map(|number| format!("page{number}.mjs")).collect();
    let mut all: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), PAGE)).collect();
    all.push(("hoist.toml", &config));
    let ran = cleanup(repository(&all).path(), "true", &["--commit"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    (std::fs::read_to_string(counted).expect("a file").lines().count(), ran.err + &ran.out)
}

#[test]
fn a_check_runs_a_bounded_number_of_times() {
    // All at once, as it was, the next commit, that commit, and the last one.
    let (linted, said) = runs(16, "! grep -q 'if (true)' *.mjs");
    assert_eq!((linted, said.matches("so the next commit has it too").count()), (5, 2), "{said}");
    let (refused, said) = runs(40, "! grep -L getBooleanValue *.mjs | grep -q .");
    assert!((64..80).contains(&refused) && said.contains("ran 64 times"), "{refused}: {said}");
}

#[test]
fn what_a_check_says_means_nothing_in_a_pull_request() {
    let verify = "grep -q getBooleanValue a.mjs || { echo 'boom `<img src=x>` @team Closes #12'; false; }";
    let folder = repository(&[("a.mjs", PAGE), ("hoist.toml", &format!("verify = \"\"\"{verify}\"\"\"\n"))]);
    let ran = cleanup(folder.path(), "true", &["--commit", "--json"]);
    let document: Value = serde_json::from_str(&ran.out).expect("one document");
    let text = document["pull_request"].as_str().expect("text");
    assert!(text.contains("- [ ] `a.mjs:") && text.contains("`: verify-failed"), "{text}");
    for line in text.lines().filter(|line| line.contains("Closes")) {
        assert!(line.ends_with("Closes #12``") || line.ends_with("Closes #12``)"), "{line}");
    }
}

#[test]
fn what_no_commit_may_have_is_left_for_a_person() {
    let all: &[&str] = &["a.mjs", "b.mjs", "c.mjs"];
    check(
        "grep -q 'return old()' b.mjs",
        &[("constant", all), ("fold", &["a.mjs", "c.mjs"]), ("orphans", &["a.mjs", "c.mjs"])],
        &["b.mjs: the `verify` command accepts the constant only: it ends with code 1"],
        &[("b.mjs", Some("constant"))],
    );
    check(
        "grep -q 'function old' b.mjs",
        &[("constant", all), ("fold", all), ("orphans", &["a.mjs", "c.mjs"])],
        &["b.mjs: the `verify` command accepts all but the removal of what only served the flag"],
        &[("b.mjs", Some("fold"))],
    );
    check(
        "grep -q getBooleanValue b.mjs && grep -q getBooleanValue c.mjs",
        &[("constant", &["a.mjs"]), ("fold", &["a.mjs"]), ("orphans", &["a.mjs"])],
        &["b.mjs: left as it was", "c.mjs: left as it was"],
        &[("b.mjs", None), ("c.mjs", None)],
    );
}

#[test]
fn what_the_check_itself_writes_is_in_no_commit() {
    let files = [("a.mjs", PAGE), ("count.txt", "0\n"), ("hoist.toml", "verify = \"echo 1 >> count.txt\"\n")];
    let folder = repository(&files);
    let ran = cleanup(folder.path(), "true", &["--commit"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(git(folder.path(), &["show", &format!("{BRANCH}:count.txt")]), "0\n");
    assert_eq!(stages(folder.path()).len(), 3);
}

#[test]
fn what_is_left_is_shown_as_it_was() {
    let text = "import { OpenFeature } from \"@openfeature/server-sdk\";\n\nconst client = OpenFeature.getClient();\n\nif (await client.getBooleanValue(\"new-nav\", false)) {\n  a();\n}\nlog(await client.getBooleanDetails(\"new-nav\", false));\n";
    for how in ["--write", "--commit"] {
        let folder = repository(&[("a.mjs", text)]);
        let ran = cleanup(folder.path(), "true", &[how, "--brief", "left.md"]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        let left = std::fs::read_to_string(folder.path().join("left.md")).expect("a file");
        assert!(left.contains("- [ ] `a.mjs:8`: details-escape") && left.contains("    if (await client"), "{left}");
    }
}

#[test]
fn a_number_may_be_below_zero() {
    let text = "import { OpenFeature } from \"@openfeature/server-sdk\";\n\nlog(await OpenFeature.getClient().getNumberValue(\"new-nav\", 1));\n";
    let folder = repository(&[("a.mjs", text)]);
    let ran = cleanup(folder.path(), "-3", &[]);
    assert!(ran.code == 0 && ran.out.contains("+log(-3);"), "{}{}", ran.out, ran.err);
}

#[test]
fn one_commit_is_one_commit() {
    let folder = repository(&[("a.mjs", PAGE)]);
    let ran = cleanup(folder.path(), "true", &["--commit", "--level", "constant", "--explain"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.starts_with(&format!("Branch `{BRANCH}` has 1 commit\n\na.mjs:6: C1 ")), "{}", ran.out);
    assert!(ran.out.contains("1. Review the commit: it only replaces calls by the value.\n"), "{}", ran.out);
}
