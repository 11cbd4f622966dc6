//! Whether flags have done their work.

use hoist_lifecycle::staleness::{
    Blocker, CleanupFacts, Evidence, Exemption, Finding, RepositoryFacts, Severity, State,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::body::FromBody;
use crate::error::FieldProblem;
use crate::staleness::Judged;

use super::time::Time;
use crate::api::validate::reason;

/// What is said about a flag's retirement.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Staleness {
    /// The flag.
    pub flag: String,
    /// Its name for people.
    pub title: String,
    /// Who answers for it.
    pub owner: String,
    /// How far it is on its way out: `live`, `watching`, `candidate`, `cleanup_open`, `code_removed`,
    /// `ready_to_archive` or `archived`.
    pub state: &'static str,
    /// The gravest severity among the findings; absent if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<&'static str>,
    /// What was found, the gravest first.
    pub findings: Vec<StaleFinding>,
    /// Why the flag is never a candidate for cleanup as it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exempt: Option<String>,
    /// What code gets everywhere that matters, if it is one value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frozen: Option<FrozenValue>,
    /// When a flag that is being watched will have done its work.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ready_at: Option<Time>,
    /// How often it occurs in the main branches that were scanned; absent if none was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub references: Option<u64>,
    /// The last evaluation by itself that is known of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evaluated_at: Option<Time>,
    /// The open change that takes it out of the code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cleanup: Option<OpenCleanup>,
    /// Set while people have asked to be left alone about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub snooze: Option<Snoozed>,
    /// What stands between the flag and the archive; empty means nothing does.
    pub blockers: Vec<ArchiveBlocker>,
}

/// One thing that was found about a flag.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct StaleFinding {
    /// What: `expired`, `rolled_out`, `rolled_back`, `no_evaluations`, `no_references`, `no_expiry`, `owner_gone` or
    /// `retired_in_code`.
    pub reason: &'static str,
    /// How grave it is: `info`, `warn`, `candidate` or `error`.
    pub severity: &'static str,
    /// Since when it holds.
    pub since: Time,
    /// What it rests on.
    pub evidence: Vec<StaleEvidence>,
}

/// What a finding rests on.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct StaleEvidence {
    /// A sentence for people.
    pub message: String,
    /// The environment that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// The repository that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repository: Option<String>,
    /// When.
    pub at: Time,
}

/// The value that a cleanup puts in the flag's place.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct FrozenValue {
    /// The variant.
    pub variant: String,
    /// The value that code receives.
    pub value: serde_json::Value,
    /// Since when.
    pub since: Time,
}

/// An open change that takes a flag out of the code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OpenCleanup {
    /// The repository.
    pub repository: String,
    /// Where it can be reviewed.
    pub url: String,
    /// Since when.
    pub opened_at: Time,
}

/// A wish to be left alone about a flag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Snoozed {
    /// Until when.
    pub until: Time,
    /// Why.
    pub reason: String,
    /// Who asked.
    pub by: String,
}

/// Something that stands between a flag and the archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ArchiveBlocker {
    /// What: `needed`, `rollout_active`, `references`, `scan_stale`, `never_scanned`, `evaluated`, `taken_whole` or
    /// `not_observed`.
    pub kind: &'static str,
    /// A sentence for people, with the way out.
    pub message: String,
    /// Whether a person may archive the flag all the same, with `override` and a reason.
    pub gives_way: bool,
}

/// The end of a flag.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Archiving {
    /// Why, for the audit log. Needed with `override`.
    #[serde(default)]
    pub reason: String,
    /// Archives the flag although code has it, somebody asks for it, or neither is known.
    #[serde(default, rename = "override")]
    pub set_aside: bool,
}

impl FromBody for Archiving {
    fn absent() -> Option<Self> {
        Some(Self::default())
    }

    fn problems(&self) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        reason(&self.reason, &mut problems);
        problems
    }
}

/// A wish to be left alone about a flag.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Snoozing {
    /// Until when; at most a year ahead.
    #[schema(value_type = String, format = DateTime)]
    pub until: Time,
    /// Why. It is shown wherever the flag would be.
    pub reason: String,
}

impl FromBody for Snoozing {
    fn problems(&self) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        reason(&self.reason, &mut problems);
        problems
    }
}

/// A change that takes a flag out of the code.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCleanup {
    /// The repository.
    pub repository: String,
    /// Where it can be reviewed: an http or https address.
    pub url: String,
}

impl FromBody for NewCleanup {}

