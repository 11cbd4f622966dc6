//! `hoist serve`: the server.

use std::path::Path;

use clap::Args;
use hoist_server::config::HTTP_DEFAULT;
use hoist_server::{Config, Parts, RawConfig, Server, Shutdown};
use serde_json::json;

use crate::connection::variable;
use crate::exit::Exit;
use crate::failure::{Failure, Problem};
use crate::output::Output;

use super::Context;

/// Start the server
#[derive(Debug, Args)]
#[command(after_help = "\
Every flag has a variable, such as HOIST_HTTP for --http; a URL with a password belongs into the variable.
The first TERM or INT signal lets requests and streams end; the second stops at once.

Examples:
  hoist serve
  hoist serve --data /var/lib/hoist --http 0.0.0.0:8080 --host-name flags.example.org
  HOIST_DATABASE_URL=postgres://hoist@db/hoist hoist serve")]
pub struct ServeArgs {
    /// PostgreSQL URL; without it the data is kept in an embedded database in the data folder
    #[arg(long, env = "HOIST_DATABASE_URL", hide_env_values = true, value_name = "URL")]
    database_url: Option<String>,
    /// Address of the HTTP listener
    #[arg(long, env = "HOIST_HTTP", value_name = "ADDR", default_value = HTTP_DEFAULT)]
    http: String,
    /// Name under which clients may address the server, beside localhost and IP addresses; may be given more than once
    #[arg(long = "host-name", env = "HOIST_HOST_NAME", value_name = "NAME", value_delimiter = ',')]
    host_names: Vec<String>,
    /// Prometheus server that guards ask
    #[arg(long, env = "HOIST_PROMETHEUS_URL", value_name = "URL")]
    prometheus_url: Option<String>,
    /// Private address range that metric sources may have, such as 10.1.0.0/16; may be given more than once
    #[arg(long = "metric-range", env = "HOIST_METRIC_RANGE", value_name = "NETWORK", value_delimiter = ',')]
    metric_ranges: Vec<String>,
    /// Shortest time between two looks at a rollout
    #[arg(long, env = "HOIST_TICK_FLOOR", value_name = "TIME", default_value = "1s")]
    tick_floor: String,
    /// Longest time that a stop waits for requests and streams
    #[arg(long, env = "HOIST_DRAIN", value_name = "TIME", default_value = "10s")]
    drain: String,
    /// Unchanged time after which a flag that serves one value to everyone has done its work
    #[arg(long, env = "HOIST_SETTLED_AFTER", value_name = "TIME", default_value = "30d")]
    settled_after: String,
    /// Time without an evaluation after which a flag may be archived
    #[arg(long, env = "HOIST_ARCHIVE_AFTER", value_name = "TIME", default_value = "7d")]
    archive_after: String,
    /// Limit to lower, such as connections=1000; may be given more than once
    #[arg(long = "limit", env = "HOIST_LIMIT", value_name = "NAME=VALUE", value_delimiter = ',')]
    limits: Vec<String>,
}

/// Runs the server until it is told to stop.
pub async fn run(args: ServeArgs, context: Context) -> Result<Exit, Failure> {
    let data = context.connection.data_or_default();
    let config = check(raw(args, &context)?)?;
    hoist_server::telemetry::start_log();
    let shutdown = Shutdown::on_signals().map_err(|error| Failure::io("cannot listen for signals", &error))?;
    let server = start(config, shutdown).await?;
    greet(&server, &data, context.out)?;
    server.wait().await;
    Ok(Exit::Success)
}

fn raw(args: ServeArgs, context: &Context) -> Result<RawConfig, Failure> {
    if context.connection.url.is_some() {
        return Err(
            Failure::usage("`hoist serve` is a server and needs no `--url`").hint("its own address is `--http`")
        );
    }
    Ok(RawConfig {
        data: Some(context.connection.data_or_default()),
        database_url: said(args.database_url).map(Into::into),
        http: Some(args.http),
        host_names: named(args.host_names),
        prometheus_url: said(args.prometheus_url),
        prometheus_token: variable("HOIST_PROMETHEUS_TOKEN").map(Into::into),
        metric_ranges: named(args.metric_ranges),
        tick_floor: Some(args.tick_floor),
        drain: Some(args.drain),
        settled_after: Some(args.settled_after),
        archive_after: Some(args.archive_after),
        limits: named(args.limits),
    })
}

/// Returns a setting that says something. A variable that is set and empty, as compose files write one without a value,
/// says nothing.
fn said(setting: Option<String>) -> Option<String> {
    setting.filter(|setting| !setting.trim().is_empty())
}

/// Returns the members of a list that say something.
fn named(list: Vec<String>) -> Vec<String> {
    list.into_iter().filter_map(|member| said(Some(member))).collect()
}

/// Turns settings into a configuration, or says everything that is wrong with them.
pub fn check(raw: RawConfig) -> Result<Config, Failure> {
    raw.check().map_err(|problems| {
        let problems = problems
            .into_iter()
            .map(|problem| Problem { path: format!("--{}", problem.setting), message: problem.fault.into_owned() })
            .collect();
        Failure::new(Exit::Usage, "settings", "the server cannot start with these settings").problems(problems)
    })
}

/// Starts a server.
pub async fn start(config: Config, shutdown: Shutdown) -> Result<Server, Failure> {
    let started = Server::start(config, Parts::system(), shutdown).await;
    started.map_err(|error| {
        let failure = Failure::new(Exit::Failure, "start", error.to_string());
        match error.hint() {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    })
}

/// Says where the server is, and how to begin with a new one. The set-up code goes to standard output alone: logs of
/// standard error are kept and shipped.
fn greet(server: &Server, data: &Path, out: Output) -> Result<(), Failure> {
    let address = server.http_address();
    out.say(&format!("Hoist serves on http://{address}"));
    let Some(code) = server.setup_code() else { return Ok(()) };
    out.say(&format!(
        "This server is new. Make its first admin token within 30 minutes, from this machine:\n  \
         hoist setup --url http://{address}\nor open http://{address}/setup in a browser. It asks for the set-up code that follows. As the user who runs the server, \
         you need no code:\n  hoist token create --kind admin --name you --data {}",
        data.display()
    ));
    let document = json!({ "address": address.to_string(), "setup_code": code.expose() });
    out.item(&document, "setup_code", |to| writeln!(to, "{}", code.expose()))
}
