//! `hoist flag set`: what is known about a flag, or who gets what in one environment.

use std::path::PathBuf;

use clap::Args;
use hoist_eval::draft::{ServeDraft, TargetingDraft};
use hoist_eval::{EnvironmentKey, VariantKey};
use serde_json::{Value, json};

use crate::cli::{Context, condition};
use crate::client::Client;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::files;
use crate::output::at;

use super::details::DetailArgs;
use super::{KeyArg, explain};

/// Change what is known about a flag, or who gets what in one environment
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  hoist flag set new-checkout --owner payments --expires-on 2027-06-30
  hoist flag set new-checkout --env staging --default on
  hoist flag set new-checkout --env production --targeting targeting.yaml")]
pub struct SetArgs {
    #[command(flatten)]
    key: KeyArg,
    #[command(flatten)]
    details: DetailArgs,
    /// Environment in which to change who gets what
    #[arg(long = "env", value_name = "ENV")]
    environment: Option<EnvironmentKey>,
    /// Variant for everyone whom no rule matches
    #[arg(long, value_name = "VARIANT", requires = "environment")]
    default: Option<VariantKey>,
    /// Variant that is served while the flag is off
    #[arg(long, value_name = "VARIANT", requires = "environment")]
    off_variant: Option<VariantKey>,
    /// YAML or JSON file with all of the targeting: enabled, off_variant, default, rules, prerequisites
    #[arg(long, value_name = "FILE", requires = "environment", conflicts_with_all = ["default", "off_variant"])]
    targeting: Option<PathBuf>,
}

/// Changes the flag.
pub async fn run(args: SetArgs, context: Context) -> Result<Exit, Failure> {
    // Read before anything is changed.
    let targeting = args.targeting.as_deref().map(files::read).transpose()?;
    let client = context.client()?;
    let details = args.details.fields();
    let targets = args.default.is_some() || args.off_variant.is_some() || args.targeting.is_some();
    if details.is_empty() && !targets {
        return Err(
            Failure::usage("nothing to change").hint("give a detail such as `--owner`, or `--env` and `--default`")
        );
    }
    let key = args.key.as_str();
    let mut result = Value::Null;
    if !details.is_empty() {
        let path = client.in_project(&["flags", key]);
        let outcome = client.get(&path).await;
        let now = explain(&client, key, outcome).await?;
        result = client.patch(&path, &Value::Object(details), now.version.as_deref()).await?.body;
    }
    if let Some(environment) = args.environment.as_ref().filter(|_| targets) {
        result = set_targeting(&client, &args, environment.as_str(), targeting).await?;
    }
    if let Some(fields) = result.as_object_mut() {
        fields.insert("key".to_owned(), json!(key));
    }
    context.out.item(&result, "key", |to| writeln!(to, "Changed flag `{key}`"))?;
    Ok(Exit::Success)
}

/// Writes the targeting over the one that is there, unless someone else changes it in between. What a file holds is sent
/// as it is: the server draws what is left out, and says what is wrong.
async fn set_targeting(
    client: &Client,
    args: &SetArgs,
    environment: &str,
    given: Option<Value>,
) -> Result<Value, Failure> {
    let key = args.key.as_str();
    let path = client.in_project(&["flags", key, "environments", environment]);
    let outcome = client.get(&path).await;
    let now = explain(client, key, outcome).await?;
    let targeting = match given {
        Some(given) => given,
        None => json!(edited(at(&now.body, "targeting").cloned().unwrap_or_default(), args)?),
    };
    let outcome = client.put(&path, &targeting, now.version.as_deref()).await;
    Ok(outcome.map_err(condition::explain)?.body)
}

/// Returns the targeting that is there, with what the arguments change.
fn edited(current: Value, args: &SetArgs) -> Result<TargetingDraft, Failure> {
    let mut targeting: TargetingDraft = files::shape(current, "the server's answer")?;
    if let Some(variant) = &args.default {
        targeting.default = ServeDraft::Variant(variant.to_string());
    }
    if let Some(variant) = &args.off_variant {
        targeting.off_variant = variant.to_string();
    }
    Ok(targeting)
}
