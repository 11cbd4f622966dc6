//! `hoist export`: the flags of an environment as one document.

use clap::{Args, ValueEnum};
use serde_json::Value;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{at, text};

use super::{Context, EnvironmentArg};

/// Write the flags of an environment as one document
#[derive(Debug, Args)]
#[command(after_help = "\
The flagd document is for any flagd or OpenFeature in-process provider. What flagd cannot say exactly is left out, and
named on standard error; with --strict that is a failure.

Example:
  hoist export --env production --format flagd > flags.json")]
pub struct ExportArgs {
    #[command(flatten)]
    environment: EnvironmentArg,
    /// Form of the document
    #[arg(long, value_enum, default_value = "hoist")]
    format: Form,
    /// Exit with 1 if anything had to be left out
    #[arg(long)]
    strict: bool,
}

/// A form of the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// What `hoist eval --snapshot` reads.
    Hoist,
    /// What flagd reads.
    Flagd,
    /// A product graph: flags, services, features, and what links them.
    Upg,
}

/// Writes the document, as JSON unless YAML is asked for.
pub async fn run(args: ExportArgs, context: Context) -> Result<Exit, Failure> {
    let client = context.client()?;
    let form = match args.format {
        Form::Hoist => "hoist",
        Form::Flagd => "flagd",
        Form::Upg => "upg",
    };
    let path = client.in_project(&["environments", args.environment.as_str(), "export"]);
    let exported = client.get(&format!("{path}?format={form}")).await?.body;
    let document = at(&exported, "document").cloned().unwrap_or_default();
    let refused = at(&exported, "refused").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    for problem in refused {
        context.out.say(&format!("left out: {} {}", text(problem, "path"), text(problem, "message")));
    }
    let json = serde_json::to_string_pretty(&document).unwrap_or_default();
    context.out.item(&document, "", |to| writeln!(to, "{json}"))?;
    Ok(if args.strict && !refused.is_empty() { Exit::Failure } else { Exit::Success })
}
