//! What a plan would have done in the past.

use std::collections::BTreeMap;

use hoist_eval::Span;
use hoist_lifecycle::backtest as pure;
use hoist_lifecycle::rollout::decision::Rule;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::body::FromBody;
use crate::bounds::Bodies;

use super::preview::Note;
use super::rollout::PlanChoice;
use super::time::Time;

/// A plan to be played through the past. Nothing is written.
#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewRolloutBacktest)]
pub struct NewBacktest {
    /// The flag.
    pub flag: String,
    /// The environment.
    pub environment: String,
    /// The key of a plan, or a plan.
    pub plan: PlanChoice,
    /// When the past begins that is played.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub from: Option<Time>,
    /// When it ends. Absent means now.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub to: Option<Time>,
    /// How long it is, where `from` and `to` do not say. Absent means 14 days.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "14d")]
    pub since: Option<Span>,
    /// How many times worse the treatment is in the replays that are to find it. Absent means 1.5.
    #[serde(default)]
    pub regression: Option<f64>,
    /// How many times the plan is played, with and without the regression. Absent means 200.
    #[serde(default)]
    pub replays: Option<u64>,
    /// Where the draws begin: another one divides the traffic in another way. Absent means 1.
    #[serde(default)]
    pub seed: Option<u64>,
    /// Recorded counts by metric, which take the place of the metrics' queries: each a time in seconds from the start of
    /// the recording, opportunities, and events among them, whoever they belong to.
    #[serde(default)]
    #[schema(value_type = Option<BTreeMap<String, Vec<Vec<f64>>>>)]
    pub recorded: Option<RecordedCounts>,
    /// Recorded values by metric, for means and ratios: each a time in seconds from the start of the recording, units, what is
    /// above the line, what is below it, the variance of what one unit has above it beyond the ratio times what it has below, and
    /// the skewness of that.
    #[serde(default)]
    #[schema(value_type = Option<BTreeMap<String, Vec<Vec<f64>>>>)]
    pub recorded_values: Option<RecordedValues>,
    /// By metric of `recorded`, how much more its events vary between groups of units than independent ones would; 1 for one
    /// that is not named.
    #[serde(default)]
    pub recorded_dispersions: Option<BTreeMap<String, f64>>,
}

/// Counts by metric: each a time in seconds, opportunities, and events among them.
pub type RecordedCounts = BTreeMap<String, Vec<(f64, f64, f64)>>;

/// Values by metric: each a time in seconds, units, what is above the line and below it, variance and skewness.
pub type RecordedValues = BTreeMap<String, Vec<(f64, f64, f64, f64, f64, f64)>>;

impl FromBody for NewBacktest {
    fn bytes_max(bodies: &Bodies) -> usize {
        bodies.backtest
    }
}

/// What a plan would have done in the past.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = RolloutBacktest)]
pub struct Backtest {
    /// When the past begins that was played.
    #[schema(value_type = String, format = DateTime)]
    pub from: Time,
    /// When it ends.
    #[schema(value_type = String, format = DateTime)]
    pub to: Time,
    /// The length of the intervals in which it is known.
    #[schema(value_type = String, example = "1m")]
    pub step: Span,
    /// How many times worse the treatment was in `harmed`.
    pub regression: f64,
    /// Where the draws began.
    pub seed: u64,
    /// Replays in which the treatment is as good as the control: every alarm is a false one.
    pub healthy: Outcomes,
    /// Replays in which the treatment is worse.
    pub harmed: Outcomes,
    /// What stands in the way (`blocks`), what is weaker than it looks (`doubt`), and what is not known (`unknown`), in
    /// this order.
    pub notes: Vec<Note>,
}

/// What became of the replays of one kind.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = BacktestOutcomes)]
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
    /// Replays in which a guard acted.
    pub alarmed: u64,
    /// The share of replays in which a guard acted.
    pub alarm_share: f64,
    /// Upper 95 % bound of that share, as far as it is chance.
    pub alarm_share_at_most: f64,
    /// Which guards acted, those that did so most often first.
    pub alarms: Vec<Alarms>,
    /// Time from the start to the alarm, over all replays; those without an alarm count as never.
    pub alarm_after: Times,
    /// Opportunities of the treatment until the alarm, over the replays that had one.
    pub treated: Numbers,
    /// Events that the regression had brought by then, or taken away where less is harm.
    pub excess: Numbers,
    /// Time from the start to the end of the plan, over the replays that came there.
    pub duration: Times,
    /// The stages, in order.
    pub stages: Vec<StageOutcome>,
    /// For what stages were held, the most frequent first.
    pub held: Vec<Holds>,
}

