//! `hoist service`: what runs and asks for flags.

use clap::{Args, Subcommand};
use hoist_eval::FlagKey;
use hoist_lifecycle::product::{ServiceDraft, ServiceKey};
use serde_json::{Value, json};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::files;
use crate::output::{Column, text};

use super::documents::{self, Kind, OptionalFile};
use super::{Context, flag};

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
    file: OptionalFile,
    /// Name for people
    #[arg(long, value_name = "TEXT", conflicts_with = "file")]
    title: Option<String>,
    /// What it is for
    #[arg(long, value_name = "TEXT", conflicts_with = "file")]
    description: Option<String>,
    /// Who answers for it
    #[arg(long, value_name = "NAME", conflicts_with = "file")]
    owner: Option<String>,
    /// Where people find more about it
    #[arg(long = "page", value_name = "URL", conflicts_with = "file")]
    page: Option<String>,
}

/// Carries out a command.
pub async fn run(command: ServiceCommand, context: Context) -> Result<Exit, Failure> {
    match command {
        ServiceCommand::Create(args) => documents::create(KIND, &draft(&args)?, &context).await,
        ServiceCommand::List => documents::list(KIND, COLUMNS, &context).await,
        ServiceCommand::Show(args) => documents::show(KIND, args.key.as_str(), &context).await,
        ServiceCommand::Set(args) => set(&args, &context).await,
        ServiceCommand::Delete(args) => documents::delete(KIND, args.key.as_str(), &context).await,
        ServiceCommand::Link(args) => link(&args, true, &context).await,
        ServiceCommand::Unlink(args) => link(&args, false, &context).await,
    }
}

const COLUMNS: &[Column] = &[
    Column("KEY", |item| text(item, "key")),
    Column("TITLE", |item| text(item, "service.title")),
    Column("OWNER", |item| text(item, "service.owner")),
];

fn draft(args: &WriteArgs) -> Result<Value, Failure> {
    let key = args.key.as_str();
    let document = if let Some(file) = &args.file.file {
        documents::read(key, file)?
    } else {
        let given = |text: &Option<String>| text.clone().unwrap_or_default();
        json!({
            "key": key, "title": given(&args.title), "description": given(&args.description),
            "owner": given(&args.owner), "url": given(&args.page),
        })
    };
    files::shape::<ServiceDraft>(document.clone(), "the service")?;
    Ok(document)
}

/// Replaces a service. Options say nothing of guards, so those that it has stay; a file says everything.
async fn set(args: &WriteArgs, context: &Context) -> Result<Exit, Failure> {
    let (key, mut document) = (args.key.as_str(), draft(args)?);
    if args.file.file.is_none() {
        let (_, mut kept) = documents::get(KIND, key, context).await?;
        if let (Some(members), Some(guards)) = (document.as_object_mut(), kept.pointer_mut("/service/guards")) {
            members.insert("guards".to_owned(), guards.take());
        }
    }
    documents::set(KIND, key, &document, context).await
}

async fn link(args: &LinkArgs, linked: bool, context: &Context) -> Result<Exit, Failure> {
    let (key, flag) = (args.key.as_str(), args.flag.as_str());
    // The service first, so that what is missing is named.
    documents::get(KIND, key, context).await?;
    let client = context.client()?;
    let path = client.in_project(&["flags", flag, "services", key]);
    let outcome = if linked { client.put(&path, &json!({}), None).await } else { client.delete(&path, None).await };
    flag::explain(&client, flag, outcome).await?;
    let said = if linked { "Linked" } else { "No longer linked" };
    let done = json!({ "key": key, "flag": flag, "linked": linked });
    context.out.item(&done, "key", |to| writeln!(to, "{said}: service `{key}` and flag `{flag}`"))?;
    Ok(Exit::Success)
}
