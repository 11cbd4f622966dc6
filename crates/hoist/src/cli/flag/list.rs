//! `hoist flag list`.

use std::collections::BTreeMap;

use clap::Args;
use serde_json::{Map, Value};

use crate::cli::Context;
use crate::client::Client;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Column, at, text};

/// List the flags, with their state in each environment
#[derive(Debug, Args)]
pub struct ListArgs {
    /// Only flags whose key or title holds this
    #[arg(long, short = 's', value_name = "TEXT")]
    search: Option<String>,
    /// Only flags of this owner
    #[arg(long, value_name = "NAME")]
    owner: Option<String>,
    /// Only flags with this tag
    #[arg(long, value_name = "WORD")]
    tag: Option<String>,
    /// Only flags of this category
    #[arg(long, value_enum)]
    category: Option<super::details::Category>,
    /// Archived flags instead of those in use
    #[arg(long)]
    archived: bool,
}

/// Lists the flags.
pub async fn run(args: ListArgs, context: Context) -> Result<Exit, Failure> {
    let mut query = vec![("archived", args.archived.to_string())];
    let category = args.category.map(|category| format!("{category:?}").to_lowercase());
    for (name, value) in [("q", args.search), ("owner", args.owner), ("tag", args.tag), ("category", category)] {
        query.extend(value.map(|value| (name, value)));
    }
    let client = context.client()?;
    let mut items = client.list(&client.in_project(&["flags"]), &query).await?;
    let mut states = if args.archived || items.is_empty() { BTreeMap::new() } else { states(&client).await? };
    for item in &mut items {
        let of_flag = states.remove(&text(item, "key")).unwrap_or_default();
        if let Some(fields) = item.as_object_mut() {
            fields.insert("states".to_owned(), Value::Object(of_flag));
        }
    }
    context.out.list(&items, "key", COLUMNS)?;
    Ok(Exit::Success)
}

const COLUMNS: &[Column] = &[
    Column("KEY", |item| text(item, "key")),
    Column("STATE", line),
    Column("OWNER", |item| text(item, "owner")),
    Column("CATEGORY", |item| text(item, "category")),
    Column("EXPIRES", |item| text(item, "expires_on")),
    Column("TAGS", |item| text(item, "tags")),
];

/// Returns the state of every flag in each environment, by the flag's key: one request, however many flags there are.
async fn states(client: &Client) -> Result<BTreeMap<String, Map<String, Value>>, Failure> {
    let overview = client.get(&client.in_project(&["overview"])).await?.body;
    let of = |item: &Value, list: &str| at(item, list).and_then(Value::as_array).cloned().unwrap_or_default();
    let by_environment = |flag: &Value| {
        of(flag, "environments").iter().map(|there| (text(there, "environment"), Value::from(state(there)))).collect()
    };
    Ok(of(&overview, "flags").iter().map(|flag| (text(flag, "key"), by_environment(flag))).collect())
}

/// Returns the state of a flag in an environment: `off`, `on`, or `rollout` while a rollout hands out its variants.
fn state(there: &Value) -> &'static str {
    let enabled = at(there, "enabled").and_then(Value::as_bool).unwrap_or_default();
    // One that is scheduled hands out nothing yet.
    let climbs = at(there, "rollout").is_some() && text(there, "phase") != "scheduled";
    match (enabled, climbs) {
        (false, _) => "off",
        (true, true) => "rollout",
        (true, false) => "on",
    }
}

/// Returns the states in one line, such as `production off, staging on`.
fn line(item: &Value) -> String {
    let Some(Value::Object(states)) = at(item, "states") else { return String::new() };
    states
        .iter()
        .map(|(environment, state)| format!("{environment} {}", text(state, "")))
        .collect::<Vec<_>>()
        .join(", ")
}
