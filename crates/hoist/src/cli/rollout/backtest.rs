//! `hoist rollout backtest`: what a plan would have done in the past.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use hoist_eval::{Span, Timestamp};
use hoist_lifecycle::backtest::NOTHING_TESTED;
use serde_json::{Map, Value, json};

use crate::cli::Context;
use crate::cli::flag::explain;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{at, text};
use crate::progress::Progress;
use crate::watch::view::instant;

use super::WhichArgs;
use super::preview::{amount, items, known, write_notes};
use super::start::plan;
use super::when::past;

/// Play a plan through the past, without starting it
///
/// The past is that of the metrics' queries in Prometheus, or a recording. It is divided at random, many times, into those
/// who would have had the variant and those who would not.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  hoist rollout backtest new-checkout --env production --plan canary
  hoist rollout backtest new-checkout --env production --plan plan.yaml --since 7d --regression 2
  hoist rollout backtest new-checkout --env production --plan plan.yaml --recording counts.json -o json")]
pub struct BacktestArgs {
    #[command(flatten)]
    which: WhichArgs,
    /// Plan to play: a plan of the project, a built-in template, or a YAML or JSON file
    #[arg(long, value_name = "NAME|FILE")]
    plan: String,
    /// How much of the past to play, until now; without it, 14d
    #[arg(long, value_name = "TIME", conflicts_with_all = ["from", "to"])]
    since: Option<Span>,
    /// When the past begins that is played
    #[arg(long, value_name = "INSTANT", value_parser = past)]
    from: Option<Timestamp>,
    /// When it ends; without it, now
    #[arg(long, value_name = "INSTANT", value_parser = past)]
    to: Option<Timestamp>,
    /// How many times worse the treatment is in the replays that are to find it
    #[arg(long, value_name = "TIMES", default_value_t = 1.5)]
    regression: f64,
    /// How many times the plan is played, with and without the regression
    #[arg(long, value_name = "COUNT", default_value_t = 200)]
    replays: u64,
    /// Where the draws begin; another number divides the traffic in another way
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,
    /// Recorded counts instead of Prometheus, in the format of `hoist analyze`; `-` reads standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["since", "to"])]
    recording: Option<PathBuf>,
    /// End with 1 if something stands in the way
    #[arg(long)]
    check: bool,
}

/// Asks for the back-test and shows it.
pub async fn run(args: BacktestArgs, context: Context) -> Result<Exit, Failure> {
    let plan = plan(&args.plan)?;
    let recorded = args.recording.as_deref().map(recorded).transpose()?.unwrap_or_default();
    let (flag, environment) = (args.which.flag.as_str(), args.which.environment.as_str());
    let body = json!({
        "flag": flag, "environment": environment, "plan": plan, "since": args.since.map(|since| since.to_string()),
        "from": args.from.map(instant), "to": args.to.map(instant), "regression": args.regression,
        "replays": args.replays, "seed": args.seed, "recorded": recorded.counts, "recorded_values": recorded.values,
        "recorded_dispersions": recorded.dispersions,
    });
    let client = context.client()?;
    let progress = Progress::of_unknown(context.out, "The server plays the plan through the past");
    let outcome = client.post_long(&client.in_project(&["rollouts", "backtest"]), &body).await;
    drop(progress);
    let told = explain(&client, flag, outcome).await?.body;
    context.out.item(&told, "healthy.alarm_share", |to| write(to, &told))?;
    let blocked = items(&told, "notes").any(|note| text(note, "severity") == "blocks");
    Ok(if args.check && blocked { Exit::Failure } else { Exit::Success })
}

/// What a recording says of the past, by metric, whoever it happened to.
#[derive(Default)]
struct Recorded {
    counts: Option<Value>,
    values: Option<Value>,
    dispersions: Option<Value>,
}

/// Reads a recording.
fn recorded(file: &Path) -> Result<Recorded, Failure> {
    let recording = crate::cli::analyze::recording(file, "the recording cannot be played")?;
    let counts = recording.pooled().into_iter().map(|(metric, flushes)| {
        let counts = flushes.into_iter().map(|(at, interval)| json!([at, interval.total, interval.events]));
        (metric.to_owned(), counts.collect())
    });
    let values = recording.pooled_values().into_iter().map(|(metric, flushes)| {
        let told =
            flushes.into_iter().map(|(at, of)| json!([at, of.units, of.above, of.below, of.variance, of.skewness]));
        (metric.to_owned(), told.collect())
    });
    let dispersions =
        recording.dispersions().into_iter().map(|(metric, dispersion)| (metric.to_owned(), json!(dispersion)));
    let object = |members: Map<String, Value>| (!members.is_empty()).then_some(Value::Object(members));
    Ok(Recorded {
        counts: object(counts.collect()),
        values: object(values.collect()),
        dispersions: object(dispersions.collect()),
    })
}

