//! The story: a rollout meets a bug and comes back by itself; the bug is fixed, and the rollout goes all the way.

use hoist_eval::Timestamp;
use serde_json::json;

use crate::client::took;
use crate::clock;
use crate::failure::Failure;

use super::Options;
use super::backdrop::Backdrop;
use super::checks::{self, Stay};
use super::climb::{Climb, End, Reloaders, climb};
use super::plan;
use super::shop::checkout::Checkout;
use super::shop::shopper::Shopper;
use super::timeline::Timeline;

/// Time in which shoppers go on visiting before the demo concludes that nobody gets the new checkout any more.
const QUIET_TIME: std::time::Duration = std::time::Duration::from_secs(2);

/// What happened.
#[derive(Debug)]
pub struct Story {
    /// The climb that met the bug.
    pub first: Climb,
    /// How the shoppers were brought to safety, if the first climb was rolled back.
    pub safety: Option<Safety>,
    /// The climb after the bug was fixed, if the story came that far.
    pub second: Option<Climb>,
    /// Whether the same shoppers came first again.
    pub overlap: Option<Overlap>,
    /// How many shoppers were asked about at the end, and how many of them get the new checkout.
    pub finale: Option<(usize, usize)>,
}

/// How the shoppers were brought to safety.
#[derive(Debug, Clone)]
pub struct Safety {
    /// The guard that was crossed; nothing if it was none.
    pub guard: Option<String>,
    /// Why, in a sentence.
    pub cause: String,
    /// When the rollback was decided, which is where the clock starts. Its commit follows within the same look at the
    /// rollout and has no time of its own, so the measured time is never shorter than that from the commit.
    pub decided: Timestamp,
    /// When a shopper was last served the new checkout.
    pub last_served: Timestamp,
    /// When the bug was injected.
    pub bug: Option<Timestamp>,
    /// How often shoppers who had had the new checkout asked for it again after the rollback was heard of.
    pub reloads: u64,
    /// How many shoppers were asked about afterwards.
    pub asked: usize,
    /// How many of them still got the new checkout.
    pub still_new: usize,
}

impl Safety {
    /// Returns milliseconds from the decision to roll back to the last shopper who got the new checkout; zero if
    /// nobody got it after the decision.
    pub fn from_decision_ms(&self) -> f64 {
        self.last_served.since(self.decided).as_micros() as f64 / 1_000.0
    }

    /// Returns milliseconds from the injection of the bug to the last shopper who got the new checkout.
    pub fn from_bug_ms(&self) -> Option<f64> {
        self.bug.map(|bug| self.last_served.since(bug).as_micros() as f64 / 1_000.0)
    }
}

/// Whether the same shoppers came first again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overlap {
    /// How many customers had got the new checkout at the small stages of the first climb.
    pub before: usize,
    /// How many of them got it again at the same stages of the second.
    pub again: usize,
    /// How many customers got different checkouts at the same stage of the two climbs.
    pub switched: usize,
}

/// Tells the story.
pub async fn tell(set: &Backdrop, options: Options, timeline: &mut Timeline) -> Result<Story, Failure> {
    let (first, reloaders) = climb(set, options, timeline, Some(plan::BUG_STAGE), &[]).await?;
    let mut story = Story { first, safety: None, second: None, overlap: None, finale: None };
    let End::RolledBack { at, guard, cause } = story.first.end.clone() else { return Ok(story) };
    let safety = safety(set, &story.first, reloaders, (at, guard, cause)).await;
    tell_safety(timeline, &safety)?;
    story.safety = Some(safety);

    set.shop.set_bug(false);
    timeline.now(
        "bug_fixed",
        "the new checkout sends the right currency again; no flag was touched, no old code redeployed",
    )?;
    let stays = story.first.stays();
    let before: Vec<(String, Vec<Shopper>)> = stays
        .iter()
        .map(|(stage, stay)| (stage.clone(), checks::new_only(&checks::served(&set.shop, *stay))))
        .collect();
    let (second, _) = climb(set, options, timeline, None, &before).await?;
    let overlap = overlap(set, &story.first, &second, &before);
    timeline.add(
        "same_shoppers",
        clock::now(),
        &overlap_sentence(overlap),
        json!({ "before": overlap.before, "again": overlap.again }),
    )?;
    story.overlap = Some(overlap);
    if matches!(second.end, End::Completed { .. }) {
        let sample = checks::sample([]);
        let new = checks::count_new(&set.shop, &sample).await;
        timeline.now("everyone", &format!("asked for {} shoppers: {new} get the new checkout", sample.len()))?;
        story.finale = Some((sample.len(), new));
    }
    story.second = Some(second);
    Ok(story)
}

/// Waits for a while in which shoppers go on reloading, notes when one of them got the new checkout last, then asks for
/// many shoppers, treated ones first.
async fn safety(
    set: &Backdrop,
    first: &Climb,
    reloaders: Reloaders,
    (decided, guard, cause): (Timestamp, Option<String>, String),
) -> Safety {
    let before = reloaders.reloads();
    clock::wait(QUIET_TIME).await;
    let reloads = reloaders.reloads() - before;
    drop(reloaders);
    let last_served = set.shop.visits.last_served(Checkout::New).unwrap_or(decided);
    let treated = first.stays().into_values().flat_map(|stay| checks::new_only(&checks::served(&set.shop, stay)));
    let sample = checks::sample(treated);
    let still_new = checks::count_new(&set.shop, &sample).await;
    Safety { guard, cause, decided, last_served, bug: first.bug, reloads, asked: sample.len(), still_new }
}

fn tell_safety(timeline: &mut Timeline, safety: &Safety) -> Result<(), Failure> {
    let millis = |ms: f64| took(std::time::Duration::from_secs_f64(ms / 1_000.0));
    let from_decision = safety.from_decision_ms();
    let after = if from_decision > 0.0 {
        format!("the last shopper got the new checkout {} after the rollback was decided", millis(from_decision))
    } else {
        "nobody got the new checkout after the rollback was decided".to_owned()
    };
    let bug = safety.from_bug_ms().map(|ms| format!("; that is {} after the bug came", millis(ms))).unwrap_or_default();
    let sentence = format!("{after}{bug}; asked for {} shoppers: {} get it now", safety.asked, safety.still_new);
    timeline.add("safe", safety.last_served, &sentence, json!({ "time_to_safety_ms": from_decision }))
}

fn overlap(set: &Backdrop, first: &Climb, second: &Climb, before: &[(String, Vec<Shopper>)]) -> Overlap {
    let pairs = first.stays().into_iter().filter_map(|(stage, stay)| Some((stay, *second.stays().get(&stage)?)));
    let switched = |(one, other): (Stay, Stay)| {
        checks::switched(&checks::served(&set.shop, one), &checks::served(&set.shop, other))
    };
    Overlap {
        before: before.iter().map(|(_, shoppers)| shoppers.len()).sum(),
        again: second.again,
        switched: pairs.map(switched).sum(),
    }
}

fn overlap_sentence(overlap: Overlap) -> String {
    let share = if overlap.before == 0 { 0.0 } else { 100.0 * overlap.again as f64 / overlap.before as f64 };
    format!(
        "of {} customers who had the new checkout before the rollback, {} had it again at the same stage ({share:.0} %)",
        overlap.before, overlap.again
    )
}
