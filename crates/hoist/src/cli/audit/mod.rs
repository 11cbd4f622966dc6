//! `hoist audit`: the record of who changed what.

pub mod file;
pub mod verify;

use clap::{Args, Subcommand};
use serde_json::Value;

use crate::client::path;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Column, text};

use super::{Context, count};

/// The record of who changed what
#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// List what was changed, the latest first
    List(ListArgs),
    /// Check that nothing in the record was altered or removed
    Verify(verify::VerifyArgs),
}

/// Which entries to list.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  hoist audit list --flag new-checkout
  hoist audit list --lines > audit.jsonl && hoist audit verify --file audit.jsonl")]
pub struct ListArgs {
    /// Only entries about this flag
    #[arg(long, value_name = "KEY")]
    flag: Option<String>,
    /// Only entries of this actor
    #[arg(long, value_name = "ID")]
    actor: Option<String>,
    /// Only entries about this environment
    #[arg(long = "env", value_name = "ENV")]
    environment: Option<String>,
    /// Most entries to list: 50 unless this says so, all with `--lines`
    #[arg(long, short = 'n', value_name = "COUNT", value_parser = count)]
    limit: Option<usize>,
    /// One JSON document a line, the oldest first: an export that `hoist audit verify --file` checks
    #[arg(long, conflicts_with_all = ["output", "json"])]
    lines: bool,
}

/// Carries out a command.
pub async fn run(command: AuditCommand, context: Context) -> Result<Exit, Failure> {
    match command {
        AuditCommand::List(args) => list(args, &context).await,
        AuditCommand::Verify(args) => verify::run(args, &context).await,
    }
}

async fn list(args: ListArgs, context: &Context) -> Result<Exit, Failure> {
    let mut query = Vec::new();
    for (name, value) in [("subject", args.flag.clone()), ("actor", args.actor), ("environment", args.environment)] {
        query.extend(value.map(|value| (name, value)));
    }
    if args.flag.is_some() {
        query.push(("subject_kind", "flag".to_owned()));
        query.push(("project", context.connection.project.to_string()));
    }
    if args.lines {
        query.push(("export", "true".to_owned()));
    }
    let most = args.limit.unwrap_or(if args.lines { usize::MAX } else { LISTED });
    let items = context.client()?.list_at_most(&path(&["audit"]), &query, most).await?;
    if args.lines {
        context.out.write(|to| items.iter().rev().try_for_each(|item| writeln!(to, "{item}")))?;
        return Ok(Exit::Success);
    }
    context.out.list(&items, "seq", COLUMNS)?;
    Ok(Exit::Success)
}

/// How many entries a list shows unless it is asked for more.
const LISTED: usize = 50;

/// Returns what was changed; of a rollout, whose id says little, the flag as well.
fn what(item: &Value) -> String {
    let subject = text(item, "subject");
    match item.pointer("/after/flag").and_then(Value::as_str).filter(|_| text(item, "subject_kind") == "rollout") {
        Some(flag) => format!("{flag} ({subject})"),
        None => subject,
    }
}

const COLUMNS: &[Column] = &[
    Column("SEQ", |item| text(item, "seq")),
    Column("TIME", |item| text(item, "at").chars().take("2026-11-21T22:00:00".len()).collect()),
    Column("ACTOR", |item| text(item, "actor")),
    Column("ACTION", |item| text(item, "action")),
    Column("WHAT", what),
    Column("REASON", |item| text(item, "reason")),
];
