//! Which value the flag ended with: what is typed, or what protected environments serve to everybody.

use std::sync::Arc;

use hoist_eval::FlagValue;
use serde_json::Value;

use crate::cli::Context;
use crate::clock;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{at, text};

use super::CleanupArgs;

/// How far back it is said who asked for the flag, in days.
pub(super) const ASKED_DAYS: i64 = 30;

/// How many characters of an RFC 3339 instant are its day.
pub(super) const DAY_CHARS: usize = 10;

/// The value, and what is known about it.
#[derive(Debug, Clone)]
pub(super) struct Served {
    pub(super) value: FlagValue,
    /// What each environment that was asked serves.
    pub(super) evidence: Vec<There>,
    pub(super) owner: String,
    /// What the server says about the flag's retirement; nothing if it was not asked or does not know the flag.
    pub(super) verdict: Option<Value>,
    /// What was set aside, and why.
    pub(super) set_aside: Option<SetAside>,
}

/// What an environment serves, in words.
#[derive(Debug, Clone)]
pub(super) struct There {
    pub(super) environment: String,
    pub(super) serves: String,
    /// When that was changed last, as RFC 3339.
    pub(super) since: String,
    /// Who asked for the flag there lately.
    pub(super) asked: Asked,
}

/// Who asked for a flag by itself, in the last [`ASKED_DAYS`] days.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) clients: usize,
    /// The last day on which anybody did, however long ago, as RFC 3339; empty if nobody ever did.
    pub(super) last: String,
}

/// A word of the server that a person set aside.
#[derive(Debug, Clone)]
pub(super) struct SetAside {
    /// Why the flag is never a candidate for cleanup as it stands.
    pub(super) exempt: String,
    pub(super) reason: String,
}

impl Served {
    fn typed(value: FlagValue) -> Self {
        Self { value, evidence: vec![], owner: String::new(), verdict: None, set_aside: None }
    }
}

/// Returns the value to freeze the flag at. A server that is configured is asked, unless `--offline` says otherwise: it may
/// know that the flag is to be left alone, or that it serves another value.
pub(super) async fn ask(args: &CleanupArgs, context: &Context) -> Result<Served, Failure> {
    let typed = args.value.as_deref().map(parse);
    // A server that is named wrongly is one all the same.
    let is_known = !matches!(context.connection.target(), Err(failure) if failure.code == "no_server");
    match typed {
        Some(value) if args.offline || !is_known => Ok(Served::typed(value)),
        Some(value) => with_typed(value, args, context).await,
        None => {
            let answer = from_server(args, context).await?;
            let Some(answer) = answer else { return Err(unknown(args).hint("correct the key, or give `--value`")) };
            let served = left_alone(args, answer.served)?;
            match answer.value {
                Some(value) => Ok(Served { value, ..served }),
                None => Err(differs(&served)),
            }
        }
    }
}

async fn with_typed(value: FlagValue, args: &CleanupArgs, context: &Context) -> Result<Served, Failure> {
    let answer = from_server(args, context).await.map_err(|failure| {
        let hint = failure.hint.as_ref().map_or_else(String::new, |hint| format!("{hint}; "));
        failure.hint(format!("{hint}{OFFLINE}"))
    })?;
    let Some(answer) = answer else {
        // A flag that the server has forgotten, or never knew, is in no one's way.
        context.out.say(&format!("The server has nothing to add: {}", unknown(args).message));
        return Ok(Served::typed(value));
    };
    let served = left_alone(args, answer.served)?;
    // An archived flag is served to nobody: code has its own default.
    let is_served = answer.value.as_ref() == Some(&value) || served.evidence.is_empty();
    if is_served || args.force { Ok(Served { value, ..served }) } else { Err(differs(&served)) }
}

fn unknown(args: &CleanupArgs) -> Failure {
    Failure::new(Exit::NotFound, "not_found", format!("there is no flag `{}` in the project", args.key))
}

const OFFLINE: &str = "`--offline` cleans up without asking the server what the flag serves, and whether it may go";

