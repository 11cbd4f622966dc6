//! `hoist flag create`.

use clap::Args;
use serde_json::{Value, json};

use crate::cli::documents::{self, OptionalFile};
use crate::cli::{Context, condition};
use crate::exit::Exit;
use crate::failure::Failure;

use super::KeyArg;
use super::details::{self, DetailArgs, variant};

/// Create a flag; it is off everywhere
#[derive(Debug, Args)]
#[command(after_help = "\
Without variants the flag is a boolean one, `on` and `off`.

Examples:
  hoist flag create new-checkout --owner payments --category release --expires-on 2027-03-31
  hoist flag create banner --variant calm=blue --variant loud=red --off-variant calm
  hoist flag create new-checkout --file new-checkout.yaml")]
pub struct CreateArgs {
    #[command(flatten)]
    key: KeyArg,
    #[command(flatten)]
    details: DetailArgs,
    #[command(flatten)]
    file: OptionalFile,
    /// Variant and its value, such as `on=true`; may be given more than once
    #[arg(long = "variant", value_name = "KEY=VALUE", value_parser = variant, conflicts_with = "file")]
    variants: Vec<(String, Value)>,
    /// Kind of the values; without it, the kind that they have
    #[arg(long, value_parser = ["boolean", "string", "integer", "float", "object"], conflicts_with = "file")]
    kind: Option<String>,
    /// Variant that is served while the flag is off; without it `off`, or else the last one
    #[arg(long, value_name = "VARIANT", conflicts_with = "file")]
    off_variant: Option<String>,
}

/// Creates the flag.
pub async fn run(args: CreateArgs, context: Context) -> Result<Exit, Failure> {
    let key = args.key.as_str();
    let body = match &args.file.file {
        Some(file) => documents::read(key, file)?,
        None => body(&args)?,
    };
    let client = context.client()?;
    let answer = client.post(&client.in_project(&["flags"]), &body).await.map_err(condition::explain)?;
    context.out.item(&answer.body, "key", |to| {
        writeln!(to, "Created flag `{key}`. It is off in every environment")?;
        writeln!(to, "Switch it on with `hoist flag on {key} --env ENV`, or raise it with `hoist rollout start {key}`")
    })?;
    Ok(Exit::Success)
}

fn body(args: &CreateArgs) -> Result<Value, Failure> {
    let mut variants = args.variants.clone();
    if variants.is_empty() {
        variants = vec![("on".to_owned(), json!(true)), ("off".to_owned(), json!(false))];
    }
    let values: Vec<&Value> = variants.iter().map(|(_, value)| value).collect();
    let kind = details::kind(args.kind.as_deref(), &values)?;
    let off = match &args.off_variant {
        Some(off) => Some(off),
        None => variants.iter().map(|(key, _)| key).find(|key| *key == "off").or(variants.last().map(|(key, _)| key)),
    };
    let mut fields = args.details.fields();
    fields.insert("key".to_owned(), Value::from(args.key.as_str()));
    fields.insert("kind".to_owned(), Value::from(kind));
    let targeting = json!({ "enabled": false, "off_variant": off, "default": { "variant": off } });
    fields.insert("targeting".to_owned(), targeting);
    let variants = variants.iter().map(|(key, value)| json!({ "key": key, "value": value }));
    fields.insert("variants".to_owned(), variants.collect());
    Ok(Value::Object(fields))
}
