//! `hoist rollout`: start, watch, and step in.

pub mod backtest;
pub mod explain;
pub mod find;
pub mod list;
pub mod preview;
pub mod recording;
pub mod safety;
pub mod start;
pub mod status;
pub mod verbs;
pub mod watch;
pub mod when;

use clap::{Args, Subcommand};
use hoist_eval::FlagKey;
use serde_json::Value;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Output, at, text};

use super::{Context, EnvironmentArg};

/// Rollouts: start, watch, and step in
#[derive(Debug, Subcommand)]
pub enum RolloutCommand {
    /// Start a rollout of a flag
    Start(start::StartArgs),
    /// Say what a rollout would do, without starting it
    Preview(preview::PreviewArgs),
    /// Play a plan through the past, without starting it
    Backtest(backtest::BacktestArgs),
    /// List rollouts, the latest first
    List(list::ListArgs),
    /// Show where the rollout of a flag is
    Status(WhichArgs),
    /// Follow a rollout until it is over
    Watch(watch::WatchArgs),
    /// Stay at this stage until resumed
    Pause(verbs::VerbArgs),
    /// Go on from a pause
    Resume(verbs::VerbArgs),
    /// Enter the next stage now
    Promote(verbs::PromoteArgs),
    /// Go back to how it was before the rollout
    Rollback(verbs::VerbArgs),
    /// End the rollout and leave the flag as it is
    Cancel(verbs::VerbArgs),
    /// Say why the rollout is where it is, guard by guard
    Explain(WhichArgs),
    /// Print what a rollout was judged by, for `hoist analyze` and back-tests
    Recording(recording::RecordingArgs),
}

/// The rollout to work on: the latest one of a flag in an environment.
#[derive(Debug, Args)]
pub struct WhichArgs {
    /// The flag's key
    #[arg(value_name = "KEY")]
    flag: FlagKey,
    #[command(flatten)]
    environment: EnvironmentArg,
}

/// Carries out a command.
pub async fn run(command: RolloutCommand, context: Context) -> Result<Exit, Failure> {
    match command {
        RolloutCommand::Start(args) => start::run(args, context).await,
        RolloutCommand::Preview(args) => preview::run(args, context).await,
        RolloutCommand::Backtest(args) => backtest::run(args, context).await,
        RolloutCommand::List(args) => list::run(args, context).await,
        RolloutCommand::Status(args) => status::run(args, context).await,
        RolloutCommand::Watch(args) => watch::run(args, context).await,
        RolloutCommand::Pause(args) => verbs::run(args, verbs::PAUSE, context).await,
        RolloutCommand::Resume(args) => verbs::run(args, verbs::RESUME, context).await,
        RolloutCommand::Promote(args) => verbs::run(args.into(), verbs::PROMOTE, context).await,
        RolloutCommand::Rollback(args) => verbs::run(args, verbs::ROLL_BACK, context).await,
        RolloutCommand::Cancel(args) => verbs::run(args, verbs::CANCEL, context).await,
        RolloutCommand::Explain(args) => explain::run(args, context).await,
        RolloutCommand::Recording(args) => recording::run(args, context).await,
    }
}

/// Tells the person what the server finds remarkable about a change.
fn warn(outcome: &Value, out: Output) {
    for warning in at(outcome, "warnings").and_then(Value::as_array).into_iter().flatten() {
        out.say(&format!("warning: {}", text(warning, "")));
    }
}
