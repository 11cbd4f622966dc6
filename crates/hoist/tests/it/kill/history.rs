//! What a run left behind, without times and ids, so that two runs compare.

use std::collections::{BTreeMap, BTreeSet};

use hoist_eval::Span;
use hoist_lifecycle::rollout::decision::{Effect, Notice};
use hoist_lifecycle::rollout::rationale::Action;
use hoist_lifecycle::rollout::step;
use hoist_store::audit::AuditFilter;
use hoist_store::{DecisionRecord, PageRequest, RolloutRecord};

use super::server::Ran;
use super::world::{BAKE, ENVIRONMENT, FLAG, PROJECT, ROLLOUT, Story, World};

/// Events that no decision of the rollout tells.
const BESIDE_DECISIONS: [&str; 2] = ["rollout.started", "rollout.verified"];

/// What a run left behind.
#[derive(Debug)]
pub(super) struct History {
    rollout: RolloutRecord,
    decisions: Vec<DecisionRecord>,
    audit_is_sound: bool,
    /// What must be the same in every run.
    facts: Facts,
    /// Topics of events by their ids, as the log told them.
    told: BTreeMap<String, BTreeSet<String>>,
}

#[derive(Debug, PartialEq, Eq)]
struct Facts {
    phase: &'static str,
    /// Stages in the order in which they were entered.
    entered: Vec<usize>,
    flag_version: u64,
    generation: u64,
    flag: String,
    /// Action and subject of the audit records, in order, of moves and of changes of the flag.
    audit: Vec<String>,
    /// Topics of the events, in order.
    topics: Vec<String>,
}

impl History {
    pub(super) async fn read(world: &World, ran: &Ran) -> Self {
        let store = &world.store;
        let all = PageRequest { limit: Some(500), cursor: None };
        let rollout = store.rollout(ROLLOUT).await.expect("a store").expect("a rollout");
        let decisions = store.decisions(ROLLOUT, &all).await.expect("a store").items;
        let flag = store.targeting(PROJECT, ENVIRONMENT, FLAG).await.expect("a store").expect("a flag");
        let mut audit = store.audit_page(&AuditFilter::default(), &all).await.expect("a store").items;
        audit.sort_by_key(|record| record.seq);
        // A decision that only says that a guard has spoken, or has been silent for a moment, is news that depends on
        // when the server was away. What moved, moved in every run.
        let quiet: BTreeSet<u64> =
            decisions.iter().filter(|record| !moves(record)).map(|record| record.audit_seq).collect();
        let told = told(&ran.log);
        let mut topics: Vec<(u64, String)> = Vec::new();
        for (id, names) in &told {
            let seq = id.rsplit('-').next().and_then(|seq| seq.parse().ok()).unwrap_or(0);
            topics.extend(names.iter().map(|name| (seq, name.clone())));
        }
        topics.sort();
        let facts = Facts {
            phase: rollout.state.phase.as_str(),
            entered: entered(&decisions),
            flag_version: flag.version.0,
            generation: flag.generation,
            flag: format!("{:?} {:?}", flag.targeting, flag.allocation),
            audit: audit
                .iter()
                .filter(|record| !quiet.contains(&record.seq) && is_of_the_rollout(&record.action))
                .map(|record| format!("{} {}", record.action, record.subject))
                .collect(),
            topics: topics.into_iter().map(|(_, topic)| topic).collect(),
        };
        let audit_is_sound = store.audit_verify(1, None).await.expect("a store").is_sound();
        Self { rollout, decisions, audit_is_sound, facts, told }
    }

    /// Checks what must hold of every run on its own.
    pub(super) fn check(&self, story: Story, at: &str) {
        let facts = &self.facts;
        assert_eq!(facts.phase, story.end(), "{at}");
        assert_eq!(facts.entered, (0..story.entered()).collect::<Vec<_>>(), "{at}: every stage once, in order");
        assert!(self.audit_is_sound, "{at}: the audit log is sound");
        for record in &self.decisions {
            let again = step(&self.rollout.spec, &record.before, &record.input, record.at);
            assert_eq!(again.as_ref(), Ok(&record.decision), "{at}: decision {} is made again", record.seq);
        }
        for (baked, lasted) in self.left() {
            assert!(
                baked >= BAKE && lasted >= BAKE,
                "{at}: a stage was left after {baked} of {BAKE}, {lasted} after its start"
            );
        }
        for (id, topics) in &self.told {
            assert_eq!(topics.len(), 1, "{at}: the event {id} is one event");
        }
        let notices = self.decisions.iter().flat_map(notices).count();
        let events = facts.topics.iter().filter(|topic| !BESIDE_DECISIONS.contains(&topic.as_str())).count();
        assert_eq!(events, notices, "{at}: every event was told under one id: {:?}", facts.topics);
    }

    /// Compares what must be the same whether the server died or not.
    pub(super) fn compare(&self, other: &Self, at: &str) {
        assert_eq!(other.facts, self.facts, "{at} differs from the unfaulted run");
    }

    /// Returns observed healthy time, and time since its start, of every stage that was left.
    fn left(&self) -> Vec<(Span, Span)> {
        let advances = self
            .decisions
            .iter()
            .filter(|record| matches!(record.decision.rationale.action, Action::Advance | Action::Complete));
        let facts = advances.filter_map(|record| {
            let entry = record.before.phase.entry()?;
            Some((record.decision.rationale.stage.as_ref()?.baked, record.at.since(entry.since)))
        });
        facts.collect()
    }
}

fn notices(record: &DecisionRecord) -> impl Iterator<Item = &Notice> {
    record.decision.effects.iter().filter_map(|effect| match effect {
        Effect::Notify { notice } => Some(notice),
        _ => None,
    })
}

/// What installs the server and sets it up is not part of the comparison.
fn is_of_the_rollout(action: &str) -> bool {
    ["flag.", "segment.", "rollout."].iter().any(|kind| action.starts_with(kind))
}

fn moves(record: &DecisionRecord) -> bool {
    !record.decision.effects.is_empty()
}

fn entered(decisions: &[DecisionRecord]) -> Vec<usize> {
    let notices = decisions.iter().flat_map(notices);
    notices
        .filter_map(|notice| if let Notice::StageEntered { stage } = notice { Some(stage.0) } else { None })
        .collect()
}

/// Reads the events that the log tells of: ids, and the topics told under each.
fn told(log: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut told: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in log.lines() {
        let Ok(line) = serde_json::from_str::<serde_json::Value>(line) else { continue };
        if line["target"] == "hoist::notice" {
            let text = |field: &str| line[field].as_str().expect("a text").to_owned();
            told.entry(text("event")).or_default().insert(text("topic"));
        }
    }
    told
}
