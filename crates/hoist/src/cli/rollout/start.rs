//! `hoist rollout start`.

use std::path::Path;

use clap::Args;
use hoist_lifecycle::plan::PlanKey;
use serde_json::{Value, json};

use crate::cli::flag::explain;
use crate::cli::plan::{check, shape};
use crate::cli::{Context, ReasonArg};
use crate::clock;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::files;
use crate::output::at;
use crate::watch::rollout::Rollout;
use crate::watch::view::{date_and_clock, instant};

use super::WhichArgs;
use super::when::When;

/// Start a rollout of a flag
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  hoist rollout start new-checkout --env production --plan canary
  hoist rollout start new-checkout --env production --plan canary --start-at 2027-03-31T09:00:00Z
  hoist plan show canary > plan.yaml && hoist rollout start new-checkout --env production --plan plan.yaml")]
pub struct StartArgs {
    #[command(flatten)]
    which: WhichArgs,
    /// Plan to carry out: a plan of the project, a built-in template, or a YAML or JSON file
    #[arg(long, value_name = "NAME|FILE")]
    plan: String,
    /// The earliest start, such as 2027-03-31T09:00:00Z, or a time from now, such as +30m; without it, now
    #[arg(long, value_name = "TIME")]
    start_at: Option<When>,
    #[command(flatten)]
    overlap: OverlapArgs,
    #[command(flatten)]
    reason: ReasonArg,
}

/// What to do about rollouts that overlap with this one.
#[derive(Debug, Args)]
pub(super) struct OverlapArgs {
    /// Begin when the rollouts are over that reach the same units and are judged by the same metrics
    #[arg(long, conflicts_with_all = ["accept", "exclude"])]
    serialise: bool,
    /// Run beside such a rollout, each with half of the units; percentages stay those of everyone
    #[arg(long, conflicts_with = "accept")]
    exclude: bool,
    /// Run beside such rollouts, for this reason, which is kept
    #[arg(long, value_name = "REASON")]
    accept: Option<String>,
}

impl OverlapArgs {
    /// Returns the choice as the API takes it; null if there is none.
    pub(super) fn choice(&self) -> Value {
        match &self.accept {
            Some(reason) => json!({ "kind": "accept", "reason": reason }),
            None if self.exclude => json!({ "kind": "exclude" }),
            None if self.serialise => json!({ "kind": "serialise" }),
            None => Value::Null,
        }
    }
}

/// Starts the rollout.
pub async fn run(args: StartArgs, context: Context) -> Result<Exit, Failure> {
    let plan = plan(&args.plan)?;
    let (flag, environment) = (args.which.flag.as_str(), args.which.environment.as_str());
    let start_at = args.start_at.map(|at| instant(at.from(clock::now())));
    let body = json!({
        "flag": flag, "environment": environment, "plan": plan, "start_at": start_at, "reason": args.reason.reason,
        "overlap": args.overlap.choice(),
    });
    let client = context.client()?;
    let outcome = client.post(&client.in_project(&["rollouts"]), &body).await.map_err(|failure| {
        let no_plan = failure.problems.iter().any(|problem| problem.path == "plan");
        if no_plan {
            failure.hint("`hoist plan list` shows the plans, and the templates that are built in")
        } else if failure.code == "rollout_active" {
            let which = format!("{flag} --env {environment}");
            failure.hint(format!(
                "`hoist rollout status {which}` shows where it is; wait for it, or end it with `hoist rollout rollback \
                 {which}` or `hoist rollout cancel {which}`"
            ))
        } else {
            failure
        }
    });
    let answer = explain(&client, flag, outcome).await?;
    let body = at(&answer.body, "rollout").unwrap_or(&answer.body);
    let rollout = Rollout::read(body.clone())?;
    super::warn(&answer.body, context.out);
    context.out.item(body, "id", |to| {
        let done = if rollout.waits_until().is_some() { "Scheduled" } else { "Started" };
        write!(to, "{done} rollout {} of {flag} in {environment}, plan {}", rollout.id, rollout.plan.key)?;
        match rollout.waits_until() {
            Some(at) => writeln!(to, ": it starts at {} UTC", date_and_clock(at.as_micros()))?,
            None => writeln!(to)?,
        }
        writeln!(to, "Follow it with `hoist rollout watch {flag} --env {environment}`")
    })?;
    Ok(Exit::Success)
}

/// Returns the plan for the request: what looks like a file, or is one, is read and sent; anything else is a key. The
/// server knows the built-in plans by their keys too, and makes them fit the flag and the project.
pub(super) fn plan(named: &str) -> Result<Value, Failure> {
    let path = Path::new(named);
    let is_path = named.contains('/') || named == "-" || path.extension().is_some_and(is_document);
    if is_path || path.is_file() {
        let draft = shape(files::read(path)?, named)?;
        return Ok(json!(check(draft)?));
    }
    let key: PlanKey = named.parse().map_err(|error: hoist_eval::key::KeyError| {
        Failure::usage(error.to_string()).hint("name a plan, or give the path of a file")
    })?;
    Ok(json!(key))
}

fn is_document(extension: &std::ffi::OsStr) -> bool {
    ["yaml", "yml", "json"].iter().any(|known| extension.eq_ignore_ascii_case(known))
}
