//! What is said about a flag.

use std::fmt;

use hoist_eval::Timestamp;
use serde::{Deserialize, Serialize};

use super::archive::Blocker;
use super::facts::{CleanupFacts, RepositoryFacts, Seen, Snooze};

/// How far a flag is on its way out, and why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// How far it is.
    pub state: State,
    /// What was found, the gravest first.
    pub findings: Vec<Finding>,
    /// Why the flag is never a candidate for cleanup as it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exemption: Option<Exemption>,
    /// What code gets everywhere that matters, if it is one value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frozen: Option<Frozen>,
    /// When a flag that is being watched will have done its work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ready_at: Option<Timestamp>,
    /// The change that takes it out of the code, while one is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cleanup: Option<CleanupFacts>,
    /// Set while people have asked to be left alone about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snooze: Option<Snooze>,
    /// What stands between the flag and the archive; empty means nothing does.
    pub blockers: Vec<Blocker>,
}

/// How far a flag is on its way out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// In use.
    Live,
    /// Serves one value to everyone, and is watched for a while.
    Watching,
    /// Has done its work: its code can be cleaned up.
    Candidate,
    /// A change that takes it out of the code waits for review.
    CleanupOpen,
    /// Gone from the code, and perhaps still asked for by what is deployed.
    CodeRemoved,
    /// Nothing stands between it and the archive.
    ReadyToArchive,
    /// Out of use.
    Archived,
}

impl State {
    /// Returns the name as it is stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Watching => "watching",
            Self::Candidate => "candidate",
            Self::CleanupOpen => "cleanup_open",
            Self::CodeRemoved => "code_removed",
            Self::ReadyToArchive => "ready_to_archive",
            Self::Archived => "archived",
        }
    }
}

/// One thing that was found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// What.
    pub reason: Reason,
    /// How grave it is.
    pub severity: Severity,
    /// Since when it holds.
    pub since: Timestamp,
    /// What it rests on.
    pub evidence: Vec<Evidence>,
}

/// What can be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Its expiry date has passed.
    Expired,
    /// Everyone has the same value, and it is not the one of a flag that is off.
    RolledOut,
    /// Everyone has the value of a flag that is off.
    RolledBack,
    /// Nobody asks for it.
    NoEvaluations,
    /// It occurs in no code.
    NoReferences,
    /// It should have an expiry date.
    NoExpiry,
    /// Nobody answers for it.
    OwnerGone,
    /// It is archived, and code still asks for it.
    RetiredInCode,
    /// It is not defined, and code asks for it.
    UnknownInCode,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Self; 9] = [
        Self::Expired,
        Self::RolledOut,
        Self::RolledBack,
        Self::NoEvaluations,
        Self::NoReferences,
        Self::NoExpiry,
        Self::OwnerGone,
        Self::RetiredInCode,
        Self::UnknownInCode,
    ];

    /// Returns the name as it is stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::RolledOut => "rolled_out",
            Self::RolledBack => "rolled_back",
            Self::NoEvaluations => "no_evaluations",
            Self::NoReferences => "no_references",
            Self::NoExpiry => "no_expiry",
            Self::OwnerGone => "owner_gone",
            Self::RetiredInCode => "retired_in_code",
            Self::UnknownInCode => "unknown_in_code",
        }
    }
}

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Somebody should look.
    Warn,
    /// The flag can go.
    Candidate,
    /// Something is wrong.
    Error,
}

impl Severity {
    /// Returns the name as it is stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Candidate => "candidate",
            Self::Error => "error",
        }
    }
}

/// Why a flag is never a candidate for cleanup as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Exemption {
    /// It is meant to stay.
    Permanent,
    /// It is there to switch something off in an emergency, and served one value for years for that reason.
    KillSwitch,
    /// It says who may use what.
    Permission,
    /// Other flags or segments need it.
    Needed {
        /// Which.
        by: Vec<String>,
    },
    /// A rollout of it is not over.
    RolloutActive {
        /// Where.
        environment: String,
    },
    /// Environments that matter have different values.
    DifferentValues,
}

impl fmt::Display for Exemption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Permanent => f.write_str("it is meant to stay"),
            Self::KillSwitch => f.write_str("it is a switch for operations"),
            Self::Permission => f.write_str("it says who may use what"),
            Self::Needed { by } => write!(f, "{} needs it", by.join(", ")),
            Self::RolloutActive { environment } => write!(f, "a rollout in {environment} is not over"),
            Self::DifferentValues => f.write_str("environments that matter have different values"),
        }
    }
}

/// The value that a cleanup puts in the flag's place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Frozen {
    /// The variant.
    pub variant: String,
    /// The value that code receives.
    pub value: serde_json::Value,
    /// Since when.
    pub since: Timestamp,
}

/// What a finding rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Evidence {
    /// What an environment serves.
    Serves {
        /// The environment.
        environment: String,
        /// The variant.
        variant: String,
        /// Since when.
        since: Timestamp,
        /// The rollout that brought it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        rollout: Option<String>,
    },
    /// The last evaluation in an environment.
    Evaluated {
        /// The environment.
        environment: String,
        /// By whom, and when.
        seen: Seen,
    },
    /// No evaluation in an environment.
    NotEvaluated {
        /// The environment.
        environment: String,
        /// Since when nobody has asked, as far as it was counted.
        since: Timestamp,
    },
    /// What a scan of code found.
    Scanned {
        /// The scan.
        scan: RepositoryFacts,
    },
    /// The day on which it should have been gone has passed.
    ExpiredAt {
        /// Its end.
        at: Timestamp,
    },
    /// When it was created or archived.
    From {
        /// When.
        at: Timestamp,
    },
}
