//! Which value the flag ended with: what is typed, or what protected environments serve to everybody.

use std::sync::Arc;

use hoist_eval::FlagValue;
use serde_json::Value;

use crate::cli::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{at, text};

use super::CleanupArgs;

/// The value, and what is known about it.
#[derive(Debug, Clone)]
pub(super) struct Served {
    pub(super) value: FlagValue,
    /// For each environment that was asked, what it serves, in words.
    pub(super) evidence: Vec<(String, String)>,
    pub(super) owner: String,
}

/// Returns the value to freeze the flag at.
pub(super) async fn ask(args: &CleanupArgs, context: &Context) -> Result<Served, Failure> {
    let typed = args.value.as_deref().map(parse);
    let known = context.connection.target().is_ok();
    let asked = if typed.is_none() || (known && !args.force) { Some(from_server(args, context).await) } else { None };
    match (typed, asked) {
        (Some(value), None) => Ok(Served { value, evidence: vec![], owner: String::new() }),
        // With a value at hand, a server that does not know the flag or does not answer has nothing to add.
        (Some(value), Some(Err(failure))) if failure.exit != Exit::Conflict => {
            context.out.say(&format!("The server was not asked: {}", failure.message));
            Ok(Served { value, evidence: vec![], owner: String::new() })
        }
        (Some(value), Some(Ok(served))) if served.value != value => Err(differs(&served)),
        (_, Some(served)) => served,
        (None, None) => Err(Failure::usage("the value is not known").hint("give `--value`")),
    }
}

fn differs(served: &Served) -> Failure {
    let says: Vec<String> = served.evidence.iter().map(|(place, what)| format!("{place}: {what}")).collect();
    let message = format!("protected environments serve another value: {}", says.join("; "));
    Failure::new(Exit::Conflict, "value_mismatch", message)
        .hint("give the value that is served, finish the rollout first, or pass `--force`")
}

/// Reads a value: a number, `true`, `false`, text in quotes, or any other text as it is.
fn parse(typed: &str) -> FlagValue {
    match serde_json::from_str(typed) {
        Ok(value) => scalar(&value).unwrap_or_else(|| FlagValue::String(Arc::from(typed))),
        Err(_) => FlagValue::String(Arc::from(typed)),
    }
}

fn scalar(value: &Value) -> Option<FlagValue> {
    Some(match value {
        Value::Bool(value) => FlagValue::Boolean(*value),
        Value::String(text) => FlagValue::String(Arc::from(text.as_str())),
        Value::Number(number) => match number.as_i64() {
            Some(number) => FlagValue::Integer(number),
            None => FlagValue::Float(number.as_f64()?),
        },
        Value::Object(map) => FlagValue::Object(Arc::new(map.clone())),
        Value::Null | Value::Array(_) => return None,
    })
}

/// Asks the server what its protected environments serve; all environments, if none is protected.
async fn from_server(args: &CleanupArgs, context: &Context) -> Result<Served, Failure> {
    let client = context.client()?;
    let flag = client.get(&client.in_project(&["flags", args.key.as_str()])).await?.body;
    let environments = client.list(&client.in_project(&["environments"]), &[]).await?;
    let is_protected = |environment: &Value| text(environment, "protected") == "true";
    let mut asked: Vec<&Value> = environments.iter().filter(|environment| is_protected(environment)).collect();
    if asked.is_empty() {
        asked = environments.iter().collect();
    }
    let mut served = Served { value: FlagValue::Boolean(false), evidence: vec![], owner: text(&flag, "owner") };
    let mut values: Vec<Option<FlagValue>> = vec![];
    for environment in asked {
        let key = text(environment, "key");
        let path = client.in_project(&["flags", args.key.as_str(), "environments", &key]);
        let targeting = client.get(&path).await?.body;
        let variant = constant_variant(&targeting);
        let value = variant.as_deref().and_then(|variant| value_of(&flag, variant));
        let says = match &variant {
            Some(variant) => format!("`{variant}` to everybody"),
            None => "different variants".to_owned(),
        };
        served.evidence.push((key, says));
        values.push(value);
    }
    match values.first().cloned().flatten() {
        Some(value) if values.iter().all(|other| other.as_ref() == Some(&value)) => Ok(Served { value, ..served }),
        _ => Err(differs(&served)),
    }
}

/// Returns the variant that an environment serves to everybody, if there is one. Whoever fails a prerequisite gets the off
/// variant, so there is none with one.
fn constant_variant(there: &Value) -> Option<String> {
    if text(there, "targeting.enabled") != "true" {
        return Some(text(there, "targeting.off_variant"));
    }
    let is_empty = |field| at(there, field).and_then(Value::as_array).is_none_or(Vec::is_empty);
    let conditions = !is_empty("targeting.rules") || !is_empty("targeting.prerequisites");
    let rollout = at(there, "allocation").is_some_and(|allocation| !allocation.is_null());
    let variant = text(there, "targeting.default.variant");
    (!conditions && !rollout && !variant.is_empty()).then_some(variant)
}

fn value_of(flag: &Value, variant: &str) -> Option<FlagValue> {
    let variants = at(flag, "variants")?.as_array()?;
    let found = variants.iter().find(|candidate| text(candidate, "key") == variant)?;
    scalar(at(found, "value")?)
}
