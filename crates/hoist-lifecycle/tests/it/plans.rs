//! Parsing plans and specifications: every problem at once, at its path.

use hoist_eval::Span;
use hoist_lifecycle::metric::{Metric, MetricDraft, MetricSourceDraft};
use hoist_lifecycle::plan::templates::{Choices, canary, templates};
use hoist_lifecycle::plan::{
    ControlLimitDraft, Day, Defaults, Gate, GuardDraft, GuardMode, Leave, LimitDraft, Plan, PlanDraft,
    SampleRatioDraft, Stage, StageDraft, WindowDraft,
};
use hoist_lifecycle::rollout::{RolloutSpec, RolloutSpecDraft, check_guards, start};

use crate::support::{T0, facts, guard, plan, seconds, spec, spec_draft, stage};

/// Checks that a change to a sound plan is refused at exactly these paths.
fn check(paths: &[&str], change: impl FnOnce(&mut PlanDraft)) {
    let mut draft = plan(vec![guard()]);
    change(&mut draft);
    let found: Vec<String> = Plan::parse(&draft).err().unwrap_or_default().into_iter().map(|p| p.path).collect();
    assert_eq!(found, paths);
}

#[test]
fn sound_plans_parse() {
    check(&[], |_| {});
    check(&[], |plan| plan.stages[2].percentage = 99.999);
    check(&[], |plan| plan.stages[0].percentage = 0.001);
    check(&[], |plan| plan.stages[1].percentage = 1.0);
    check(&[], |plan| plan.guards[0].stages = vec!["1 %".into(), "100 %".into()]);
    check(&[], |plan| plan.stages.insert(0, StageDraft { audience: Some("internal".into()), ..stage("a", 100.0, 1) }));
}

#[test]
fn each_fault_is_named() {
    check(&["key"], |plan| plan.key = "no spaces".into());
    check(&["treatment"], |plan| plan.treatment = String::new());
    check(&["title"], |plan| plan.title = "x".repeat(65));
    check(&["stages"], |plan| plan.stages.clear());
    check(&["stages"], |plan| plan.stages = (0..33).map(|i| stage(&i.to_string(), 1.0, 1)).collect());
    for percentage in [0.0, -1.0, 100.001, 0.0001, 33.3333, f64::NAN, f64::INFINITY] {
        check(&["stages[0].percentage"], |plan| plan.stages[0].percentage = percentage);
    }
    check(&["stages[1].name"], |plan| plan.stages[1].name = plan.stages[0].name.clone());
    check(&["stages[1].name"], |plan| plan.stages[1].name = "a\nb".into());
    check(&["stages[1].percentage"], |plan| plan.stages[1].percentage = 0.5);
    check(&["stages[1].bake"], |plan| plan.stages[1].bake = Span::ZERO);
    check(&["stages[1].bake"], |plan| plan.stages[1].bake = Span::from_hours(24 * 91));
    check(&["stages[1].maximum_time"], |plan| plan.stages[1].maximum_time = Some(seconds(40)));
    check(&["stages[2].variant"], |plan| plan.stages[2].variant = Some("dark".into()));
    check(&["stages[0].audience"], |plan| plan.stages[0].audience = Some("ü".into()));
    check(&["guards[0].limit"], |plan| plan.guards[0].limit = LimitDraft::Above(f64::NAN));
    for alpha in [0.0, 0.5, 1.0, -0.1, f64::NAN] {
        check(&["guards[0].alpha"], |plan| plan.guards[0].alpha = Some(alpha));
    }
    check(&["guards[0].plausible"], |plan| plan.guards[0].plausible = Some((1.0, 0.0)));
    check(&["guards[0].interval", "guards[0].no_data_grace"], |plan| {
        plan.guards[0].interval = Some(Span::from_hours(25));
        plan.guards[0].maximum_staleness = None;
    });
    check(&["guards[0].maximum_staleness"], |plan| plan.guards[0].maximum_staleness = Some(seconds(9)));
    check(&["guards[0].no_data_grace"], |plan| plan.guards[0].no_data_grace = Some(seconds(19)));
    check(&["guards[0].stages[1]"], |plan| plan.guards[0].stages = vec!["1 %".into(), "2 %".into()]);
    check(&["guards[1].key"], |plan| plan.guards.push(plan.guards[0].clone()));
    check(&["guards"], |plan| plan.guards = vec![plan.guards[0].clone(); 33]);
}

