//! Plans with guards on values and quantiles, played through recorded pasts: false alarms, and when a regression is found.

use std::collections::BTreeMap;

use hoist_eval::Span;
use hoist_lifecycle::backtest::{Backtest, History, Interval, Series, Terms, ValueInterval, backtest};
use hoist_lifecycle::metric::{Direction, MetricDraft, MetricSourceDraft};
use hoist_lifecycle::plan::{GuardDraft, LimitDraft, PlanDraft};
use hoist_lifecycle::rollout::{RolloutSpec, RolloutSpecDraft};
use hoist_lifecycle::sequential::{Effects, Estimate};

use crate::support::{T0, guard, seconds, spec_draft, stage};

const STEP: Span = Span::from_seconds(10);
/// Intervals of forty minutes.
const LENGTH: usize = 240;
/// Units of each interval, their mean and standard deviation.
const UNITS: f64 = 10_000.0;
const MEAN: f64 = 50.0;
const DEVIATION: f64 = 30.0;

fn spent() -> MetricDraft {
    let spent = MetricDraft::new("spent", MetricSourceDraft::Mean { event: "purchase".into() });
    MetricDraft { cap: Some(500.0), ..spent }
}

fn slow() -> MetricDraft {
    MetricDraft::new("slow", MetricSourceDraft::LatencyQuantile { event: "seconds".into(), quantile: None })
}

/// Values whose mean rises by half halfway.
fn values(below: f64) -> Series {
    let one = |index: usize| {
        let level = if index < LENGTH / 2 { MEAN } else { 1.5 * MEAN };
        let (above, variance) = (UNITS * level, DEVIATION * DEVIATION);
        Some(ValueInterval { units: UNITS, above, below: below * UNITS, variance, skewness: 2.0 })
    };
    Series::Sums((0..LENGTH).map(one).collect())
}

/// One value in twenty lies beyond the threshold.
fn beyond(dispersion: f64) -> Series {
    let one = Interval { total: UNITS, events: 0.05 * UNITS };
    Series::Clusters(vec![Some(one); LENGTH], dispersion)
}

fn play(metric: MetricDraft, series: Series, percentage: f64, regression: f64, replays: u64) -> Backtest {
    let limit = LimitDraft::control();
    let guard = GuardDraft { metric: metric.key.clone(), limit, maximum_staleness: None, ..guard() };
    let stages = vec![stage("some", percentage, 300), stage("everyone", 100.0, 60)];
    let plan = PlanDraft { guards: vec![guard], ..PlanDraft::new("two", "on", stages) };
    let series = BTreeMap::from([(metric.key.parse().unwrap(), series)]);
    let spec = RolloutSpec::parse(&RolloutSpecDraft { metrics: vec![metric], ..spec_draft(plan) }).unwrap();
    let history = History { from: T0, step: STEP, intervals: LENGTH, series };
    backtest(&spec, &history, &Terms { replays, seed: 1, regression, steps: u64::MAX })
}

fn is_played(told: &Backtest) -> bool {
    told.notes.iter().all(|note| !note.message.contains("left out"))
}

/// Intervals until the evidence that is to be expected is enough, for a mean so many times as large.
fn expected_intervals(share: f64, regression: f64) -> usize {
    let enough = |count: usize| {
        let (treated, rest) = (UNITS * share * count as f64, UNITS * (1.0 - share) * count as f64);
        let variance = DEVIATION * DEVIATION;
        let value = MEAN * (regression - 1.05);
        let variance = regression * regression * variance / treated + 1.05 * 1.05 * variance / rest;
        let log = Effects::Many.log_evidence(Estimate { value, variance }, 0.1 * MEAN);
        treated >= 400.0 && log >= 100.0_f64.ln()
    };
    (1..1_000).find(|count| enough(*count)).unwrap()
}

