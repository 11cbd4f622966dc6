//! `hoist rollout preview`: what a rollout would do, told before it starts.

use std::io::{self, Write};

use clap::Args;
use serde_json::{Value, json};

use crate::cli::Context;
use crate::cli::flag::explain;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{at, text};

use super::WhichArgs;
use super::start::{OverlapArgs, plan};

/// Say what a rollout would do, without starting it
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  hoist rollout preview new-checkout --env production --plan canary
  hoist rollout preview new-checkout --env production --plan plan.yaml --regression 1.5")]
pub struct PreviewArgs {
    #[command(flatten)]
    which: WhichArgs,
    /// Plan to look at: a plan of the project, a built-in template, or a YAML or JSON file
    #[arg(long, value_name = "NAME|FILE")]
    plan: String,
    /// How many times worse the treatment is assumed to be where times to detection are told
    #[arg(long, value_name = "TIMES", default_value_t = 2.0)]
    regression: f64,
    #[command(flatten)]
    overlap: OverlapArgs,
    /// End with 1 if something stands in the way
    #[arg(long)]
    check: bool,
}

/// Asks for the preview and shows it.
pub async fn run(args: PreviewArgs, context: Context) -> Result<Exit, Failure> {
    let plan = plan(&args.plan)?;
    let (flag, environment) = (args.which.flag.as_str(), args.which.environment.as_str());
    let body = json!({
        "flag": flag, "environment": environment, "plan": plan, "regression": args.regression,
        "overlap": args.overlap.choice(),
    });
    let client = context.client()?;
    let outcome = client.post(&client.in_project(&["rollouts", "preview"]), &body).await;
    let preview = explain(&client, flag, outcome).await?.body;
    context.out.item(&preview, "expected", |to| write(to, &preview))?;
    let blocked = items(&preview, "notes").any(|note| text(note, "severity") == "blocks");
    Ok(if args.check && blocked { Exit::Failure } else { Exit::Success })
}

/// Returns the items of a list within a value; none if there is no list.
pub(super) fn items<'v>(value: &'v Value, path: &str) -> impl Iterator<Item = &'v Value> {
    at(value, path).and_then(Value::as_array).into_iter().flatten()
}

fn write(to: &mut dyn Write, preview: &Value) -> io::Result<()> {
    let rate =
        amount(preview, "evaluations_per_second").map_or("not known".to_owned(), |rate| format!("{rate} a second"));
    writeln!(to, "Evaluations now: {rate}")?;
    let expected = known(preview, "expected");
    writeln!(to, "Least time to completion: {expected}")?;
    for stage in items(preview, "stages") {
        write_stage(to, stage, amount(preview, "regression").unwrap_or_default())?;
    }
    if at(preview, "guards").and_then(Value::as_array).is_some_and(|guards| !guards.is_empty()) {
        writeln!(to, "\nThe guards' queries now:")?;
    }
    for guard in items(preview, "guards") {
        let now = at(guard, "now").map_or("not asked".to_owned(), answer);
        let service = at(guard, "service").and_then(Value::as_str);
        let from = service.map(|service| format!(", of service {service}")).unwrap_or_default();
        writeln!(to, "  {} ({}{from}): {now}", text(guard, "guard"), text(guard, "metric"))?;
        if let Some(treatment) = at(guard, "treatment") {
            writeln!(to, "    for the treatment: {}", answer(treatment))?;
        }
    }
    write_notes(to, preview)
}

/// Writes what stands in the way, what is weaker than it looks, and what is not known.
pub(super) fn write_notes(to: &mut dyn Write, told: &Value) -> io::Result<()> {
    for (severity, heading) in
        [("blocks", "Stands in the way"), ("doubt", "Weaker than it looks"), ("unknown", "Not known")]
    {
        let mut notes = items(told, "notes").filter(|note| text(note, "severity") == severity).peekable();
        if notes.peek().is_some() {
            writeln!(to, "\n{heading}:")?;
        }
        for note in notes {
            let about = [text(note, "stage"), text(note, "guard")].into_iter().filter(|part| !part.is_empty());
            let about = about.collect::<Vec<_>>().join(", ");
            let about = if about.is_empty() { about } else { format!("{about}: ") };
            writeln!(to, "  - {about}{}", text(note, "message"))?;
        }
    }
    Ok(())
}

fn write_stage(to: &mut dyn Write, stage: &Value, regression: f64) -> io::Result<()> {
    let audience = match text(stage, "audience") {
        none if none.is_empty() => "everyone".to_owned(),
        segment => format!("segment {segment}"),
    };
    writeln!(
        to,
        "\n{}: {} % of {audience} get {}",
        text(stage, "name"),
        amount(stage, "percentage").unwrap_or_default(),
        text(stage, "variant")
    )?;
    let at_most = if at(stage, "at_most").and_then(Value::as_bool) == Some(true) { "at most " } else { "" };
    let of =
        |name: &str| amount(stage, name).map_or("not known".to_owned(), |count| format!("{at_most}{count} an hour"));
    writeln!(to, "  reaches: requests {}; units {}", of("requests_per_hour"), of("units_per_hour"))?;
    let maximum = text(stage, "maximum_time");
    let then = if text(stage, "on_maximum_time") == "roll_back" { ", then it rolls back" } else { "" };
    writeln!(to, "  can be left after: {} (maximum {maximum}{then})", known(stage, "expected"))?;
    for guard in items(stage, "guards") {
        let name = text(guard, "guard");
        let found = match text(guard, "detection.time") {
            none if none.is_empty() => "not known, or never".to_owned(),
            time => format!("about {time}"),
        };
        writeln!(to, "  guard {name}, {}:", text(guard, "judged").replace('_', " "))?;
        writeln!(to, "    finds {regression} times worse in: {found}")?;
        if let Some(smallest) = amount(guard, "smallest") {
            writeln!(to, "    misses whatever is less than {smallest} times worse")?;
        }
        let shown = text(guard, "noninferiority.time");
        if !shown.is_empty() {
            let ratio = amount(guard, "noninferiority.regression").unwrap_or_default();
            writeln!(to, "    shows \"not {ratio} times worse\" in: about {shown}")?;
        }
    }
    Ok(())
}

/// Returns what a query answered, word for word.
fn answer(reading: &Value) -> String {
    let mut members = reading.as_object().into_iter().flatten();
    match (members.next(), members.next()) {
        (Some((kind, Value::Object(nothing))), None) if nothing.is_empty() => kind.clone(),
        (Some((kind, Value::String(why))), None) => format!("{kind}: {}", why.replace('_', " ")),
        _ => reading.to_string(),
    }
}

/// Returns a text, or that it is not known.
pub(super) fn known(value: &Value, path: &str) -> String {
    match text(value, path) {
        none if none.is_empty() => "not known".to_owned(),
        known => known,
    }
}

/// Returns a number with at most three decimals.
pub(super) fn amount(value: &Value, path: &str) -> Option<f64> {
    at(value, path).and_then(Value::as_f64).map(|number| (number * 1_000.0).round() / 1_000.0)
}