#[test]
fn every_fault_is_reported_at_once() {
    check(&["key", "stages[0].percentage", "stages[2].bake", "guards[0].limit"], |plan| {
        plan.key.clear();
        plan.stages[0].percentage = 0.0;
        plan.stages[2].bake = Span::ZERO;
        plan.guards[0].limit = LimitDraft::Below(f64::INFINITY);
    });
}

#[test]
fn windows_are_checked() {
    let window = |days: Vec<Day>, from: &str, to: &str, zone: Option<&str>| WindowDraft {
        days,
        from: from.into(),
        to: to.into(),
        zone: zone.map(Into::into),
    };
    let rows = [
        (window(vec![Day::Mon], "09:00", "16:00", Some("Europe/Berlin")), None),
        (window(vec![Day::Mon], "00:00", "24:00", None), None),
        (window(vec![], "09:00", "16:00", None), Some("days")),
        (window(vec![Day::Mon, Day::Mon], "09:00", "16:00", None), Some("days")),
        (window(vec![Day::Mon], "9:00", "16:00", None), Some("from")),
        (window(vec![Day::Mon], "24:00", "24:00", None), Some("from")),
        (window(vec![Day::Mon], "09:00", "16:60", None), Some("to")),
        (window(vec![Day::Mon], "16:00", "09:00", None), Some("to")),
        (window(vec![Day::Mon], "09:00", "16:00", Some("Mars/Olympus")), Some("zone")),
    ];
    for (window, fault) in rows {
        let fault = fault.map(|field| format!("stages[1].windows[0].{field}"));
        let paths: Vec<&str> = fault.as_deref().into_iter().collect();
        let paths = if fault.as_deref().is_some_and(|f| f.ends_with("from")) && window.to == "24:00" {
            vec![paths[0], "stages[1].windows[0].to"]
        } else {
            paths
        };
        check(&paths, |plan| plan.stages[1].windows = vec![window]);
    }
}

#[test]
fn variants_do_not_come_back() {
    let with = |variants: &[&str]| {
        let mut draft = plan(vec![]);
        draft.stages = variants
            .iter()
            .enumerate()
            .map(|(i, variant)| StageDraft { variant: Some((*variant).into()), ..stage(&i.to_string(), 5.0, 10) })
            .collect();
        Plan::parse(&draft).is_ok()
    };
    assert!(with(&["dark", "dark", "on"]));
    assert!(with(&["shadow", "dark", "on"]));
    assert!(with(&["on", "dark", "dark", "on"]));
    assert!(!with(&["shadow", "dark", "shadow", "on"]));
    assert!(!with(&["on", "dark"]), "the last stage serves the treatment");
}

#[test]
fn drafts_come_back_as_they_were_written() {
    let mut draft = plan(vec![guard()]);
    draft.stages[0].gate = Gate::Approval;
    assert_eq!(Plan::parse(&draft).unwrap().to_draft(), draft);
}

#[test]
fn the_tick_follows_the_shortest_interval_and_bake() {
    let tick = |plan: PlanDraft| Plan::parse(&plan).unwrap().tick();
    assert_eq!(tick(plan(vec![])), seconds(10), "a quarter of the bake");
    let mut quick = guard();
    quick.interval = Some(Span::from_millis(200));
    assert_eq!(tick(plan(vec![quick])), Span::from_millis(200));
    let mut slow = plan(vec![]);
    slow.stages.iter_mut().for_each(|stage| stage.bake = Span::from_hours(1));
    assert_eq!(tick(slow), seconds(60), "never longer than the longest tick");
    let mut instant = plan(vec![]);
    instant.stages.iter_mut().for_each(|stage| stage.bake = Span::from_millis(10));
    assert_eq!(tick(instant), Span::from_millis(100), "never shorter than the shortest");
}

