//! `hoist stale`: flags that have done their work, and what people say about that.

use clap::{Args, Subcommand};
use hoist_eval::{FlagKey, Span};
use serde_json::{Value, json};

use crate::clock;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Column, at, text, write_fields};

use super::{Context, flag};

/// Find flags that have done their work
#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "\
With --check the exit code is 1 if anything as grave as --severity was found about a flag that is not snoozed.

Examples:
  hoist stale
  hoist stale new-checkout
  hoist stale --check --severity error
  hoist stale snooze new-checkout --for 14d --reason 'waits for the app stores'
  hoist stale cleanup new-checkout --repository example/shop --at https://example.org/pull/17"
)]
pub struct StaleArgs {
    #[command(subcommand)]
    command: Option<StaleCommand>,
    /// Only this flag, with everything that is known about it
    #[arg(value_name = "KEY")]
    key: Option<FlagKey>,
    /// Flags about which there is nothing to say, too
    #[arg(long)]
    all: bool,
    /// Only flags in this state, such as `candidate` or `ready_to_archive`
    #[arg(long, value_name = "STATE")]
    state: Option<String>,
    /// Only flags of this owner
    #[arg(long, value_name = "NAME")]
    owner: Option<String>,
    /// Exit with 1 if something was found
    #[arg(long)]
    check: bool,
    /// How grave a finding must be for --check
    #[arg(long, value_name = "SEVERITY", default_value = "warn", value_parser = SEVERITIES)]
    severity: String,
}

/// Severities, from the mildest.
const SEVERITIES: [&str; 4] = ["info", "warn", "candidate", "error"];

/// What people say about a flag's retirement
#[derive(Debug, Subcommand)]
pub enum StaleCommand {
    /// Leave us alone about a flag for a while
    Snooze(SnoozeArgs),
    /// End a snooze
    Wake(KeyArg),
    /// Note the change that takes a flag out of the code
    Cleanup(CleanupArgs),
    /// Note that this change was merged or dropped
    CleanupDone(KeyArg),
}

/// The flag to work on.
#[derive(Debug, Args)]
pub struct KeyArg {
    /// The flag's key
    #[arg(value_name = "KEY")]
    key: FlagKey,
}

/// How long, and why.
#[derive(Debug, Args)]
pub struct SnoozeArgs {
    #[command(flatten)]
    flag: KeyArg,
    /// How long, such as 14d
    #[arg(long = "for", value_name = "TIME")]
    time: Span,
    /// Why; it is shown with the flag
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

/// Where the change is.
#[derive(Debug, Args)]
pub struct CleanupArgs {
    #[command(flatten)]
    flag: KeyArg,
    /// The repository, such as example/shop
    #[arg(long, value_name = "NAME")]
    repository: String,
    /// Where the change can be reviewed
    #[arg(long = "at", value_name = "URL")]
    address: String,
}

/// Carries out a command.
pub async fn run(args: StaleArgs, context: Context) -> Result<Exit, Failure> {
    match (&args.command, &args.key) {
        (Some(command), _) => say(command, &context).await,
        (None, Some(key)) => one(key.as_str(), &args, &context).await,
        (None, None) => list(&args, &context).await,
    }
}

async fn list(args: &StaleArgs, context: &Context) -> Result<Exit, Failure> {
    let client = context.client()?;
    let mut query = vec![("all", args.all.to_string())];
    query.extend(args.state.iter().map(|state| ("state", state.clone())));
    query.extend(args.owner.iter().map(|owner| ("owner", owner.clone())));
    let items = client.list(&client.in_project(&["staleness"]), &query).await?;
    context.out.list(&items, "flag", COLUMNS)?;
    Ok(judge(&items, args, context))
}

async fn one(key: &str, args: &StaleArgs, context: &Context) -> Result<Exit, Failure> {
    let client = context.client()?;
    let outcome = client.get(&client.in_project(&["flags", key, "staleness"])).await;
    let found = flag::explain(&client, key, outcome).await?.body;
    context.out.item(&found, "flag", |to| write_one(to, &found))?;
    Ok(judge(std::slice::from_ref(&found), args, context))
}

/// Returns how the command ends: with 1 if a check found something.
fn judge(items: &[Value], args: &StaleArgs, context: &Context) -> Exit {
    let rank = |name: &str| SEVERITIES.iter().position(|other| *other == name);
    let least = rank(&args.severity).unwrap_or(0);
    let grave = |item: &&Value| {
        at(item, "snooze").is_none() && rank(&text(item, "severity")).is_some_and(|found| found >= least)
    };
    let count = items.iter().filter(grave).count();
    if !args.check || count == 0 {
        return Exit::Success;
    }
    context.out.say(&format!("{count} flags with findings of severity {} or above", args.severity));
    Exit::Failure
}

const COLUMNS: &[Column] = &[
    Column("FLAG", |item| text(item, "flag")),
    Column("STATE", |item| text(item, "state")),
    Column("SEVERITY", |item| text(item, "severity")),
    Column("FINDINGS", |item| reasons(item).join(", ")),
    Column("VALUE", |item| text(item, "frozen.variant")),
    Column("REFERENCES", |item| text(item, "references")),
    Column("OWNER", |item| text(item, "owner")),
    Column("SNOOZED UNTIL", |item| day(&text(item, "snooze.until"))),
];

fn reasons(item: &Value) -> Vec<String> {
    list_at(item, "findings").iter().map(|finding| text(finding, "reason")).collect()
}

fn list_at<'v>(value: &'v Value, path: &str) -> &'v [Value] {
    at(value, path).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn day(instant: &str) -> String {
    instant.chars().take(10).collect()
}

