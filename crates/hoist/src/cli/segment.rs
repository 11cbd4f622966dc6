//! `hoist segment`: named sets of units.

use clap::{Args, Subcommand};
use hoist_eval::SegmentKey;
use hoist_eval::draft::SegmentDraft;
use serde_json::{Value, json};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::files;
use crate::output::{Column, at, text};

use super::documents::{self, Kind, OptionalFile};
use super::{Context, condition};

const KIND: Kind = Kind { one: "segment", many: "segments", write: documents::write_as::<SegmentDraft> };

/// Segments: named sets of units, such as the staff
#[derive(Debug, Subcommand)]
pub enum SegmentCommand {
    /// Create a segment
    #[command(after_help = "Examples:\n  \
        hoist segment create internal --file internal.yaml\n  \
        hoist segment create testers --include user-17 --include user-23")]
    Create(WriteArgs),
    /// List the segments
    List,
    /// Show a segment
    Show(KeyArg),
    /// Replace what a segment holds
    Set(WriteArgs),
    /// Delete a segment that nothing refers to
    Delete(KeyArg),
}

/// The segment to work on.
#[derive(Debug, Args)]
pub struct KeyArg {
    /// The segment's key
    #[arg(value_name = "KEY")]
    key: SegmentKey,
}

/// A segment as the command line gives it.
#[derive(Debug, Args)]
pub struct WriteArgs {
    /// The segment's key
    #[arg(value_name = "KEY")]
    key: SegmentKey,
    #[command(flatten)]
    file: OptionalFile,
    /// Targeting key that belongs; may be given more than once
    #[arg(long, value_name = "UNIT", conflicts_with = "file")]
    include: Vec<String>,
    /// Targeting key that never belongs; may be given more than once
    #[arg(long, value_name = "UNIT", conflicts_with = "file")]
    exclude: Vec<String>,
    /// Condition for who else belongs, as JSON
    #[arg(long, value_name = "JSON", conflicts_with = "file")]
    when: Option<String>,
}

/// Carries out a command.
pub async fn run(command: SegmentCommand, context: Context) -> Result<Exit, Failure> {
    match command {
        SegmentCommand::Create(args) => {
            documents::create(KIND, &draft(&args)?, &context).await.map_err(condition::explain)
        }
        SegmentCommand::List => documents::list(KIND, COLUMNS, &context).await,
        SegmentCommand::Show(args) => documents::show(KIND, args.key.as_str(), &context).await,
        SegmentCommand::Set(args) => {
            documents::set(KIND, args.key.as_str(), &draft(&args)?, &context).await.map_err(condition::explain)
        }
        SegmentCommand::Delete(args) => documents::delete(KIND, args.key.as_str(), &context).await,
    }
}

const COLUMNS: &[Column] = &[
    Column("KEY", |item| text(item, "key")),
    Column("INCLUDED", |item| count(item, "segment.included")),
    Column("EXCLUDED", |item| count(item, "segment.excluded")),
    Column("CONDITION", |item| {
        if at(item, "segment.when").is_some_and(|when| !when.is_null()) { "yes" } else { "no" }.to_owned()
    }),
];

fn count(item: &Value, list: &str) -> String {
    at(item, list).and_then(Value::as_array).map_or(0, Vec::len).to_string()
}

/// Returns the segment as it is sent: what is wrong with a condition is for the server to say.
fn draft(args: &WriteArgs) -> Result<Value, Failure> {
    let key = args.key.as_str();
    if let Some(file) = &args.file.file {
        return documents::read(key, file);
    }
    let when = args.when.as_deref().map(|text| files::value(text, "--when")).transpose()?;
    Ok(json!({ "key": key, "included": args.include, "excluded": args.exclude, "when": when }))
}