#[test]
fn a_larger_mean_is_found_when_the_theory_says_and_a_healthy_one_is_not() {
    for (percentage, regression) in [(1.0, 2.0), (1.0, 1.15), (10.0, 1.1)] {
        let told = play(spent(), values(1.0), percentage, regression, 50);
        assert!(is_played(&told), "{:?}", told.notes);
        let (healthy, harmed) = (&told.healthy, &told.harmed);
        let what = format!("{regression} times at {percentage} %");
        assert!(healthy.alarmed <= 2, "{what}: {} false alarms of 50 at alpha 0.01", healthy.alarmed);
        assert_eq!(harmed.alarmed, 50, "{what}");
        let expected = STEP.saturating_mul(expected_intervals(percentage / 100.0, regression) as u64).as_seconds_f64();
        let after = harmed.alarm_after.median.unwrap().as_seconds_f64();
        assert!((after - expected).abs() <= 20.0 + 0.3 * expected, "{what}: {after} s, expected {expected} s");
        assert_eq!((harmed.excess.median, harmed.treated.median.is_some()), (None, true), "values are no events");
    }
}

#[test]
fn ratios_and_values_that_should_be_large_are_played() {
    let ratio = MetricSourceDraft::Ratio { event: "purchase".into(), per: "order".into() };
    let ratio =
        MetricDraft { cap: Some(500.0), direction: Some(Direction::LowerIsWorse), ..MetricDraft::new("basket", ratio) };
    let told = play(ratio, values(1.7), 10.0, 1.3, 40);
    assert!(is_played(&told), "{:?}", told.notes);
    assert!(told.healthy.alarmed <= 2, "{}", told.healthy.alarmed);
    assert_eq!((told.healthy.completed + told.healthy.alarmed, told.harmed.alarmed), (40, 40));
}

/// Events that come in fours vary twice as much: tempered for it they raise no more false alarms, and are found later.
#[test]
fn a_quantile_is_played_with_the_clusters_that_were_recorded() {
    let mut times = Vec::new();
    for dispersion in [1.0, 4.0] {
        let told = play(slow(), beyond(dispersion), 10.0, 1.5, 200);
        assert!(is_played(&told), "{:?}", told.notes);
        assert!(told.healthy.alarmed <= 4, "{dispersion}: {} false alarms of 200", told.healthy.alarmed);
        assert_eq!(told.harmed.alarmed, 200, "{dispersion}");
        let after = told.harmed.alarm_after.median.unwrap();
        times.push(after);
    }
    assert!(times[1] > times[0] && times[0] >= seconds(20), "{times:?}");
}

#[test]
fn what_the_past_does_not_say_is_left_out_by_name() {
    let left_out = |metric: MetricDraft, series: Series, why: &str| {
        let told = play(metric, series, 10.0, 2.0, 1);
        let note =
            told.notes.iter().find(|note| note.message.contains(why)).unwrap_or_else(|| panic!("{:?}", told.notes));
        assert_eq!(note.guard.as_ref().unwrap().as_str(), "errors");
    };
    left_out(spent(), beyond(1.0), "counts of the past say nothing");
    left_out(slow(), values(1.0), "the past has values of units, and the guard is about counts");
}

/// Values that come long after their units: units in every twentieth interval, which have spent next to nothing by then.
fn late_values() -> Series {
    let one = |index: usize| {
        let (units, above) =
            if index.is_multiple_of(20) { (20.0 * UNITS, 0.2 * UNITS * MEAN) } else { (0.0, UNITS * MEAN) };
        Some(ValueInterval { units, above, below: units, variance: DEVIATION * DEVIATION, skewness: 2.0 })
    };
    Series::Sums((0..LENGTH).map(one).collect())
}

#[test]
fn a_larger_mean_of_late_values_is_found() {
    for (percentage, regression) in [(1.0, 1.3), (10.0, 2.0)] {
        let told = play(spent(), late_values(), percentage, regression, 20);
        assert_eq!((told.healthy.alarmed, told.harmed.alarmed), (0, 20), "{regression} times at {percentage} %");
    }
}
