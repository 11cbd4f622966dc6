//! `hoist rollout recording`: what a rollout was judged by, to be judged again.

use clap::Args;
use serde_json::Value;

use crate::cli::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Format, at, text};

use super::{WhichArgs, find};

/// Print what a rollout was judged by, for `hoist analyze` and back-tests
///
/// Prints what the guards against control compared from look to look, also when the rollout is over. Guards that a recording
/// cannot have are named on standard error.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  hoist rollout recording new-checkout --env production > counts.json
  hoist rollout recording new-checkout --env production --rollout 01J9Z3... | hoist analyze - -o table")]
pub struct RecordingArgs {
    #[command(flatten)]
    which: WhichArgs,
    /// Which rollout of the flag; without it the latest one
    #[arg(long, value_name = "ID")]
    rollout: Option<String>,
}

/// Prints the recording.
pub async fn run(args: RecordingArgs, context: Context) -> Result<Exit, Failure> {
    let client = context.client()?;
    let (flag, environment) = (args.which.flag.as_str(), args.which.environment.as_str());
    let id = match args.rollout {
        None => find::latest(&client, &args.which).await?.1.id,
        Some(id) => {
            let found = client.get(&client.in_project(&["rollouts", &id])).await?.body;
            if text(&found, "flag") != flag || text(&found, "environment") != environment {
                let message = format!("that is no rollout of `{flag}` in {environment}");
                let hint = format!("`hoist rollout list --flag {flag}` has the ids");
                return Err(Failure::new(Exit::NotFound, "no_rollout", message).hint(hint));
            }
            id
        }
    };
    let told = client.get(&client.in_project(&["rollouts", &id, "recording"])).await?.body;
    for guard in at(&told, "left_out").and_then(Value::as_array).into_iter().flatten() {
        context.out.say(&format!("left out: guard {}, of a kind that recordings do not have", text(guard, "")));
    }
    let recording = at(&told, "recording").cloned().unwrap_or_default();
    if at(&recording, "flushes").and_then(Value::as_array).is_none_or(Vec::is_empty) {
        let message = format!("nothing of the rollout of `{flag}` was judged against the control so far");
        let hint = format!("see what its guards wait for: `hoist rollout explain {flag} --env {environment}`");
        return Err(Failure::new(Exit::Failure, "nothing_judged", message).hint(hint));
    }
    if context.form == Some(Format::Yaml) {
        context.out.item(&recording, "alpha", |_| Ok(()))?;
    } else {
        context.out.write(|to| {
            serde_json::to_writer(&mut *to, &recording)?;
            writeln!(to)
        })?;
    }
    Ok(Exit::Success)
}
