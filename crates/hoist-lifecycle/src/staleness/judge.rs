//! From facts to a verdict.

use hoist_eval::{Span, Timestamp};

use super::archive::{blockers, is_reliable};
use super::facts::{EnvironmentFacts, FlagFacts, Owner};
use super::policy::{Policy, should_expire};
use super::serves::Serves;
use super::verdict::{Evidence, Exemption, Finding, Frozen, Reason, Severity, State, Verdict};
use crate::flag::{Category, Lifetime};

/// Returns what is to be said about a flag at this moment.
pub fn judge(facts: &FlagFacts, policy: &Policy, now: Timestamp) -> Verdict {
    let exemption = exemption(facts);
    let settled = settled(facts, policy);
    let mut findings = if facts.archived_at.is_some() {
        retired_in_code(facts).into_iter().collect()
    } else {
        live_findings(facts, policy, now, exemption.is_some(), settled.as_ref())
    };
    findings.sort_by(|a, b| b.severity.cmp(&a.severity).then(a.reason.cmp(&b.reason)));
    let blockers = if facts.archived_at.is_some() { Vec::new() } else { blockers(facts, policy, now) };
    let watched = settled.as_ref().filter(|settled| exemption.is_none() && now < settled.ready_at);
    let state = state(facts, policy, now, &findings, blockers.is_empty(), watched.is_some());
    Verdict {
        state,
        ready_at: watched.map(|settled| settled.ready_at),
        frozen: settled.map(|settled| settled.frozen),
        exemption,
        cleanup: facts.cleanup.clone(),
        snooze: facts.snooze.clone().filter(|snooze| now < snooze.until),
        findings,
        blockers,
    }
}

