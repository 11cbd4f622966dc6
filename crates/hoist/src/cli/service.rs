//! `hoist service`: what runs and asks for flags.

use clap::{Args, Subcommand};
use hoist_eval::FlagKey;
use hoist_lifecycle::product::{ServiceDraft, ServiceKey};
use serde_json::Value;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Column, text};

use super::Context;
use super::described::{self, Described};
use super::documents::{self, Kind};

const KIND: Kind = Kind { one: "service", many: "services", write: documents::write_as::<ServiceDraft> };

/// Services: what runs and asks for flags
#[derive(Debug, Subcommand)]
pub enum ServiceCommand {
    /// Create a service
    #[command(
        after_help = "Example:\n  hoist service create shop --title Shop --owner payments\n  hoist service create shop --file shop.json"
    )]
    Create(WriteArgs),
    /// List the services
    List,
    /// Show a service
    Show(KeyArg),
    /// Replace what is known about a service
    Set(WriteArgs),
    /// Delete a service that no flag is linked with
    Delete(KeyArg),
    /// Say that a service asks for a flag
    Link(LinkArgs),
    /// Take that back
    Unlink(LinkArgs),
}

/// The service to work on.
#[derive(Debug, Args)]
pub struct KeyArg {
    /// The service's key
    #[arg(value_name = "KEY")]
    key: ServiceKey,
}

/// A service and a flag.
#[derive(Debug, Args)]
pub struct LinkArgs {
    /// The service's key
    #[arg(value_name = "KEY")]
    key: ServiceKey,
    /// The flag's key
    #[arg(value_name = "FLAG")]
    flag: FlagKey,
}

/// A service as the command line gives it.
#[derive(Debug, Args)]
pub struct WriteArgs {
    /// The service's key
    #[arg(value_name = "KEY")]
    key: ServiceKey,
    #[command(flatten)]
    said: Described,
}

/// Carries out a command.
pub async fn run(command: ServiceCommand, context: Context) -> Result<Exit, Failure> {
    match command {
        ServiceCommand::Create(args) => documents::create(KIND, &draft(&args)?, &context).await,
        ServiceCommand::List => documents::list(KIND, COLUMNS, &context).await,
        ServiceCommand::Show(args) => documents::show(KIND, args.key.as_str(), &context).await,
        ServiceCommand::Set(args) => set(&args, &context).await,
        ServiceCommand::Delete(args) => documents::delete(KIND, args.key.as_str(), &context).await,
        ServiceCommand::Link(args) => described::link(KIND, args.key.as_str(), &args.flag, true, &context).await,
        ServiceCommand::Unlink(args) => described::link(KIND, args.key.as_str(), &args.flag, false, &context).await,
    }
}

const COLUMNS: &[Column] = &[
    Column("KEY", |item| text(item, "key")),
    Column("TITLE", |item| text(item, "service.title")),
    Column("OWNER", |item| text(item, "service.owner")),
];

fn draft(args: &WriteArgs) -> Result<Value, Failure> {
    described::draft::<ServiceDraft>(KIND, args.key.as_str(), &args.said)
}

/// Replaces a service. Options say nothing of guards, so those that it has stay; a file says everything.
async fn set(args: &WriteArgs, context: &Context) -> Result<Exit, Failure> {
    let (key, mut document) = (args.key.as_str(), draft(args)?);
    if args.said.file.file.is_none() {
        let (_, mut kept) = documents::get(KIND, key, context).await?;
        if let (Some(members), Some(guards)) = (document.as_object_mut(), kept.pointer_mut("/service/guards")) {
            members.insert("guards".to_owned(), guards.take());
        }
    }
    documents::set(KIND, key, &document, context).await
}
