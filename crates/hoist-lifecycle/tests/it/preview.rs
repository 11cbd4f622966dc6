//! What is told before a rollout starts.

use hoist_eval::Span;
use hoist_eval::draft::BucketRangeDraft;
use hoist_lifecycle::metric::{MetricDraft, MetricSourceDraft};
use hoist_lifecycle::plan::{ControlLimitDraft, Defaults, GuardDraft, GuardMode, LimitDraft, OnNoData, StageDraft};
use hoist_lifecycle::preview::{
    Answer, Base, Facts, GuardAtStage, Judged, Preview, Severity, Traffic, Units, Unknown, preview,
};
use hoist_lifecycle::rollout::evidence::{InvalidReading, Reading, SourceFault};
use hoist_lifecycle::rollout::state::StageIndex;
use hoist_lifecycle::rollout::{RolloutSpec, RolloutSpecDraft};

use serde_json::json;

use crate::support::{T0, guard, plan, seconds, spec_draft};

const HOUR: u64 = 3_600;

fn counters(events: f64, total: f64) -> Reading {
    Reading::Counters { events, total, sampled_at: T0 }
}

/// Rates of the last hour: `per_second` requests, of which `rate` are errors.
fn answer(per_second: f64, rate: f64) -> Answer {
    let total = per_second * HOUR as f64;
    Answer {
        guard: "errors".parse().unwrap(),
        now: counters(7.0 + total * rate, 9.0 + total),
        before: counters(7.0, 9.0),
        apart: seconds(HOUR),
        treatment: Some(Reading::Missing),
    }
}

/// 1,000 evaluations a second, watched for half an hour.
fn traffic() -> Traffic {
    Traffic { evaluations: 1_800_000, over: seconds(1_800), units: None }
}

fn facts(answer: Answer) -> Facts {
    Facts { traffic: Some(traffic()), answers: vec![answer] }
}

fn control() -> GuardDraft {
    let limit = LimitDraft::Control(ControlLimitDraft { margin: Some(1.0), ..ControlLimitDraft::default() });
    GuardDraft { metric: "error-counts".into(), limit, ..guard() }
}

fn draft(guards: Vec<GuardDraft>, change: impl FnOnce(&mut RolloutSpecDraft)) -> RolloutSpec {
    let mut draft = spec_draft(plan(guards));
    change(&mut draft);
    RolloutSpec::parse(&draft).unwrap()
}

fn look(guard: GuardDraft, facts: &Facts) -> Preview {
    preview(&draft(vec![guard], |_| {}), facts, 2.0)
}

fn first(preview: &Preview) -> &GuardAtStage {
    &preview.stages[0].guards[0]
}

fn notes(preview: &Preview, severity: Severity) -> Vec<&str> {
    preview.notes.iter().filter(|note| note.severity == severity).map(|note| note.message.as_str()).collect()
}

fn has(preview: &Preview, severity: Severity, words: &str) {
    let found = notes(preview, severity);
    assert!(found.iter().any(|message| message.contains(words)), "no {severity:?} note has `{words}`: {found:#?}");
}

