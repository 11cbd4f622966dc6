//! `hoist rollout explain`: why a rollout is where it is.

use serde_json::json;

use crate::cli::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::at;
use crate::watch::lines::event;
use crate::watch::model::model;
use crate::watch::rollout::decisions;
use crate::watch::text;

use super::{WhichArgs, find, safety};

/// Explains where the rollout is now, and the latest decision.
pub async fn run(args: WhichArgs, context: Context) -> Result<Exit, Failure> {
    let client = context.client()?;
    let (body, rollout) = find::latest(&client, &args).await?;
    let decisions = decisions(&client, &rollout.id).await?;
    let mut result = decisions.first().map_or_else(|| json!({ "rollout": rollout.id }), |last| event(&rollout, last));
    let model = model(&rollout, &decisions);
    if let Some(members) = result.as_object_mut() {
        members.insert("now".to_owned(), json!(model.now));
        if let Some(safety) = at(&body, "safety") {
            members.insert("safety".to_owned(), safety.clone());
        }
        members.insert("progress".to_owned(), at(&body, "stage").cloned().unwrap_or_default());
    }
    context.out.item(&result, "rollout", |to| {
        text::write_explanation(to, &model)?;
        safety::write_overlaps(to, &body)?;
        safety::write(to, &body)
    })?;
    Ok(Exit::Success)
}
