//! The `hoist` command line. `cli/` holds one file per command; all of them but `serve`, `demo` and the offline ones
//! reach the system through [`client`] alone.
//!
//! This is a library so that tests can reach the pure parts, such as the watch view; nothing else should depend on it.

pub mod cli;
pub mod client;
pub mod clock;
pub mod connection;
pub mod demo;
pub mod exit;
pub mod failure;
pub mod files;
pub mod limits;
pub mod output;
pub mod progress;
pub mod prompt;
pub mod refs;
pub mod source_tree;
pub mod style;
pub mod suggest;
pub mod watch;

use std::process::ExitCode;

use clap::Parser;

use exit::Exit;

/// Runs the program: reads the command line, carries it out, and says how it went.
pub fn main() -> ExitCode {
    let cli = match cli::Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are answers, not errors; a reader that closed the pipe early is no error either.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { Exit::Usage } else { Exit::Success });
        }
    };
    let out = cli.output();
    match cli::run(cli) {
        Ok(exit) => exit.into(),
        Err(failure) if failure.is_closed_pipe() => Exit::Success.into(),
        Err(failure) => {
            out.fail(&failure);
            failure.exit.into()
        }
    }
}
