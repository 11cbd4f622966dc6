//! Plans, played through pasts that are made up: what is found, what is not, and what is said about it.

use std::collections::BTreeMap;

use hoist_eval::Span;
use hoist_lifecycle::backtest::{Absence, Backtest, History, Interval, NOTHING_TESTED, Series, Terms, backtest};
use hoist_lifecycle::metric::{Direction, MetricDraft, MetricSourceDraft};
use hoist_lifecycle::plan::{Gate, GuardDraft, GuardMode, LimitDraft, OnBreach, PlanDraft};
use hoist_lifecycle::preview::Severity;
use hoist_lifecycle::rollout::decision::Rule;
use hoist_lifecycle::rollout::evidence::SourceFault;
use hoist_lifecycle::rollout::{RolloutSpec, RolloutSpecDraft};
use proptest::prelude::*;

use crate::support::{T0, guard, metrics, seconds, spec_draft, stage};

/// One interval of the past.
const STEP: Span = Span::from_seconds(10);
/// Intervals of an hour.
const HOUR: usize = 360;
const TERMS: Terms = Terms { replays: 100, seed: 1, regression: 2.0, steps: u64::MAX };

/// Uniform in [0, 1), the same for the same number.
fn uniform(number: u64) -> f64 {
    let mut z = number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
}

/// Counts of an hour or more: 10,000 requests an interval, of which `rate` are events, more or less.
fn counts(intervals: usize, rate: impl Fn(usize) -> f64) -> Series {
    let one = |index: usize| {
        let wobble = 0.9 + 0.2 * uniform(index as u64);
        Some(Interval { total: 10_000.0, events: (10_000.0 * rate(index) * wobble).round() })
    };
    Series::Counts((0..intervals).map(one).collect())
}

fn history(metric: &str, intervals: usize, series: Series) -> History {
    History { from: T0, step: STEP, intervals, series: BTreeMap::from([(metric.parse().unwrap(), series)]) }
}

/// 1, 10 and 100 %, five minutes each.
fn plan(guards: Vec<GuardDraft>) -> PlanDraft {
    let stages = [("1 %", 1.0), ("10 %", 10.0), ("100 %", 100.0)].map(|(name, share)| stage(name, share, 300));
    PlanDraft { guards, ..PlanDraft::new("three", "on", stages.into()) }
}

fn against_control() -> GuardDraft {
    GuardDraft { metric: "error-counts".into(), limit: LimitDraft::control(), ..guard() }
}

fn spec(plan: PlanDraft, more: Vec<MetricDraft>) -> RolloutSpec {
    let metrics = metrics().into_iter().chain(more).collect();
    RolloutSpec::parse(&RolloutSpecDraft { metrics, ..spec_draft(plan) }).unwrap()
}

fn play(guards: Vec<GuardDraft>, history: &History) -> Backtest {
    backtest(&spec(plan(guards), Vec::new()), history, &TERMS)
}

/// Of healthy replays one in a hundred may alarm, whatever the past was like: here the rate triples in the evening.
#[test]
fn a_healthy_past_completes_and_a_regression_is_found_at_the_first_stage() {
    let evening = |index: usize| if index > HOUR { 0.03 } else { 0.01 };
    let told = play(vec![against_control()], &history("error-counts", 3 * HOUR, counts(3 * HOUR, evening)));
    let (healthy, harmed) = (&told.healthy, &told.harmed);
    assert!(healthy.alarmed <= 3, "{} false alarms of 100 at alpha 0.01", healthy.alarmed);
    assert!(healthy.completed >= 95, "{healthy:?}");
    assert!((0.01..0.09).contains(&healthy.alarm_share_at_most), "{}", healthy.alarm_share_at_most);
    let duration = healthy.duration.median.unwrap();
    assert!(duration >= seconds(900) && duration < seconds(3_600), "three bakes of five minutes: {duration}");
    let entered: Vec<u64> = healthy.stages.iter().map(|stage| stage.entered).collect();
    assert_eq!(entered[0], 100);
    assert!(healthy.stages.iter().all(|stage| stage.duration.median.is_none_or(|time| time >= seconds(300))));

    assert_eq!((harmed.alarmed, harmed.rolled_back), (100, 100), "twice as many errors are always found");
    assert_eq!(harmed.stages[0].alarmed, 100);
    // The planner says 180 s; the past is read every 10 s, and the first reading is what the second is compared with.
    let after = harmed.alarm_after.median.unwrap();
    assert!(after > seconds(60) && after < seconds(300), "{after}");
    let (treated, excess) = (harmed.treated.median.unwrap(), harmed.excess.median.unwrap());
    let expected = 100.0 * after.as_seconds_f64() / 10.0;
    assert!((treated - expected).abs() < 0.3 * expected, "1 % of 1,000 a second until then: {treated}, {expected}");
    assert!(
        excess > 0.004 * treated && excess < 0.04 * treated,
        "one more in a hundred, or three: {excess} of {treated}"
    );
    assert_eq!(harmed.alarms[0].guard.as_ref().unwrap().as_str(), "errors");
}

