//! A rollout as the server sends it. Fields that are not needed here are left alone, so that a newer server can say more.

use hoist_eval::{Span, Timestamp};
use hoist_lifecycle::plan::PlanDraft;
use hoist_lifecycle::rollout::Standing;
use hoist_lifecycle::rollout::decision::Verdict;
use hoist_lifecycle::rollout::rationale::Rationale;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::client::Client;
use crate::failure::Failure;
use crate::files;
use crate::limits::WATCH_HISTORY_MAX;

/// A rollout.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Rollout {
    /// Its id.
    pub id: String,
    /// The flag.
    pub flag: String,
    /// The environment.
    pub environment: String,
    /// The plan that it carries out.
    pub plan: PlanDraft,
    /// Where it is.
    pub phase: Phase,
    /// How far it is within its stage.
    #[serde(default)]
    pub stage: Option<Progress>,
    /// Why it waits or has ended.
    #[serde(default)]
    pub cause: Option<Cause>,
    /// The earliest start, while it has not begun.
    #[serde(default, deserialize_with = "optional_moment")]
    pub start_at: Option<Timestamp>,
    /// When it was asked for.
    #[serde(default, deserialize_with = "optional_moment")]
    pub started_at: Option<Timestamp>,
    /// When something about it changed last.
    #[serde(deserialize_with = "moment")]
    pub changed_at: Timestamp,
}

/// Where a rollout is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Not begun.
    Scheduled,
    /// At a stage, collecting evidence.
    Progressing,
    /// At a stage, waiting for a person.
    Paused,
    /// Through every stage.
    Completed,
    /// Back at the baseline.
    RolledBack,
    /// Ended by a person.
    Cancelled,
}

impl Phase {
    /// Returns whether nothing can become of the rollout any more.
    pub fn is_over(self) -> bool {
        match self {
            Self::Scheduled | Self::Progressing | Self::Paused => false,
            Self::Completed | Self::RolledBack | Self::Cancelled => true,
        }
    }

    /// Returns the phase's name, as programs read it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Scheduled => "scheduled",
            Self::Progressing => "progressing",
            Self::Paused => "paused",
            Self::Completed => "completed",
            Self::RolledBack => "rolled_back",
            Self::Cancelled => "cancelled",
        }
    }
}

/// How far a rollout is within its stage.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Progress {
    /// Names this stay at the stage, for a promotion to say which stay was looked at.
    #[serde(default)]
    pub entry: Option<u64>,
    /// The stage's number, from 0.
    pub index: usize,
    /// The stage's name.
    pub name: String,
    /// Observed healthy time so far.
    pub baked: Span,
    /// Observed healthy time that is needed.
    pub bake: Span,
    /// Distinct treated units seen so far.
    pub treated: u64,
    /// Distinct treated units that are needed.
    pub minimum_treated: u64,
    /// Whether a person has asked for the stage to be left.
    #[serde(default)]
    pub promoted: bool,
    /// How far each guard is.
    #[serde(default)]
    pub guards: Vec<GuardProgress>,
    /// How the guards stand, from a server that says so.
    #[serde(default)]
    pub standing: Option<Standing>,
}

/// How far a guard is.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct GuardProgress {
    /// The guard.
    pub guard: String,
    /// What its last reading said.
    pub verdict: Verdict,
    /// The last value that could be judged.
    #[serde(default)]
    pub value: Option<f64>,
}

/// Why a rollout waits or has ended.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Cause {
    /// The kind of cause.
    pub kind: String,
    /// The guard that made the difference.
    #[serde(default)]
    pub guard: Option<String>,
    /// A person's words.
    #[serde(default)]
    pub reason: Option<String>,
}

impl Cause {
    /// Returns the cause in words.
    pub fn words(&self) -> String {
        let guard = self.guard.as_deref().unwrap_or("?");
        match self.kind.as_str() {
            "command" => match self.reason.as_deref() {
                None | Some("") => "by a person".to_owned(),
                Some(reason) => format!("by a person ({reason})"),
            },
            "breach" => format!("guard {guard} is in breach"),
            "no_data" => format!("guard {guard} has no data"),
            "drift" => "someone else changed the flag's allocation".to_owned(),
            "flag_off" => "the flag is switched off".to_owned(),
            "maximum_time" => "the stage has reached its maximum time".to_owned(),
            "sample_ratio" => "treated units are missing".to_owned(),
            "telemetry" => "treated units are heard of less".to_owned(),
            other => other.replace('_', " "),
        }
    }
}

/// One decision.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Decided {
    /// Its number within the rollout.
    pub seq: u64,
    /// When it was made.
    #[serde(deserialize_with = "moment")]
    pub at: Timestamp,
    /// One sentence for people.
    pub summary: String,
    /// The facts behind the sentence.
    pub rationale: Rationale,
    /// The phase after it.
    pub phase: Phase,
}

impl Rollout {
    /// Reads a rollout from an answer.
    pub fn read(body: Value) -> Result<Self, Failure> {
        files::shape(body, "the server's answer")
    }

    /// Returns the moment that a rollout which has not begun was told to wait for; nothing if it begins when it can.
    pub fn waits_until(&self) -> Option<Timestamp> {
        self.start_at.filter(|at| self.phase == Phase::Scheduled && Some(*at) > self.started_at)
    }

    /// Returns the stay at a stage that this shows, if it is at one. Sent with a promotion, so that no stage is left that
    /// nobody has seen.
    pub fn entry(&self) -> Option<u64> {
        self.stage.as_ref().and_then(|stage| stage.entry)
    }
}

/// Returns the decisions of a rollout, the latest first.
pub async fn decisions(client: &Client, id: &str) -> Result<Vec<Decided>, Failure> {
    let path = client.in_project(&["rollouts", id, "decisions"]);
    let items = client.list_at_most(&path, &[], WATCH_HISTORY_MAX).await?;
    let mut decisions: Vec<Decided> =
        items.into_iter().map(|item| files::shape(item, "the server's answer")).collect::<Result<_, _>>()?;
    decisions.sort_by_key(|decided| std::cmp::Reverse(decided.seq));
    Ok(decisions)
}

/// Reads an instant such as `2026-11-21T22:00:00.000000Z`.
fn moment<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    let text = String::deserialize(deserializer)?;
    let at: jiff::Timestamp = text.parse().map_err(serde::de::Error::custom)?;
    Ok(Timestamp::from_micros(at.as_microsecond()))
}

fn optional_moment<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    moment(deserializer).map(Some)
}
