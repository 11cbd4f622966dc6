//! Two rollouts at once that may reach the same units and are judged by the same metric: if it turns bad, nobody can say
//! from the metric alone which of them did it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::plan::GuardKey;

use super::decision::Verdict;
use super::spec::RolloutSpec;
use super::state::RolloutState;

/// Another rollout that may reach the same units and is judged by the same metrics.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overlap {
    /// The other rollout.
    pub rollout: String,
    /// Its flag.
    pub flag: String,
    /// Whether some units certainly belong to both; otherwise they have different audiences, of which nobody knows whether
    /// they share units.
    pub certain: bool,
    /// The metrics that guards of both watch, in order.
    pub metrics: Vec<String>,
}

/// An overlap that somebody knew of at the start, and what they chose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownOverlap {
    /// The overlap.
    #[serde(flatten)]
    pub overlap: Overlap,
    /// What was chosen.
    pub choice: OverlapChoice,
}

/// What to do about an overlap.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum OverlapChoice {
    /// Wait until the other rollout is over.
    Serialise,
    /// Run both at once, each with a part of the units.
    Exclude,
    /// Run both at once.
    Accept {
        /// Why, in a person's words.
        reason: String,
    },
}

/// A rollout that runs beside one whose guard is in breach, and may be what did it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// The overlap.
    #[serde(flatten)]
    pub overlap: Overlap,
    /// The stage that it is at; absent before the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    /// What its guards on those metrics say.
    pub guards: Vec<CandidateGuard>,
}

/// What a guard of another rollout says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CandidateGuard {
    /// The guard.
    pub guard: GuardKey,
    /// The metric.
    pub metric: String,
    /// What it says.
    pub verdict: Verdict,
    /// The last value that could be judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
}

/// Returns how `new` and `other` overlap; nothing if they are in different environments, if no guard of both watches the
/// same metric, or if they are the same rollout. Salts differ from flag to flag, so that a share of one rollout and a
/// share of another always have units in common.
pub fn overlap(new: &RolloutSpec, other: &RolloutSpec) -> Option<Overlap> {
    let elsewhere = (new.project(), new.environment()) != (other.project(), other.environment());
    if elsewhere || new.rollout() == other.rollout() {
        return None;
    }
    let watched = |spec: &RolloutSpec| -> BTreeSet<String> {
        spec.plan().guards().iter().map(|guard| guard.metric().to_string()).collect()
    };
    let metrics: Vec<String> = watched(new).intersection(&watched(other)).cloned().collect();
    if metrics.is_empty() {
        return None;
    }
    let audiences =
        |spec: &RolloutSpec| -> Vec<_> { spec.plan().stages().iter().map(|stage| stage.audience().cloned()).collect() };
    let (ours, theirs) = (audiences(new), audiences(other));
    let meets = |ours: &Option<_>| theirs.iter().any(|theirs| ours.is_none() || theirs.is_none() || ours == theirs);
    let certain = ours.iter().any(meets);
    let flag = other.flag().to_string();
    Some(Overlap { rollout: other.rollout().to_string(), flag, certain, metrics })
}

/// Returns what another rollout shows of the metrics that both watch; nothing if they do not overlap, or if each keeps to its
/// part of the units.
pub fn candidate(
    (spec, own): (&RolloutSpec, &RolloutState),
    (other, state): (&RolloutSpec, &RolloutState),
) -> Option<Candidate> {
    let overlap = overlap(spec, other)?;
    if own.is_apart_from(other) && state.is_apart_from(spec) {
        return None;
    }
    let entry = state.phase.entry();
    let stage = entry.and_then(|entry| other.stage(entry.stage)).map(|stage| stage.name().to_string());
    let seen = entry.into_iter().flat_map(|entry| &entry.guards);
    let guards = seen.filter_map(|seen| {
        let guard = other.plan().guards().iter().find(|guard| *guard.key() == seen.guard)?;
        let metric = guard.metric().to_string();
        let shared = overlap.metrics.contains(&metric);
        shared.then(|| CandidateGuard {
            guard: seen.guard.clone(),
            metric,
            verdict: seen.verdict,
            value: seen.last_value,
        })
    });
    Some(Candidate { guards: guards.collect(), stage, overlap })
}