/// What hits both arms is no evidence against the treatment, and beyond a limit all the same.
#[test]
fn an_outage_alarms_the_limit_at_its_hour_and_not_the_comparison() {
    let outage = HOUR + 90..HOUR + 150;
    let rate = |index: usize| if outage.contains(&index) { 0.3 } else { 0.01 };
    let past = history("error-counts", 3 * HOUR, counts(3 * HOUR, rate));
    let limit = GuardDraft { key: "ceiling".into(), limit: LimitDraft::Above(0.1), ..against_control() };
    let told = play(vec![against_control(), limit], &past);
    let ceiling = &told.healthy.alarms[0];
    assert_eq!(ceiling.guard.as_ref().unwrap().as_str(), "ceiling", "{:?}", told.healthy.alarms);
    assert!(ceiling.replays > 10, "those that were under way in the outage");
    let minute = |index: usize| T0.saturating_add(STEP.saturating_mul(index as u64));
    for moment in &ceiling.moments {
        assert!((minute(outage.start)..minute(outage.end)).contains(moment), "{moment:?}");
    }
    let of_control: u64 = told.healthy.alarms[1..].iter().map(|alarms| alarms.replays).sum();
    assert!(of_control <= 3);
    assert_eq!(told.healthy.completed + told.healthy.rolled_back, 100);
}

/// One number is played as it was; a regression thins out where it sees everyone.
#[test]
fn values_are_played_as_they_were() {
    let at_most = |query: &str, key: &str| {
        (
            MetricDraft::new(key, MetricSourceDraft::PromqlValue { query: query.into() }),
            GuardDraft { key: key.into(), metric: key.into(), mode: GuardMode::Immediate, ..guard() },
        )
    };
    let (everyone, of_everyone) = at_most("rate", "everyone");
    let (apart, of_variant) = at_most("rate{variant=\"{{variant}}\"}", "apart");
    let spec = spec(plan(vec![of_everyone, of_variant]), vec![everyone, apart]);
    let mut past = history("everyone", HOUR, Series::Values(vec![Some(0.015); HOUR]));
    past.series.insert("apart".parse().unwrap(), Series::Values(vec![Some(0.015); HOUR]));
    let told = backtest(&spec, &past, &TERMS);
    assert_eq!((told.healthy.alarmed, told.healthy.completed), (0, 100));
    assert_eq!(told.harmed.alarms.len(), 1, "{:?}", told.harmed.alarms);
    assert_eq!(told.harmed.alarms[0].guard.as_ref().unwrap().as_str(), "apart", "1.5 % doubled is above 2 %");
    assert_eq!(told.harmed.alarm_after.median, Some(seconds(10)), "the first reading of the first stage");

    past.series.insert("apart".parse().unwrap(), Series::Unknown(Absence::Missing));
    let told = backtest(&spec, &past, &TERMS);
    assert_eq!(told.harmed.stages.iter().map(|stage| stage.alarmed).collect::<Vec<_>>(), [0, 0, 100], "{told:?}");

    let one_bad_poll = (0..HOUR).map(|index| Some(if index == 60 { 0.5 } else { 0.01 })).collect();
    past.series.insert("everyone".parse().unwrap(), Series::Values(one_bad_poll));
    let alarms = backtest(&spec, &past, &TERMS).healthy.alarms;
    assert_eq!(alarms[0].moments[0], T0.saturating_add(STEP.saturating_mul(61)), "at the end of its interval");
}

