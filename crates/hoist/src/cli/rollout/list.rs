//! `hoist rollout list`.

use clap::Args;
use serde_json::Value;

use crate::cli::flag::explain;
use crate::cli::{Context, count, documents, environment as environments};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Column, text};
use crate::watch::model::model;
use crate::watch::rollout::Rollout;

/// List rollouts, the latest first
#[derive(Debug, Args)]
pub struct ListArgs {
    /// Only rollouts of this flag
    #[arg(long, value_name = "KEY")]
    flag: Option<String>,
    /// Only rollouts in this environment
    #[arg(long = "env", value_name = "ENV")]
    environment: Option<String>,
    /// Only rollouts in this phase
    #[arg(long, value_parser = ["scheduled", "progressing", "paused", "completed", "rolled_back", "cancelled"])]
    phase: Option<String>,
    /// Most rollouts to list
    #[arg(long, short = 'n', value_name = "COUNT", default_value_t = 50, value_parser = count)]
    limit: usize,
}

/// Lists the rollouts.
pub async fn run(args: ListArgs, context: Context) -> Result<Exit, Failure> {
    let mut query = Vec::new();
    for (name, value) in [("flag", &args.flag), ("environment", &args.environment), ("phase", &args.phase)] {
        query.extend(value.as_ref().map(|value| (name, value.clone())));
    }
    let client = context.client()?;
    let items = client.list_at_most(&client.in_project(&["rollouts"]), &query, args.limit).await?;
    if items.is_empty() {
        check_names(args.flag.as_deref(), args.environment.as_deref(), &context).await?;
    }
    context.out.list(&items, "id", COLUMNS)?;
    Ok(Exit::Success)
}

/// Refuses names that do not exist: an empty list would say that nothing is being rolled out.
async fn check_names(flag: Option<&str>, environment: Option<&str>, context: &Context) -> Result<(), Failure> {
    if let Some(flag) = flag {
        let client = context.client()?;
        let outcome = client.get(&client.in_project(&["flags", flag])).await;
        explain(&client, flag, outcome).await?;
    }
    if let Some(environment) = environment {
        documents::get(environments::KIND, environment, context).await?;
    }
    Ok(())
}

const COLUMNS: &[Column] = &[
    Column("ID", |item| text(item, "id")),
    Column("FLAG", |item| text(item, "flag")),
    Column("ENVIRONMENT", |item| text(item, "environment")),
    Column("PLAN", |item| text(item, "plan.key")),
    Column("PHASE", phase),
];

fn phase(item: &Value) -> String {
    Rollout::read(item.clone()).map_or_else(|_| text(item, "phase"), |rollout| model(&rollout, &[]).phase)
}
