//! What many replays came to.

use hoist_eval::{Span, Timestamp};
use serde::Serialize;

use crate::limits::BACKTEST_MOMENTS_MAX;
use crate::plan::GuardKey;
use crate::rollout::RolloutSpec;
use crate::rollout::decision::Rule;

use super::replay::{Alarm, Ending, Replay};

/// The middle and the slow end of something; absent where so many do not have it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Spread<T> {
    /// Half have at most this.
    pub median: Option<T>,
    /// Nine tenths have at most this.
    pub p90: Option<T>,
}

/// What became of the replays of one kind.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Outcomes {
    /// How many there were.
    pub replays: u64,
    /// Replays that came to the end of the plan.
    pub completed: u64,
    /// Replays that went back to the baseline.
    pub rolled_back: u64,
    /// Replays that ended up waiting for a person, those that stepped back included.
    pub paused: u64,
    /// Replays for which the past was too short.
    pub unfinished: u64,
    /// Replays in which a guard acted: rolled back, stepped back or paused.
    pub alarmed: u64,
    /// The share of replays in which a guard acted.
    pub alarm_share: f64,
    /// Upper 95 % bound of that share, as far as it is chance: other weeks may be another matter.
    pub alarm_share_at_most: f64,
    /// Which guards acted, those that did so most often first.
    pub alarms: Vec<Alarms>,
    /// Time from the start to the alarm, over all replays; those without an alarm count as never.
    pub alarm_after: Spread<Span>,
    /// Opportunities of the treatment until the alarm, over the replays that had one. Nothing where nothing is counted.
    pub treated: Spread<f64>,
    /// Events of the treatment that the regression had brought by then, or taken away where less is harm; of the guard that
    /// acted, over the replays that had an alarm.
    pub excess: Spread<f64>,
    /// Time from the start to the end of the plan, over the replays that came there.
    pub duration: Spread<Span>,
    /// The stages, in order.
    pub stages: Vec<StageOutcome>,
    /// For what stages were held, the most frequent first.
    pub held: Vec<Holds>,
}

/// How often one guard acted.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Alarms {
    /// The guard; absent where it was no guard's doing.
    pub guard: Option<GuardKey>,
    /// Whether it was silence, and no breach.
    pub silent: bool,
    /// In how many replays.
    pub replays: u64,
    /// When, by the clock of the past: the first moments.
    pub moments: Vec<Timestamp>,
}

/// What became of the replays at one stage.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StageOutcome {
    /// Its name.
    pub name: String,
    /// Replays that entered it.
    pub entered: u64,
    /// Replays that left it upwards, the end of the plan included.
    pub left: u64,
    /// Replays in which a guard acted here.
    pub alarmed: u64,
    /// Time spent, over the replays that left it upwards.
    pub duration: Spread<Span>,
}

/// For what a stage was held, bake and approval left out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Holds {
    /// The stage's name.
    pub stage: String,
    /// The rule that held.
    pub rule: Rule,
    /// The guard that it was about.
    pub guard: Option<GuardKey>,
    /// In how many replays.
    pub replays: u64,
    /// For how long, over those.
    pub time: Spread<Span>,
}

impl<T: Copy> Spread<T> {
    /// Returns the ranks of what is known, `of` all; the rest count as more than everything.
    fn of(mut known: Vec<T>, all: usize, by: impl Fn(&T, &T) -> std::cmp::Ordering) -> Self {
        known.sort_by(by);
        let rank = |tenths: usize| known.get((all * tenths).div_ceil(10).saturating_sub(1)).copied();
        if all == 0 { Self { median: None, p90: None } } else { Self { median: rank(5), p90: rank(9) } }
    }
}

fn times(known: Vec<Span>, all: usize) -> Spread<Span> {
    Spread::of(known, all, Span::cmp)
}

fn numbers(known: Vec<f64>) -> Spread<f64> {
    let all = known.len();
    Spread::of(known, all, f64::total_cmp)
}

impl Outcomes {
    /// Adds up what became of the replays.
    pub(super) fn of(spec: &RolloutSpec, replays: &[Replay]) -> Self {
        let ended = |ending| replays.iter().filter(|replay| replay.ending == ending).count() as u64;
        let alarms: Vec<&Alarm> = replays.iter().filter_map(|replay| replay.alarm.as_ref()).collect();
        let completed = replays.iter().filter(|replay| replay.ending == Ending::Completed);
        let durations: Vec<Span> = completed.map(|replay| replay.time).collect();
        let (count, hits) = (replays.len(), alarms.len());
        Self {
            replays: count as u64,
            completed: ended(Ending::Completed),
            rolled_back: ended(Ending::RolledBack),
            paused: ended(Ending::Paused),
            unfinished: ended(Ending::Unfinished),
            alarmed: hits as u64,
            alarm_share: hits as f64 / count.max(1) as f64,
            alarm_share_at_most: at_most(hits, count),
            alarm_after: times(alarms.iter().map(|alarm| alarm.after).collect(), count),
            treated: numbers(alarms.iter().filter_map(|alarm| alarm.treated).collect()),
            excess: numbers(alarms.iter().filter_map(|alarm| alarm.excess).map(f64::abs).collect()),
            duration: times(durations.clone(), durations.len()),
            stages: stages(spec, replays),
            held: holds(spec, replays),
            alarms: by_guard(&alarms),
        }
    }
}

