//! What is known about one flag at one moment.

use hoist_eval::Timestamp;
use serde::{Deserialize, Serialize};

use super::serves::Serves;
use crate::flag::{Category, Lifetime};

/// Everything that a verdict about a flag depends on.
#[derive(Debug, Clone, PartialEq)]
pub struct FlagFacts {
    /// What kind of decision it is.
    pub category: Category,
    /// How long it is meant to live.
    pub lifetime: Lifetime,
    /// Who answers for it.
    pub owner: Owner,
    /// When it was created.
    pub created_at: Timestamp,
    /// The end of its expiry day.
    pub expires_at: Option<Timestamp>,
    /// When it was archived.
    pub archived_at: Option<Timestamp>,
    /// Since when evaluations are counted at all.
    pub observed_since: Timestamp,
    /// What it serves, where, and who asks for it there.
    pub environments: Vec<EnvironmentFacts>,
    /// Live flags and segments that refer to it.
    pub dependants: Vec<String>,
    /// Where it occurs in code.
    pub code: CodeFacts,
    /// The change that takes it out of the code, while one is open.
    pub cleanup: Option<CleanupFacts>,
    /// Set while people have asked to be left alone about it.
    pub snooze: Option<Snooze>,
}

/// Who answers for a flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// Somebody.
    Known,
    /// Nobody was named.
    Missing,
}

/// A flag in one environment.
#[derive(Debug, Clone, PartialEq)]
pub struct EnvironmentFacts {
    /// The environment.
    pub environment: String,
    /// Whether what it serves decides about the flag's retirement.
    pub critical: bool,
    /// What the flag serves there.
    pub serves: Serves,
    /// Since when it serves that.
    pub unchanged_since: Timestamp,
    /// The rollout that is running or was the last to end there.
    pub rollout: Option<RolloutFacts>,
    /// The last evaluation of this flag by itself.
    pub evaluated: Option<Seen>,
    /// The last time that somebody took all flags at once, which says nothing about any one of them.
    pub taken_whole: Option<Seen>,
}

/// A rollout of the flag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RolloutFacts {
    /// Its id.
    pub id: String,
    /// Whether it can still move.
    pub active: bool,
    /// The variant that it brought to everyone, and when, if it came to its end.
    pub completed: Option<(String, Timestamp)>,
}

/// A client, and when it was seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// The client: the id of its token.
    pub client: String,
    /// When.
    pub at: Timestamp,
}

/// Where a flag occurs in code.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CodeFacts {
    /// The main branch of every repository that was ever scanned.
    pub repositories: Vec<RepositoryFacts>,
    /// When the last reference in any of them went, if there ever was one.
    pub removed_at: Option<Timestamp>,
}

/// A flag in the main branch of one repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepositoryFacts {
    /// The repository.
    pub repository: String,
    /// The branch.
    pub branch: String,
    /// The commit that was scanned.
    pub commit: String,
    /// When it was scanned.
    pub scanned_at: Timestamp,
    /// Whether every file could be read.
    pub complete: bool,
    /// How often the flag occurs.
    pub references: u64,
}

/// A change that takes a flag out of the code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CleanupFacts {
    /// The repository.
    pub repository: String,
    /// Where it can be reviewed.
    pub url: String,
    /// Since when.
    pub opened_at: Timestamp,
}

/// A wish to be left alone about a flag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snooze {
    /// Until when.
    pub until: Timestamp,
    /// Why.
    pub reason: String,
    /// Who asked.
    pub by: String,
}

impl CodeFacts {
    /// Returns how often the flag occurs in everything that was scanned.
    pub fn references(&self) -> u64 {
        self.repositories.iter().map(|repository| repository.references).sum()
    }
}

impl FlagFacts {
    /// Returns the environments that decide about retirement: the critical ones, or all if none is critical.
    pub fn deciding(&self) -> impl Iterator<Item = &EnvironmentFacts> {
        let any = self.environments.iter().any(|there| there.critical);
        self.environments.iter().filter(move |there| there.critical || !any)
    }
}