#[test]
fn templates_can_be_started() {
    let templates = templates();
    let keys: Vec<&str> = templates.iter().map(|plan| plan.key.as_str()).collect();
    assert_eq!(keys, ["canary", "fast", "dark-launch", "kill-switch-only"]);
    for template in templates {
        start(&spec(template), &facts(), T0).unwrap();
    }
    let choices = Choices { internal: None, guards: &[guard()], ..Choices::default() };
    let plan = Plan::parse(&canary(&choices)).unwrap();
    assert_eq!((plan.stages().len(), plan.guards().len()), (4, 1));
}

fn spec_paths(change: impl FnOnce(&mut RolloutSpecDraft)) -> Vec<String> {
    let mut draft = spec_draft(plan(vec![guard()]));
    change(&mut draft);
    RolloutSpec::parse(&draft).err().unwrap_or_default().into_iter().map(|problem| problem.path).collect()
}

#[test]
fn specifications_are_checked_as_a_whole() {
    let none: [&str; 0] = [];
    assert_eq!(spec_paths(|_| {}), none);
    assert_eq!(spec_paths(|spec| spec.salt = "ABC".into()), ["salt"]);
    assert_eq!(spec_paths(|spec| spec.flag.clear()), ["flag"]);
    assert_eq!(spec_paths(|spec| spec.metrics.remove(0).key.clear()), ["plan.guards[0].metric"]);
    assert_eq!(spec_paths(|spec| spec.control = "on".into()).len(), 3, "each stage would serve the control");
    assert_eq!(spec_paths(|spec| spec.plan.stages[1].percentage = 0.0), ["plan.stages[1].percentage"]);
    let counted = |spec: &mut RolloutSpecDraft| {
        spec.plan.guards[0].metric = "error-counts".into();
        spec.plan.guards[0].limit = LimitDraft::Above(0.0);
    };
    assert_eq!(spec_paths(counted), ["plan.guards[0].limit"]);
    assert_eq!(spec_paths(|spec| spec.metrics.push(spec.metrics[0].clone())), ["metrics[2].key"]);
}

#[test]
fn a_start_needs_variants_and_segments() {
    let mut draft = plan(vec![]);
    draft.stages[0].audience = Some("nobody".into());
    draft.stages[1].variant = Some("purple".into());
    let problems = start(&spec(draft), &facts(), T0).unwrap_err();
    let paths: Vec<&str> = problems.iter().map(|problem| problem.path.as_str()).collect();
    assert_eq!(paths, ["plan.stages[0].audience", "plan.stages[1].variant"]);
}

fn control(margin: Option<f64>, noninferiority: Option<f64>) -> LimitDraft {
    LimitDraft::Control(ControlLimitDraft { margin, noninferiority, relaxed: None })
}

#[test]
fn limits_against_control_have_bounds() {
    check(&[], |plan| plan.guards[0].limit = control(Some(1.0), Some(10.0)));
    check(&["guards[0].limit.control.margin"], |plan| plan.guards[0].limit = control(Some(0.9), None));
    check(&["guards[0].limit.control.margin"], |plan| plan.guards[0].limit = control(Some(f64::NAN), None));
    check(&["guards[0].limit.control.noninferiority"], |plan| plan.guards[0].limit = control(None, Some(1.0)));
    check(&["guards[0].limit.control.noninferiority"], |plan| plan.guards[0].limit = control(Some(2.0), Some(1.5)));
    check(&["guards[0].mode", "guards[0].alpha"], |plan| {
        plan.guards[0].limit = LimitDraft::control();
        plan.guards[0].mode = GuardMode::Immediate;
        plan.guards[0].alpha = Some(0.01);
    });
    check(&["stages[0].noninferiority"], |plan| plan.stages[0].noninferiority = Some(1.0));
}

