//! What waits: events for what they are counted out of, and units for their outcomes.

use hoist_eval::Span;
use hoist_lifecycle::metric::{MetricDraft, MetricSourceDraft};
use hoist_lifecycle::plan::{GuardDraft, LimitDraft, OnNoData, PlanDraft};
use hoist_lifecycle::rollout::decision::{Rule, Verdict};
use hoist_lifecycle::rollout::evidence::{ArmSums, FirstExposures, Input, Reading};
use hoist_lifecycle::rollout::{Intervals, Method, NoDataCause, RolloutSpec, RolloutSpecDraft, start, step};

use crate::control::{Arms, HEALTHY, against, patient, same};
use crate::support::{Bench, T0, facts, guard, is_rolled_back, metrics, plan, seconds, spec_draft};

/// Ten seconds of events without a single request that they belong to.
const EVENTS: [f64; 4] = [0.0, 1.0, 0.0, 99.0];

/// What is heard of in each of so many looks, intervals dropped, the events of the next sound interval.
type Row = (&'static str, &'static [[f64; 4]], u64, [f64; 2]);

/// Where neither arm has opportunities the interval is gone at once; where one has, its events wait for one staleness (30 s).
#[test]
fn events_wait_for_their_opportunities_for_a_while() {
    let rows: [Row; 5] = [
        ("neither arm has opportunities", &[EVENTS; 3], 3, [1.0, 99.0]),
        ("neither has, and one arm alone has events", &[[0.0, 1.0, 0.0, 0.0]], 1, [1.0, 99.0]),
        ("an event is ahead of its request", &[[0.0, 1.0, 9_900.0, 99.0]], 0, [2.0, 198.0]),
        ("requests of an arm are lost for longer", &[[0.0, 1.0, 9_900.0, 99.0]; 5], 1, [1.0, 99.0]),
        ("nothing happens", &[[0.0; 4]; 5], 0, [1.0, 99.0]),
    ];
    for (name, looks, dropped, [treated, others]) in rows {
        let mut arms = Arms::new(patient);
        arms.looks(3, HEALTHY);
        let before = arms.guard().compared.as_ref().unwrap().here();
        for more in looks {
            arms.look(*more);
        }
        assert_eq!(arms.guard().compared.as_ref().unwrap().here(), before, "{name}: nothing is judged meanwhile");
        arms.look(HEALTHY);
        let after = arms.guard().compared.as_ref().unwrap().here();
        assert_eq!(arms.guard().intervals, Intervals { judged: 3, refused: 0, dropped }, "{name}");
        same(after.x_treatment - before.x_treatment, treated, name);
        same(after.x_control - before.x_control, others, name);
    }
}

/// Of a hundredth of 20 requests a look it is chance that there are none. Of 100 looks of them it is not.
#[test]
fn events_of_few_units_wait_until_some_were_to_be_expected() {
    const QUIET: [f64; 4] = [0.0, 0.0, 20.0, 2.0];
    for (looks, treated, dropped) in [(9, 1.0, 0), (48, 1.0, 0), (52, 0.0, 1)] {
        let mut arms = Arms::new(patient);
        arms.looks(2, [1.0, 0.0, 20.0, 2.0]);
        arms.look([0.0, 1.0, 20.0, 2.0]);
        arms.looks(looks, QUIET);
        arms.look([1.0, 0.0, 20.0, 2.0]);
        let here = arms.guard().compared.as_ref().unwrap().here();
        assert_eq!((here.n_treatment, here.x_treatment), (2.0, treated), "{looks} looks");
        assert_eq!(arms.guard().intervals.dropped, dropped, "{looks} looks");
    }
}

#[test]
fn a_guard_says_that_its_opportunities_are_missing() {
    let mut arms = Arms::new(patient);
    arms.looks(3, HEALTHY);
    arms.looks(5, EVENTS);
    assert_eq!((arms.verdict(), arms.guard().cause), (Verdict::NoData, Some(NoDataCause::WithoutTotal)));
    let summary = arms.guard().summary();
    for part in
        ["has no data: events are heard of, and not what they are counted out of", "; 5 of 7 intervals dropped)"]
    {
        assert!(summary.contains(part), "{summary}");
    }
}

/// Counts that Hoist makes itself have no source that could be scraped.
#[test]
fn tracked_metrics_that_fall_silent_say_what_is_not_heard() {
    let mut arms = Arms::new(|plan| {
        plan.guards[0].metric = "units".into();
        patient(plan);
    });
    arms.sums = vec![("errors", [90.0, 10.0, 9_000.0, 900.0])];
    arms.look([0.0; 4]);
    arms.bench.pass(seconds(31));
    arms.bench.tick(&[]);
    assert_eq!((arms.verdict(), arms.guard().cause), (Verdict::NoData, Some(NoDataCause::Quiet)));
    arms.looks(1, [10.0, 0.0, 900.0, 0.0]);
    assert!(arms.verdict().bakes(), "{}", arms.bench.summary());
}

