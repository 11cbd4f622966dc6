//! Every flag of a project beside what it serves in each environment, in one answer: what a list for people shows.

use std::collections::BTreeMap;

use hoist_eval::draft::{FlagDraft, ServeDraft, WeightDraft};
use hoist_store::{FlagFilter, PageRequest, RolloutFilter, RowFault};

use crate::api::types::flag::Flag;
use crate::api::types::overview::{Overview, OverviewEnvironment, OverviewFlag};
use crate::api::types::rollout::{PhaseName, Rollout};
use crate::api::types::targeting::Weight;
use crate::auth::{Granted, InProject, Reads};
use crate::error::ApiError;
use crate::limits::PAGE_MAX;

/// Returns every live flag of the project with a summary of what it serves in each environment that the token reaches.
/// A flag whose stored definition cannot be read is there too, and says so.
#[utoipa::path(get, path = "/api/v1/projects/{project}/overview", operation_id = "get_overview", tag = "flags",
    params(("project" = String, Path, description = "The project.")),
    responses((status = 200, body = Overview)))]
pub(crate) async fn handle(granted: Granted<Reads, InProject>) -> Result<axum::Json<Overview>, ApiError> {
    let (store, project) = (granted.store(), granted.project());
    let scope = granted.principal().scope();
    let mut environments = store.environments(project.as_str()).await?;
    environments.retain(|record| record.key.parse().is_ok_and(|key| scope.reaches(project, &key)));
    let phases = phases(&granted).await?;
    let mut flags = flags(&granted).await?;
    for record in &environments {
        let Some(snapshot) = store.snapshot(project.as_str(), &record.key).await? else { continue };
        for draft in snapshot.draft.flags {
            let broken = is_broken(&snapshot.faults, &draft.key);
            let phase = phases.get(&(record.key.clone(), draft.key.clone())).cloned();
            let row = flags.entry(draft.key.clone()).or_insert_with(|| unreadable(&draft.key));
            row.environments.push(summary(&record.key, draft, phase, broken));
        }
    }
    let environments = environments.into_iter().map(|record| record.key).collect();
    Ok(axum::Json(Overview { environments, flags: flags.into_values().collect() }))
}

async fn flags(granted: &Granted<Reads, InProject>) -> Result<BTreeMap<String, OverviewFlag>, ApiError> {
    let mut found = BTreeMap::new();
    let mut page = PageRequest { limit: Some(PAGE_MAX), cursor: None };
    loop {
        let part = granted.store().list_flags(granted.project().as_str(), &FlagFilter::default(), &page).await?;
        found.extend(part.items.into_iter().map(|record| {
            let flag = OverviewFlag::of(Flag::of(record, None));
            (flag.key.clone(), flag)
        }));
        match part.next {
            Some(next) => page.cursor = Some(next),
            None => return Ok(found),
        }
    }
}

/// Returns the phase and the id of each active rollout, by environment and flag.
async fn phases(
    granted: &Granted<Reads, InProject>,
) -> Result<BTreeMap<(String, String), (PhaseName, String)>, ApiError> {
    let project = Some(granted.project().to_string());
    let active = RolloutFilter { project, active: Some(true), ..RolloutFilter::default() };
    let mut found = BTreeMap::new();
    let mut page = PageRequest { limit: Some(PAGE_MAX), cursor: None };
    loop {
        let part = granted.store().list_rollouts(&active, &page).await?;
        found.extend(part.items.into_iter().map(|record| {
            let rollout = Rollout::from(record);
            ((rollout.environment, rollout.flag), (rollout.phase, rollout.id))
        }));
        match part.next {
            Some(next) => page.cursor = Some(next),
            None => return Ok(found),
        }
    }
}

fn summary(
    environment: &str,
    draft: FlagDraft,
    phase: Option<(PhaseName, String)>,
    broken: bool,
) -> OverviewEnvironment {
    let (targeting, allocation) = (draft.targeting, draft.allocation);
    let entries = allocation.map(|allocation| allocation.entries).unwrap_or_default();
    let audiences = entries.iter().filter_map(|entry| entry.audience.clone()).collect();
    let everyone = entries.into_iter().find(|entry| entry.audience.is_none()).map(|entry| entry.weights);
    let weights = everyone.unwrap_or_else(|| match targeting.default {
        ServeDraft::Variant(variant) => vec![WeightDraft { variant, weight: 100_000 }],
        ServeDraft::Split(split) => split.weights,
    });
    let (phase, rollout) = phase.unzip();
    OverviewEnvironment {
        environment: environment.to_owned(),
        enabled: targeting.enabled,
        off_variant: targeting.off_variant,
        weights: weights.into_iter().filter(|weight| weight.weight > 0).map(Weight::from).collect(),
        audiences,
        rules: targeting.rules.len(),
        phase,
        rollout,
        broken,
    }
}

/// Returns whether one of the rows that a flag is made of cannot be read. Faults name a row by the flag's key, or by a
/// path that ends in it.
fn is_broken(faults: &[RowFault], flag: &str) -> bool {
    faults.iter().any(|fault| fault.key.rsplit('/').next() == Some(flag))
}

/// Returns what can be said of a flag whose own row cannot be read.
fn unreadable(key: &str) -> OverviewFlag {
    OverviewFlag { key: key.to_owned(), ..OverviewFlag::default() }
}
