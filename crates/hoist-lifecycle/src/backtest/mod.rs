//! What a plan would have done in the past: how often it would have raised a false alarm, how long it would have taken,
//! what it would have waited for, and when it would have found a regression.
//!
//! [`backtest()`] plays a rollout through recorded metrics many times, with [`crate::rollout::step()`], which plays the real
//! ones. In the past nobody had the treatment. So each replay divides the counts of every interval at random, by the
//! stage's share, into two arms that differ by nothing but chance: whoever rolls back then is mistaken. The same draws with
//! a regression put on the treated arm say when it is found. Events that are known to come in clusters are divided cluster by
//! cluster. Sums of values are divided as sums of many are: normal, with the mean and the variance of the past. Metrics that
//! are one number are played as they were.
//!
//! All randomness comes from [`Terms::seed`]: the same arguments give the same answer.
//!
//! Left out: guards on metrics whose past nobody has, units (every opportunity counts as one), the check of the shares of
//! units, a person's hesitation, and what the treatment itself changes in the traffic. Where a plan has three variants, the
//! traffic is divided between the stage's two arms as if the third were not there.

mod arms;
mod chance;
mod history;
mod notes;
mod outcomes;
mod replay;
mod values;

use hoist_eval::{Span, Timestamp};
use serde::Serialize;

use crate::limits::STALENESS_MAX;
use crate::preview::Note;
use crate::rollout::{RolloutSpec, Watch};

use arms::Arms;
use chance::Chance;
use replay::{Replay, replay};

pub(crate) use arms::is_recorded;
pub use history::{Absence, History, Interval, Series, ValueInterval};
pub use notes::NOTHING_TESTED;
pub use outcomes::{Alarms, Holds, Outcomes, Spread, StageOutcome};

/// What is asked of a back-test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Terms {
    /// How many times the plan is played, with and without the regression.
    pub replays: u64,
    /// Where the draws begin.
    pub seed: u64,
    /// How many times worse the treatment is, where it is; ratios below 1 count as their inverse.
    pub regression: f64,
    /// Steps of rollouts after which no other replay begins.
    pub steps: u64,
}

/// What a plan would have done.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Backtest {
    /// When the past begins.
    pub from: Timestamp,
    /// When it ends.
    pub to: Timestamp,
    /// The length of its intervals.
    pub step: Span,
    /// How many times worse the treatment was assumed to be.
    pub regression: f64,
    /// Where the draws began.
    pub seed: u64,
    /// Replays in which the treatment is as good as the control: every alarm is a false one.
    pub healthy: Outcomes,
    /// Replays in which the treatment is worse.
    pub harmed: Outcomes,
    /// What stands in the way, what is doubtful and what is not known, the worst first.
    pub notes: Vec<Note>,
}

/// Plays the plan through the past.
///
/// Replays begin at moments that are spread evenly over the first half of what the plan's bakes leave of the past, so that
/// each has time to come to its end. No replay begins after [`Terms::steps`], and none takes more; a note says if any was
/// left out.
pub fn backtest(spec: &RolloutSpec, history: &History, terms: &Terms) -> Backtest {
    let mut notes = Vec::new();
    let plays = |watch: &&Watch| Arms::new(watch, history.of(watch.guard().metric())).is_some();
    let guards = || spec.watches().iter().filter(|watch| !watch.is_goal());
    let left_out: Vec<&Watch> = guards().filter(|watch| !plays(watch)).collect();
    notes::of(spec, history, &left_out, &mut notes);
    let regression = if terms.regression < 1.0 { 1.0 / terms.regression } else { terms.regression };
    let (mut healthy, mut harmed): (Vec<Replay>, Vec<Replay>) = (Vec::new(), Vec::new());
    if let Some(played) = played(spec, history, &left_out) {
        let span = room(&played, history);
        let mut steps = 0;
        for number in 0..terms.replays {
            let first = (span as u128 * u128::from(number) / u128::from(terms.replays.max(1))) as usize;
            let chance = Chance::new(terms.seed, number);
            let left = terms.steps.saturating_sub(steps);
            let Some(one) = replay(&played, history, first, 1.0, chance.clone(), left) else { break };
            let Some(other) = replay(&played, history, first, regression, chance, left) else { break };
            steps += one.steps + other.steps;
            let is_cut = steps >= terms.steps;
            // What was cut short says nothing of how it ends, unless it is all there is.
            if !is_cut || healthy.is_empty() {
                healthy.push(one);
                harmed.push(other);
            }
            if is_cut && number + 1 < terms.replays {
                notes.push(notes::cut(healthy.len() as u64, terms));
                break;
            }
        }
    }
    notes.sort_by_key(|note| note.severity);
    Backtest {
        from: history.from,
        to: history.to(),
        step: history.step,
        regression,
        seed: terms.seed,
        healthy: Outcomes::of(spec, &healthy),
        harmed: Outcomes::of(spec, &harmed),
        notes,
    }
}

/// Returns the first interval at which a replay may not begin any more, at least 1: half of what the bakes leave.
fn room(spec: &RolloutSpec, history: &History) -> usize {
    let bakes = spec.plan().stages().iter().fold(Span::ZERO, |sum, stage| sum.saturating_add(stage.bake()));
    let needed = history.over_at(history.from.saturating_add(bakes));
    (history.intervals.saturating_sub(needed) / 2).max(1)
}

/// Returns the plan as it can be played: without the guards that have no past and without goals, which decide nothing. A
/// sample stays fresh until the next one, which in the past comes one interval later.
fn played(spec: &RolloutSpec, history: &History, left_out: &[&Watch]) -> Option<RolloutSpec> {
    let mut draft = spec.to_draft();
    draft.overlaps.clear();
    draft.plan.goals.clear();
    draft.plan.guards.retain(|guard| left_out.iter().all(|watch| watch.guard().key().as_str() != guard.key));
    let fresh = history.step.saturating_mul(2).min(STALENESS_MAX);
    for guard in &mut draft.plan.guards {
        let known = spec.plan().guards().iter().find(|known| known.key().as_str() == guard.key)?;
        guard.maximum_staleness = Some(known.maximum_staleness().max(fresh));
        guard.no_data_grace = Some(known.no_data_grace());
    }
    RolloutSpec::parse(&draft).ok()
}
