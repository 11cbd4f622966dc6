//! What the demo came to: promises kept or broken, and one JSON document for programs.

use serde_json::{Value, json};

use crate::failure::Failure;
use crate::output::Output;
use crate::style;

use super::Options;
use super::backdrop::Backdrop;
use super::climb::{Climb, End};
use super::plan;
use super::story::Story;
use super::timeline::Timeline;

/// What the demo came to.
#[derive(Debug)]
pub struct Report {
    document: Value,
    broken: Vec<String>,
    once: bool,
}

impl Report {
    /// Returns the report of a story.
    pub fn new(story: &Story, timeline: &Timeline, set: &Backdrop, options: Options) -> Self {
        let errors = set.shop.visits.errors();
        let broken = broken(story, errors);
        let rollbacks: Vec<Value> = story
            .safety
            .iter()
            .map(|safety| json!({ "guard": safety.guard, "cause": safety.cause, "decided_at_ms": timeline.millis(safety.decided) }))
            .collect();
        let phase = story.second.as_ref().unwrap_or(&story.first).end.phase();
        let document = json!({
            "held": broken.is_empty(),
            "broken": broken,
            "phase": phase,
            "rollbacks": rollbacks,
            "time_to_safety_ms": story.safety.as_ref().map(super::story::Safety::from_decision_ms),
            "time_to_safety_from": "decided_at",
            "reloads_after_rollback": story.safety.as_ref().map(|safety| safety.reloads),
            "time_from_bug_to_safety_ms": story.safety.as_ref().and_then(super::story::Safety::from_bug_ms),
            "evaluations": set.shop.visits.evaluations(),
            "evaluation_errors": errors,
            "overlap": story.overlap.map(|overlap| json!({
                "before": overlap.before,
                "again": overlap.again,
                "share": if overlap.before == 0 { 0.0 } else { overlap.again as f64 / overlap.before as f64 },
                "switched": overlap.switched,
            })),
            "metric_source": set.metric_source,
            "speed": options.speed,
            "duration_ms": timeline.millis(crate::clock::now()),
            "timeline": timeline.events(),
        });
        Self { document, broken, once: options.once }
    }

    /// Returns whether the story went as it must.
    pub fn held(&self) -> bool {
        self.broken.is_empty()
    }

    /// Shows the report.
    pub fn show(&self, out: Output) -> Result<(), Failure> {
        out.item(&self.document, "phase", |to| {
            writeln!(to)?;
            if !self.held() {
                writeln!(to, "{}", style::paint(style::ERROR, "The story did not go as it must:"))?;
                return self.broken.iter().try_for_each(|promise| writeln!(to, "  {promise}"));
            }
            let evaluations = crate::output::text(&self.document, "evaluations");
            writeln!(
                to,
                "{evaluations} evaluations over HTTP, none failed. Stages in order, one rollback, by a guard alone."
            )?;
            writeln!(to, "What comes next for a team: take the old checkout out of the code, then")?;
            writeln!(to, "  hoist flag archive new-checkout")?;
            if self.once { writeln!(to, "Run `hoist demo` without --once to look around afterwards.") } else { Ok(()) }
        })
    }
}

/// Returns the promises that the story broke.
fn broken(story: &Story, errors: u64) -> Vec<String> {
    let names: Vec<&str> = plan::STAGES.iter().map(|(name, ..)| *name).collect();
    let bug = names.iter().position(|name| *name == plan::BUG_STAGE).map_or(0, |at| at + 1);
    let mut broken = Vec::new();
    let mut promise = |kept: bool, what: &str| {
        if !kept {
            broken.push(what.to_owned());
        }
    };
    promise(
        entered(&story.first).eq(names.iter().take(bug).copied()),
        "the first rollout climbs to the stage of the bug in order",
    );
    let guard = story.safety.as_ref().and_then(|safety| safety.guard.as_deref());
    promise(guard == Some(plan::GUARD), "the guard on failed checkouts rolls the first rollout back");
    promise(
        story.safety.as_ref().is_some_and(|safety| safety.still_new == 0),
        "after the rollback nobody gets the new checkout",
    );
    promise(
        story.safety.as_ref().is_some_and(|safety| safety.reloads > 0),
        "shoppers go on asking while it is watched whether they get the new checkout",
    );
    let second = story.second.as_ref();
    promise(
        second.is_some_and(|climb| entered(climb).eq(names.iter().copied())),
        "the second rollout climbs every stage in order",
    );
    promise(second.is_some_and(|climb| matches!(climb.end, End::Completed { .. })), "the second rollout completes");
    let same = story
        .overlap
        .is_some_and(|overlap| overlap.before > 0 && overlap.again == overlap.before && overlap.switched == 0);
    promise(same, "the same shoppers come first again");
    promise(story.finale.is_some_and(|(asked, new)| asked == new), "at the end everyone gets the new checkout");
    promise(errors == 0, "no evaluation fails");
    broken
}

fn entered(climb: &Climb) -> impl Iterator<Item = &str> {
    climb.entered.iter().map(|(stage, _)| stage.as_str())
}