#[test]
fn a_part_of_the_units_is_as_twice_the_share_of_half_the_traffic() {
    let facts = facts(answer(1_000.0, 0.01));
    let units = BucketRangeDraft { salt: "ffeeddccbbaa99887766554433221100".into(), from: 50_000, to: 100_000 };
    let parted = preview(&draft(vec![control()], |_| {}).keeping_to(&units), &facts, 2.0);
    let doubled = draft(vec![control()], |draft| {
        for stage in draft.plan.stages.iter_mut().filter(|stage| stage.percentage < 50.0) {
            stage.percentage *= 2.0;
        }
    });
    let half = Facts { traffic: None, answers: vec![answer(500.0, 0.01)] };
    let expected = preview(&doubled, &half, 2.0);
    let whole = preview(&draft(vec![control()], |_| {}), &facts, 2.0);
    for index in 0..2 {
        let times = |told: &Preview| told.stages[index].guards[0].detection.unwrap().time;
        assert_eq!(times(&parted), times(&expected), "stage {index}");
        assert!(times(&parted) > times(&whole), "stage {index}: there is less to compare with");
    }
    assert_eq!(parted.stages[0].radius, whole.stages[0].radius, "shares stay shares of everyone");
    has(&parted, Severity::Doubt, "the other rollout has half of the units");
    let waits = |told: &Preview| {
        let notes = told.notes.iter().filter(|note| note.message.contains("until the other rollout is over"));
        notes.map(|note| note.stage.clone().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(waits(&parted), [parted.stages.last().unwrap().name.clone()]);
    assert_eq!(waits(&whole), [""; 0]);
}

#[test]
fn the_time_to_find_a_doubled_rate_at_one_percent_is_the_planners() {
    // 1 % of 1,000 requests a second, errors 1 % -> 2 %, alpha 0.01, no margin: about 1,860 treated requests.
    let told = look(control(), &facts(answer(1_000.0, 0.01)));
    let found = first(&told).detection.unwrap();
    let treated = found.treated.unwrap();
    assert!((treated - 1_860.0).abs() < 10.0, "{treated}");
    assert!((found.time.as_seconds_f64() - treated / 10.0).abs() < 0.2, "{found:?}");
    assert_eq!(first(&told).judged, Judged::AgainstControl);
    // At a tenth of the traffic it takes ten times as long; a larger regression takes less.
    let slow = look(control(), &facts(answer(100.0, 0.01)));
    let ratio = first(&slow).detection.unwrap().time.as_seconds_f64() / found.time.as_seconds_f64();
    assert!((ratio - 10.0).abs() < 0.01, "{ratio}");
    let gross = preview(&draft(vec![control()], |_| {}), &facts(answer(1_000.0, 0.01)), 5.0);
    assert!(first(&gross).detection.unwrap().time < found.time);
}

#[test]
fn a_larger_share_shows_more_and_everyone_leaves_no_control() {
    let told = look(control(), &facts(answer(1_000.0, 0.01)));
    let smallest: Vec<Option<f64>> = told.stages.iter().map(|stage| stage.guards[0].smallest).collect();
    assert!(smallest[0] > smallest[1] && smallest[1] > Some(1.0), "{smallest:?}");
    assert_eq!(told.stages[2].guards[0].judged, Judged::NoControl);
    has(&told, Severity::Doubt, "no control");
    // What is smaller than the smallest takes longer than the stage may.
    let just_under = smallest[0].unwrap() - 0.002;
    let missed = preview(&draft(vec![control()], |_| {}), &facts(answer(1_000.0, 0.01)), just_under);
    assert!(first(&missed).detection.unwrap().time > missed.stages[0].maximum_time);
    has(&missed, Severity::Doubt, "is not found within");
}

#[test]
fn the_radius_is_the_share_of_what_was_observed() {
    let units = Some(Units { count: 40_000, over: seconds(2 * HOUR) });
    let known = Facts { traffic: Some(Traffic { units, ..traffic() }), answers: vec![answer(1_000.0, 0.01)] };
    let told = look(control(), &known);
    assert_eq!(told.evaluations_per_second, Some(1_000.0));
    assert_eq!(told.stages[0].radius.requests_per_hour, Some(36_000.0));
    assert_eq!(told.stages[1].radius.units_per_hour, Some(2_000.0));
    let unknown = look(control(), &Facts { traffic: None, ..known });
    assert_eq!((unknown.stages[0].radius.requests_per_hour, unknown.evaluations_per_second), (None, None));
    has(&unknown, Severity::Unknown, "how often the flag is asked for is not known");
    has(&unknown, Severity::Unknown, "distinct units are not known");
    let silent = look(control(), &Facts { traffic: Some(Traffic { evaluations: 0, ..traffic() }), answers: vec![] });
    has(&silent, Severity::Blocks, "nobody asks for the flag");
}

#[test]
fn an_audience_makes_upper_bounds_of_everything() {
    let spec = draft(vec![control()], |draft| draft.plan.stages[0].audience = Some("beta".into()));
    let told = preview(&spec, &facts(answer(1_000.0, 0.01)), 2.0);
    assert!(told.stages[0].radius.at_most && !told.stages[1].radius.at_most);
    has(&told, Severity::Unknown, "belongs to the audience is not known");
}

#[test]
fn what_a_stage_cannot_reach_is_told() {
    let short = |change: fn(&mut StageDraft)| {
        let spec = draft(vec![control()], |draft| change(&mut draft.plan.stages[0]));
        preview(&spec, &facts(answer(1_000.0, 0.01)), 2.0)
    };
    // 36,000 treated requests an hour cannot be 40,000 units within one.
    let told = short(|stage| {
        stage.minimum_treated = 40_000;
        stage.maximum_time = Some(Span::from_hours(1));
    });
    has(&told, Severity::Blocks, "at most 36000 units are treated within the maximum time");
    let told = short(|stage| {
        stage.minimum_treated = 36_000;
        stage.maximum_time = Some(Span::from_hours(1));
    });
    assert!(notes(&told, Severity::Blocks).is_empty(), "{:?}", told.notes);
    assert_eq!(told.stages[0].expected, Some(Span::from_hours(1)));
    let told = short(|stage| stage.maximum_time = Some(Span::from_seconds(60)));
    has(&told, Severity::Blocks, "not shown within 1m");
}

/// What must be ruled out is the guard's, or else the metric's, by share as it was written, or else the stage's.
#[test]
fn what_must_be_ruled_out_grows_stricter_with_the_share() {
    let asked = |of_metric: serde_json::Value, of_guard: Option<f64>, holdback: Option<f64>| {
        let spec = draft(vec![control()], |draft| {
            let stage = |share: f64| crate::support::stage(&format!("{share} %"), share, 40);
            draft.plan.stages = [0.5, 1.0, 5.0, 5.001, 99.0, 100.0].map(stage).to_vec();
            draft.plan.holdback = holdback;
            let limit = ControlLimitDraft { noninferiority: of_guard, ..ControlLimitDraft::default() };
            draft.plan.guards[0].limit = LimitDraft::Control(limit);
            draft.metrics[1].noninferiority = serde_json::from_value(of_metric).unwrap();
        });
        let stored: RolloutSpec = serde_json::from_str(&serde_json::to_string(&spec).unwrap()).unwrap();
        assert_eq!(stored, spec);
        let told = preview(&spec, &facts(answer(1_000.0, 0.01)), 2.0);
        told.stages.iter().map(|stage| stage.guards[0].noninferiority.map_or(0.0, |shown| shown.regression)).collect()
    };
    let check = |found: Vec<f64>, expected: [f64; 6]| assert_eq!(found, expected);
    let by_share = json!([{ "share": 1, "ratio": 3 }, { "share": 5, "ratio": 1.8 }, { "share": 99, "ratio": 1.1 }]);
    check(asked(json!(null), None, Some(1.0)), [2.0, 2.0, 1.5, 1.2, 1.2, 1.2]);
    check(asked(json!(1.3), None, Some(1.0)), [1.3; 6]);
    check(asked(by_share.clone(), None, Some(1.0)), [3.0, 3.0, 1.8, 1.1, 1.1, 1.2]);
    check(asked(by_share, Some(1.4), None), [1.4, 1.4, 1.4, 1.4, 1.4, 0.0]);
}

/// What lets a stage be left sooner is told as such: the relaxed limit, where it is quicker.
#[test]
fn a_relaxed_limit_is_in_the_time_that_is_told() {
    let relaxed = |relaxed: Option<f64>| {
        let limit = ControlLimitDraft { relaxed, ..ControlLimitDraft::default() };
        let told = look(GuardDraft { limit: LimitDraft::Control(limit), ..control() }, &facts(answer(1_000.0, 0.01)));
        first(&told).noninferiority.unwrap()
    };
    let (strict, quicker) = (relaxed(None), relaxed(Some(4.0)));
    assert!(quicker.time < strict.time && quicker.regression > 3.9, "{quicker:?}, {strict:?}");
    // Its end has half of 0.05, so that a ratio that is hardly larger takes longer.
    assert_eq!(relaxed(Some(2.01)), strict);
}

/// Silence of a flag that is hardly asked for is nothing remarkable, so a guard that acts on it soon is.
#[test]
fn a_guard_that_acts_on_expected_silence_is_doubtful() {
    let told = |evaluations: u64, change: fn(&mut GuardDraft)| {
        let mut guard = GuardDraft { on_no_data: OnNoData::RollBack, no_data_grace: None, ..control() };
        change(&mut guard);
        let quiet = Traffic { evaluations, ..traffic() };
        look(guard, &Facts { traffic: Some(quiet), ..facts(answer(1_000.0, 0.01)) })
    };
    let words = "less than once a second, so silence is to be expected, and the guard rolls back after 10m";
    has(&told(1_799, |_| {}), Severity::Doubt, words);
    for other in [
        told(1_800, |_| {}),
        told(1_799, |guard| guard.on_no_data = OnNoData::Hold),
        told(1_799, |guard| guard.no_data_grace = Some(Span::from_hours(24))),
    ] {
        assert!(!notes(&other, Severity::Doubt).iter().any(|message| message.contains("silence")), "{:?}", other.notes);
    }
    let asked = draft(vec![control()], |draft| draft.plan.defaults = Some(Defaults::Recommended));
    let unknown = preview(&asked, &Facts { traffic: None, answers: vec![] }, 2.0);
    has(&unknown, Severity::Unknown, "less than once a second is not known either");
}

#[test]
fn a_stage_takes_the_longest_of_what_it_waits_for() {
    let told = look(control(), &facts(answer(1_000.0, 0.01)));
    let safe = first(&told).noninferiority.unwrap();
    assert!((safe.regression - 2.0).abs() < 1e-12, "a stage of 1 % rules out a doubling");
    assert_eq!(told.stages[0].expected, Some(safe.time.max(seconds(40))));
    let everything = told.stages.iter().fold(Span::ZERO, |sum, stage| sum.saturating_add(stage.expected.unwrap()));
    assert_eq!(told.expected, Some(everything));
    let slow = look(control(), &facts(answer(0.0, 0.0)));
    assert_eq!((slow.stages[0].expected, slow.expected), (None, None));
}

#[test]
fn what_the_query_said_is_told_word_for_word() {
    let silent = |now: Reading| Answer { now, ..answer(1.0, 0.5) };
    for (now, unknown, words) in [
        (Reading::Missing, Unknown::NoAnswer, "no data now"),
        (Reading::Invalid(InvalidReading::ManySeries), Unknown::NoAnswer, "many series"),
        (Reading::Failed(SourceFault::Timeout), Unknown::NoAnswer, "timeout"),
    ] {
        let told = look(control(), &facts(silent(now.clone())));
        assert_eq!(told.guards[0].now, Some(now));
        assert_eq!(told.guards[0].base, Base::Unknown(unknown));
        assert_eq!(told.guards[0].treatment, Some(Reading::Missing));
        has(&told, Severity::Blocks, words);
    }
    for (before, unknown) in [
        (Reading::Missing, Unknown::NoHistory),
        (counters(8.0, 1e9), Unknown::Reset),
        (silent(Reading::Missing).before, Unknown::NoTraffic),
    ] {
        let now = counters(7.0, 9.0);
        let told = look(control(), &facts(Answer { now, before, ..answer(1.0, 0.5) }));
        assert_eq!(told.guards[0].base, Base::Unknown(unknown));
        assert_eq!(first(&told).judged, Judged::Unknown);
    }
    let unasked = look(control(), &Facts { traffic: Some(traffic()), answers: vec![] });
    assert_eq!(unasked.guards[0].base, Base::Unknown(Unknown::NotAsked));
}

#[test]
fn a_limit_that_is_broken_today_stands_in_the_way() {
    let limit = |limit| GuardDraft { limit, ..control() };
    let told = look(limit(LimitDraft::Above(0.005)), &facts(answer(1_000.0, 0.01)));
    has(&told, Severity::Blocks, "beyond the limit 0.005 already");
    let told = look(limit(LimitDraft::Above(0.05)), &facts(answer(1_000.0, 0.01)));
    assert!(notes(&told, Severity::Blocks).is_empty(), "{:?}", told.notes);
    // Twice as bad is still within the limit, and six times as bad is not.
    assert_eq!((first(&told).judged, first(&told).detection), (Judged::AgainstLimit, None));
    assert!(first(&told).smallest.is_some_and(|smallest| (5.0..6.0).contains(&smallest)), "{told:?}");
    has(&told, Severity::Doubt, "no guard compares with control");
}

#[test]
fn a_query_about_everyone_thins_a_regression_out() {
    let everyone = |draft: &mut RolloutSpecDraft| {
        let source = MetricSourceDraft::PromqlCounts { events: "e".into(), total: "t".into(), absent_is_zero: false };
        draft.metrics = vec![MetricDraft::new("error-counts", source)];
    };
    let limited = || GuardDraft { limit: LimitDraft::Above(0.011), ..control() };
    let told = preview(&draft(vec![limited()], everyone), &facts(answer(1_000.0, 0.01)), 2.0);
    has(&told, Severity::Doubt, "does not name {{variant}}");
    // At 1 % a doubling moves the whole from 1 % to 1.01 %, within the limit; at 100 % it is 2 %.
    assert_eq!(first(&told).detection, None);
    assert!(told.stages[2].guards[0].detection.is_some());
    let apart = look(limited(), &facts(answer(1_000.0, 0.01)));
    assert!(first(&apart).detection.is_some());
}

#[test]
fn a_guard_on_one_value_takes_so_many_polls() {
    let value = Answer { now: Reading::Value { value: 0.01, sampled_at: T0 }, ..answer(1.0, 0.5) };
    for (mode, polls) in [(GuardMode::Sequential, 3), (GuardMode::Immediate, 1)] {
        let told = look(GuardDraft { mode, ..guard() }, &facts(value.clone()));
        assert_eq!(first(&told).judged, Judged::Polls);
        assert_eq!(first(&told).detection.unwrap().time, seconds(10 * polls));
    }
    let broken = Answer { now: Reading::Value { value: 0.5, sampled_at: T0 }, ..value };
    has(&look(guard(), &facts(broken)), Severity::Blocks, "beyond the limit 0.02 already");
}

#[test]
fn guards_against_control_share_alpha_by_weight() {
    let two = |weight: f64| {
        let spec = draft(vec![control(), GuardDraft { key: "again".into(), ..control() }], |draft| {
            draft.metrics[1].weight = Some(weight);
        });
        preview(&spec, &facts(answer(1_000.0, 0.01)), 2.0).stages[0].guards[0].detection.unwrap().time
    };
    let one = first(&look(control(), &facts(answer(1_000.0, 0.01)))).detection.unwrap().time;
    assert!(two(1.0) > one, "two guards share what one has alone");
    assert_eq!(two(1.0), two(4.0), "equal weights are equal shares");
}

#[test]
fn a_plan_without_guards_says_that_nothing_is_watched() {
    let told = preview(&draft(vec![], |_| {}), &facts(answer(1.0, 0.5)), 2.0);
    has(&told, Severity::Doubt, "nothing is watched");
    assert_eq!(told.expected, Some(seconds(120)));
}

#[test]
fn audiences_with_other_shares_are_named() {
    let of = |name: &str, share, audience: Option<&str>| StageDraft {
        audience: audience.map(str::to_owned),
        bake: seconds(600),
        ..StageDraft::new(name, share)
    };
    let keeps = "keeps another share while this stage lasts";
    let rows = [
        (vec![of("beta", 50.0, Some("beta")), of("all", 5.0, None)], vec![(1, "`beta`")]),
        (vec![of("all", 5.0, None), of("beta", 20.0, Some("beta"))], vec![(1, "everyone else")]),
        // Given to a whole audience, which draws no lots; and in the same share as everyone.
        (vec![of("beta", 100.0, Some("beta")), of("all", 5.0, None)], vec![]),
        (vec![of("beta", 5.0, Some("beta")), of("all", 5.0, None)], vec![]),
    ];
    for (stages, expected) in rows {
        let spec = draft(vec![control()], |draft| draft.plan.stages = stages);
        let found = preview(&spec, &facts(answer(1_000.0, 0.01)), 2.0);
        let told: Vec<_> = found.notes.iter().filter(|note| note.message.contains(keeps)).collect();
        assert_eq!(told.len(), expected.len(), "{told:?}");
        for (note, (index, name)) in told.into_iter().zip(expected) {
            assert!(note.message.starts_with(name), "{note:?}");
            let population = spec.population(StageIndex(index)).unwrap();
            assert_eq!((population.entries.len(), population.others.len()), (1, 1));
        }
    }
}

#[test]
fn a_maturity_that_a_stage_waits_for_is_told() {
    let told = |maturity: u64| {
        let spec = draft(vec![control()], |draft| {
            let source = MetricSourceDraft::Conversion { event: "order".into() };
            draft
                .metrics
                .push(MetricDraft { maturity: Some(seconds(maturity)), ..MetricDraft::new("matured", source) });
            draft.plan.guards[0].metric = "matured".into();
            draft.plan.stages[0].maximum_time = Some(seconds(HOUR));
        });
        preview(&spec, &facts(answer(1_000.0, 0.01)), 2.0)
    };
    let first = |told: &Preview| {
        let mut found = told.notes.iter().filter(|note| note.message.contains("outcomes are known after"));
        found.find(|note| note.stage.as_deref() == Some("1 %")).map(|note| note.severity)
    };
    for (maturity, expected) in [
        (HOUR, Some(Severity::Blocks)),
        (HOUR - 1, Some(Severity::Doubt)),
        (41, Some(Severity::Doubt)),
        (40, None),
        (0, None),
    ] {
        assert_eq!(first(&told(maturity)), expected, "a maturity of {maturity} s");
    }
    // Where everyone has the treatment nothing is compared.
    assert!(
        told(HOUR).notes.iter().all(|note| note.stage.as_deref() != Some("100 %") || note.severity != Severity::Blocks)
    );
}

#[test]
fn a_guard_on_what_hoist_counts_says_whether_a_back_test_plays_it() {
    for (source, limit, words) in [
        (
            MetricSourceDraft::Mean { event: "purchase".into() },
            LimitDraft::control(),
            "from the recording of an earlier",
        ),
        (MetricSourceDraft::AffectedUnits { event: "error".into() }, LimitDraft::control(), "from the recording"),
        (MetricSourceDraft::AffectedUnits { event: "error".into() }, LimitDraft::Above(0.02), "no back-test plays"),
    ] {
        let metric = MetricDraft {
            cap: matches!(source, MetricSourceDraft::Mean { .. }).then_some(500.0),
            ..MetricDraft::new("counted", source)
        };
        let guard = GuardDraft { metric: "counted".into(), limit, ..guard() };
        let spec = draft(vec![guard], |draft| draft.metrics.push(metric));
        has(&preview(&spec, &Facts::default(), 2.0), Severity::Unknown, words);
    }
}
