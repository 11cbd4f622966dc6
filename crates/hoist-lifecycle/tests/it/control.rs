//! Guards against control, through the whole machine: what rolls back, what holds, and what a stage is left on.

use hoist_eval::Span;
use hoist_lifecycle::metric::{Direction, MetricDraft, MetricSourceDraft, NoninferiorityDraft, RatioUpTo};
use hoist_lifecycle::plan::{
    ControlLimitDraft, GuardDraft, Leave, LimitDraft, OnBreach, OnDeficit, PlanDraft, SampleRatioDraft,
};
use hoist_lifecycle::rollout::decision::{Rule, Verdict};
use hoist_lifecycle::rollout::evidence::{ArmSums, FirstExposures, GuardReading, Input, InvalidReading, Reading};
use hoist_lifecycle::rollout::rationale::{CombinedFacts, GuardRationale};
use hoist_lifecycle::rollout::state::{PauseReason, Phase, RollbackCause};
use hoist_lifecycle::rollout::{Method, RolloutSpec, RolloutSpecDraft, due_guards, start};

use crate::support::{
    Bench, T0, facts, guard, is_rolled_back, metrics, pause, plan, promote, resume, seconds, spec_draft,
};

/// A guard against control on the two counters, every 10 s.
pub(crate) fn against() -> GuardDraft {
    GuardDraft { metric: "error-counts".into(), limit: LimitDraft::control(), ..guard() }
}

/// Both arms of one service: counters that grow from look to look.
pub(crate) struct Arms {
    pub(crate) bench: Bench,
    /// Per guard: requests and errors of the treatment, then of the control.
    pub(crate) sums: Vec<(&'static str, [f64; 4])>,
}

impl Arms {
    pub(crate) fn new(change: impl FnOnce(&mut PlanDraft)) -> Self {
        Self::by(Method::default(), change)
    }

    pub(crate) fn by(method: Method, change: impl FnOnce(&mut PlanDraft)) -> Self {
        let mut plan = plan(vec![against()]);
        change(&mut plan);
        Self::judged(method, plan)
    }

    pub(crate) fn of(plan: PlanDraft) -> Self {
        Self::judged(Method::default(), plan)
    }

    fn judged(method: Method, plan: PlanDraft) -> Self {
        let more = MetricDraft::new(
            "other-counts",
            MetricSourceDraft::PromqlCounts {
                events: "o{variant=\"{{variant}}\"}".into(),
                total: "r{variant=\"{{variant}}\"}".into(),
                absent_is_zero: false,
            },
        );
        let units = MetricDraft::new("units", MetricSourceDraft::AffectedUnits { event: "error".into() });
        let slow = MetricDraft::new(
            "slow",
            MetricSourceDraft::LatencyQuantile { event: "checkout seconds".into(), quantile: None },
        );
        let rate = MetricDraft::new(
            "rate",
            MetricSourceDraft::EventRate { event: "error".into(), per: Some("request".into()) },
        );
        let converted = MetricDraft::new("converted", MetricSourceDraft::Conversion { event: "order".into() });
        let orders = MetricDraft { key: "orders".into(), direction: Some(Direction::LowerIsWorse), ..more.clone() };
        let shares = [RatioUpTo { share: 1.0, ratio: 3.0 }, RatioUpTo { share: 5.0, ratio: 1.8 }].to_vec();
        let by_share = MetricDraft {
            key: "by-share".into(),
            noninferiority: Some(NoninferiorityDraft::ByShare(shares)),
            ..more.clone()
        };
        let metrics = [metrics(), vec![more, units, slow, converted, rate, orders, by_share]].concat();
        let draft = RolloutSpecDraft { metrics, method, ..spec_draft(plan.clone()) };
        let spec = RolloutSpec::parse(&draft).unwrap();
        let state = start(&spec, &facts(), T0).unwrap();
        let mut bench = Bench { spec, state, ..Bench::new(PlanDraft { guards: vec![], goals: vec![], ..plan }) };
        bench.tick(&[]);
        Self { bench, sums: vec![("errors", [1e6, 2e4, 9e6, 9e4])] }
    }

