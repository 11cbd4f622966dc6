//! The commands: one file each. This file says what there is and carries out the one that was asked for.

pub mod analyze;
pub mod audit;
pub mod backup;
pub mod cleanup;
pub mod completions;
pub mod condition;
pub mod demo;
pub mod described;
pub mod doctor;
pub mod documents;
pub mod environment;
pub mod eval;
pub mod export;
pub mod feature;
pub mod flag;
pub mod man;
pub mod metric;
pub mod plan;
pub mod project;
pub mod refs;
pub mod restore;
pub mod rollout;
pub mod segment;
pub mod serve;
pub mod service;
pub mod setup;
pub mod stale;
pub mod token;

use clap::{Args, Parser, Subcommand};
use hoist_eval::EnvironmentKey;

use crate::client::Client;
use crate::connection::ConnectionArgs;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Format, Output};

/// Raises a feature a little at a time, and lowers it in a second
#[derive(Debug, Parser)]
#[command(
    name = "hoist",
    version,
    max_term_width = 100,
    propagate_version = true,
    subcommand_required = true,
    arg_required_else_help = true,
    after_help = AFTER_HELP
)]
pub struct Cli {
    #[command(flatten)]
    global: GlobalArgs,
    #[command(subcommand)]
    command: Command,
}

const AFTER_HELP: &str = "\
Examples:
  hoist demo --once --speed 60                             see the whole loop in two minutes
  hoist serve                                              start a server on this machine
  hoist flag off new-checkout --env production             switch a flag off, now
  hoist rollout start new-checkout --env production --plan canary
  hoist rollout watch new-checkout --env production

Exit codes:
  0 done               1 failed, or a check found something    2 wrong command line
  3 no such thing      4 changed by someone else               5 wrong content
  6 not permitted      7 server does not answer
  rollout watch: 20 rolled back, 21 waits for a person, 22 time is up, 23 cancelled or switched off";

/// Arguments that every command takes.
#[derive(Debug, Clone, Args)]
pub struct GlobalArgs {
    #[command(flatten)]
    connection: ConnectionArgs,
    /// Form of the results: `table` unless the command says otherwise
    #[arg(short, long, global = true, value_enum, value_name = "FORM", help_heading = "Output")]
    output: Option<Format>,
    /// The same as `--output json`
    #[arg(long, global = true, conflicts_with = "output", help_heading = "Output")]
    json: bool,
    /// Print results and errors, and nothing else
    #[arg(short, long, global = true, help_heading = "Output")]
    quiet: bool,
    /// Answer every question with yes
    #[arg(short, long, global = true, help_heading = "Output")]
    yes: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start the server
    Serve(serve::ServeArgs),
    /// Watch a whole rollout happen: a sample shop, a bug, a rollback, a fix, and 100 %
    Demo(demo::DemoArgs),
    /// Make the first admin token of a new server, with its set-up code
    Setup(setup::SetupArgs),
    /// Tokens: what programs and people show to be let in
    #[command(subcommand)]
    Token(token::TokenCommand),
    /// Flags: create, change, switch on and off
    #[command(subcommand)]
    Flag(flag::FlagCommand),
    /// Segments: named sets of units, such as the staff
    #[command(subcommand)]
    Segment(segment::SegmentCommand),
    /// Metrics: what guards watch
    #[command(subcommand)]
    Metric(metric::MetricCommand),
    /// Rollout plans: stages and guards
    #[command(subcommand)]
    Plan(plan::PlanCommand),
    /// Environments, such as staging and production
    #[command(subcommand, visible_alias = "env")]
    Environment(environment::EnvironmentCommand),
    /// Projects: each has its own flags, segments, metrics, plans and environments
    #[command(subcommand)]
    Project(project::ProjectCommand),
    /// Rollouts: start, watch, and step in
    #[command(subcommand)]
    Rollout(rollout::RolloutCommand),
    /// Services: what runs and asks for flags
    #[command(subcommand)]
    Service(service::ServiceCommand),
    /// Features: what users see or do, behind flags
    #[command(subcommand)]
    Feature(feature::FeatureCommand),
    /// Find flags that have done their work
    Stale(stale::StaleArgs),
    /// Find where flags occur in code
    Refs(refs::RefsArgs),
    /// Say what a flag is worth for a context, and why
    Eval(eval::EvalArgs),
    /// Judge recorded counts offline, as a rollout would have judged them
    Analyze(analyze::AnalyzeArgs),
    /// Write the flags of an environment as one document
    Export(export::ExportArgs),
    /// Remove a retired flag, and the code that only served it, from a source tree
    Cleanup(cleanup::CleanupArgs),
    /// The record of who changed what
    #[command(subcommand)]
    Audit(audit::AuditCommand),
    /// Write a copy of all data to a file, while the server runs
    Backup(backup::BackupArgs),
    /// Put a copy back, into the data folder of a server that is stopped
    Restore(restore::RestoreArgs),
    /// Look for what is wrong, and say what to do about it
    Doctor(doctor::DoctorArgs),
    /// Print the completion script of a shell
    Completions(completions::CompletionsArgs),
    /// Write the manual pages
    Man(man::ManArgs),
}