#[test]
fn less_is_harm_where_a_metric_says_so() {
    let source = MetricSourceDraft::PromqlCounts {
        events: "sales{variant=\"{{variant}}\"}".into(),
        total: "visits{variant=\"{{variant}}\"}".into(),
        absent_is_zero: false,
    };
    let sales = MetricDraft { direction: Some(Direction::LowerIsWorse), ..MetricDraft::new("sales", source) };
    let sold = GuardDraft { key: "sold".into(), metric: "sales".into(), ..against_control() };
    let past = history("sales", 2 * HOUR, counts(2 * HOUR, |_| 0.05));
    let told = backtest(&spec(plan(vec![sold]), vec![sales]), &past, &TERMS);
    assert!(told.healthy.alarmed <= 3);
    assert_eq!(told.harmed.alarmed, 100, "half as many sales");
    assert!(told.harmed.excess.median.unwrap() > 10.0, "sales that were not made");
}

/// Half an hour of which nothing is known holds, and is told with its guard.
#[test]
fn silence_holds_and_is_told() {
    let Series::Counts(mut all) = counts(2 * HOUR, |_| 0.01) else { unreachable!() };
    for interval in &mut all[120..300] {
        *interval = None;
    }
    let told = play(vec![against_control()], &history("error-counts", 2 * HOUR, Series::Counts(all)));
    let held = told.healthy.held.iter().find(|held| held.rule == Rule::NoData).unwrap();
    assert_eq!(held.guard.as_ref().unwrap().as_str(), "errors");
    assert!(held.replays > 50 && held.time.median.unwrap() > seconds(900), "some began within it: {held:?}");
    let collecting = told.healthy.held.iter().find(|held| held.rule == Rule::Collecting);
    assert!(collecting.is_some(), "1.5 times is not ruled out within five minutes at 10 %");
}

#[test]
fn what_a_past_does_not_say_is_noted() {
    let note = |told: &Backtest, severity, words: &str| {
        let known = told.notes.iter().any(|note| note.severity == severity && note.message.contains(words));
        assert!(known, "no {severity:?} with \"{words}\" in {:#?}", told.notes);
    };
    let unknown = |absence| history("error-counts", HOUR, Series::Unknown(absence));
    let told = play(vec![against_control()], &unknown(Absence::Failed(SourceFault::Rejected)));
    note(&told, Severity::Blocks, "the query failed");
    note(&told, Severity::Blocks, "nothing was tested");
    assert_eq!(told.healthy.completed, 100, "how long it would take is told all the same");
    note(&play(vec![against_control()], &unknown(Absence::CountedWhileExposed)), Severity::Unknown, "give a recording");

    let short = play(vec![against_control()], &history("error-counts", 80, counts(80, |_| 0.01)));
    note(&short, Severity::Blocks, "no replay comes to the end");
    assert_eq!(short.healthy.completed, 0);
    assert!(short.healthy.unfinished > 0);

    let mut asked = plan(Vec::new());
    asked.stages[0].gate = Gate::Approval;
    asked.stages[0].audience = Some("internal".into());
    asked.stages[0].minimum_treated = 5;
    let told = backtest(&spec(asked, Vec::new()), &history("none", HOUR, counts(HOUR, |_| 0.01)), &TERMS);
    for (severity, words) in [
        (Severity::Doubt, "no guards"),
        (Severity::Doubt, "played as if everyone did"),
        (Severity::Unknown, "approval is given"),
        (Severity::Unknown, "`minimum_treated` is met too soon"),
    ] {
        note(&told, severity, words);
    }
    assert_eq!(told.healthy.completed, 100, "approvals are given");

    let coarse = History { step: seconds(120), ..history("error-counts", HOUR, counts(HOUR, |_| 0.01)) };
    let told = play(vec![against_control()], &coarse);
    note(&told, Severity::Unknown, "played every 2m");
    assert!(told.healthy.completed > 90, "a sample stays fresh until the next one: {:?}", told.healthy);

    let few = Terms { steps: 500, ..TERMS };
    let past = history("error-counts", HOUR, counts(HOUR, |_| 0.01));
    let told = backtest(&spec(plan(vec![against_control()]), Vec::new()), &past, &few);
    assert!(told.healthy.replays < 10 && told.healthy.replays == told.harmed.replays);
    note(&told, Severity::Doubt, "of 100 replays were played");
}

