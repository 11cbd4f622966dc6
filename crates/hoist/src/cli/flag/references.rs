//! `hoist flag references`.

use serde_json::{Value, json};

use crate::cli::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Column, at, text};

use super::{KeyArg, explain};

/// Shows where a flag occurs in code, as far as scans were sent to the server.
pub async fn run(args: KeyArg, context: Context) -> Result<Exit, Failure> {
    let key = args.as_str();
    let client = context.client()?;
    let outcome = client.get(&client.in_project(&["flags", key, "references"])).await;
    let found = explain(&client, key, outcome).await?.body;
    let branches = at(&found, "items").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let places: Vec<Value> = branches
        .iter()
        .flat_map(|branch| {
            let places = at(branch, "references").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
            places.iter().map(|place| {
                let mut place = place.clone();
                if let Some(fields) = place.as_object_mut() {
                    for name in ["repository", "branch", "commit"] {
                        fields.insert(name.to_owned(), json!(text(branch, name)));
                    }
                }
                place
            })
        })
        .collect();
    context.out.list(&places, "path", COLUMNS)?;
    Ok(Exit::Success)
}

const COLUMNS: &[Column] = &[
    Column("REPOSITORY", |place| text(place, "repository")),
    Column("BRANCH", |place| text(place, "branch")),
    Column("PLACE", |place| format!("{}:{}", text(place, "path"), text(place, "line"))),
    Column("KIND", |place| text(place, "kind")),
    Column("IN", |place| text(place, "symbol")),
];
