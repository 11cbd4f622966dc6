//! `hoist flag`: create flags, describe them, say who gets what, and switch them on and off.

pub mod archive;
pub mod create;
pub mod details;
pub mod links;
pub mod list;
pub mod references;
pub mod set;
pub mod show;
pub mod switch;

use clap::{Args, Subcommand};
use hoist_eval::FlagKey;
use serde_json::Value;

use crate::client::{Answer, Client};
use crate::exit::Exit;
use crate::failure::Failure;

use super::{Context, documents};

/// Flags: create, change, switch on and off
#[derive(Debug, Subcommand)]
pub enum FlagCommand {
    /// Create a flag; it is off everywhere
    Create(create::CreateArgs),
    /// List the flags, with their state in each environment
    List(list::ListArgs),
    /// Show a flag, and who gets what in one environment
    Show(show::ShowArgs),
    /// Change what is known about a flag, or who gets what in one environment
    Set(set::SetArgs),
    /// Switch a flag on in one environment
    On(switch::SwitchArgs),
    /// Switch a flag off in one environment: everyone gets its off variant, now
    Off(switch::SwitchArgs),
    /// Take a flag out of use; what it serves last stays served
    Archive(archive::ArchiveArgs),
    /// Bring an archived flag back
    Unarchive(archive::UnarchiveArgs),
    /// Show the services and features that a flag is linked with, and who was seen to ask for it
    Links(KeyArg),
    /// Show where a flag occurs in code, as far as scans were sent
    References(KeyArg),
}

/// The flag to work on.
#[derive(Debug, Args)]
pub struct KeyArg {
    /// The flag's key, as the code writes it
    #[arg(value_name = "KEY")]
    key: FlagKey,
}

impl KeyArg {
    /// Returns the key.
    pub fn as_str(&self) -> &str {
        self.key.as_str()
    }
}

/// Carries out a command.
pub async fn run(command: FlagCommand, context: Context) -> Result<Exit, Failure> {
    match command {
        FlagCommand::Create(args) => create::run(args, context).await,
        FlagCommand::List(args) => list::run(args, context).await,
        FlagCommand::Show(args) => show::run(args, context).await,
        FlagCommand::Set(args) => set::run(args, context).await,
        FlagCommand::On(args) => switch::run(args, true, context).await,
        FlagCommand::Off(args) => switch::run(args, false, context).await,
        FlagCommand::Archive(args) => archive::run(args, context).await,
        FlagCommand::Unarchive(args) => archive::back(args, context).await,
        FlagCommand::Links(args) => links::run(args, context).await,
        FlagCommand::References(args) => references::run(args, context).await,
    }
}

/// Turns "no such thing" into the failure that names the flag or environment that was probably meant.
pub async fn explain(client: &Client, key: &str, outcome: Result<Answer, Failure>) -> Result<Answer, Failure> {
    let failure = match outcome {
        Err(failure) if failure.exit == Exit::NotFound => failure,
        other => return other,
    };
    if client.get(&client.in_project(&["flags", key])).await.is_ok() {
        return Err(failure);
    }
    let known: Vec<Value> = client.list(&client.in_project(&["flags"]), &[]).await.unwrap_or_default();
    Err(documents::unknown("flag", key, &known, failure))
}
