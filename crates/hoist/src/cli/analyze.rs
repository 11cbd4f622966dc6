//! `hoist analyze`: recorded counts, judged offline as a rollout would have judged them.

use std::path::{Path, PathBuf};

use clap::Args;
use hoist_lifecycle::analyze::{Analysis, Recording, RecordingDraft, Summary, analyze};
use serde::Serialize;
use serde_json::{Value, json};

use crate::exit::Exit;
use crate::failure::{Failure, Problem};
use crate::files;
use crate::output::{Column, Format, Output, at, text, write_fields};

use super::Context;

/// Judge recorded counts offline, as a rollout would have judged them
///
/// Prints one JSON document a line: one per moment of the recording, and last the summary. `-o table` is for people.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  hoist analyze counts.json
  hoist analyze counts.json -o table
  some-query | hoist analyze - | tail -n 1")]
pub struct AnalyzeArgs {
    /// Recording as JSON or YAML; `-` reads standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// The last line.
#[derive(Serialize)]
struct Last<'a> {
    summary: &'a Summary,
}

/// Judges the recording.
pub fn run(args: &AnalyzeArgs, context: &Context) -> Result<Exit, Failure> {
    let recording = recording(&args.file, "the recording cannot be judged")?;
    let analysis = analyze(&recording);
    match context.form {
        Some(Format::Yaml) => context.out.list(&documents(&analysis)?, "decision", &[])?,
        Some(Format::Name) => {
            context.out.write(|to| writeln!(to, "{}", analysis.summary.decision))?;
        }
        Some(Format::Table) => table(context.out, &analysis)?,
        _ => lines(context.out, &analysis)?,
    }
    Ok(Exit::Success)
}

/// Reads a recording; `-` is standard input. `refusal` says what cannot be done with one that has faults.
pub fn recording(file: &Path, refusal: &str) -> Result<Recording, Failure> {
    let document = files::read(file)?;
    if !document.is_object() {
        let message = "must be an object with `guards` and `flushes`".to_owned();
        return Err(Failure::invalid(refusal).problems(vec![Problem { path: String::new(), message }]));
    }
    let draft: RecordingDraft = files::shape(document, &file.display().to_string())?;
    draft.check().map_err(|problems| {
        let problems = problems.into_iter().map(|problem| Problem { path: problem.path, message: problem.message });
        Failure::invalid(refusal).problems(problems.collect())
    })
}

fn lines(out: Output, analysis: &Analysis) -> Result<(), Failure> {
    out.write(|to| {
        for look in &analysis.looks {
            serde_json::to_writer(&mut *to, look)?;
            writeln!(to)?;
        }
        serde_json::to_writer(&mut *to, &Last { summary: &analysis.summary })?;
        writeln!(to)
    })
}

fn documents(analysis: &Analysis) -> Result<Vec<Value>, Failure> {
    let looks: Result<Vec<Value>, _> = analysis.looks.iter().map(serde_json::to_value).collect();
    let mut documents = looks.map_err(|error| Failure::new(Exit::Failure, "output", error.to_string()))?;
    documents.push(json!({ "summary": analysis.summary }));
    Ok(documents)
}

fn table(out: Output, analysis: &Analysis) -> Result<(), Failure> {
    let mut rows = documents(analysis)?;
    let summary = rows.pop().unwrap_or_default();
    out.list(
        &rows,
        "decision",
        &[
            Column("AT", |look| format!("{} s", text(look, "at"))),
            Column("EVIDENCE OF HARM", |look| evidence(at(look, "log_e_harm"))),
            Column("OF SAFETY", |look| {
                let least = |field: &Value| {
                    field.as_object().and_then(|all| all.values().filter_map(Value::as_f64).reduce(f64::min))
                };
                evidence(at(look, "log_e_safe").and_then(least).map(Value::from).as_ref())
            }),
            Column("DECISION", |look| text(look, "decision")),
            Column("METRIC", |look| text(look, "metric")),
        ],
    )?;
    let all = |field: &str| at(&summary, field).and_then(Value::as_object).cloned().unwrap_or_default();
    let ratios = all("summary.ratio");
    let treatments: Vec<(String, Value)> = all("summary.treatments").into_iter().collect();
    let end = |ratio: &Value, field: &str| {
        at(ratio, field).and_then(Value::as_f64).map_or("open".to_owned(), |end| format!("{end:.2}"))
    };
    let mut fields = vec![
        ("decision", format!("{} since {} s", text(&summary, "summary.decision"), text(&summary, "summary.at"))),
        ("by chance", format!("at most {:.2e}", analysis.summary.anytime_p)),
    ];
    let words = |ratio: &Value| {
        let (estimate, lower, upper) = (end(ratio, "estimate"), end(ratio, "lower"), end(ratio, "upper"));
        format!("{estimate} times the control's ({lower} to {upper})")
    };
    for (metric, ratio) in &ratios {
        fields.push((metric, words(ratio)));
    }
    for (treatment, said) in &treatments {
        let ratios = at(said, "ratio").and_then(Value::as_object).into_iter().flatten();
        let told: Vec<String> = ratios.map(|(metric, ratio)| format!("{metric} {}", words(ratio))).collect();
        fields.push((treatment, format!("{}; {}", text(said, "decision"), told.join("; "))));
    }
    out.write(|to| {
        writeln!(to)?;
        write_fields(to, &fields)
    })
}

/// Writes evidence as a number up to a million, and as a power of ten beyond or where there is next to none.
fn evidence(log: Option<&Value>) -> String {
    let Some(log) = log.and_then(Value::as_f64) else { return String::new() };
    let tens = log / std::f64::consts::LN_10;
    if (-2.0..6.0).contains(&tens) { format!("{:.3}", log.exp()) } else { format!("1e{tens:.0}") }
}
