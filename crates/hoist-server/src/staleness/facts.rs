//! From what the store keeps to the facts that a verdict rests on.

use hoist_eval::{Span, Timestamp};
use hoist_lifecycle::staleness::{
    CleanupFacts, CodeFacts, EnvironmentFacts, FlagFacts, Owner, RepositoryFacts, RolloutFacts, Seen, Snooze, serves,
};
use hoist_store::{ClientSeen, FlagEntry, RetirementInputs, TargetingEntry};

/// Returns the facts about one flag. `critical` names the environments that decide about its retirement.
pub fn facts(
    inputs: &RetirementInputs,
    entry: &FlagEntry,
    critical: &[String],
    dependants: Vec<String>,
    observed_since: Timestamp,
) -> FlagFacts {
    let (record, details) = (&entry.record, &entry.record.details);
    let environments = entry.environments.iter().map(|there| environment(inputs, entry, there, critical));
    FlagFacts {
        category: details.category,
        lifetime: details.lifetime,
        owner: if details.owner.is_empty() { Owner::Missing } else { Owner::Known },
        created_at: record.created_at,
        expires_at: details.expires_on.as_deref().and_then(end_of_day),
        archived_at: record.archived_at,
        observed_since,
        environments: environments.collect(),
        dependants,
        code: code(inputs, entry),
        cleanup: entry.cleanup.clone().map(|cleanup| CleanupFacts {
            repository: cleanup.repository,
            url: cleanup.url,
            opened_at: cleanup.opened_at,
        }),
        snooze: entry.snooze.clone().map(|snooze| Snooze { until: snooze.until, reason: snooze.reason, by: snooze.by }),
    }
}

fn environment(
    inputs: &RetirementInputs,
    entry: &FlagEntry,
    there: &TargetingEntry,
    critical: &[String],
) -> EnvironmentFacts {
    let seen = |seen: &ClientSeen| Seen { client: seen.client.clone(), at: seen.last_at };
    let taken = inputs.deliveries.iter().find(|delivery| delivery.environment == there.environment);
    EnvironmentFacts {
        environment: there.environment.clone(),
        critical: critical.contains(&there.environment),
        serves: serves(&entry.record.variants, &there.targeting, there.allocation.as_ref()),
        unchanged_since: there.changed_at,
        rollout: there.rollout.as_ref().map(|rollout| RolloutFacts {
            id: rollout.id.clone(),
            active: rollout.active,
            completed: rollout.completed.clone(),
        }),
        evaluated: there.seen.as_ref().map(seen),
        // Whoever took all flags before this one was made did not get it.
        taken_whole: taken.filter(|taken| taken.last_at >= entry.record.created_at).map(seen),
    }
}

fn code(inputs: &RetirementInputs, entry: &FlagEntry) -> CodeFacts {
    let repositories = inputs.scans.iter().filter(|scan| scan.main).map(|scan| {
        let here = entry.references.iter().find(|it| it.repository == scan.repository && it.branch == scan.branch);
        RepositoryFacts {
            repository: scan.repository.clone(),
            branch: scan.branch.clone(),
            commit: scan.commit.clone(),
            scanned_at: scan.scanned_at,
            complete: scan.complete,
            references: here.map_or(0, |here| here.count),
        }
    });
    let removed_at = entry.removals.iter().map(|removal| removal.removed_at).max();
    CodeFacts { repositories: repositories.collect(), removed_at }
}

/// Returns the end of a day such as `2026-12-31`, in UTC.
fn end_of_day(day: &str) -> Option<Timestamp> {
    let day: jiff::civil::Date = day.parse().ok()?;
    let begins = day.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp();
    Some(Timestamp::from_micros(begins.as_microsecond()).saturating_add(Span::from_hours(24)))
}
