//! `hoist completions`: the completion script of a shell.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;

/// Print the completion script of a shell
#[derive(Debug, Args)]
#[command(after_help = "\
It completes commands, options and their fixed values. It asks no server, so it knows no keys of flags.

Example:
  hoist completions bash > ~/.local/share/bash-completion/completions/hoist")]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

/// Prints the script.
pub fn run(args: &CompletionsArgs, out: Output) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut super::Cli::command(), "hoist", &mut script);
    out.bytes(&script)?;
    Ok(Exit::Success)
}