/// Rollouts that began by an earlier method keep their events for ever, so that their decisions replay.
#[test]
fn earlier_methods_keep_events() {
    for method in [Method::First, Method::Second] {
        let mut arms = Arms::by(method, patient);
        arms.looks(3, HEALTHY);
        let before = arms.guard().compared.as_ref().unwrap().here();
        arms.looks(8, EVENTS);
        arms.look(HEALTHY);
        let after = arms.guard().compared.as_ref().unwrap().here();
        same(after.x_treatment - before.x_treatment, 9.0, "all of them");
    }
}

/// Numbers that look drawn: the same for the same seed.
struct Chance(u64);

impl Chance {
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Poisson by multiplication where the mean is small, by the normal distribution where it is not.
    fn poisson(&mut self, mean: f64) -> f64 {
        if mean > 30.0 {
            let sum: f64 = (0..12).map(|_| self.unit()).sum::<f64>() - 6.0;
            return (mean + mean.sqrt() * sum).round().max(0.0);
        }
        let (mut product, mut count) = (self.unit(), 0.0);
        while product > (-mean).exp() {
            product *= self.unit();
            count += 1.0;
        }
        count
    }
}

/// How many of the healthy rollouts are rolled back whose opportunities are not heard of for `hours`, while events go on.
/// 10 requests a second, a hundredth of them treated, one error in twenty.
fn false_alarms(method: Method, runs: u64, hours: u64) -> usize {
    let rolled_back = |run: &u64| {
        let mut chance = Chance(*run * 7_919 + hours);
        let mut arms = Arms::by(method, patient);
        let mut flow = |share: f64, span: f64| {
            let requests = chance.poisson(100.0 * share * span);
            (requests, chance.poisson(0.05 * 100.0 * share * span))
        };
        let mut look = |arms: &mut Arms, span: u64, heard: bool| {
            let [(nt, xt), (nc, xc)] = [0.01, 0.99].map(|share| flow(share, span as f64));
            arms.bench.pass(seconds(span));
            arms.add("errors", if heard { [nt, xt, nc, xc] } else { [0.0, xt, 0.0, xc] });
            let readings = arms.readings();
            arms.bench.tick(&readings);
        };
        for _ in 0..10 {
            look(&mut arms, 10, true);
        }
        for _ in 0..hours * 12 {
            look(&mut arms, 300, false);
        }
        for _ in 0..10 {
            look(&mut arms, 10, true);
        }
        is_rolled_back(&arms.bench.state.phase)
    };
    (0..runs).filter(rolled_back).count()
}

/// Two hundred healthy rollouts at the default alpha of one in a hundred: six false alarms or more come to pass once in 70 times.
#[test]
fn opportunities_that_come_back_roll_nothing_back() {
    for hours in [1, 6] {
        let alarms = false_alarms(Method::Third, 200, hours);
        assert!(alarms < 6, "{alarms} of 200 rollouts whose opportunities were unheard for {hours} h");
    }
    let alarms = false_alarms(Method::Second, 40, 6);
    assert!(alarms >= 4, "the world is one that rolled {alarms} of 40 back when events were kept");
}

/// Looks until a treatment is rolled back of which a request comes each minute, and whose errors, `rate` of the requests, come
/// a look or more after them; a hundredth is treated, and one request in ten of the others has an error. With the ratio that was
/// judged in the end.
fn sparse(method: Method, run: u64, rate: f64, most: usize) -> (usize, f64) {
    let mut chance = Chance(run * 104_729 + 17);
    let mut arms = Arms::by(method, patient);
    arms.look([0.0; 4]);
    // Errors that are yet to be heard of, by the look in which they are.
    let mut ahead = [[0.0; 2]; 8];
    let mut looks = 0;
    while looks < most && !arms.bench.state.phase.is_terminal() {
        let requests = [1.0 / 6.0, 99.0 / 6.0].map(|mean| chance.poisson(mean));
        for (arm, rate) in [rate, 0.1].into_iter().enumerate() {
            for _ in 0..requests[arm] as usize {
                let is_error = chance.unit() < rate;
                let delay = 1 + (chance.unit() * 6.0) as usize;
                ahead[(looks + delay) % 8][arm] += f64::from(u8::from(is_error));
            }
        }
        let [treated, others] = std::mem::take(&mut ahead[looks % 8]);
        arms.look([requests[0], treated, requests[1], others]);
        looks += 1;
    }
    let here = arms.guard().compared.as_ref().unwrap().here();
    (looks, here.x_treatment / here.n_treatment / (here.x_control / here.n_control))
}

