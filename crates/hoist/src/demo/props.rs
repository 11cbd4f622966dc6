//! What the demo creates through the management interface before the story begins: the same requests that a team's own
//! commands would make.

use serde_json::{Value, json};

use crate::cli::token::{self, Role};
use crate::client::{Client, path};
use crate::failure::Failure;
use crate::output::text;

use super::plan;
use super::shop::{FLAG, NEW, OLD};

/// The environment of the story.
pub const ENVIRONMENT: &str = "production";
/// The project of the story.
pub const PROJECT: &str = "default";
/// Days until the flag should be gone.
const EXPIRES_IN_DAYS: i64 = 90;

/// Returns a new token, to be shown to nobody but its holder.
pub async fn token(client: &Client, kind: &str, name: &str) -> Result<String, Failure> {
    let environment = (kind != "admin").then_some(ENVIRONMENT);
    let answer =
        client.post_secret(&path(&["tokens"]), &token::request(kind, PROJECT, environment, name, Role::Admin)).await?;
    Ok(text(&answer.body, "secret"))
}

/// Returns what follows the server's address in a link that signs in to the console, once.
pub async fn sign_in_link(client: &Client) -> Result<String, Failure> {
    let answer = client.post_secret(&path(&["session", "link"]), &json!({})).await?;
    Ok(text(&answer.body, "path"))
}

/// Creates the segment, the flag, the metrics and the plan, and switches the flag on: it serves the old checkout to all.
pub async fn create(client: &Client, speed: u32) -> Result<(), Failure> {
    post(client, &["segments"], &segment()).await?;
    post(client, &["flags"], &flag()).await?;
    for metric in plan::metrics() {
        post(client, &["metrics"], &metric).await?;
    }
    post(client, &["plans"], &plan::plan(speed)).await?;
    post(client, &["flags", FLAG, "environments", ENVIRONMENT, "on"], &json!({ "reason": "ready for its rollout" }))
        .await
}

async fn post(client: &Client, parts: &[&str], body: &Value) -> Result<(), Failure> {
    client.post(&client.in_project(parts), body).await.map(drop)
}

fn segment() -> Value {
    let staff = json!({ "attribute": "employee", "operator": "equals", "values": [true] });
    json!({ "key": plan::SEGMENT, "when": staff })
}

fn flag() -> Value {
    json!({
        "key": FLAG,
        "title": "New checkout",
        "description": "The redesigned checkout.",
        "kind": "boolean",
        "variants": [{ "key": NEW, "value": true }, { "key": OLD, "value": false }],
        "targeting": { "enabled": false, "off_variant": OLD, "default": { "variant": OLD } },
        "owner": "payments",
        "category": "release",
        "lifetime": "temporary",
        "expires_on": expires_on(),
        "tags": ["checkout"],
        "service": "shop",
        "feature": "checkout",
    })
}

fn expires_on() -> String {
    let now = jiff::Timestamp::from_microsecond(crate::clock::now().as_micros()).unwrap_or_default();
    let today = now.to_zoned(jiff::tz::TimeZone::UTC).date();
    today.saturating_add(jiff::Span::new().days(EXPIRES_IN_DAYS)).to_string()
}
