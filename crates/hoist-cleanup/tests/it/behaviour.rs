//! Every case of the corpus is run with the flag frozen, before and after: both must do the same.
//!
//! A language whose tools are not on the machine is skipped, and the run says so.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;
use serde_json::json;

use crate::corpus::{Case, cases, corpus};

/// What one case did.
#[derive(Debug, Deserialize)]
pub(crate) struct Did {
    name: String,
    before: Vec<String>,
    after: Vec<String>,
}

pub(crate) fn has(tool: &str) -> bool {
    let found = Command::new(tool).arg(if tool == "go" { "version" } else { "--version" }).output();
    let found = found.is_ok_and(|output| output.status.success());
    if !found {
        println!("skipped: {tool} is not on this machine");
    }
    found
}

/// Copies a folder with everything in it.
pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

pub(crate) fn stubs(language: &str, to: &Path) {
    copy(&corpus().join("../stubs").join(language), to);
}

pub(crate) fn output(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(
        output.status.success(),
        "{command:?}\n{}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

fn same(did: &[Did], expected: usize) {
    assert_eq!(did.len(), expected, "every case runs");
    for case in did {
        assert_eq!(case.before, case.after, "{} behaves differently", case.name);
        assert!(!case.before.is_empty(), "{} does nothing", case.name);
    }
}

/// Lays the cases of a language out as `before/<case>` and `after/<case>`.
fn lay_out(language: &str, to: &Path) -> Vec<(String, Case)> {
    let cases = cases(language);
    for (name, folder, _) in &cases {
        copy(&folder.join("before"), &to.join("before").join(name));
        copy(&folder.join("after"), &to.join("after").join(name));
    }
    cases.into_iter().map(|(name, _, case)| (name, case)).collect()
}

fn interpreted(language: &str, stub: &str, file: &str, command: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    stubs(stub, folder.path());
    let cases = lay_out(language, folder.path());
    let list: Vec<_> = cases
        .iter()
        .map(|(name, case)| {
            // A case with elements has an extension of its own.
            let with_elements = format!("{file}x");
            let has_elements = folder.path().join("before").join(name).join(&with_elements).exists();
            let file = if has_elements { &with_elements } else { file };
            let place = |side: &str| format!("{side}/{name}/{file}");
            json!({ "name": name, "value": case.value, "before": place("before"), "after": place("after") })
        })
        .collect();
    fs::write(folder.path().join("cases.json"), json!(list).to_string()).unwrap();
    let (program, arguments) = command.split_first().unwrap();
    let out = output(Command::new(program).args(arguments).current_dir(folder.path()));
    let did: Vec<Did> = serde_json::from_str(&out).unwrap();
    same(&did, cases.len());
}

#[test]
fn javascript_behaves_as_before() {
    if has("node") {
        interpreted("javascript", "javascript", "case.mjs", &["node", "run.mjs"]);
    }
}

/// Returns the TypeScript compiler that `scripts/setup.sh test` installs. Without it the tests fail: Node is there.
pub(crate) fn typescript() -> PathBuf {
    // The test's own program lies in <target>/<profile>/deps.
    let program = std::env::current_exe().unwrap();
    let target = program.ancestors().nth(3).unwrap();
    let compiler = target.join("tools/typescript/node_modules/typescript/lib/typescript.js");
    assert!(compiler.exists(), "no {}: `scripts/setup.sh test` installs it", compiler.display());
    compiler
}

#[test]
fn typescript_behaves_as_before() {
    if has("node") {
        let compiler = typescript();
        interpreted("typescript", "javascript", "case.ts", &["node", "run.mjs", compiler.to_str().unwrap()]);
    }
}

#[test]
fn python_behaves_as_before() {
    if has("python3") {
        interpreted("python", "python", "case.py", &["python3", "run.py"]);
    }
}

/// Reads lines such as `case a|b|c`.
fn traces(out: &str) -> Vec<(String, Vec<String>)> {
    out.lines()
        .map(|line| {
            let (name, trace) = line.split_once(' ').unwrap();
            (name.to_owned(), trace.split('|').map(str::to_owned).collect())
        })
        .collect()
}

fn pair(before: Vec<(String, Vec<String>)>, after: Vec<(String, Vec<String>)>) -> Vec<Did> {
    let pairs = before.into_iter().zip(after);
    pairs.map(|((name, before), (_, after))| Did { name, before, after }).collect()
}

#[test]
fn java_behaves_as_before() {
    if !has("javac") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    stubs("java", folder.path());
    let cases = lay_out("java", folder.path());
    let run = |side: &str| {
        let classes = format!("classes-{side}");
        let sources = cases.iter().map(|(name, _)| format!("{side}/{name}/Case.java"));
        let fixed = [
            "Run.java",
            "trace/Trace.java",
            "dev/openfeature/sdk/Client.java",
            "dev/openfeature/sdk/OpenFeatureAPI.java",
        ];
        let arguments = ["-nowarn", "-d", &classes].map(str::to_owned).into_iter();
        let arguments = arguments.chain(fixed.map(str::to_owned)).chain(sources);
        output(Command::new("javac").args(arguments).current_dir(folder.path()));
        let names = cases.iter().map(|(name, case)| format!("{name}={}", case.value));
        traces(&output(
            Command::new("java").args(["-ea", "-cp", &classes, "Run"]).args(names).current_dir(folder.path()),
        ))
    };
    same(&pair(run("before"), run("after")), cases.len());
}

#[test]
fn go_behaves_as_before() {
    if !has("go") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    stubs("go", folder.path());
    let cases = lay_out("go", folder.path());
    let mut imports = String::new();
    let mut calls = String::new();
    for (name, case) in &cases {
        let value = if case.value.is_integer() { format!("int64({})", case.value) } else { case.value.to_string() };
        for side in ["before", "after"] {
            imports += &format!("\t{side}_{name} \"example.com/corpus/{side}/{name}\"\n");
            calls += &format!("\trun(\"{side}_{name}\", {value}, {side}_{name}.Run)\n");
        }
    }
    let main = format!(
        "package main\n\nimport (\n\t\"fmt\"\n\t\"strings\"\n\n\t\"example.com/corpus/trace\"\n\
         \t\"github.com/open-feature/go-sdk/openfeature\"\n{imports})\n\n\
         func run(name string, value any, f func()) {{\n\topenfeature.Frozen = value\n\ttrace.Traced = nil\n\tf()\n\
         \tfmt.Println(name, strings.ReplaceAll(strings.Join(trace.Traced, \"|\"), \"\\n\", \" \"))\n}}\n\nfunc main() {{\n{calls}}}\n"
    );
    fs::write(folder.path().join("main.go"), main).unwrap();
    let out = output(Command::new("go").args(["run", "."]).current_dir(folder.path()).env("GOFLAGS", "-mod=mod"));
    let (before, after) = traces(&out).into_iter().partition(|(name, _)| name.starts_with("before_"));
    same(&pair(before, after), cases.len());
}

#[test]
fn rust_behaves_as_before() {
    if !has("rustc") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    stubs("rust", folder.path());
    let cases = lay_out("rust", folder.path());
    let mut main = String::from("use open_feature::{Client, FROZEN, Frozen, run};\nuse trace::TRACED;\n\n");
    let mut calls = String::new();
    for (name, case) in &cases {
        let value = match &case.value {
            toml::Value::Boolean(value) => format!("Frozen::Bool({value})"),
            toml::Value::Integer(value) => format!("Frozen::Int({value})"),
            other => format!("Frozen::Text({other})"),
        };
        for side in ["before", "after"] {
            main += &format!("#[path = \"{side}/{name}/case.rs\"]\nmod {side}_{name};\n");
            calls += &format!(
                "    FROZEN.set({value});\n    TRACED.take();\n    run({side}_{name}::run(&Client));\n    \
                 println!(\"{side}_{name} {{}}\", TRACED.take().join(\"|\"));\n"
            );
        }
    }
    main += &format!("\nfn main() {{\n{calls}}}\n");
    fs::write(folder.path().join("main.rs"), main).unwrap();
    let rustc = |arguments: &[&str]| {
        let fixed = ["--edition", "2021", "-A", "warnings", "-L", "."];
        output(Command::new("rustc").args(fixed).args(arguments).current_dir(folder.path()));
    };
    rustc(&["--crate-type", "rlib", "open_feature.rs"]);
    rustc(&["--crate-type", "rlib", "trace.rs"]);
    rustc(&["--extern", "open_feature=libopen_feature.rlib", "--extern", "trace=libtrace.rlib", "main.rs"]);
    let out = output(&mut Command::new(folder.path().join("main")));
    let (before, after) = traces(&out).into_iter().partition(|(name, _)| name.starts_with("before_"));
    same(&pair(before, after), cases.len());
}
