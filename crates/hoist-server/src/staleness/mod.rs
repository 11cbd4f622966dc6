//! Verdicts about the flags of a project, from what the store knows.

mod facts;
mod needs;

use hoist_eval::Timestamp;
use hoist_lifecycle::staleness::{FlagFacts, Verdict, judge};
use hoist_store::{RetirementInputs, Store, StoreError};

use crate::config::Config;
use crate::seen::Seen;

pub use facts::facts;

/// A flag with everything that is said about it.
#[derive(Debug, Clone)]
pub struct Judged {
    /// The flag's key.
    pub flag: String,
    /// Its name for people.
    pub title: String,
    /// Who answers for it.
    pub owner: String,
    /// What the verdict rests on.
    pub facts: FlagFacts,
    /// The verdict.
    pub verdict: Verdict,
}

/// Returns what is to be said about every flag of a project now, archived ones included. What this server has seen and
/// not written is written first.
pub async fn judge_all(
    store: &Store,
    seen: &Seen,
    config: &Config,
    project: &str,
    now: Timestamp,
) -> Result<Vec<Judged>, StoreError> {
    if let Err(error) = seen.flush(store, now).await {
        tracing::warn!(%error, "could not record who asked for which flag; what was recorded before decides");
    }
    let observed_since = store.observed_since(now).await?;
    let environments = store.environments(project).await?;
    let critical: Vec<String> = environments.into_iter().filter(|it| it.protected).map(|it| it.key).collect();
    let inputs = store.retirement_inputs(project).await?;
    Ok(judged(&inputs, &critical, observed_since, config, now))
}

fn judged(
    inputs: &RetirementInputs,
    critical: &[String],
    observed_since: Timestamp,
    config: &Config,
    now: Timestamp,
) -> Vec<Judged> {
    let needs = needs::needs(inputs);
    let each = inputs.flags.iter().map(|entry| {
        let dependants = needs.get(entry.record.key.as_str()).cloned().unwrap_or_default();
        let facts = facts(inputs, entry, critical, dependants, observed_since);
        Judged {
            flag: entry.record.key.clone(),
            title: entry.record.details.title.clone(),
            owner: entry.record.details.owner.clone(),
            verdict: judge(&facts, &config.staleness, now),
            facts,
        }
    });
    each.collect()
}
