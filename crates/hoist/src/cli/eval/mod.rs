//! `hoist eval`: what a flag is worth for a context, and why; against a server, or offline from a snapshot.

pub mod explain;
pub mod offline;

use std::path::PathBuf;

use clap::Args;
use hoist_eval::{ContextError, EnvironmentKey, EvaluationContext, FlagKey};
use hoist_server::body::{self, JsonRules};
use hoist_server::error::ApiError;
use hoist_server::limits::CONTEXT_JSON_DEPTH_MAX;
use serde_json::{Value, json};

use crate::clock;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::files;
use crate::output::{at, text};

use super::Context;

/// Say what a flag is worth for a context, and why
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  hoist eval new-checkout --env production --context '{\"targetingKey\": \"user-17\", \"plan\": \"pro\"}'
  hoist export --env production > production.json
  hoist eval new-checkout --snapshot production.json --context @context.yaml --trace")]
pub struct EvalArgs {
    /// The flag's key
    #[arg(value_name = "KEY")]
    flag: FlagKey,
    /// Environment, such as `production`; not needed with --snapshot
    #[arg(long = "env", env = "HOIST_ENV", value_name = "ENV", required_unless_present = "snapshot")]
    environment: Option<EnvironmentKey>,
    /// Evaluation context as JSON, or `@FILE` for a JSON or YAML file
    #[arg(long, short = 'c', value_name = "JSON|@FILE", default_value = "{}")]
    context: String,
    /// Evaluate from a document that `hoist export` wrote, without a server
    #[arg(long, value_name = "FILE")]
    snapshot: Option<PathBuf>,
    /// Say what was asked on the way to the answer
    #[arg(long)]
    trace: bool,
}

/// Evaluates the flag.
pub async fn run(args: EvalArgs, context: Context) -> Result<Exit, Failure> {
    let unit = unit(&args.context)?;
    let mut answer = match (&args.snapshot, &args.environment) {
        (Some(snapshot), _) => offline::evaluate(snapshot, args.flag.as_str(), &unit)?,
        (None, Some(environment)) => ask(&args, environment.as_str(), &unit, &context).await?,
        (None, None) => return Err(Failure::usage("an environment is needed").hint("pass `--env` or `--snapshot`")),
    };
    if !args.trace
        && let Some(fields) = answer.as_object_mut()
    {
        fields.remove("trace");
    }
    context.out.item(&answer, "variant", |to| explain::write(to, &answer))?;
    Ok(match text(&answer, "error").as_str() {
        "" => Exit::Success,
        "FLAG_NOT_FOUND" => Exit::NotFound,
        _ => Exit::Failure,
    })
}

async fn ask(args: &EvalArgs, environment: &str, unit: &Value, context: &Context) -> Result<Value, Failure> {
    let client = context.client()?;
    let flag = args.flag.as_str();
    let path = client.in_project(&["flags", flag, "environments", environment, "evaluate"]);
    let outcome = client.post(&path, &json!({ "context": unit })).await;
    Ok(super::flag::explain(&client, flag, outcome).await?.body)
}

/// Reads a context and checks it by the evaluator's own rules, so that a server and a snapshot refuse the same.
fn unit(given: &str) -> Result<Value, Failure> {
    let unit = if let Some(path) = given.strip_prefix('@') {
        let text = files::text(&PathBuf::from(path))?;
        let unit = files::value(&text, path)?;
        if files::is_json(&text) {
            sound(&text)?;
        }
        unit
    } else {
        let unit = serde_json::from_str(given).map_err(|error| {
            Failure::invalid(format!("the context is not valid JSON: {error}"))
                .hint("quote it for the shell: --context '{\"targetingKey\": \"user-17\"}', or give `@FILE`")
        })?;
        sound(given)?;
        unit
    };
    match EvaluationContext::from_value(&unit, clock::now()) {
        Ok(_) => Ok(unit),
        Err(error) => Err(refused(&error)),
    }
}

/// Refuses JSON that a server would not read: no parser of ours notices a key that stands twice.
fn sound(json: &str) -> Result<(), Failure> {
    let rules = JsonRules { depth_max: CONTEXT_JSON_DEPTH_MAX };
    body::check_json(json.as_bytes(), rules).map_err(|error| match error {
        ApiError::BadJson { line, column, rule } => {
            Failure::invalid(format!("the context cannot be used: {rule}, at line {line}, column {column}"))
                .hint("a server refuses it too")
        }
        _ => Failure::invalid("the context cannot be used").hint("a server refuses it too"),
    })
}

/// Returns the failure for a context that breaks a rule, with the form that keeps it.
pub(crate) fn refused(error: &ContextError) -> Failure {
    Failure::invalid(error.to_string())
        .hint("give one object of attributes, such as '{\"targetingKey\": \"user-17\", \"plan\": \"pro\"}'")
}

/// Returns whether an answer carries an error.
pub(crate) fn has_error(answer: &Value) -> bool {
    at(answer, "error").is_some_and(|error| !error.is_null())
}