impl Staleness {
    /// Returns what is said to a reader who `reaches` some environments. The verdict is about all of them; what other
    /// environments serve, and who asks there, stays untold.
    pub(crate) fn told(judged: Judged, reaches: &dyn Fn(&str) -> bool) -> Self {
        let Judged { flag, title, owner, facts, verdict } = judged;
        let scanned = !facts.code.repositories.is_empty();
        let reached = || facts.environments.iter().filter(|there| reaches(&there.environment));
        let evaluated = reached().filter_map(|there| there.evaluated.as_ref().map(|seen| seen.at));
        let reaches_deciding = facts.deciding().all(|there| reaches(&there.environment));
        let severity = verdict.findings.iter().map(|finding| finding.severity).max();
        Self {
            flag,
            title,
            owner,
            state: verdict.state.as_str(),
            severity: severity.map(Severity::as_str),
            findings: verdict.findings.into_iter().map(|finding| StaleFinding::told(finding, reaches)).collect(),
            exempt: verdict.exemption.map(|exemption| told_exemption(&exemption, reaches)),
            frozen: verdict.frozen.filter(|_| reaches_deciding).map(|frozen| FrozenValue {
                variant: frozen.variant,
                value: frozen.value,
                since: frozen.since.into(),
            }),
            ready_at: verdict.ready_at.map(Time::from),
            references: scanned.then(|| facts.code.references()),
            evaluated_at: evaluated.max().map(Time::from),
            cleanup: verdict.cleanup.map(OpenCleanup::from),
            snooze: verdict.snooze.map(|snooze| Snoozed {
                until: snooze.until.into(),
                reason: snooze.reason,
                by: snooze.by,
            }),
            blockers: verdict.blockers.iter().map(|blocker| ArchiveBlocker::told(blocker, reaches)).collect(),
        }
    }

    /// Returns whether there is anything to do about the flag.
    pub(crate) fn is_remarkable(&self) -> bool {
        !self.findings.is_empty() || !matches!(self.state, "live" | "archived")
    }
}

impl From<CleanupFacts> for OpenCleanup {
    fn from(cleanup: CleanupFacts) -> Self {
        Self { repository: cleanup.repository, url: cleanup.url, opened_at: cleanup.opened_at.into() }
    }
}

fn told_exemption(exemption: &Exemption, reaches: &dyn Fn(&str) -> bool) -> String {
    match exemption {
        Exemption::RolloutActive { environment } if !reaches(environment) => "a rollout of it is not over".to_owned(),
        exemption => exemption.to_string(),
    }
}

impl StaleFinding {
    fn told(finding: Finding, reaches: &dyn Fn(&str) -> bool) -> Self {
        let evidence = finding.evidence.into_iter().map(StaleEvidence::from);
        Self {
            reason: finding.reason.as_str(),
            severity: finding.severity.as_str(),
            since: finding.since.into(),
            evidence: evidence.filter(|it| it.environment.as_deref().is_none_or(reaches)).collect(),
        }
    }
}

impl From<Evidence> for StaleEvidence {
    fn from(evidence: Evidence) -> Self {
        let there = |environment: String, message: String, at| Self {
            message,
            environment: Some(environment),
            repository: None,
            at: Time(at),
        };
        match evidence {
            Evidence::Serves { environment, variant, since, rollout } => {
                let by = rollout.map_or(String::new(), |id| format!(", brought by the rollout {id}"));
                let message = format!("{environment} serves {variant} to everyone{by}");
                there(environment, message, since)
            }
            Evidence::Evaluated { environment, seen } => {
                let message = format!("the last evaluation in {environment} was by {}", seen.client);
                there(environment, message, seen.at)
            }
            Evidence::NotEvaluated { environment, since } => {
                let message = format!("nobody has asked for it in {environment}");
                there(environment, message, since)
            }
            Evidence::Scanned { scan } => {
                let RepositoryFacts { repository, branch, commit, scanned_at, references, .. } = scan;
                let message = format!("{repository} ({branch}) has {references} references at {commit}");
                Self { message, environment: None, repository: Some(repository), at: Time(scanned_at) }
            }
            Evidence::ExpiredAt { at } => {
                Self { message: "its expiry day ended".to_owned(), environment: None, repository: None, at: Time(at) }
            }
            Evidence::From { at } => {
                Self { message: "it began".to_owned(), environment: None, repository: None, at: Time(at) }
            }
        }
    }
}

impl ArchiveBlocker {
    fn told(blocker: &Blocker, reaches: &dyn Fn(&str) -> bool) -> Self {
        let told = Self::from(blocker);
        if blocker.environment().is_none_or(reaches) {
            return told;
        }
        let message =
            "it is so in an environment that you do not reach; ask somebody who reaches the project".to_owned();
        Self { message, ..told }
    }
}

impl From<&Blocker> for ArchiveBlocker {
    fn from(blocker: &Blocker) -> Self {
        let kind = match blocker {
            Blocker::Needed { .. } => "needed",
            Blocker::RolloutActive { .. } => "rollout_active",
            Blocker::References { .. } => "references",
            Blocker::ScanStale { .. } => "scan_stale",
            Blocker::Evaluated { .. } => "evaluated",
            Blocker::TakenWhole { .. } => "taken_whole",
            Blocker::NeverScanned => "never_scanned",
            Blocker::NotObserved { .. } => "not_observed",
        };
        Self { kind, message: blocker.to_string(), gives_way: blocker.gives_way() }
    }
}

/// Returns the state with this name, if there is one.
pub(crate) fn is_state(name: &str) -> bool {
    [
        State::Live,
        State::Watching,
        State::Candidate,
        State::CleanupOpen,
        State::CodeRemoved,
        State::ReadyToArchive,
        State::Archived,
    ]
    .iter()
    .any(|state| state.as_str() == name)
}
