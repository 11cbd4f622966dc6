//! The recipes for continuous integration: their commands run here as a runner would run them, against a real server, in a
//! clone of a real bare repository.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::refs::{commit, git, write};
use crate::whole_loop::World;

/// Writes down what it was called with, and reads the standard input to its end, as a program may.
const GH: &str = "#!/bin/sh\nprintf '%s\\n' \"$@\" >> \"$RECORD\"\ncat > /dev/null\n";

const SHOP: &str = "from flags import client

if client.get_boolean_value(\"KEY\", False):
    print(\"new\")
else:
    print(\"old\")
";

/// A clone of a bare repository, with programs of its own in front of the path.
struct Runner {
    world: World,
    folder: tempfile::TempDir,
}

impl Runner {
    /// Returns a runner whose repository has the code of some flags that are on for everybody.
    fn start(flags: &[&str]) -> Self {
        let (world, folder) = (World::start(), tempfile::tempdir().expect("a folder"));
        for flag in flags {
            world.ok(&["flag", "create", flag, "--owner", "ada", "--expires-on", "2999-01-01"]);
            world.ok(&["flag", "on", flag, "--env", "production"]);
            world.ok(&["flag", "set", flag, "--env", "production", "--default", "on"]);
        }
        let runner = Self { world, folder };
        git(runner.folder.path(), &["init", "-q", "--bare", "remote.git"]);
        git(runner.folder.path(), &["clone", "-q", "remote.git", "clone"]);
        for flag in flags {
            write(&runner.clone(), &format!("{flag}.py"), &SHOP.replace("KEY", flag));
        }
        git(&runner.clone(), &["checkout", "-q", "-b", "main"]);
        commit(&runner.clone(), "Sell");
        git(&runner.clone(), &["push", "-q", "origin", "main"]);
        write(runner.folder.path(), "bin/gh", GH);
        Command::new("chmod").args(["+x", "bin/gh"]).current_dir(runner.folder.path()).status().expect("chmod runs");
        runner
    }

    fn clone(&self) -> PathBuf {
        self.folder.path().join("clone")
    }

    /// Runs commands as a step of a workflow with `shell: bash` is run. Returns the exit code and what was printed.
    fn run(&self, commands: &str, more: &[(&str, &str)]) -> (i32, String) {
        let hoist = Path::new(env!("CARGO_BIN_EXE_hoist")).parent().expect("a folder");
        let path = std::env::var("PATH").expect("a path");
        let path = format!("{}:{}:{path}", self.folder.path().join("bin").display(), hoist.display());
        let output = Command::new("bash")
            .args(["--noprofile", "--norc", "-eo", "pipefail", "-c", commands])
            .current_dir(self.clone())
            .env_clear()
            .envs([("PATH", path.as_str()), ("HOIST_URL", &self.world.url), ("HOIST_TOKEN", &self.world.token)])
            .envs([("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_CONFIG_SYSTEM", "/dev/null")])
            .env("RECORD", self.folder.path().join("record"))
            .envs(more.iter().copied())
            .output()
            .expect("bash runs");
        let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        (output.status.code().unwrap_or(-1), said)
    }

    /// Returns what `gh` was called with, an argument a line.
    fn record(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("record")).unwrap_or_default()
    }
}

fn page(name: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    std::fs::read_to_string(root.join("docs").join(name)).expect("a page")
}

/// Returns the commands of the step with `run: |` of a page, as the runner takes them.
fn long_step(page: &str) -> String {
    let lines = page.lines().skip_while(|line| line.trim() != "run: |").skip(1);
    let lines = lines.take_while(|line| line.starts_with("          "));
    lines.map(|line| line.trim_start_matches("          ")).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_weekly_job_opens_a_request_for_each_flag_that_has_none() {
    let runner = Runner::start(&["new-cart", "new-pay", "new-search"]);
    let steps = page("cleanup.md");
    assert!(steps.contains("- shell: bash\n        run: |"), "without it a pipe hides what fails");
    let commands = long_step(&steps);
    // One of them is under way.
    git(&runner.clone(), &["push", "-q", "origin", "main:refs/heads/hoist/cleanup/new-pay"]);
    let (code, said) = runner.run(&commands, &[]);
    assert_eq!(code, 0, "{said}");
    let remote = runner.folder.path().join("remote.git");
    let branches = git(&remote, &["for-each-ref", "--format=%(refname:lstrip=2)", "refs/heads/hoist"]);
    let expected = "hoist/cleanup/new-cart\nhoist/cleanup/new-pay\nhoist/cleanup/new-search";
    assert_eq!(branches.trim(), expected, "{said}");
    for flag in ["new-cart", "new-search"] {
        let branch = format!("hoist/cleanup/{flag}");
        assert_eq!(git(&remote, &["show", &format!("{branch}:{flag}.py")]).trim(), "print(\"new\")");
        let called = format!("pr\ncreate\n--head\n{branch}\n--title\nRemove the flag {flag}\n--body-file\ntext.md\n");
        assert!(runner.record().contains(&called), "{}", runner.record());
    }
    assert_eq!(runner.record().matches("create\n").count(), 2, "{}", runner.record());
    let text = std::fs::read_to_string(runner.clone().join("text.md")).expect("a file");
    assert!(text.starts_with("# Remove the flag `new-search`, which is `true`\n"), "{text}");
    // Again: everything is under way.
    let (code, said) = runner.run(&commands, &[]);
    assert_eq!((code, runner.record().matches("create\n").count()), (0, 2), "{said}");
    // What cannot be asked is no empty list.
    let (code, said) = runner.run(&commands, &[("HOIST_TOKEN", "nonsense")]);
    assert_ne!(code, 0, "{said}");
}

/// Returns the commands of the recipes of a page that are one line each.
fn lines(page: &str) -> Vec<String> {
    let starts = ["run: ", "- ", "sh '", "steps { sh '"];
    let command = |line: &str| {
        let line = line.trim();
        let bare = starts.iter().find_map(|start| line.strip_prefix(start))?;
        let bare = bare.trim_end_matches(" }").trim_end_matches('\'');
        (bare.starts_with("hoist ") || bare.starts_with("git ")).then(|| bare.to_owned())
    };
    let mut inside = false;
    let in_block = page.lines().filter(|line| {
        let fence = line.strip_prefix("```");
        inside = fence.map_or(inside, |info| matches!(info, "yaml" | "text"));
        inside && fence.is_none()
    });
    in_block.filter_map(command).collect()
}

#[test]
fn the_checks_of_a_change_and_of_the_main_branch_run() {
    let runner = Runner::start(&["new-cart"]);
    let commands = lines(&page("refs.md"));
    assert_eq!(commands.len(), 8, "{commands:?}");
    let known = [("${{ github.base_ref }}", "main"), ("${{ github.repository }}", "example/shop")];
    let of_forges = [
        ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main"),
        ("CI_COMMIT_REF_NAME", "main"),
        ("CI_PROJECT_PATH", "example/shop"),
        ("CHANGE_TARGET", "main"),
        ("BRANCH_NAME", "main"),
    ];
    let check = |expected: i32| {
        for command in commands.iter().filter(|command| !command.contains("--upload")) {
            let command = known.iter().fold(command.clone(), |command, (name, value)| command.replace(name, value));
            let (code, said) = runner.run(&command, &of_forges);
            // The flag is a candidate all the time.
            let expected = match command.as_str() {
                command if command.starts_with("git ") => 0,
                command if command.starts_with("hoist stale ") => 1,
                _ => expected,
            };
            assert_eq!(code, expected, "{command}: {said}");
        }
    };
    check(0);
    // A runner has a folder of its own for each job.
    git(&runner.clone(), &["clean", "-fdq"]);
    for command in commands.iter().filter(|command| command.contains("--upload")) {
        let command = known.iter().fold(command.clone(), |command, (name, value)| command.replace(name, value));
        let (code, said) = runner.run(&command, &of_forges);
        assert_eq!(code, 0, "{command}: {said}");
    }
    // A change that asks for a flag that does not exist.
    git(&runner.clone(), &["checkout", "-q", "-b", "change"]);
    write(&runner.clone(), "more.py", &SHOP.replace("KEY", "no-such-flag"));
    commit(&runner.clone(), "More");
    check(1);
}