fn by_guard(alarms: &[&Alarm]) -> Vec<Alarms> {
    let mut guards: Vec<Alarms> = Vec::new();
    for alarm in alarms {
        let known = guards.iter_mut().find(|known| known.guard == alarm.guard && known.silent == alarm.silent);
        match known {
            Some(known) => {
                known.replays += 1;
                known.moments.push(alarm.at);
            }
            None => guards.push(Alarms {
                guard: alarm.guard.clone(),
                silent: alarm.silent,
                replays: 1,
                moments: vec![alarm.at],
            }),
        }
    }
    for guard in &mut guards {
        guard.moments.sort_unstable();
        guard.moments.truncate(BACKTEST_MOMENTS_MAX);
    }
    guards.sort_by_key(|guard| std::cmp::Reverse(guard.replays));
    guards
}

fn stages(spec: &RolloutSpec, replays: &[Replay]) -> Vec<StageOutcome> {
    let stages = spec.plan().stages().iter().enumerate();
    let outcome = |(index, stage): (usize, &crate::plan::Stage)| {
        let entered = replays.iter().filter(|replay| replay.last_stage.is_some_and(|last| last >= index));
        let left = replays.iter().flat_map(|replay| &replay.left).filter(|(stage, _)| *stage == index);
        let durations: Vec<Span> = left.map(|(_, time)| *time).collect();
        let alarmed = replays.iter().filter(|replay| replay.alarm.as_ref().is_some_and(|alarm| alarm.stage == index));
        StageOutcome {
            name: stage.name().to_string(),
            entered: entered.count() as u64,
            left: durations.len() as u64,
            alarmed: alarmed.count() as u64,
            duration: times(durations.clone(), durations.len()),
        }
    };
    stages.map(outcome).collect()
}

fn holds(spec: &RolloutSpec, replays: &[Replay]) -> Vec<Holds> {
    type Reason<'r> = (usize, Rule, Option<&'r GuardKey>);
    let mut reasons: Vec<(Reason<'_>, Vec<Span>)> = Vec::new();
    for held in replays.iter().flat_map(|replay| &replay.held) {
        let reason = (held.stage, held.rule, held.guard.as_ref());
        match reasons.iter_mut().find(|(known, _)| *known == reason) {
            Some((_, times)) => times.push(held.time),
            None => reasons.push((reason, vec![held.time])),
        }
    }
    reasons.sort_by_key(|((stage, ..), times)| (std::cmp::Reverse(times.len()), *stage));
    let names = spec.plan().stages();
    let holds = reasons.into_iter().map(|((stage, rule, guard), held)| {
        let replays = held.len();
        Holds {
            stage: names.get(stage).map(|stage| stage.name().to_string()).unwrap_or_default(),
            rule,
            guard: guard.cloned(),
            replays: replays as u64,
            time: times(held, replays),
        }
    });
    holds.collect()
}

/// Returns the upper 95 % bound of a share of which `hits` of `runs` were seen (Clopper and Pearson): the share at which so
/// few would be seen in one case of twenty, by bisection.
fn at_most(hits: usize, runs: usize) -> f64 {
    const LEFT: f64 = 0.05;
    const HALVINGS: u32 = 50;
    if hits >= runs {
        return 1.0;
    }
    let runs = runs as f64;
    let log_choose = |k: f64| libm::lgamma(runs + 1.0) - libm::lgamma(k + 1.0) - libm::lgamma(runs - k + 1.0);
    let chance_of = |k: f64, share: f64| (log_choose(k) + k * share.ln() + (runs - k) * (-share).ln_1p()).exp();
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(low, high);
        let tail: f64 = (0..=hits).map(|k| chance_of(k as f64, middle)).sum();
        if tail > LEFT { low = middle } else { high = middle }
    }
    high
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_is_that_of_the_binomial() {
        for (hits, runs, bound) in [(0, 200, 0.014_867), (1, 100, 0.046_559), (10, 10, 1.0), (0, 0, 1.0)] {
            assert!((at_most(hits, runs) - bound).abs() < 1e-5, "{hits} of {runs}: {}", at_most(hits, runs));
        }
    }

    #[test]
    fn what_never_comes_is_later_than_everything() {
        let of = |known: Vec<f64>, all| Spread::of(known, all, f64::total_cmp);
        assert_eq!(of(vec![3.0, 1.0, 2.0], 3), Spread { median: Some(2.0), p90: Some(3.0) });
        assert_eq!(of(vec![3.0, 1.0], 4), Spread { median: Some(3.0), p90: None });
        assert_eq!(of(vec![1.0], 4), Spread { median: None, p90: None });
        assert_eq!(of(Vec::new(), 0), Spread { median: None, p90: None });
    }
}