    /// Adds to the counters of a guard: requests and errors of the treatment, then of the control.
    pub(crate) fn add(&mut self, guard: &'static str, more: [f64; 4]) {
        if !self.sums.iter().any(|(name, _)| *name == guard) {
            self.sums.push((guard, [0.0; 4]));
        }
        let (_, sums) = self.sums.iter_mut().find(|(name, _)| *name == guard).unwrap();
        for (sum, more) in sums.iter_mut().zip(more) {
            *sum += more;
        }
    }

    pub(crate) fn readings(&self) -> Vec<(&'static str, Reading)> {
        let arms = |[nt, xt, nc, xc]: [f64; 4]| Reading::Arms {
            treatment: ArmSums { n: nt, x: xt, values: None, ..ArmSums::default() },
            control: ArmSums { n: nc, x: xc, values: None, ..ArmSums::default() },
            sampled_at: self.bench.now,
            dispersion: None,
            earlier: Vec::new(),
        };
        self.sums.iter().map(|(guard, sums)| (*guard, arms(*sums))).collect()
    }

    /// Ten seconds later both arms of `errors` have so much more, and are read.
    pub(crate) fn look(&mut self, more: [f64; 4]) {
        self.bench.pass(seconds(10));
        self.add("errors", more);
        let readings = self.readings();
        self.bench.tick(&readings);
    }

    pub(crate) fn looks(&mut self, count: usize, more: [f64; 4]) {
        for _ in 0..count {
            self.look(more);
        }
    }

    pub(crate) fn guard(&self) -> &GuardRationale {
        &self.bench.last.as_ref().unwrap().rationale.guards[0]
    }

    pub(crate) fn verdict(&self) -> Verdict {
        self.guard().verdict
    }