/// What is recommended fills what is not said, and nothing else; a plan that does not ask for it is as it was.
#[test]
fn recommended_defaults_fill_what_a_stage_does_not_say() {
    let stage = |percentage: f64| StageDraft::new(format!("{percentage} %"), percentage);
    let mut draft = PlanDraft::new("terse", "on", [0.5, 1.0, 1.001, 5.0, 25.0, 25.001, 100.0].map(stage).to_vec());
    assert_eq!(Plan::parse(&draft).unwrap_err().len(), 7, "nothing holds a stage that says nothing");
    draft.defaults = Some(Defaults::Recommended);
    draft.stages.insert(0, StageDraft { audience: Some("internal".into()), ..StageDraft::new("internal", 30.0) });
    let filled = |draft: &PlanDraft| -> Vec<(u64, u64, u64)> {
        let minutes = |span: Span| span.as_micros() / 60_000_000;
        let plan = Plan::parse(draft).unwrap();
        assert_eq!(plan.to_draft(), *draft, "what was written is what is shown");
        let of = |stage: &Stage| (minutes(stage.bake()), stage.minimum_treated(), minutes(stage.maximum_time()) / 60);
        plan.stages().iter().map(of).collect()
    };
    let expected = [
        (10, 1, 24),
        (10, 500, 24),
        (10, 500, 24),
        (15, 2_000, 24),
        (15, 2_000, 24),
        (30, 10_000, 48),
        (60, 0, 48),
        (60, 0, 48),
    ];
    assert_eq!(filled(&draft), expected);
    assert_eq!(filled(&draft.clone().filled()), expected, "written out it is the same, and stays so");
    draft.stages[1].bake = Span::from_hours(30);
    draft.stages[1].minimum_treated = 7;
    draft.stages[2].maximum_time = Some(Span::from_hours(5));
    let said = filled(&draft);
    assert_eq!((said[1], said[2]), ((30 * 60, 7, 60), (10, 500, 5)), "what is said stays");
    let (climb, plain) = (canary(&Choices::default()), PlanDraft { defaults: None, ..draft });
    let recommended = PlanDraft { defaults: Some(Defaults::Recommended), ..climb.clone() };
    assert_eq!(recommended.filled().stages, climb.stages, "the canary is what is recommended");
    assert_eq!(plain.clone().filled(), plain);
    let stored = serde_json::to_value(&plain).unwrap();
    assert!(stored.get("defaults").is_none());
}

/// A quiet flag is given time, where its plan asks for what is recommended and its guard does not say.
#[test]
fn a_quiet_flag_has_a_day_of_grace_for_silence() {
    let grace = |rate: Option<f64>, change: fn(&mut PlanDraft)| {
        let mut draft = plan(vec![GuardDraft { no_data_grace: None, ..guard() }]);
        draft.defaults = Some(Defaults::Recommended);
        change(&mut draft);
        Plan::parse(&draft.expecting(rate)).unwrap().guards()[0].no_data_grace()
    };
    let (day, usual) = (Span::from_hours(24), Span::from_minutes(10));
    assert_eq!(grace(Some(0.99), |_| {}), day);
    assert_eq!(grace(Some(1.0), |_| {}), usual);
    assert_eq!(grace(None, |_| {}), usual, "not known");
    assert_eq!(grace(Some(0.0), |_| {}), usual, "nothing was seen, which may be because nobody has to ask");
    assert_eq!(grace(Some(0.5), |plan| plan.defaults = None), usual);
    assert_eq!(grace(Some(0.5), |plan| plan.guards[0].no_data_grace = Some(seconds(90))), seconds(90));
    let rarely = |plan: &mut PlanDraft| {
        plan.guards[0].interval = Some(Span::from_hours(12));
        plan.guards[0].maximum_staleness = None;
    };
    assert_eq!(grace(Some(0.5), rarely), Span::from_hours(48), "four intervals at least");
}