/// How often one guard acted.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = BacktestAlarms)]
pub struct Alarms {
    /// The guard; absent where it was no guard's doing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guard: Option<String>,
    /// `breach` or `no_data`.
    pub cause: String,
    /// In how many replays.
    pub replays: u64,
    /// When, by the clock of the past: the first moments.
    #[schema(value_type = Vec<String>)]
    pub moments: Vec<Time>,
}

/// What became of the replays at one stage.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = BacktestStage)]
pub struct StageOutcome {
    /// Its name.
    pub name: String,
    /// Replays that entered it.
    pub entered: u64,
    /// Replays that left it upwards.
    pub left: u64,
    /// Replays in which a guard acted here.
    pub alarmed: u64,
    /// Time spent, over the replays that left it upwards.
    pub duration: Times,
}

/// For what a stage was held, bake and approval left out.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = BacktestHolds)]
pub struct Holds {
    /// The stage's name.
    pub stage: String,
    /// The rule that held, such as `collecting` or `no_data`.
    #[schema(value_type = String)]
    pub rule: Rule,
    /// The guard that it was about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guard: Option<String>,
    /// In how many replays.
    pub replays: u64,
    /// For how long, over those.
    pub time: Times,
}

/// The middle and the slow end of times; absent where so many are never.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
#[schema(as = BacktestTimes)]
pub struct Times {
    /// Half take at most this.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "3m")]
    pub median: Option<Span>,
    /// Nine tenths take at most this.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "7m")]
    pub p90: Option<Span>,
}

/// The middle and the high end of numbers; absent where nothing is counted.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
#[schema(as = BacktestNumbers)]
pub struct Numbers {
    /// Half are at most this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub median: Option<f64>,
    /// Nine tenths are at most this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p90: Option<f64>,
}

impl From<pure::Spread<Span>> for Times {
    fn from(pure::Spread { median, p90 }: pure::Spread<Span>) -> Self {
        Self { median, p90 }
    }
}

impl From<pure::Spread<f64>> for Numbers {
    fn from(pure::Spread { median, p90 }: pure::Spread<f64>) -> Self {
        Self { median, p90 }
    }
}

impl From<pure::Backtest> for Backtest {
    fn from(told: pure::Backtest) -> Self {
        Self {
            from: told.from.into(),
            to: told.to.into(),
            step: told.step,
            regression: told.regression,
            seed: told.seed,
            healthy: told.healthy.into(),
            harmed: told.harmed.into(),
            notes: told.notes.into_iter().map(Note::from).collect(),
        }
    }
}

impl From<pure::Outcomes> for Outcomes {
    fn from(told: pure::Outcomes) -> Self {
        Self {
            replays: told.replays,
            completed: told.completed,
            rolled_back: told.rolled_back,
            paused: told.paused,
            unfinished: told.unfinished,
            alarmed: told.alarmed,
            alarm_share: told.alarm_share,
            alarm_share_at_most: told.alarm_share_at_most,
            alarms: told.alarms.into_iter().map(Alarms::from).collect(),
            alarm_after: told.alarm_after.into(),
            treated: told.treated.into(),
            excess: told.excess.into(),
            duration: told.duration.into(),
            stages: told.stages.into_iter().map(StageOutcome::from).collect(),
            held: told.held.into_iter().map(Holds::from).collect(),
        }
    }
}

impl From<pure::Alarms> for Alarms {
    fn from(told: pure::Alarms) -> Self {
        Self {
            guard: told.guard.map(|guard| guard.to_string()),
            cause: if told.silent { "no_data" } else { "breach" }.to_owned(),
            replays: told.replays,
            moments: told.moments.into_iter().map(Time::from).collect(),
        }
    }
}

impl From<pure::StageOutcome> for StageOutcome {
    fn from(told: pure::StageOutcome) -> Self {
        let pure::StageOutcome { name, entered, left, alarmed, duration } = told;
        Self { name, entered, left, alarmed, duration: duration.into() }
    }
}

impl From<pure::Holds> for Holds {
    fn from(told: pure::Holds) -> Self {
        let pure::Holds { stage, rule, guard, replays, time } = told;
        Self { stage, rule, guard: guard.map(|guard| guard.to_string()), replays, time: time.into() }
    }
}