/// A policy that steps back or pauses is an alarm like a rollback, and the replay ends there.
#[test]
fn every_policy_that_acts_is_an_alarm() {
    // From the first stage a step back is a rollback; one in a hundred is found at the second.
    for (policy, paused, alarmed) in [
        (OnBreach::RollBack, 0..1, 100),
        (OnBreach::StepBack, 0..5, 100),
        (OnBreach::Pause, 100..101, 100),
        (OnBreach::Notify, 0..1, 0),
    ] {
        let guard = GuardDraft { on_breach: policy, ..against_control() };
        let told = play(vec![guard], &history("error-counts", HOUR, counts(HOUR, |_| 0.01)));
        assert_eq!(told.harmed.alarmed, alarmed, "{policy:?}");
        assert!(paused.contains(&told.harmed.paused), "{policy:?}: {}", told.harmed.paused);
    }
}

#[test]
fn counters_become_intervals() {
    let sample = |total: f64, events: f64| Some(Interval { total, events });
    let interval = sample;
    for (samples, expected) in [
        (vec![sample(10.0, 1.0), sample(30.0, 2.0)], vec![interval(20.0, 1.0)]),
        (vec![None, sample(10.0, 1.0), sample(15.0, 1.0)], vec![None, interval(5.0, 0.0)]),
        (vec![sample(10.0, 1.0), None, sample(30.0, 4.0)], vec![None, interval(20.0, 3.0)]),
        (vec![sample(10.0, 1.0), sample(4.0, 0.0), sample(9.0, 2.0)], vec![None, interval(5.0, 2.0)]),
        (vec![sample(1.0, 0.0)], vec![]),
        (vec![], vec![]),
    ] {
        assert_eq!(Series::from_counters(&samples), Series::Counts(expected), "{samples:?}");
    }
    let flush = |total: f64, events: f64| Interval { total, events };
    let flushes = [(0.0, flush(1.0, 0.0)), (9.0, flush(2.0, 1.0)), (20.0, flush(4.0, 1.0)), (99.0, flush(8.0, 8.0))];
    let expected = vec![interval(3.0, 1.0), None, interval(4.0, 1.0)];
    assert_eq!(Series::from_flushes(STEP, 3, &flushes), Series::Counts(expected));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    /// The same arguments give the same answer, and every replay has one end.
    #[test]
    fn a_back_test_is_a_function(seed: u64, rate in 0.0..0.5_f64, regression in 1.0..5.0_f64, intervals in 1..400_usize) {
        let past = history("error-counts", intervals, counts(intervals, |_| rate));
        let terms = Terms { replays: 5, seed, regression, steps: u64::MAX };
        let spec = spec(plan(vec![against_control()]), Vec::new());
        let told = backtest(&spec, &past, &terms);
        prop_assert_eq!(&told, &backtest(&spec, &past, &terms));
        for outcomes in [&told.healthy, &told.harmed] {
            let ends = outcomes.completed + outcomes.rolled_back + outcomes.paused + outcomes.unfinished;
            prop_assert_eq!(ends, 5);
            prop_assert!(outcomes.alarmed <= 5 && outcomes.alarm_share <= outcomes.alarm_share_at_most);
            prop_assert!(outcomes.stages.iter().all(|stage| stage.left <= stage.entered));
        }
    }
}

/// Whoever gives the wrong recording is told what is in it, and that nothing was tested.
#[test]
fn a_recording_without_the_metric_is_said_to_have_others() {
    let told = play(vec![against_control()], &history("signups", HOUR, counts(HOUR, |_| 0.01)));
    let notes: Vec<&str> = told.notes.iter().map(|note| note.message.as_str()).collect();
    assert!(notes.contains(&"left out: the recording has no metric `error-counts`; it has `signups`"), "{notes:?}");
    assert_eq!((notes[0], told.notes[0].severity), (NOTHING_TESTED, Severity::Blocks));
}