/// Dropped were two in five of the treated errors, and nothing of the others: twice as bad was no worse than 1.2 times.
#[test]
fn a_sparse_arm_is_judged_by_all_of_its_events() {
    const DAY: usize = 8_640;
    let mean = |method, rate| (0..6).map(|run| sparse(method, run, rate, DAY).1).sum::<f64>() / 6.0;
    for method in [Method::Second, Method::Third] {
        let ratio = mean(method, 0.1);
        assert!((0.9..1.1).contains(&ratio), "{method:?}: {ratio} where the arms are alike");
    }
    let found = |method| (0..10).map(|run| sparse(method, run, 0.2, 2 * DAY).0).sum::<usize>();
    let (second, third) = (found(Method::Second), found(Method::Third));
    assert!(second < 10 * DAY, "twice as bad is found by the second method in {second} looks of ten runs");
    assert!(third as f64 <= 1.1 * second as f64, "{third} looks of ten runs, where the second method needs {second}");
}

/// A guard on conversions whose outcome is known after ten minutes, which rolls back for silence after a minute of it.
fn ripening(limit: LimitDraft, method: Method) -> Bench {
    let guard = GuardDraft {
        metric: "matured".into(),
        limit,
        on_no_data: OnNoData::RollBack,
        no_data_grace: Some(seconds(60)),
        ..guard()
    };
    let matured = MetricDraft {
        maturity: Some(Span::from_minutes(10)),
        ..MetricDraft::new("matured", MetricSourceDraft::Conversion { event: "order".into() })
    };
    let mut plan = plan(vec![guard]);
    patient(&mut plan);
    let draft = RolloutSpecDraft { metrics: [metrics(), vec![matured]].concat(), method, ..spec_draft(plan.clone()) };
    let spec = RolloutSpec::parse(&draft).unwrap();
    let state = start(&spec, &facts(), T0).unwrap();
    let mut bench = Bench { spec, state, ..Bench::new(PlanDraft { guards: vec![], ..plan }) };
    bench.tick(&[]);
    bench
}

fn look(bench: &mut Bench, reading: Reading) {
    bench.pass(seconds(10));
    let mut evidence = bench.evidence(&[("errors", reading)]);
    evidence.first_exposures = Some(FirstExposures { treatment: 7, control: 693, reporting: Vec::new() });
    let decision = step(&bench.spec, &bench.state, &Input::Tick(evidence), bench.now).unwrap();
    bench.state = decision.next.clone();
    bench.last = Some(decision);
}

#[test]
fn what_waits_for_outcomes_is_not_silent() {
    for limit in [against().limit, LimitDraft::Above(0.9)] {
        let mut bench = ripening(limit, Method::Third);
        for _ in 0..59 {
            look(&mut bench, Reading::Missing);
            let guard = &bench.last.as_ref().unwrap().rationale.guards[0];
            assert_eq!((guard.verdict, guard.cause), (Verdict::NoData, Some(NoDataCause::Immature)));
        }
        assert_eq!((bench.phase(), bench.rule(), bench.entry().baked), ("progressing", Rule::NoData, Span::ZERO));
        let guard = &bench.last.as_ref().unwrap().rationale.guards[0];
        let summary = guard.summary();
        assert!(summary.contains("has no data: outcomes are known after 10m; 700 units wait ("), "{summary}");
        let shown = serde_json::to_value(guard).unwrap();
        assert_eq!(shown["awaited"]["units"], serde_json::json!(700));
        // From then on silence is silence.
        for _ in 0..5 {
            look(&mut bench, Reading::Missing);
            assert_eq!(bench.phase(), "progressing");
        }
        for _ in 0..5 {
            look(&mut bench, Reading::Missing);
        }
        assert!(is_rolled_back(&bench.state.phase), "{}", bench.summary());
    }
}

#[test]
fn outcomes_that_come_are_judged() {
    let mut bench = ripening(against().limit, Method::Third);
    for _ in 0..60 {
        look(&mut bench, Reading::Missing);
    }
    for cohorts in 1..=12 {
        let sums = |units: f64| ArmSums {
            n: units * f64::from(cohorts),
            x: 0.3 * units * f64::from(cohorts),
            ..ArmSums::default()
        };
        let reading = Reading::Arms {
            treatment: sums(10.0),
            control: sums(990.0),
            sampled_at: bench.now.saturating_add(seconds(10)),
            dispersion: None,
            earlier: Vec::new(),
        };
        look(&mut bench, reading);
    }
    assert_eq!(bench.phase(), "progressing", "{}", bench.summary());
    assert!(bench.entry().baked > Span::ZERO, "{}", bench.summary());
}

/// A source that fails is not waited for.
#[test]
fn a_failure_while_outcomes_ripen_is_silence() {
    for (method, reading) in [
        (Method::Third, Reading::Failed(hoist_lifecycle::rollout::evidence::SourceFault::Unreachable)),
        (Method::Second, Reading::Missing),
    ] {
        let mut bench = ripening(against().limit, method);
        for _ in 0..8 {
            look(&mut bench, reading.clone());
        }
        assert!(is_rolled_back(&bench.state.phase), "{method:?}: {}", bench.summary());
    }
}
