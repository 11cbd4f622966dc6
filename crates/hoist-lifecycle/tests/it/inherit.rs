//! Guards that a rollout has from the services of its flag.

use hoist_lifecycle::plan::{GuardDraft, LimitDraft, Plan, PlanDraft};
use hoist_lifecycle::product::{ServiceDraft, inherit};
use hoist_lifecycle::rollout::{RolloutSpec, RolloutSpecDraft};

use crate::support::{Bench, guard, plan, spec_draft};

fn named(key: &str, limit: f64) -> GuardDraft {
    GuardDraft { key: key.into(), limit: LimitDraft::Above(limit), ..guard() }
}

fn service(key: &str, guards: Vec<GuardDraft>) -> ServiceDraft {
    let text = String::new;
    ServiceDraft { key: key.into(), title: text(), description: text(), owner: text(), url: text(), guards }
}

#[test]
fn guards_are_added_unless_the_plan_has_its_own() {
    let check = |own: Vec<GuardDraft>, services: &[ServiceDraft], expected: &[(&str, f64, Option<&str>)]| {
        let mut plan: PlanDraft = plan(own);
        let inherited = inherit(&mut plan, services).unwrap();
        let from = |key: &str| inherited.iter().find(|from| from.guard == key).map(|from| from.service.as_str());
        let found: Vec<_> = plan
            .guards
            .iter()
            .map(|guard| (guard.key.as_str(), guard.limit.threshold().unwrap(), from(&guard.key)))
            .collect();
        assert_eq!(found, expected);
    };
    let shop = || service("shop", vec![named("errors", 0.1), named("slow", 0.2)]);
    check(vec![], &[], &[]);
    check(vec![], &[shop()], &[("errors", 0.1, Some("shop")), ("slow", 0.2, Some("shop"))]);
    check(vec![named("slow", 0.9)], &[shop()], &[("slow", 0.9, None), ("errors", 0.1, Some("shop"))]);
    let other = service("till", vec![named("errors", 0.1)]);
    check(vec![], &[shop(), other], &[("errors", 0.1, Some("shop")), ("slow", 0.2, Some("shop"))]);
    let differs = service("till", vec![named("errors", 0.3)]);
    check(
        vec![named("errors", 0.5)],
        &[shop(), differs.clone()],
        &[("errors", 0.5, None), ("slow", 0.2, Some("shop"))],
    );
    let problems = inherit(&mut plan(vec![]), &[shop(), differs]).unwrap_err();
    assert_eq!((problems.len(), problems[0].path.as_str()), (1, "plan.guards"));
}

#[test]
fn faults_of_a_services_guards_are_told_by_place() {
    let check = |guards: Vec<GuardDraft>, expected: &[&str]| {
        let paths: Vec<String> = service("shop", guards).check().into_iter().map(|problem| problem.path).collect();
        assert_eq!(paths, expected);
    };
    check(vec![named("errors", 0.1)], &[]);
    assert!(Plan::parse(&service("shop", vec![named("errors", 0.1)]).as_plan()).is_ok());
    check(vec![named("errors", f64::NAN), named("errors", 0.1)], &["guards[0].limit", "guards[1].key"]);
    check(vec![GuardDraft { stages: vec!["1 %".into()], ..named("errors", 0.1) }], &["guards[0].stages[0]"]);
}

/// A rollout keeps where its guards came from, and says it.
#[test]
fn a_guard_of_a_service_says_so() {
    let mut plan = plan(vec![]);
    let inherited = inherit(&mut plan, &[service("shop", vec![named("errors", 0.02)])]).unwrap();
    let draft = RolloutSpecDraft { inherited, ..spec_draft(plan.clone()) };
    let spec = RolloutSpec::parse(&draft).unwrap();
    assert_eq!(spec.watches()[0].service(), Some("shop"));
    let mut bench = Bench { spec, ..Bench::new(plan) };
    bench.tick(&[]);
    bench.polls(3, 0.004);
    assert!(bench.summary().contains("guard errors of service shop passes (0.4 %, limit 2 %)"), "{}", bench.summary());
}