fn live_findings(
    facts: &FlagFacts,
    policy: &Policy,
    now: Timestamp,
    exempt: bool,
    settled: Option<&Settled>,
) -> Vec<Finding> {
    let done = settled.filter(|settled| !exempt && now >= settled.ready_at).map(Settled::finding);
    [
        expired(facts, policy, now),
        done,
        no_evaluations(facts, policy, now, exempt),
        no_references(facts, policy, now, exempt),
        no_expiry(facts, policy, now),
        owner_gone(facts),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Returns why the flag is never a candidate for cleanup as it stands.
fn exemption(facts: &FlagFacts) -> Option<Exemption> {
    if facts.lifetime == Lifetime::Permanent {
        return Some(Exemption::Permanent);
    }
    match facts.category {
        Category::Operations => return Some(Exemption::KillSwitch),
        Category::Permission => return Some(Exemption::Permission),
        Category::Release | Category::Experiment => {}
    }
    if !facts.dependants.is_empty() {
        return Some(Exemption::Needed { by: facts.dependants.clone() });
    }
    let active = |there: &&EnvironmentFacts| there.rollout.as_ref().is_some_and(|rollout| rollout.active);
    if let Some(there) = facts.environments.iter().find(active) {
        return Some(Exemption::RolloutActive { environment: there.environment.clone() });
    }
    let mut values = facts.deciding().map(|there| value(&there.serves));
    let first = values.next().flatten()?;
    let differ = values.any(|other| other.is_some_and(|other| other != first));
    differ.then_some(Exemption::DifferentValues)
}

fn value(serves: &Serves) -> Option<&serde_json::Value> {
    match serves {
        Serves::One { value, .. } => Some(value),
        Serves::Several => None,
    }
}

/// One value for everyone in every environment that matters.
struct Settled {
    frozen: Frozen,
    off: bool,
    ready_at: Timestamp,
    evidence: Vec<Evidence>,
}

impl Settled {
    fn finding(&self) -> Finding {
        Finding {
            reason: if self.off { Reason::RolledBack } else { Reason::RolledOut },
            severity: Severity::Candidate,
            since: self.frozen.since,
            evidence: self.evidence.clone(),
        }
    }
}

fn settled(facts: &FlagFacts, policy: &Policy) -> Option<Settled> {
    let mut found: Option<Settled> = None;
    for there in facts.deciding() {
        let Serves::One { variant, value, off } = &there.serves else { return None };
        let rollout = there.rollout.as_ref().filter(|rollout| brought(rollout.completed.as_ref(), variant, there));
        let wait = if rollout.is_some() { policy.settled_after_rollout } else { policy.settled_after };
        let ready_at = there.unchanged_since.saturating_add(wait);
        let evidence = Evidence::Serves {
            environment: there.environment.clone(),
            variant: variant.clone(),
            since: there.unchanged_since,
            rollout: rollout.map(|rollout| rollout.id.clone()),
        };
        let since = there.unchanged_since;
        match &mut found {
            None => {
                let frozen = Frozen { variant: variant.clone(), value: value.clone(), since };
                found = Some(Settled { frozen, off: *off, ready_at, evidence: vec![evidence] });
            }
            Some(so_far) if so_far.frozen.value == *value => {
                so_far.frozen.since = so_far.frozen.since.max(since);
                so_far.ready_at = so_far.ready_at.max(ready_at);
                so_far.off &= off;
                so_far.evidence.push(evidence);
            }
            Some(_) => return None,
        }
    }
    found
}

/// Returns whether a rollout that came to its end brought what is served, and nobody has changed it since.
fn brought(completed: Option<&(String, Timestamp)>, variant: &str, there: &EnvironmentFacts) -> bool {
    completed.is_some_and(|(treatment, at)| treatment == variant && there.unchanged_since <= *at)
}

fn expired(facts: &FlagFacts, policy: &Policy, now: Timestamp) -> Option<Finding> {
    let at = facts.expires_at.filter(|at| *at <= now)?;
    let severity = if now.since(at) >= policy.expired_grace { Severity::Error } else { Severity::Warn };
    Some(Finding { reason: Reason::Expired, severity, since: at, evidence: vec![Evidence::ExpiredAt { at }] })
}

/// Nobody asks for the flag in any environment, and whoever is there asks for flags one by one.
fn no_evaluations(facts: &FlagFacts, policy: &Policy, now: Timestamp, exempt: bool) -> Option<Finding> {
    let recent = |at: Timestamp| now.since(at) < policy.unevaluated_after;
    let known_since = facts.observed_since.max(facts.created_at);
    let unknown = |there: &EnvironmentFacts| there.taken_whole.as_ref().is_some_and(|seen| recent(seen.at));
    let asked = |there: &EnvironmentFacts| there.evaluated.as_ref().is_some_and(|seen| recent(seen.at));
    if recent(known_since) || facts.environments.iter().any(|there| unknown(there) || asked(there)) {
        return None;
    }
    let last = facts.environments.iter().filter_map(|there| there.evaluated.as_ref().map(|seen| seen.at)).max();
    let evidence = facts.environments.iter().map(|there| match &there.evaluated {
        Some(seen) => Evidence::Evaluated { environment: there.environment.clone(), seen: seen.clone() },
        None => Evidence::NotEvaluated { environment: there.environment.clone(), since: known_since },
    });
    Some(Finding {
        reason: Reason::NoEvaluations,
        severity: if exempt { Severity::Info } else { Severity::Warn },
        since: last.unwrap_or(known_since),
        evidence: evidence.collect(),
    })
}

/// Reliable scans of all code find nothing.
fn no_references(facts: &FlagFacts, policy: &Policy, now: Timestamp, exempt: bool) -> Option<Finding> {
    let scans = &facts.code.repositories;
    let young = now.since(facts.created_at) < policy.references_wanted_after && facts.code.removed_at.is_none();
    let reliable = !scans.is_empty() && scans.iter().all(|scan| is_reliable(scan, policy, now));
    if young || !reliable || facts.code.references() > 0 {
        return None;
    }
    let since = facts.code.removed_at.or_else(|| scans.iter().map(|scan| scan.scanned_at).max());
    Some(Finding {
        reason: Reason::NoReferences,
        severity: if exempt { Severity::Info } else { Severity::Candidate },
        since: since.unwrap_or(now),
        evidence: scans.iter().map(|scan| Evidence::Scanned { scan: scan.clone() }).collect(),
    })
}

fn no_expiry(facts: &FlagFacts, policy: &Policy, now: Timestamp) -> Option<Finding> {
    let wanted = should_expire(facts.category) && facts.lifetime != Lifetime::Permanent;
    if facts.expires_at.is_some() || !wanted {
        return None;
    }
    let age: Span = now.since(facts.created_at);
    let severity = if age >= policy.expiry_wanted_after { Severity::Warn } else { Severity::Info };
    let evidence = vec![Evidence::From { at: facts.created_at }];
    Some(Finding { reason: Reason::NoExpiry, severity, since: facts.created_at, evidence })
}

fn owner_gone(facts: &FlagFacts) -> Option<Finding> {
    let evidence = vec![Evidence::From { at: facts.created_at }];
    (facts.owner != Owner::Known).then_some(Finding {
        reason: Reason::OwnerGone,
        severity: Severity::Info,
        since: facts.created_at,
        evidence,
    })
}

fn retired_in_code(facts: &FlagFacts) -> Option<Finding> {
    let at = facts.archived_at?;
    let scans = facts.code.repositories.iter().filter(|scan| scan.references > 0);
    let evidence: Vec<Evidence> = scans.map(|scan| Evidence::Scanned { scan: scan.clone() }).collect();
    (!evidence.is_empty()).then(|| Finding {
        reason: Reason::RetiredInCode,
        severity: Severity::Error,
        since: at,
        evidence: [vec![Evidence::From { at }], evidence].concat(),
    })
}

fn state(facts: &FlagFacts, policy: &Policy, now: Timestamp, findings: &[Finding], free: bool, watched: bool) -> State {
    if facts.archived_at.is_some() {
        return State::Archived;
    }
    let scans = &facts.code.repositories;
    let reliable = !scans.is_empty() && scans.iter().all(|scan| is_reliable(scan, policy, now));
    let candidate = findings.iter().any(|finding| finding.severity == Severity::Candidate);
    let leaving = candidate || facts.cleanup.is_some() || facts.code.removed_at.is_some();
    match () {
        () if leaving && reliable && facts.code.references() == 0 => {
            if free {
                State::ReadyToArchive
            } else {
                State::CodeRemoved
            }
        }
        () if facts.cleanup.is_some() => State::CleanupOpen,
        () if candidate => State::Candidate,
        () if watched => State::Watching,
        () => State::Live,
    }
}