    pub(crate) fn combined(&self) -> &CombinedFacts {
        self.bench.last.as_ref().unwrap().rationale.combined.as_ref().unwrap()
    }
}

pub(crate) fn same(one: f64, other: f64, why: &str) {
    assert!((one - other).abs() < 1e-9, "{why}: {one} is not {other}");
}

/// A hundred treated requests and 9,900 others in ten seconds, one error in a hundred in both.
pub(crate) const HEALTHY: [f64; 4] = [100.0, 1.0, 9_900.0, 99.0];

pub(crate) fn patient(plan: &mut PlanDraft) {
    plan.stages[0].bake = Span::from_hours(24);
}

#[test]
fn a_regression_is_rolled_back_with_its_numbers() {
    let mut arms = Arms::new(patient);
    arms.look(HEALTHY);
    assert_eq!(arms.verdict(), Verdict::NoData, "the first reading is only what later ones are compared with");
    let mut looks = 0;
    while !is_rolled_back(&arms.bench.state.phase) {
        arms.look([100.0, 2.0, 9_900.0, 99.0]);
        looks += 1;
        assert!(looks < 60);
    }
    assert!((12..40).contains(&looks), "a doubled rate of 1 % took {looks} looks of 100 treated requests");
    let combined = arms.combined();
    assert!(combined.log_evidence >= combined.log_needed);
    assert!((combined.log_needed - 100_f64.ln()).abs() < 1e-12);
    let compared = arms.guard().compared.as_ref().unwrap();
    let here = compared.here();
    assert_eq!((here.n_treatment, here.x_treatment), (100.0 * f64::from(looks), 2.0 * f64::from(looks)));
    assert_eq!(compared.contribution, Some(1.0));
    let ratio = compared.ratio();
    assert!((ratio.estimate.unwrap() - 2.0).abs() < 1e-9 && ratio.lower.unwrap() > 1.05, "{ratio:?}");
    let summary = arms.bench.summary();
    for part in ["rolled back to the baseline", "guard errors is in breach (treated", "2 times control", "needed 100"] {
        assert!(summary.contains(part), "{summary}");
    }
}

/// An outage that hits both arms is no difference between them.
#[test]
fn a_common_outage_neither_rolls_back_nor_lets_go_on_by_itself() {
    let mut arms = Arms::new(patient);
    arms.looks(30, HEALTHY);
    arms.looks(60, [100.0, 50.0, 9_900.0, 4_950.0]);
    assert_eq!(arms.bench.phase(), "progressing");
    assert!(arms.combined().log_evidence < 0.0, "{}", arms.bench.summary());
}

#[test]
fn a_stage_is_left_once_it_is_shown_to_be_not_much_worse() {
    let mut arms = Arms::new(|_| {});
    let mut collecting = 0;
    for _ in 0..200 {
        arms.look(HEALTHY);
        if arms.bench.stage() > 0 {
            break;
        }
        if arms.bench.rule() == Rule::Collecting {
            collecting += 1;
            assert_eq!(arms.verdict(), Verdict::Collecting);
            assert_eq!(arms.bench.entry().baked, seconds(40).max(arms.bench.entry().baked), "it bakes meanwhile");
            let outlook = arms.guard().compared.as_ref().unwrap().outlook().unwrap();
            assert!(outlook.treated >= 1.0 && outlook.time.is_some());
        }
    }
    assert_eq!(arms.bench.stage(), 1, "{}", arms.bench.summary());
    assert!(collecting > 3, "the bake of 40 s is over long before: {collecting}");
    let last = arms.bench.last.as_ref().unwrap();
    let compared = last.rationale.guards[0].compared.as_ref().unwrap();
    assert!(compared.is_safe() && compared.log_safe >= 20_f64.ln());
    assert_eq!(compared.test.noninferiority(), Some(2.0), "at 1 %");
}

/// In the words that the documentation quotes.
#[test]
fn what_a_stage_still_needs_is_said() {
    let mut arms = Arms::new(|_| {});
    arms.looks(6, HEALTHY);
    assert_eq!(arms.bench.rule(), Rule::Collecting);
    let summary = arms.bench.summary();
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let quoted = words(include_str!("../../../../docs/guards.md"));
    let start = quoted.find("guard errors collects evidence (treated 5 of 500").unwrap();
    let quoted = &quoted[start..=start + quoted[start..].find("traffic)").unwrap() + "traffic".len()];
    assert!(summary.contains(quoted), "{summary}\nis not what docs/guards.md says:\n{quoted}");
}

#[test]
fn a_plan_may_leave_on_time_alone() {
    let mut arms = Arms::new(|plan| plan.leave = Leave::Time);
    arms.looks(7, HEALTHY);
    assert_eq!(arms.bench.stage(), 1, "{}", arms.bench.summary());
}

/// Where everyone has the variant there is nobody to compare with: shown, in nobody's way, and not asked.
#[test]
fn without_control_nothing_is_judged() {
    let mut arms = Arms::new(|plan| {
        plan.stages[0].percentage = 100.0;
        plan.stages[0].audience = Some("internal".into());
    });
    assert!(due_guards(&arms.bench.spec, &arms.bench.state, arms.bench.now).is_empty());
    arms.looks(3, [100.0, 90.0, 9_900.0, 0.0]);
    assert_eq!((arms.verdict(), arms.bench.entry().baked), (Verdict::NotJudged, seconds(20)));
    arms.looks(2, HEALTHY);
    assert_eq!(arms.bench.stage(), 1);
    let due = due_guards(&arms.bench.spec, &arms.bench.state, arms.bench.now.saturating_add(seconds(10)));
    let variant = |source: &MetricSourceDraft| match source {
        MetricSourceDraft::PromqlCounts { events, total, .. } => (events.clone(), total.clone()),
        other => panic!("{other:?}"),
    };
    let query = |name: &str, variant: &str| format!("{name}{{variant=\"{variant}\"}}");
    assert_eq!(variant(&due[0].source), (query("errors", "on"), query("requests", "on")));
    assert_eq!(variant(due[0].control.as_ref().unwrap()), (query("errors", "off"), query("requests", "off")));
}

/// Whoever has the dark variant is the control of those who have the treatment.
#[test]
fn control_is_what_most_of_the_others_have() {
    let mut draft = plan(vec![against()]);
    draft.stages[0].variant = Some("dark".into());
    draft.stages[0].percentage = 100.0;
    let spec = crate::support::spec(draft);
    let control = |stage| spec.control_at(hoist_lifecycle::rollout::state::StageIndex(stage)).map(ToString::to_string);
    assert_eq!([control(0), control(1), control(2)], [None, Some("dark".into()), None]);
    let share = spec.treated_share(hoist_lifecycle::rollout::state::StageIndex(1));
    same(share.unwrap(), 0.1, "share");
}

#[test]
fn suspicion_holds_and_is_cleared_after_a_while() {
    let mut arms = Arms::new(patient);
    arms.looks(2, HEALTHY);
    while arms.bench.rule() != Rule::Suspect {
        arms.look([100.0, 4.0, 9_900.0, 99.0]);
        assert_eq!(arms.bench.phase(), "progressing");
    }
    assert_eq!(arms.verdict(), Verdict::Inconclusive);
    assert!(arms.combined().suspect && arms.combined().log_evidence >= 10_f64.ln());
    let baked = arms.bench.entry().baked;
    let mut looks = 0;
    while arms.bench.rule() == Rule::Suspect {
        assert_eq!(arms.bench.entry().baked, baked, "suspicion does not bake");
        arms.look([100.0, 0.0, 9_900.0, 99.0]);
        looks += 1;
        assert!(looks < 200, "{}", arms.bench.summary());
    }
    assert!(looks >= 30, "it stands for five minutes at least, and stood for {looks} looks");
    assert!(arms.combined().log_evidence < 3_f64.ln());
}

/// Holding never stops a rollback.
#[test]
fn suspicion_turns_into_a_rollback() {
    for interrupt in [false, true] {
        let mut arms = Arms::new(patient);
        arms.looks(2, HEALTHY);
        while arms.bench.rule() != Rule::Suspect {
            arms.look([100.0, 4.0, 9_900.0, 99.0]);
        }
        if interrupt {
            arms.bench.command(pause()).unwrap();
        }
        for _ in 0..20 {
            if !is_rolled_back(&arms.bench.state.phase) {
                arms.look([100.0, 4.0, 9_900.0, 99.0]);
            }
        }
        assert!(is_rolled_back(&arms.bench.state.phase), "paused: {interrupt}");
    }
}

/// Makes an odd reading, given what makes one whose control's events are multiplied.
type Odd = fn(&Arms, &dyn Fn(&Arms, f64) -> Reading) -> Reading;

#[test]
fn odd_readings_of_either_arm_hold() {
    let reading = |arms: &Arms, odd: f64| {
        let [nt, xt, nc, xc] = arms.sums[0].1;
        Reading::Arms {
            treatment: ArmSums { n: nt, x: xt, values: None, ..ArmSums::default() },
            control: ArmSums { n: nc, x: xc * odd, values: None, ..ArmSums::default() },
            sampled_at: arms.bench.now,
            dispersion: None,
            earlier: Vec::new(),
        }
    };
    let rows: [(&str, Odd); 6] = [
        ("missing", |_, _| Reading::Missing),
        ("many series", |_, _| Reading::Invalid(InvalidReading::ManySeries)),
        ("one arm alone", |arms, _| Reading::Counters { events: 1.0, total: 9.0, sampled_at: arms.bench.now }),
        ("not a number", |arms, reading| reading(arms, f64::NAN)),
        ("negative", |arms, reading| reading(arms, -1.0)),
        ("a reset of one counter", |arms, reading| reading(arms, 0.5)),
    ];
    for (name, odd) in rows {
        let mut arms = Arms::new(|_| {});
        arms.looks(3, HEALTHY);
        let before = arms.combined().log_evidence;
        arms.bench.pass(seconds(10));
        let reading = odd(&arms, &reading);
        arms.bench.tick(&[("errors", reading)]);
        assert_eq!(arms.verdict(), Verdict::NoData, "{name}");
        same(arms.combined().log_evidence, before, name);
    }
}

/// A reset drops the interval in both arms; what comes after is compared with what was read then.
#[test]
fn a_reset_of_one_arm_drops_the_interval_of_both() {
    let mut arms = Arms::new(patient);
    arms.looks(3, HEALTHY);
    let counted = |arms: &Arms| arms.guard().compared.as_ref().unwrap().here();
    let before = counted(&arms);
    arms.sums[0].1 = [50.0, 50.0, arms.sums[0].1[2] + 9_900.0, arms.sums[0].1[3] + 99.0];
    arms.look([0.0; 4]);
    assert_eq!((arms.verdict(), counted(&arms)), (Verdict::NoData, before));
    arms.look(HEALTHY);
    same(counted(&arms).n_treatment, before.n_treatment + 100.0, "the interval after it");
}

/// One arm falls silent: the last verdict stands while it is fresh, then there is no data, and nothing advances.
#[test]
fn silence_in_one_arm_holds() {
    let mut arms = Arms::new(|_| {});
    arms.looks(4, HEALTHY);
    let verdicts: Vec<Verdict> = (0..6)
        .map(|_| {
            arms.look([0.0, 0.0, 9_900.0, 99.0]);
            arms.verdict()
        })
        .collect();
    assert_eq!(verdicts[3..], [Verdict::NoData; 3], "{verdicts:?}");
    arms.looks(100, [0.0, 0.0, 9_900.0, 99.0]);
    assert_eq!((arms.bench.phase(), arms.bench.stage()), ("progressing", 0));
    arms.look(HEALTHY);
    assert_eq!(arms.verdict(), Verdict::Collecting, "it goes on by itself");
}

/// The evidence of several guards is their weighted mean, and the one that contributes most answers for it.
#[test]
fn guards_are_weighed_together_and_the_strongest_acts() {
    let second = || GuardDraft { key: "other".into(), metric: "other-counts".into(), ..against() };
    let alone = |on_breach: OnBreach| {
        let other = GuardDraft { on_breach, ..second() };
        let mut plan = plan(vec![against(), other]);
        patient(&mut plan);
        Arms::of(plan)
    };
    let mut arms = alone(OnBreach::Pause);
    arms.look(HEALTHY);
    for _ in 0..60 {
        if arms.bench.phase() == "progressing" {
            arms.add("other", [100.0, 4.0, 9_900.0, 99.0]);
            arms.look(HEALTHY);
        }
    }
    let paused = |phase: &Phase| matches!(phase, Phase::Paused { reason: PauseReason::Breach { guard }, .. } if guard.as_str() == "other");
    assert!(paused(&arms.bench.state.phase), "{}", arms.bench.summary());
    let rationale = &arms.bench.last.as_ref().unwrap().rationale;
    let logs: Vec<f64> = rationale.guards.iter().map(|guard| guard.compared.as_ref().unwrap().log_harm).collect();
    let mean = logs.iter().map(|log| log.exp() / 2.0).sum::<f64>().ln();
    assert!((mean - arms.combined().log_evidence).abs() < 1e-9, "{logs:?}");
    assert!(logs[1] >= 100_f64.ln() + 2_f64.ln() - 1.0, "half the weight needs twice the evidence");
}

/// A guard in breach that only notifies does not hide what another one sees.
#[test]
fn a_breach_that_notifies_leaves_the_others_live() {
    let loud =
        GuardDraft { key: "other".into(), metric: "other-counts".into(), on_breach: OnBreach::Notify, ..against() };
    let mut plan = plan(vec![against(), loud]);
    patient(&mut plan);
    let mut arms = Arms::of(plan);
    arms.look(HEALTHY);
    while arms.bench.rule() != Rule::Notified {
        arms.add("other", [100.0, 20.0, 9_900.0, 99.0]);
        arms.look(HEALTHY);
        assert_eq!(arms.bench.phase(), "progressing");
    }
    arms.looks(50, HEALTHY);
    assert_eq!(arms.bench.phase(), "progressing", "{}", arms.bench.summary());
    for _ in 0..30 {
        if arms.bench.phase() == "progressing" {
            arms.look([100.0, 10.0, 9_900.0, 99.0]);
        }
    }
    let cause = |phase: &Phase| matches!(phase, Phase::RolledBack { cause: RollbackCause::Breach { guard }, .. } if guard.as_str() == "errors");
    assert!(cause(&arms.bench.state.phase), "{}", arms.bench.summary());
}

/// Goals are compared and shown. Whatever they show, nothing happens.
#[test]
fn goals_never_decide() {
    let mut arms = Arms::new(|plan| {
        plan.guards.clear();
        plan.goals = vec!["error-counts".into()];
    });
    arms.sums = vec![("error-counts", [0.0; 4])];
    for _ in 0..5 {
        arms.bench.pass(seconds(30));
        arms.add("error-counts", [100.0, 90.0, 9_900.0, 99.0]);
        let readings = arms.readings();
        arms.bench.tick(&readings);
    }
    assert!(arms.bench.stage() > 0, "{}", arms.bench.summary());
    let mut arms = Arms::new(|plan| {
        plan.goals = vec!["other-counts".into()];
        patient(plan);
    });
    for _ in 0..9 {
        arms.add("other-counts", [300.0, 200.0, 29_700.0, 297.0]);
        arms.looks(3, HEALTHY);
    }
    let rationale = &arms.bench.last.as_ref().unwrap().rationale;
    let goal = &rationale.guards[1];
    assert_eq!((goal.guard.as_str(), goal.verdict), ("other-counts", Verdict::NotJudged));
    let compared = goal.compared.as_ref().unwrap();
    assert!(compared.ratio().lower.unwrap() > 10.0 && compared.weight <= 0.0);
    assert_eq!(arms.bench.phase(), "progressing");
}

fn tick_with(arms: &mut Arms, exposures: FirstExposures, more: [f64; 4]) {
    arms.bench.pass(seconds(10));
    arms.add("errors", more);
    let readings = arms.readings();
    let mut evidence = arms.bench.evidence(&readings);
    evidence.first_exposures = Some(exposures);
    arms.bench.play(&Input::Tick(evidence)).unwrap();
}

fn exposed(treatment: u64, control: u64) -> FirstExposures {
    FirstExposures { treatment, control, reporting: Vec::new() }
}

#[test]
fn shares_that_do_not_arrive_as_sent_hold_and_never_stop_a_rollback() {
    let mut arms = Arms::new(|_| {});
    for look in 1..40 {
        tick_with(&mut arms, exposed(10 * look, 990 * look), HEALTHY);
    }
    assert!(arms.bench.stage() > 0, "shares as sent: {}", arms.bench.summary());

    let mut arms = Arms::new(|_| {});
    for look in 1..100 {
        tick_with(&mut arms, exposed(4 * look, 990 * look), HEALTHY);
    }
    assert_eq!((arms.bench.rule(), arms.bench.stage()), (Rule::Unhealthy, 0), "{}", arms.bench.summary());
    assert!(arms.bench.summary().contains("units do not arrive as they are sent"), "{}", arms.bench.summary());
    for look in 100..160 {
        if !is_rolled_back(&arms.bench.state.phase) {
            tick_with(&mut arms, exposed(4 * look, 990 * look), [100.0, 5.0, 9_900.0, 99.0]);
        }
    }
    assert!(is_rolled_back(&arms.bench.state.phase));
}

#[test]
fn a_lack_of_treated_units_does_what_the_plan_says() {
    for (deficit, treated, phase) in [
        (OnDeficit::Hold, 4, "progressing"),
        (OnDeficit::Pause, 4, "paused"),
        (OnDeficit::RollBack, 4, "rolled_back"),
        (OnDeficit::RollBack, 30, "progressing"),
    ] {
        let mut arms = Arms::new(|plan| plan.srm = Some(SampleRatioDraft { alpha: None, deficit }));
        for look in 1..60 {
            if arms.bench.phase() == "progressing" {
                tick_with(&mut arms, exposed(treated * look, 990 * look), HEALTHY);
            }
        }
        assert_eq!(arms.bench.phase(), phase, "{deficit:?} with {treated}");
    }
}

/// A promotion goes past suspicion, and is kept in mind.
#[test]
fn overrides_are_kept_with_their_evidence() {
    let mut arms = Arms::new(|_| {});
    arms.looks(2, HEALTHY);
    while arms.bench.rule() != Rule::Suspect {
        arms.look([100.0, 4.0, 9_900.0, 99.0]);
    }
    // So far beyond suspicion that the healthy looks below do not end it.
    arms.looks(3, [100.0, 2.0, 9_900.0, 99.0]);
    arms.bench.command(promote()).unwrap();
    arms.look(HEALTHY);
    assert_eq!((arms.bench.stage(), arms.bench.rule()), (1, Rule::Promoted));
    let kept = &arms.bench.state.overrides[0];
    assert_eq!((kept.reason.as_str(), kept.guards.len()), ("looks fine", 1));
    assert!(kept.log_evidence.is_some_and(|log| log > 1.0));
    let log = arms.combined().log_evidence;
    arms.looks(2, HEALTHY);
    assert!((arms.combined().log_evidence - log).abs() < 1.0, "evidence goes on into the next stage");
    assert_eq!(arms.bench.rule(), Rule::Suspect);
}

/// A resume after a breach begins with fresh evidence.
#[test]
fn a_resume_spends_the_evidence_of_the_guard_in_breach() {
    let mut arms = Arms::new(|plan| {
        patient(plan);
        plan.guards[0].on_breach = OnBreach::Pause;
    });
    arms.look(HEALTHY);
    while arms.bench.phase() == "progressing" {
        arms.look([100.0, 10.0, 9_900.0, 99.0]);
    }
    arms.bench.command(resume()).unwrap();
    arms.looks(3, HEALTHY);
    assert_eq!(arms.bench.phase(), "progressing");
    assert!(arms.combined().log_evidence < 1.0);
}

/// A stay that began before the process, a late answer or a repeated one: everything as for other guards.
#[test]
fn a_repeated_reading_counts_once() {
    let mut arms = Arms::new(patient);
    arms.looks(3, HEALTHY);
    let counted = arms.guard().compared.as_ref().unwrap().here();
    arms.bench.pass(seconds(10));
    let readings = arms.readings();
    let twice: Vec<(&str, Reading)> = [readings.clone(), readings].concat();
    arms.bench.tick(&twice);
    assert_eq!(arms.guard().compared.as_ref().unwrap().here(), counted, "nothing has moved");
    let reading = GuardReading { guard: "errors".parse().unwrap(), at: arms.bench.now, reading: twice[0].1.clone() };
    assert_eq!(reading.at, arms.bench.now);
}

/// A margin of its own: what is within it is no harm.
#[test]
fn a_margin_is_no_harm() {
    let mut arms = Arms::new(|plan| {
        plan.guards[0].limit =
            LimitDraft::Control(ControlLimitDraft { margin: Some(2.5), noninferiority: Some(4.0), relaxed: None });
        patient(plan);
    });
    arms.looks(100, [100.0, 2.0, 9_900.0, 99.0]);
    assert_eq!(arms.bench.phase(), "progressing");
    assert!(arms.combined().log_evidence < 0.0);
}

/// What is stored of a comparison comes back as it was, and a stored input gives the stored decision again.
#[test]
fn a_comparison_replays_from_its_records() {
    fn round_trip<T: serde::Serialize + serde::de::DeserializeOwned>(value: &T) -> T {
        serde_json::from_str(&serde_json::to_string(value).unwrap()).unwrap()
    }
    let mut arms = Arms::new(|plan| plan.goals = vec!["other-counts".into()]);
    for look in 0..40_u32 {
        let before = arms.bench.state.clone();
        arms.bench.pass(seconds(10));
        arms.add("errors", [100.0, f64::from(look) / 7.0, 9_900.0, 99.3]);
        arms.add("other-counts", [100.0, 1.7, 9_900.0, 99.3]);
        let readings = arms.readings();
        let mut evidence = arms.bench.evidence(&readings);
        evidence.first_exposures = Some(exposed(u64::from(look), 99 * u64::from(look)));
        let input = Input::Tick(evidence);
        let decision = arms.bench.play(&input).unwrap().clone();
        assert_eq!(round_trip(&decision), decision);
        let (state, input) = (round_trip(&before), round_trip(&input));
        let again = hoist_lifecycle::rollout::step(&arms.bench.spec, &state, &input, arms.bench.now);
        assert_eq!(again.as_ref(), Ok(&decision));
        if decision.next.phase.is_terminal() {
            break;
        }
    }
    assert!(is_rolled_back(&arms.bench.state.phase), "a history worth replaying");
    let stored = serde_json::to_value(arms.bench.last.as_ref().unwrap()).unwrap();
    let compared = &stored["rationale"]["guards"][0]["compared"];
    assert!(compared["ratio"]["lower"].as_f64().unwrap() > 1.0, "what follows is stored beside the facts: {compared}");
}
