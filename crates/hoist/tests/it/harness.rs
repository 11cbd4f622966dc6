//! Runs the executable.

use std::path::Path;

use assert_cmd::Command;

/// What a run came to.
#[derive(Debug)]
pub(crate) struct Ran {
    /// The exit code.
    pub(crate) code: i32,
    /// Standard output.
    pub(crate) out: String,
    /// Standard error.
    pub(crate) err: String,
}

/// Returns a command that knows no server and nothing of whoever runs the tests.
pub(crate) fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hoist"));
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command
}

/// Runs the executable with these arguments.
pub(crate) fn hoist(arguments: &[&str]) -> Ran {
    run(command().args(arguments))
}

/// Runs the executable in a folder.
pub(crate) fn hoist_in(folder: &Path, arguments: &[&str]) -> Ran {
    run(command().current_dir(folder).args(arguments))
}

/// Fails unless a text is a document of SARIF 2.1.0 by the schema of its authors. Returns the document.
pub(crate) fn sarif(text: &str) -> serde_json::Value {
    let schema = include_str!("../data/sarif-schema-2.1.0.json");
    let schema: serde_json::Value = serde_json::from_str(schema).expect("a schema");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let document: serde_json::Value = serde_json::from_str(text).expect("one document");
    let faults: Vec<String> = validator.iter_errors(&document).map(|fault| fault.to_string()).collect();
    assert!(faults.is_empty(), "{faults:?}\n{text}");
    document
}

/// Runs a command.
pub(crate) fn run(command: &mut Command) -> Ran {
    let output = command.output().expect("the executable runs");
    Ran {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).expect("output is text"),
        err: String::from_utf8(output.stderr).expect("errors are text"),
    }
}
