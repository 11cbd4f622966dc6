//! `hoist flag archive` and `unarchive`.

use clap::Args;
use serde_json::{Value, json};

use crate::cli::{Context, ReasonArg};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::prompt;

use super::{KeyArg, explain};

/// Take a flag out of use
#[derive(Debug, Args)]
#[command(after_help = "\
A flag that code has, or that somebody asks for, is not archived; `hoist stale KEY` says what stands in the way. With
--override it is archived all the same, and the audit log keeps what was set aside. Nothing archives a flag that other
flags need.

Examples:
  hoist flag archive new-checkout
  hoist flag archive old-banner --override --reason 'the repository is read-only'")]
pub struct ArchiveArgs {
    #[command(flatten)]
    key: KeyArg,
    /// Archive it although it seems to be in use; needs --reason
    #[arg(long = "override", requires = "reason")]
    set_aside: bool,
    #[command(flatten)]
    reason: ReasonArg,
}

/// Bring a flag back
#[derive(Debug, Args)]
pub struct UnarchiveArgs {
    #[command(flatten)]
    key: KeyArg,
    #[command(flatten)]
    reason: ReasonArg,
}

/// Archives the flag, once a person has agreed.
pub async fn run(args: ArchiveArgs, context: Context) -> Result<Exit, Failure> {
    let key = args.key.as_str();
    prompt::confirm(&format!("Archive the flag `{key}`?"), context.yes)?;
    let body = json!({ "reason": args.reason.reason, "override": args.set_aside });
    ask(key, "archive", "Archived", &body, &context).await
}

/// Brings the flag back.
pub async fn back(args: UnarchiveArgs, context: Context) -> Result<Exit, Failure> {
    let body = json!({ "reason": args.reason.reason });
    ask(args.key.as_str(), "unarchive", "Brought back", &body, &context).await
}

async fn ask(key: &str, verb: &str, done: &str, body: &Value, context: &Context) -> Result<Exit, Failure> {
    let client = context.client()?;
    let outcome = client.post(&client.in_project(&["flags", key, verb]), body).await;
    let answer = explain(&client, key, outcome).await?;
    context.out.item(&answer.body, "key", |to| writeln!(to, "{done} flag `{key}`"))?;
    Ok(Exit::Success)
}
