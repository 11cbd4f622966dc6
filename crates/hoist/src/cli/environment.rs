//! `hoist environment`.

use clap::{Args, Subcommand};
use hoist_eval::EnvironmentKey;
use serde_json::{Map, Value};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Column, text, write_fields};

use super::{Context, documents};

/// Environments, such as staging and production
#[derive(Debug, Subcommand)]
pub enum EnvironmentCommand {
    /// Create an environment
    Create(WriteArgs),
    /// List the environments
    List,
    /// Show an environment
    Show(KeyArg),
    /// Change an environment
    Set(WriteArgs),
}

/// The environment to work on.
#[derive(Debug, Args)]
pub struct KeyArg {
    /// The environment's key
    #[arg(value_name = "KEY")]
    key: EnvironmentKey,
}

/// An environment as the command line gives it.
#[derive(Debug, Args)]
pub struct WriteArgs {
    /// The environment's key
    #[arg(value_name = "KEY")]
    key: EnvironmentKey,
    /// Name for people
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// Whether changes need more rights than elsewhere
    #[arg(long, value_name = "BOOL")]
    protected: Option<bool>,
}

impl WriteArgs {
    fn fields(&self) -> Map<String, Value> {
        let mut fields = Map::new();
        fields.extend(self.title.as_deref().map(|title| ("title".to_owned(), Value::from(title))));
        fields.extend(self.protected.map(|protected| ("protected".to_owned(), Value::from(protected))));
        fields
    }
}

/// Carries out a command.
pub async fn run(command: EnvironmentCommand, context: Context) -> Result<Exit, Failure> {
    match command {
        EnvironmentCommand::Create(args) => create(&args, &context).await,
        EnvironmentCommand::List => documents::list(KIND, COLUMNS, &context).await,
        EnvironmentCommand::Show(args) => show(args.key.as_str(), &context).await,
        EnvironmentCommand::Set(args) => set(&args, &context).await,
    }
}

/// What environments are, as documents.
pub(super) const KIND: documents::Kind =
    documents::Kind { one: "environment", many: "environments", write: documents::write_as::<Value> };

const COLUMNS: &[Column] = &[
    Column("KEY", |item| text(item, "key")),
    Column("TITLE", |item| text(item, "title")),
    Column("PROTECTED", |item| text(item, "protected")),
    Column("GENERATION", |item| text(item, "generation")),
];

async fn create(args: &WriteArgs, context: &Context) -> Result<Exit, Failure> {
    let mut fields = args.fields();
    fields.insert("key".to_owned(), Value::from(args.key.as_str()));
    documents::create(KIND, &Value::Object(fields), context).await
}

async fn show(key: &str, context: &Context) -> Result<Exit, Failure> {
    let (_, body) = documents::get(KIND, key, context).await?;
    context.out.item(&body, "key", |to| {
        let fields = ["key", "title", "protected", "generation"].map(|field| (field, text(&body, field)));
        write_fields(to, &fields)
    })?;
    Ok(Exit::Success)
}

async fn set(args: &WriteArgs, context: &Context) -> Result<Exit, Failure> {
    let fields = args.fields();
    if fields.is_empty() {
        return Err(Failure::usage("nothing to change").hint("give `--title` or `--protected`"));
    }
    let key = args.key.as_str();
    let (version, _) = documents::get(KIND, key, context).await?;
    let client = context.client()?;
    let path = client.in_project(&["environments", key]);
    let answer = client.patch(&path, &Value::Object(fields), version.as_deref()).await?;
    context.out.item(&answer.body, "key", |to| writeln!(to, "Changed environment `{key}`"))?;
    Ok(Exit::Success)
}