/// A relaxed limit is for guards that would otherwise hold a stage, and beyond what they must rule out.
#[test]
fn relaxed_limits_have_bounds() {
    let limit = |margin, noninferiority, relaxed| {
        LimitDraft::Control(ControlLimitDraft { margin, noninferiority, relaxed: Some(relaxed) })
    };
    let path = ["guards[0].limit.control.relaxed"];
    check(&[], |plan| plan.guards[0].limit = limit(None, Some(1.5), 1.6));
    check(&path, |plan| plan.guards[0].limit = limit(None, Some(1.5), 1.5));
    check(&path, |plan| plan.guards[0].limit = limit(Some(1.3), None, 1.3));
    check(&path, |plan| plan.guards[0].limit = limit(None, None, 10.1));
    check(&path, |plan| plan.guards[0].limit = limit(None, None, f64::NAN));
    let none: [&str; 0] = [];
    let against = |relaxed: f64, change: fn(&mut PlanDraft)| {
        spec_paths(|spec| {
            spec.plan.guards[0].metric = "error-counts".into();
            spec.plan.guards[0].limit = limit(None, None, relaxed);
            change(&mut spec.plan);
        })
    };
    let path = ["plan.guards[0].limit.control.relaxed"];
    // The stages rule out 2, 1.2 and 1.2.
    assert_eq!(against(1.3, |_| {}), none, "enough at the later stages");
    assert_eq!(against(1.2, |_| {}), path, "no more than what every stage rules out");
    assert_eq!(
        against(1.3, |plan| plan.guards[0].stages = vec!["1 %".into()]),
        path,
        "the stage that it would relax is not watched"
    );
    assert_eq!(against(4.0, |plan| plan.leave = Leave::Time), path, "nothing need be shown");
}

#[test]
fn the_risks_of_a_plan_have_bounds() {
    for risk in [0.0, 0.5, -0.1, f64::NAN] {
        check(&["alpha"], |plan| plan.alpha = Some(risk));
        check(&["beta"], |plan| plan.beta = Some(risk));
        check(&["srm.alpha"], |plan| {
            plan.srm = Some(SampleRatioDraft { alpha: Some(risk), ..SampleRatioDraft::default() });
        });
    }
    for hold in [1.9, 100.1, f64::NAN] {
        check(&["hold"], |plan| plan.hold = Some(hold));
    }
    check(&[], |plan| plan.alpha = Some(0.2));
    check(&["goals[1]"], |plan| plan.goals = vec!["revenue".into(), "revenue".into()]);
    check(&["goals[0]"], |plan| plan.goals = vec!["errors".into()]);
    check(&["goals"], |plan| plan.goals = (0..33).map(|goal| format!("g{goal}")).collect());
}

#[test]
fn what_must_be_ruled_out_follows_the_share() {
    let mut draft = plan(vec![]);
    draft.stages = [0.5, 1.0, 5.0, 5.001, 100.0].map(|share| stage(&share.to_string(), share, 40)).to_vec();
    draft.stages[3].noninferiority = Some(3.0);
    let plan = Plan::parse(&draft).unwrap();
    let ratios: Vec<f64> = plan.stages().iter().map(Stage::noninferiority).collect();
    assert_eq!(ratios, [2.0, 2.0, 1.5, 3.0, 1.2]);
    assert_eq!((plan.alpha(), plan.hold(), plan.beta(), plan.leave()), (0.01, 10.0, 0.05, Leave::Evidence));
    assert!((plan.sample_ratio_alpha() - 0.001 / 5.0).abs() < 1e-12, "each stage has its part");
}