/// Refuses a flag that the server says to leave alone, unless a person sets that aside.
fn left_alone(args: &CleanupArgs, served: Served) -> Result<Served, Failure> {
    let verdict = served.verdict.as_ref();
    let is_archived = verdict.is_some_and(|verdict| text(verdict, "state") == "archived");
    let exempt = verdict.map(|verdict| text(verdict, "exempt")).filter(|exempt| !exempt.is_empty() && !is_archived);
    match (exempt, &args.reason) {
        (None, _) => Ok(served),
        (Some(exempt), Some(reason)) if args.set_aside => {
            Ok(Served { set_aside: Some(SetAside { exempt, reason: reason.clone() }), ..served })
        }
        (Some(exempt), _) => {
            let message = format!("the flag `{}` is to be left alone: {exempt}", args.key);
            Err(Failure::new(Exit::Conflict, "left_alone", message).hint(format!(
                "`hoist stale {}` says more; `--override --reason TEXT` cleans it up all the same, and keeps the reason \
                 with the change",
                args.key
            )))
        }
    }
}

fn differs(served: &Served) -> Failure {
    if served.evidence.is_empty() {
        return Failure::new(
            Exit::Conflict,
            "value_mismatch",
            "the flag is archived, so no environment serves a value",
        )
        .hint("give the one that code is to keep with `--value`");
    }
    let says: Vec<String> =
        served.evidence.iter().map(|there| format!("{}: {}", there.environment, there.serves)).collect();
    let message = format!("protected environments serve another value: {}", says.join("; "));
    Failure::new(Exit::Conflict, "value_mismatch", message)
        .hint("give the value that is served, finish the rollout first, or pass `--value` with `--force`")
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

/// What the server says.
struct Answer {
    /// Everything but the value.
    served: Served,
    /// The value that is served to everybody, if there is one.
    value: Option<FlagValue>,
}

/// Asks the server what its protected environments serve; all environments, if none is protected. The verdict is the one
/// that `hoist stale` shows. Returns nothing if the project has no such flag.
async fn from_server(args: &CleanupArgs, context: &Context) -> Result<Option<Answer>, Failure> {
    let client = context.client()?;
    let path = |part: &[&str]| client.in_project(&[&["flags", args.key.as_str()], part].concat());
    // First, so that a project that is not there is not taken for a flag that is not.
    let environments = client.list(&client.in_project(&["environments"]), &[]).await?;
    let flag = match client.get(&path(&[])).await {
        Ok(answer) => answer.body,
        Err(failure) if failure.exit == Exit::NotFound => return Ok(None),
        Err(failure) => return Err(failure),
    };
    let verdict = client.get(&path(&["staleness"])).await?.body;
    let is_protected = |environment: &Value| text(environment, "protected") == "true";
    let mut asked: Vec<&Value> = environments.iter().filter(|environment| is_protected(environment)).collect();
    if asked.is_empty() {
        asked = environments.iter().collect();
    }
    if !text(&flag, "archived_at").is_empty() {
        asked.clear();
    }
    let links = client.get(&path(&["links"])).await?.body;
    let since = clock::today().saturating_sub(jiff::Span::new().days(ASKED_DAYS)).to_string();
    let mut evidence = vec![];
    let mut values: Vec<Option<FlagValue>> = vec![];
    for environment in asked {
        let key = text(environment, "key");
        let there = client.get(&path(&["environments", &key])).await?.body;
        let variant = constant_variant(&there);
        values.push(variant.as_deref().and_then(|variant| value_of(&flag, variant)));
        let serves = match &variant {
            Some(variant) => format!("`{variant}` to everybody"),
            None => "different variants".to_owned(),
        };
        let asked = lately(&links, &key, &since);
        evidence.push(There { environment: key, serves, since: text(&there, "changed_at"), asked });
    }
    let first = values.first().cloned().flatten();
    let value = first.filter(|value| values.iter().all(|other| other.as_ref() == Some(value)));
    let owner = text(&flag, "owner");
    let served = Served { evidence, owner, verdict: Some(verdict), ..Served::typed(FlagValue::Boolean(false)) };
    Ok(Some(Answer { served, value }))
}

/// Returns who asked for the flag in an environment, since a day.
fn lately(links: &Value, environment: &str, since: &str) -> Asked {
    let observed = at(links, "observed").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let there = observed.iter().filter(|client| text(client, "environment") == environment);
    let days: Vec<String> = there.map(|client| text(client, "last_at").chars().take(DAY_CHARS).collect()).collect();
    let clients = days.iter().filter(|day| day.as_str() >= since).count();
    Asked { clients, last: days.into_iter().max().unwrap_or_default() }
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
