//! Rollouts that run at once, reach the same units and are judged by the same metric.

use hoist_lifecycle::plan::{GuardDraft, LimitDraft, OnBreach};
use hoist_lifecycle::rollout::decision::{Rule, Verdict};
use hoist_lifecycle::rollout::evidence::{Input, Reading};
use hoist_lifecycle::rollout::{
    KnownOverlap, Overlap, OverlapChoice, RolloutSpec, RolloutSpecDraft, candidate, overlap,
};

use crate::support::{Bench, guard, plan, seconds, spec_draft};

fn other(change: impl FnOnce(&mut RolloutSpecDraft)) -> RolloutSpec {
    let mut draft = spec_draft(plan(vec![guard()]));
    draft.rollout = "r-2".into();
    draft.flag = "search".into();
    change(&mut draft);
    RolloutSpec::parse(&draft).unwrap()
}

fn ours(change: impl FnOnce(&mut RolloutSpecDraft)) -> RolloutSpec {
    let mut draft = spec_draft(plan(vec![guard()]));
    change(&mut draft);
    RolloutSpec::parse(&draft).unwrap()
}

fn audience(draft: &mut RolloutSpecDraft, segment: &str) {
    for stage in &mut draft.plan.stages {
        stage.audience = Some(segment.into());
    }
}

#[test]
fn sharing_units_and_a_metric_is_an_overlap() {
    let found = overlap(&ours(|_| {}), &other(|_| {})).unwrap();
    let metrics = vec!["error-rate".to_owned()];
    assert_eq!(found, Overlap { rollout: "r-2".into(), flag: "search".into(), certain: true, metrics });
    let counts = |draft: &mut RolloutSpecDraft| {
        draft.plan.guards = vec![GuardDraft { metric: "error-counts".into(), ..guard() }];
    };
    assert_eq!(overlap(&ours(|_| {}), &other(counts)), None, "another metric");
    assert_eq!(overlap(&ours(|_| {}), &other(|draft| draft.environment = "staging".into())), None);
    assert_eq!(overlap(&ours(|_| {}), &other(|draft| draft.project = "books".into())), None);
    assert_eq!(overlap(&ours(|_| {}), &other(|draft| draft.rollout = "r-1".into())), None, "itself");
}

#[test]
fn different_audiences_may_share_units() {
    for (left, right, certain) in
        [(Some("beta"), Some("beta"), true), (Some("beta"), Some("internal"), false), (Some("beta"), None, true)]
    {
        let ours = ours(|draft| left.into_iter().for_each(|segment| audience(draft, segment)));
        let other = other(|draft| right.into_iter().for_each(|segment| audience(draft, segment)));
        assert_eq!(overlap(&ours, &other).unwrap().certain, certain, "{left:?} {right:?}");
    }
}

fn known(choice: OverlapChoice) -> KnownOverlap {
    KnownOverlap { overlap: overlap(&ours(|_| {}), &other(|_| {})).unwrap(), choice }
}

#[test]
fn a_rollout_that_waits_for_another_begins_after_it() {
    let mut bench = Bench::new(plan(vec![guard()]));
    bench.spec = ours(|draft| draft.overlaps = vec![known(OverlapChoice::Serialise)]);
    assert_eq!(bench.spec.waits_for().collect::<Vec<_>>(), ["r-2"]);
    let mut evidence = bench.evidence(&[]);
    evidence.waits_for = vec!["r-2".into()];
    bench.play(&Input::Tick(evidence)).unwrap();
    assert_eq!((bench.phase(), bench.rule()), ("scheduled", Rule::Serialised));
    assert!(bench.summary().contains("waiting for another rollout to end"), "{}", bench.summary());
    bench.pass(seconds(10));
    bench.tick(&[]);
    assert_eq!(bench.phase(), "progressing");
    let accepted = ours(|draft| draft.overlaps = vec![known(OverlapChoice::Accept { reason: "both small".into() })]);
    assert_eq!(accepted.waits_for().count(), 0);
}

#[test]
fn a_breach_names_the_rollouts_beside_it_with_what_they_see() {
    let beside = {
        let mut bench = Bench::started(plan(vec![GuardDraft { on_breach: OnBreach::Notify, ..guard() }]));
        bench.polls(4, 0.5);
        let own = Bench::new(plan(vec![guard()])).state;
        candidate((&ours(|_| {}), &own), (&other(|_| {}), &bench.state)).unwrap()
    };
    assert_eq!((beside.stage.as_deref(), beside.guards[0].verdict), (Some("1 %"), Verdict::Breach));
    assert_eq!(beside.guards[0].value, Some(0.5));
    let mut bench = Bench::started(plan(vec![GuardDraft { limit: LimitDraft::Above(0.02), ..guard() }]));
    let said = loop {
        bench.pass(seconds(10));
        let mut evidence = bench.evidence(&[("errors", Reading::Value { value: 0.5, sampled_at: bench.now })]);
        evidence.candidates = vec![beside.clone()];
        bench.play(&Input::Tick(evidence)).unwrap();
        if bench.phase() == "rolled_back" {
            break bench.summary();
        }
        assert!(!bench.summary().contains("search"), "{}", bench.summary());
    };
    assert!(said.contains("the rollout of search runs beside it at \"1 %\""), "{said}");
    assert!(said.contains("where guard errors is in breach"), "{said}");
    assert_eq!(bench.last.as_ref().unwrap().rationale.candidates, [beside]);
}