/// What a limit may be depends on the kind of the metric.
#[test]
fn a_limit_suits_its_metric() {
    let tracked = |key: &str, source| MetricDraft::new(key, source);
    let counts = |total: &str| MetricSourceDraft::PromqlCounts {
        events: "e{v=\"{{variant}}\"}".into(),
        total: total.into(),
        absent_is_zero: false,
    };
    let metrics = [
        tracked("value", MetricSourceDraft::PromqlValue { query: "v".into() }),
        tracked("arms", counts("t{v=\"{{variant}}\"}")),
        tracked("one-arm", counts("t")),
        tracked("units", MetricSourceDraft::AffectedUnits { event: "e".into() }),
        tracked("per-unit", MetricSourceDraft::EventRate { event: "e".into(), per: None }),
        tracked("rate", MetricSourceDraft::EventRate { event: "e".into(), per: Some("v".into()) }),
        tracked("sold", MetricSourceDraft::Conversion { event: "e".into() }),
        MetricDraft {
            maturity: Some(Span::from_hours(1)),
            ..tracked("matured", MetricSourceDraft::Conversion { event: "e".into() })
        },
        MetricDraft {
            maturity: Some(Span::ZERO),
            ..tracked("at-once", MetricSourceDraft::Conversion { event: "e".into() })
        },
        tracked("mean", MetricSourceDraft::Mean { event: "e".into() }),
    ];
    let metrics: Vec<Metric> = metrics.iter().map(|draft| Metric::parse(draft).unwrap()).collect();
    let rows = [
        ("value", LimitDraft::control(), "one number knows no control"),
        ("arms", LimitDraft::control(), ""),
        ("one-arm", LimitDraft::control(), "must name {{variant}}"),
        ("one-arm", LimitDraft::Above(0.1), ""),
        ("units", LimitDraft::control(), ""),
        ("units", LimitDraft::Above(0.1), ""),
        ("units", LimitDraft::Above(0.0), "greater than 0"),
        ("mean", LimitDraft::control(), "needs a cap"),
        ("units", LimitDraft::Below(0.1), "give a conversion a maturity"),
        ("per-unit", LimitDraft::control(), ""),
        ("per-unit", LimitDraft::Above(0.1), "no number limits them"),
        ("rate", LimitDraft::Above(0.1), ""),
        ("rate", LimitDraft::Below(0.1), ""),
        ("sold", LimitDraft::Above(0.1), ""),
        ("sold", LimitDraft::Below(0.1), "give a conversion a maturity"),
        ("matured", LimitDraft::Below(0.1), ""),
        ("at-once", LimitDraft::Below(0.1), "give a conversion a maturity"),
        ("mean", LimitDraft::Below(3.0), "only be compared with control"),
    ];
    for (metric, limit, fault) in rows {
        let mut draft = plan(vec![guard()]);
        draft.guards[0].metric = metric.into();
        draft.guards[0].limit = limit;
        let problems = check_guards(&Plan::parse(&draft).unwrap(), &metrics);
        match problems.as_slice() {
            [] => assert_eq!(fault, "", "{metric} {limit:?}"),
            [problem] => {
                assert_eq!(problem.path, "guards[0].limit");
                assert!(!fault.is_empty() && problem.message.contains(fault), "{metric} {limit:?}: {problem}");
            }
            more => panic!("{more:?}"),
        }
    }
}

/// Plans that were stored before limits against control existed are read as they were meant.
#[test]
fn older_plans_are_read_and_written_as_they_were() {
    let stored = serde_json::json!({
        "key": "old", "treatment": "on",
        "stages": [{ "name": "all", "percentage": 100.0, "bake": "1m", "gate": "automatic", "minimum_treated": 0 }],
        "guards": [{ "key": "g", "metric": "m", "limit": { "above": 0.02 }, "mode": "sequential",
                     "on_breach": "roll_back", "on_no_data": "hold" }],
    });
    let draft: PlanDraft = serde_json::from_value(stored.clone()).unwrap();
    assert!(Plan::parse(&draft).is_ok());
    assert_eq!(serde_json::to_value(&draft).unwrap(), stored);
}
