//! What stands between a flag and the archive.

use hoist_eval::Timestamp;
use serde::{Deserialize, Serialize};

use super::facts::{FlagFacts, RepositoryFacts, Seen};
use super::policy::Policy;
use super::serves::Serves;

/// Something that stands between a flag and the archive. All of it gives way to a person's word, except dependants and
/// rollouts: without the flag those would break.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Blocker {
    /// A live flag or a segment refers to it.
    Needed {
        /// Which.
        by: Vec<String>,
    },
    /// A rollout of it is not over.
    RolloutActive {
        /// Where.
        environment: String,
    },
    /// It occurs in code.
    References {
        /// Where, and how often.
        scan: RepositoryFacts,
    },
    /// The last scan of a repository is too old, or left files out: it may occur there.
    ScanStale {
        /// The scan.
        scan: RepositoryFacts,
    },
    /// No main branch was ever scanned: it may occur in any code.
    NeverScanned,
    /// Somebody asked for it a short while ago.
    Evaluated {
        /// The environment.
        environment: String,
        /// Who, and when.
        seen: Seen,
    },
    /// Somebody takes all flags at once, so it may be in use, and no scan of code says otherwise.
    TakenWhole {
        /// The environment.
        environment: String,
        /// Who, and when.
        seen: Seen,
    },
    /// Who asks for it has not been counted for long enough to say that nobody does.
    NotObserved {
        /// Since when it is counted.
        since: Timestamp,
    },
}

impl Blocker {
    /// Returns whether a person may archive the flag all the same.
    pub fn gives_way(&self) -> bool {
        !matches!(self, Self::Needed { .. } | Self::RolloutActive { .. })
    }

    /// Returns the environment that it is about, if it is about one.
    pub fn environment(&self) -> Option<&str> {
        match self {
            Self::RolloutActive { environment }
            | Self::Evaluated { environment, .. }
            | Self::TakenWhole { environment, .. } => Some(environment),
            Self::Needed { .. }
            | Self::References { .. }
            | Self::ScanStale { .. }
            | Self::NeverScanned
            | Self::NotObserved { .. } => None,
        }
    }
}

impl std::fmt::Display for Blocker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Needed { by } => write!(f, "{} refers to it; take it out there first", by.join(", ")),
            Self::RolloutActive { environment } => {
                write!(f, "a rollout in {environment} is not over; finish or cancel it first")
            }
            Self::References { scan: RepositoryFacts { repository, branch, references, .. } } => {
                write!(f, "{repository} ({branch}) has {references} references to it; remove them and scan again")
            }
            Self::ScanStale { scan: RepositoryFacts { repository, branch, complete, .. } } => {
                let what = if *complete { "is too old to rely on" } else { "left files out" };
                write!(f, "the last scan of {repository} ({branch}) {what}; scan it again, or forget the repository")
            }
            Self::NeverScanned => f.write_str(
                "no main branch was ever scanned, so code may have it; scan it with `hoist refs --upload --main`",
            ),
            Self::Evaluated { environment, .. } => {
                write!(f, "it was evaluated in {environment} a short while ago; wait until nobody asks for it")
            }
            Self::TakenWhole { environment, .. } => {
                write!(
                    f,
                    "clients in {environment} take all flags at once, so it may be in use; scan the code with `hoist refs`"
                )
            }
            Self::NotObserved { .. } => {
                f.write_str("who asks for it has not been counted for long enough to say that nobody does; wait")
            }
        }
    }
}

/// Returns everything that stands between the flag and the archive.
pub fn blockers(facts: &FlagFacts, policy: &Policy, now: Timestamp) -> Vec<Blocker> {
    let mut found = Vec::new();
    if !facts.dependants.is_empty() {
        found.push(Blocker::Needed { by: facts.dependants.clone() });
    }
    for there in &facts.environments {
        if there.rollout.as_ref().is_some_and(|rollout| rollout.active) {
            found.push(Blocker::RolloutActive { environment: there.environment.clone() });
        }
    }
    for scan in &facts.code.repositories {
        if scan.references > 0 {
            found.push(Blocker::References { scan: scan.clone() });
        } else if !is_reliable(scan, policy, now) {
            found.push(Blocker::ScanStale { scan: scan.clone() });
        }
    }
    let fresh = is_fresh(facts, policy, now);
    if facts.code.repositories.is_empty() && !fresh {
        found.push(Blocker::NeverScanned);
    }
    let gone_from_code = is_gone_from_code(facts, policy, now);
    for there in &facts.environments {
        let recent = |seen: &&Seen| now.since(seen.at) < policy.quiet_before_archive;
        if let Some(seen) = there.evaluated.as_ref().filter(recent) {
            found.push(Blocker::Evaluated { environment: there.environment.clone(), seen: seen.clone() });
        }
        if let Some(seen) = there.taken_whole.as_ref().filter(recent)
            && !gone_from_code
        {
            found.push(Blocker::TakenWhole { environment: there.environment.clone(), seen: seen.clone() });
        }
    }
    let since = facts.observed_since.max(facts.created_at);
    if now.since(since) < policy.quiet_before_archive && !fresh {
        found.push(Blocker::NotObserved { since });
    }
    found
}

/// Returns whether the flag was made a short while ago and never used: it was off from the first moment everywhere, and
/// nobody has asked for it by itself. Then there is nothing to find out about it; it may be gone as it came.
fn is_fresh(facts: &FlagFacts, policy: &Policy, now: Timestamp) -> bool {
    now.since(facts.created_at) < policy.quiet_before_archive
        && facts.environments.iter().all(|there| {
            let off = matches!(there.serves, Serves::One { off: true, .. });
            off && there.unchanged_since <= facts.created_at && there.evaluated.is_none()
        })
}

/// Returns whether a scan says something about the code as it is now.
pub(super) fn is_reliable(scan: &RepositoryFacts, policy: &Policy, now: Timestamp) -> bool {
    scan.complete && now.since(scan.scanned_at) <= policy.scan_fresh
}

/// Returns whether reliable scans of all code find no reference, and what is deployed has had time to follow.
fn is_gone_from_code(facts: &FlagFacts, policy: &Policy, now: Timestamp) -> bool {
    let code = &facts.code;
    let none = code.references() == 0 && code.repositories.iter().all(|scan| is_reliable(scan, policy, now));
    let followed = code.removed_at.is_none_or(|at| now.since(at) >= policy.quiet_before_archive);
    !code.repositories.is_empty() && none && followed
}
