//! `hoist token`: what programs and people show to be let in.

use clap::{Args, Subcommand, ValueEnum};
use hoist_eval::EnvironmentKey;
use serde::Serialize;
use serde_json::{Value, json};

use crate::client::path;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Column, text};
use crate::prompt;

use super::Context;

/// Tokens: what programs and people show to be let in
#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Create a token; it is shown once
    #[command(after_help = "Examples:\n  hoist token create --kind server --env production --name shop\n  \
        hoist token create --kind admin --name alice --data /var/lib/hoist")]
    Create(CreateArgs),
    /// List the tokens; their secrets are known to nobody
    List,
    /// Make a token worthless
    Revoke(RevokeArgs),
}

/// What a token is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// Manages everything.
    Admin,
    /// Evaluates flags in a server-side program.
    Server,
    /// Evaluates flags in a browser or an app, where anyone can read the token.
    Client,
    /// Serves flags to others close by.
    Edge,
}

/// What the holder of an admin token may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Looks.
    Viewer,
    /// Builds features and tries them out in open environments.
    Developer,
    /// Decides what is released when.
    Releaser,
    /// Stops what hurts.
    Operator,
    /// Looks after Hoist itself.
    Admin,
}

/// A token as the command line gives it.
#[derive(Debug, Args)]
pub struct CreateArgs {
    /// What the token is for
    #[arg(long, value_enum)]
    kind: Kind,
    /// Environment that it reads; every kind but `admin` needs one
    #[arg(long = "env", env = "HOIST_ENV", value_name = "ENV", required_if_eq_any = [("kind", "server"), ("kind", "client"), ("kind", "edge")])]
    environment: Option<EnvironmentKey>,
    /// What the holder of an admin token may do
    #[arg(long, value_enum, default_value = "admin")]
    role: Role,
    /// Name of who holds it
    #[arg(long, value_name = "NAME", value_parser = name)]
    name: Option<String>,
}

/// Reads the name of a token's holder.
pub fn name(text: &str) -> Result<String, &'static str> {
    if text.trim().is_empty() { Err("say who holds the token, or leave it out") } else { Ok(text.to_owned()) }
}

/// The token to revoke.
#[derive(Debug, Args)]
pub struct RevokeArgs {
    /// The token's id, as `hoist token list` shows it
    #[arg(value_name = "ID")]
    id: String,
}

/// Carries out a command.
pub async fn run(command: TokenCommand, context: Context) -> Result<Exit, Failure> {
    match command {
        TokenCommand::Create(args) => create(&args, &context).await,
        TokenCommand::List => list(&context).await,
        TokenCommand::Revoke(args) => revoke(&args.id, &context).await,
    }
}

/// Returns the request for a token.
pub fn request(kind: &str, project: &str, environment: Option<&str>, name: &str, role: Role) -> Value {
    match environment {
        Some(environment) => json!({ "kind": kind, "name": name, "project": project, "environment": environment }),
        None => json!({ "kind": kind, "name": name, "role": role }),
    }
}

async fn create(args: &CreateArgs, context: &Context) -> Result<Exit, Failure> {
    let kind = format!("{:?}", args.kind).to_lowercase();
    let project = context.connection.project.as_str();
    let environment = args.environment.as_ref().map(EnvironmentKey::as_str).filter(|_| args.kind != Kind::Admin);
    let name = args.name.as_deref().unwrap_or(&kind);
    let client = context.client()?;
    let answer = client.post_secret(&path(&["tokens"]), &request(&kind, project, environment, name, args.role)).await?;
    context.out.item(&answer.body, "secret", |to| writeln!(to, "{}", text(&answer.body, "secret")))?;
    context.out.say("This is the only time the token is shown");
    Ok(Exit::Success)
}

async fn list(context: &Context) -> Result<Exit, Failure> {
    let mut items = context.client()?.list(&path(&["tokens"]), &[]).await?;
    // The server lists the newest first; people look for what was there before.
    items.reverse();
    context.out.list(&items, "id", COLUMNS)?;
    Ok(Exit::Success)
}

const COLUMNS: &[Column] = &[
    Column("ID", |item| text(item, "id")),
    Column("KIND", |item| text(item, "kind")),
    Column("NAME", |item| text(item, "name")),
    Column("ROLE", |item| text(item, "role")),
    Column("PROJECT", |item| text(item, "project")),
    Column("ENVIRONMENT", |item| text(item, "environment")),
    Column("REVOKED", |item| if text(item, "revoked_at").is_empty() { "no" } else { "yes" }.to_owned()),
];

async fn revoke(id: &str, context: &Context) -> Result<Exit, Failure> {
    prompt::confirm(&format!("Revoke the token `{id}`? Whoever uses it is locked out."), context.yes)?;
    let outcome = context.client()?.delete(&path(&["tokens", id]), None).await;
    outcome.map_err(|failure| match failure.exit {
        Exit::NotFound => {
            Failure { message: format!("there is no token `{id}`"), ..failure }.hint("`hoist token list` shows the ids")
        }
        _ => failure,
    })?;
    context.out.say(&format!("Revoked token `{id}`"));
    Ok(Exit::Success)
}