fn write_one(to: &mut dyn std::io::Write, found: &Value) -> std::io::Result<()> {
    let frozen = at(found, "frozen.value").map(Value::to_string).unwrap_or_default();
    let frozen = if frozen.is_empty() {
        frozen
    } else {
        format!("{} = {frozen}, since {}", text(found, "frozen.variant"), day(&text(found, "frozen.since")))
    };
    let snooze = text(found, "snooze.reason");
    let snooze = if snooze.is_empty() { snooze } else { format!("{}: {snooze}", day(&text(found, "snooze.until"))) };
    write_fields(
        to,
        &[
            ("flag", text(found, "flag")),
            ("state", text(found, "state")),
            ("owner", text(found, "owner")),
            ("left alone because", text(found, "exempt")),
            ("value for everyone", frozen),
            ("ready on", day(&text(found, "ready_at"))),
            ("references in code", text(found, "references")),
            ("last evaluated", text(found, "evaluated_at")),
            ("cleanup", text(found, "cleanup.url")),
            ("snoozed until", snooze),
        ],
    )?;
    for finding in list_at(found, "findings") {
        let since = day(&text(finding, "since"));
        writeln!(to, "\n{} ({}, since {since})", text(finding, "reason"), text(finding, "severity"))?;
        for evidence in list_at(finding, "evidence") {
            writeln!(to, "  {}: {}", day(&text(evidence, "at")), text(evidence, "message"))?;
        }
    }
    let blockers = list_at(found, "blockers");
    if !blockers.is_empty() && text(found, "state") != "live" {
        writeln!(to, "\nBefore it can be archived:")?;
        for blocker in blockers {
            writeln!(to, "  {}", text(blocker, "message"))?;
        }
    }
    Ok(())
}

async fn say(command: &StaleCommand, context: &Context) -> Result<Exit, Failure> {
    let client = context.client()?;
    let path = |key: &FlagKey, part: &str| client.in_project(&["flags", key.as_str(), part]);
    let (key, outcome, said) = match command {
        StaleCommand::Snooze(args) => {
            let until = clock::from_now(args.time);
            let body = json!({ "until": until, "reason": args.reason });
            let outcome = client.put(&path(&args.flag.key, "snooze"), &body, None).await;
            (&args.flag.key, outcome, format!("is left alone until {}", day(&until)))
        }
        StaleCommand::Wake(args) => {
            (&args.key, client.delete(&path(&args.key, "snooze"), None).await, "is not snoozed".to_owned())
        }
        StaleCommand::Cleanup(args) => {
            let body = json!({ "repository": args.repository, "url": args.address });
            let outcome = client.put(&path(&args.flag.key, "cleanup"), &body, None).await;
            (&args.flag.key, outcome, format!("is being cleaned up at {}", args.address))
        }
        StaleCommand::CleanupDone(args) => {
            (&args.key, client.delete(&path(&args.key, "cleanup"), None).await, "has no open cleanup".to_owned())
        }
    };
    let answer = flag::explain(&client, key.as_str(), outcome).await?;
    context.out.item(&answer.body, "flag", |to| writeln!(to, "Flag `{key}` {said}"))?;
    Ok(Exit::Success)
}
