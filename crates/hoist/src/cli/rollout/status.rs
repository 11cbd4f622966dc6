//! `hoist rollout status`: where a rollout is, on one page.

use crate::cli::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::watch::model::model;
use crate::watch::rollout::decisions;
use crate::watch::text;

use super::{WhichArgs, find, safety};

/// Shows the rollout.
pub async fn run(args: WhichArgs, context: Context) -> Result<Exit, Failure> {
    let client = context.client()?;
    let (body, rollout) = find::latest(&client, &args).await?;
    let decisions = decisions(&client, &rollout.id).await?;
    let model = model(&rollout, &decisions);
    context.out.item(&body, "id", |to| {
        text::write_status(to, &model)?;
        safety::write_overlaps(to, &body)?;
        safety::write(to, &body)
    })?;
    Ok(Exit::Success)
}