/// What every command is given.
#[derive(Debug, Clone)]
pub struct Context {
    /// Where results and messages go.
    pub out: Output,
    /// How the server is reached.
    pub connection: ConnectionArgs,
    /// The form of results that was asked for; none if the command may choose.
    pub form: Option<Format>,
    /// Whether every question is answered with yes.
    pub yes: bool,
}

impl Context {
    /// Returns a client for the server that the arguments name.
    pub fn client(&self) -> Result<Client, Failure> {
        Client::new(self.connection.target()?, self.connection.project.as_str())
    }
}

/// The environment a command works in.
#[derive(Debug, Clone, Args)]
pub struct EnvironmentArg {
    /// Environment, such as `production`
    #[arg(long = "env", env = "HOIST_ENV", value_name = "ENV")]
    pub environment: EnvironmentKey,
}

impl EnvironmentArg {
    /// Returns the environment's key.
    pub fn as_str(&self) -> &str {
        self.environment.as_str()
    }
}

/// Why something is done, for the audit log.
#[derive(Debug, Clone, Args)]
pub struct ReasonArg {
    /// Why, for the audit log
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    pub reason: String,
}

impl GlobalArgs {
    fn form(&self) -> Option<Format> {
        if self.json { Some(Format::Json) } else { self.output }
    }
}

/// Reads how many things to list.
pub fn count(text: &str) -> Result<usize, &'static str> {
    text.parse().ok().filter(|count| *count > 0).ok_or("must be a whole number, at least 1")
}

impl Cli {
    /// Returns where this command's results go.
    pub fn output(&self) -> Output {
        Output::new(self.global.form().unwrap_or_default(), self.global.quiet)
    }
}

/// Carries out a command line.
pub fn run(cli: Cli) -> Result<Exit, Failure> {
    let out = cli.output();
    let form = cli.global.form();
    let context = Context { out, form, connection: cli.global.connection, yes: cli.global.yes };
    let written = match &cli.command {
        Command::Refs(_) => true,
        Command::Cleanup(_) => out.format() == Format::Sarif,
        _ => false,
    };
    if out.format().is_of_code() && !written {
        let hint = "other commands write `table`, `json`, `yaml` or `name`, and `hoist cleanup` writes `sarif` too";
        return Err(Failure::usage("only `hoist refs` writes this form").hint(hint));
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::io("cannot start", &error))?;
    let exit = runtime.block_on(carry_out(cli.command, context));
    // A thread that waits for a key must not hold the program back.
    runtime.shutdown_background();
    exit
}

async fn carry_out(command: Command, context: Context) -> Result<Exit, Failure> {
    match command {
        Command::Serve(args) => serve::run(args, context).await,
        Command::Demo(args) => demo::run(args, context).await,
        Command::Setup(args) => setup::run(args, context).await,
        Command::Token(command) => token::run(command, context).await,
        Command::Flag(command) => flag::run(command, context).await,
        Command::Segment(command) => segment::run(command, context).await,
        Command::Metric(command) => metric::run(command, context).await,
        Command::Plan(command) => plan::run(command, context).await,
        Command::Environment(command) => environment::run(command, context).await,
        Command::Project(command) => project::run(command, context).await,
        Command::Rollout(command) => rollout::run(command, context).await,
        Command::Service(command) => service::run(command, context).await,
        Command::Feature(command) => feature::run(command, context).await,
        Command::Stale(args) => stale::run(args, context).await,
        Command::Refs(args) => refs::run(args, context).await,
        Command::Eval(args) => eval::run(args, context).await,
        Command::Analyze(args) => analyze::run(&args, &context),
        Command::Export(args) => export::run(args, context).await,
        Command::Cleanup(args) => cleanup::run(args, context).await,
        Command::Audit(command) => audit::run(command, context).await,
        Command::Backup(args) => backup::run(args, context).await,
        Command::Restore(args) => restore::run(args, context).await,
        Command::Doctor(args) => doctor::run(args, context).await,
        Command::Completions(args) => completions::run(&args, context.out),
        Command::Man(args) => man::run(&args, context.out),
    }
}
