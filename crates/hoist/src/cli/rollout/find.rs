//! Finds the rollout that a flag and an environment name.

use serde_json::Value;

use crate::client::Client;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::watch::rollout::Rollout;

use super::WhichArgs;

/// Returns the latest rollout of a flag in an environment, as the server sent it and as it is read.
pub async fn latest(client: &Client, which: &WhichArgs) -> Result<(Value, Rollout), Failure> {
    let (flag, environment) = (which.flag.as_str(), which.environment.as_str());
    let query = [("flag", flag.to_owned()), ("environment", environment.to_owned())];
    let mut items = client.list_at_most(&client.in_project(&["rollouts"]), &query, 1).await?;
    let Some(found) = items.pop() else {
        // Nothing is found under a wrong name either, and "start one" would be bad advice for that.
        let outcome = client.get(&client.in_project(&["flags", flag, "environments", environment])).await;
        crate::cli::flag::explain(client, flag, outcome).await?;
        let message = format!("there is no rollout of `{flag}` in {environment}");
        let hint = format!("start one with `hoist rollout start {flag} --env {environment} --plan canary`");
        return Err(Failure::new(Exit::NotFound, "no_rollout", message).hint(hint));
    };
    let rollout = Rollout::read(found.clone())?;
    Ok((found, rollout))
}
