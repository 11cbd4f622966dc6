//! `hoist feature`: what users see or do, behind flags.

use clap::{Args, Subcommand};
use hoist_eval::FlagKey;
use hoist_lifecycle::product::{FeatureDraft, FeatureKey};
use serde_json::Value;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Column, text};

use super::Context;
use super::described::{self, Described};
use super::documents::{self, Kind};

const KIND: Kind = Kind { one: "feature", many: "features", write: documents::write_as::<FeatureDraft> };

/// Features: what users see or do, behind flags
#[derive(Debug, Subcommand)]
pub enum FeatureCommand {
    /// Create a feature
    #[command(after_help = "Example:\n  hoist feature create shop --title Shop --owner payments")]
    Create(WriteArgs),
    /// List the features
    List,
    /// Show a feature
    Show(KeyArg),
    /// Replace what is known about a feature
    Set(WriteArgs),
    /// Delete a feature that no flag is linked with
    Delete(KeyArg),
    /// Say that a feature is gated by a flag
    Link(LinkArgs),
    /// Take that back
    Unlink(LinkArgs),
}

/// The feature to work on.
#[derive(Debug, Args)]
pub struct KeyArg {
    /// The feature's key
    #[arg(value_name = "KEY")]
    key: FeatureKey,
}

/// A feature and a flag.
#[derive(Debug, Args)]
pub struct LinkArgs {
    /// The feature's key
    #[arg(value_name = "KEY")]
    key: FeatureKey,
    /// The flag's key
    #[arg(value_name = "FLAG")]
    flag: FlagKey,
}

/// A feature as the command line gives it.
#[derive(Debug, Args)]
pub struct WriteArgs {
    /// The feature's key
    #[arg(value_name = "KEY")]
    key: FeatureKey,
    #[command(flatten)]
    said: Described,
}

/// Carries out a command.
pub async fn run(command: FeatureCommand, context: Context) -> Result<Exit, Failure> {
    match command {
        FeatureCommand::Create(args) => documents::create(KIND, &draft(&args)?, &context).await,
        FeatureCommand::List => documents::list(KIND, COLUMNS, &context).await,
        FeatureCommand::Show(args) => documents::show(KIND, args.key.as_str(), &context).await,
        FeatureCommand::Set(args) => documents::set(KIND, args.key.as_str(), &draft(&args)?, &context).await,
        FeatureCommand::Delete(args) => documents::delete(KIND, args.key.as_str(), &context).await,
        FeatureCommand::Link(args) => described::link(KIND, args.key.as_str(), &args.flag, true, &context).await,
        FeatureCommand::Unlink(args) => described::link(KIND, args.key.as_str(), &args.flag, false, &context).await,
    }
}

const COLUMNS: &[Column] = &[
    Column("KEY", |item| text(item, "key")),
    Column("TITLE", |item| text(item, "feature.title")),
    Column("OWNER", |item| text(item, "feature.owner")),
];

fn draft(args: &WriteArgs) -> Result<Value, Failure> {
    described::draft::<FeatureDraft>(KIND, args.key.as_str(), &args.said)
}