fn write(to: &mut dyn Write, told: &Value) -> io::Result<()> {
    let (healthy, harmed) = (at(told, "healthy").unwrap_or(told), at(told, "harmed").unwrap_or(told));
    let regression = amount(told, "regression").unwrap_or_default();
    writeln!(to, "The past: {} to {}, known every {}", text(told, "from"), text(told, "to"), text(told, "step"))?;
    if items(told, "notes").any(|note| text(note, "message") == NOTHING_TESTED) {
        writeln!(to, "\nNothing was tested: every guard was left out, and what follows says how long the plan takes.")?;
    }
    writeln!(to, "\nIf the treatment is as good as the control:")?;
    let share =
        |outcomes: &Value, field: &str| amount(outcomes, field).map_or(0.0, |share| (share * 1_000.0).round() / 10.0);
    writeln!(
        to,
        "  false alarms: {} of {} replays (at most {} %)",
        text(healthy, "alarmed"),
        text(healthy, "replays"),
        share(healthy, "alarm_share_at_most")
    )?;
    write_alarms(to, healthy, true)?;
    writeln!(to, "  completed: {}, in {}", text(healthy, "completed"), spread(healthy, "duration"))?;
    writeln!(
        to,
        "  wait for a person: {}; cut off by the end of the past: {}",
        text(healthy, "paused"),
        text(healthy, "unfinished")
    )?;
    writeln!(to, "\nIf it is {regression} times worse:")?;
    writeln!(
        to,
        "  found: {} of {} replays, in {}",
        text(harmed, "alarmed"),
        text(harmed, "replays"),
        spread(harmed, "alarm_after")
    )?;
    write_alarms(to, harmed, false)?;
    if at(harmed, "treated.median").is_some() {
        writeln!(to, "  treated until then: {} opportunities", numbers(harmed, "treated"))?;
        writeln!(to, "  harm until then: {} events", numbers(harmed, "excess"))?;
    }
    for (index, stage) in items(healthy, "stages").enumerate() {
        let found = items(harmed, "stages").nth(index).map(|stage| text(stage, "alarmed")).unwrap_or_default();
        writeln!(
            to,
            "\n{}: entered by {}, left by {}",
            text(stage, "name"),
            text(stage, "entered"),
            text(stage, "left")
        )?;
        writeln!(to, "  takes {}", spread(stage, "duration"))?;
        writeln!(to, "  false alarms {}; regressions found {found}", text(stage, "alarmed"))?;
        for held in items(healthy, "held").filter(|held| text(held, "stage") == text(stage, "name")) {
            let guard = text(held, "guard");
            let about = if guard.is_empty() { guard } else { format!(" ({guard})") };
            let rule = text(held, "rule").replace('_', " ");
            writeln!(to, "  held for {rule}{about}: {} replays, {}", text(held, "replays"), spread(held, "time"))?;
        }
    }
    write_notes(to, told)
}

fn write_alarms(to: &mut dyn Write, outcomes: &Value, when: bool) -> io::Result<()> {
    for alarms in items(outcomes, "alarms") {
        let guard = match text(alarms, "guard") {
            none if none.is_empty() => "no guard".to_owned(),
            guard => guard,
        };
        let (cause, replays) = (text(alarms, "cause").replace('_', " "), text(alarms, "replays"));
        let moments = if when { format!(", at {}", text(alarms, "moments")) } else { String::new() };
        writeln!(to, "    {guard}, {cause}: {replays}{moments}")?;
    }
    Ok(())
}

/// Writes the middle and the slow end of a time.
fn spread(value: &Value, path: &str) -> String {
    let median = known(value, &format!("{path}.median"));
    match text(value, &format!("{path}.p90")) {
        none if none.is_empty() => median,
        p90 => format!("{median} (nine of ten within {p90})"),
    }
}

fn numbers(value: &Value, path: &str) -> String {
    let of = |part: &str| amount(value, &format!("{path}.{part}")).unwrap_or_default().round();
    format!("{} (nine of ten at most {})", of("median"), of("p90"))
}
