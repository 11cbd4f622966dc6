//! What stages write into the flag, and the law that raising never removes anyone.

use hoist_eval::draft::{
    AllocationDraft, BucketRangeDraft, ConditionDraft, FlagDraft, SegmentDraft, ServeDraft, SnapshotDraft,
    TargetingDraft, VariantDraft,
};
use hoist_eval::{EvaluationContext, Generation, Snapshot, Timestamp, ValueKind, compile, evaluate};
use hoist_lifecycle::plan::{PlanDraft, StageDraft};
use hoist_lifecycle::rollout::state::StageIndex;
use hoist_lifecycle::rollout::{Beside, Parted, StartFacts, allocation, start};
use proptest::prelude::*;

use crate::support::{SALT, facts, plan, spec, stage};

/// `audience:variant:percentage`, separated by spaces; `*` is everyone.
fn stages(text: &str) -> Vec<StageDraft> {
    let parse = |(index, part): (usize, &str)| {
        let [audience, variant, percentage] = part.split(':').collect::<Vec<_>>().try_into().unwrap();
        StageDraft {
            audience: (audience != "*").then(|| audience.into()),
            variant: Some(variant.into()),
            ..stage(&index.to_string(), percentage.parse().unwrap(), 10)
        }
    };
    text.split(' ').enumerate().map(parse).collect()
}

fn draft(text: &str) -> PlanDraft {
    PlanDraft { stages: stages(text), ..plan(vec![]) }
}

fn shown(allocation: &AllocationDraft) -> String {
    let entry = |entry: &hoist_eval::draft::AllocationEntryDraft| {
        assert_eq!(entry.weights.iter().map(|weight| weight.weight).sum::<u32>(), 100_000);
        let weights = entry.weights.iter().map(|weight| format!("{} {}", weight.variant, weight.weight));
        format!("{}: {}", entry.audience.as_deref().unwrap_or("*"), weights.collect::<Vec<_>>().join(" "))
    };
    allocation.entries.iter().map(entry).collect::<Vec<_>>().join("; ")
}

fn check(plan: &str, expected: &[&str]) {
    let spec = spec(draft(plan));
    let found: Vec<String> =
        (0..).map_while(|index| allocation(&spec, StageIndex(index))).map(|allocation| shown(&allocation)).collect();
    assert_eq!(found, expected, "{plan}");
}

#[test]
fn stages_write_what_they_say() {
    check("*:on:1 *:on:33.333 *:on:100", &["*: on 1000 off 99000", "*: on 33333 off 66667", "*: on 100000"]);
    check(
        "internal:on:100 *:on:5 *:on:100",
        &["internal: on 100000", "internal: on 100000; *: on 5000 off 95000", "*: on 100000"],
    );
    check(
        "beta:on:20 *:on:10 *:on:50 *:on:100",
        &[
            "beta: on 20000 off 80000",
            "beta: on 20000 off 80000; *: on 10000 off 90000",
            "*: on 50000 off 50000",
            "*: on 100000",
        ],
    );
    check(
        "*:dark:10 *:dark:100 *:on:5 *:on:100",
        &["*: dark 10000 off 90000", "*: dark 100000", "*: on 5000 dark 95000", "*: on 100000"],
    );
    check(
        "internal:on:100 *:dark:30 *:on:5 *:on:100",
        &[
            "internal: on 100000",
            "internal: on 100000; *: dark 30000 off 70000",
            "internal: on 100000; *: on 5000 dark 25000 off 70000",
            "*: on 100000",
        ],
    );
    check(
        "internal:on:100 beta:on:50 *:on:25",
        &[
            "internal: on 100000",
            "internal: on 100000; beta: on 50000 off 50000",
            "internal: on 100000; beta: on 50000 off 50000; *: on 25000 off 75000",
        ],
    );
}

/// Plans that parse, with audiences, variants on the way and shares that only rise.
fn plans() -> impl Strategy<Value = PlanDraft> {
    let part = (prop::sample::select(vec!["*", "internal", "beta"]), 0..100_usize, 1..=100_000_u32);
    prop::collection::vec(part, 1..8).prop_map(|parts| {
        let count = parts.len();
        let mut stages: Vec<StageDraft> = Vec::new();
        for (index, (audience, variant, share)) in parts.into_iter().enumerate() {
            let variant = if index + 1 == count || variant >= 60 {
                "on"
            } else if variant * count < 30 * index {
                "dark"
            } else {
                "shadow"
            };
            let audience = (audience != "*").then(|| audience.to_owned());
            let variant = Some(variant.to_owned());
            let covers = |other: &&StageDraft| {
                other.variant == variant && (other.audience.is_none() || other.audience == audience)
            };
            let floor = stages.iter().filter(covers).map(|other| other.percentage).fold(0.0, f64::max);
            let percentage = (f64::from(share) / 1_000.0).max(floor);
            stages.push(StageDraft { audience, variant, percentage, ..stage(&index.to_string(), 1.0, 10) });
        }
        PlanDraft { stages, ..plan(vec![]) }
    })
}

fn snapshot(allocation: AllocationDraft) -> Snapshot {
    let variant = |key: &str| VariantDraft { key: key.into(), value: key.into() };
    let members = |key: &str, remainder: usize| SegmentDraft {
        key: key.into(),
        included: (0..UNITS)
            .filter(|unit| unit % 4 == remainder || unit % 4 == 3)
            .map(|unit| format!("u{unit}"))
            .collect(),
        excluded: Vec::new(),
        when: None::<ConditionDraft>,
    };
    let targeting = TargetingDraft {
        enabled: true,
        off_variant: "off".into(),
        default: ServeDraft::Variant("off".into()),
        rules: Vec::new(),
        prerequisites: Vec::new(),
    };
    let flag = FlagDraft {
        key: "checkout".into(),
        kind: ValueKind::String,
        variants: ["off", "shadow", "dark", "on"].map(variant).to_vec(),
        targeting,
        allocation: Some(allocation),
        version: 1,
    };
    let draft = SnapshotDraft {
        flags: vec![flag],
        segments: vec![members("internal", 1), members("beta", 2)],
        metadata: std::collections::BTreeMap::new(),
    };
    let compiled = compile(&draft, Generation(1), None);
    assert!(compiled.problems.is_empty(), "{:?}", compiled.problems);
    compiled.snapshot
}

const UNITS: usize = 400;

/// The variants of a plan from control to treatment, in the order in which the plan moves on from one to the next.
fn order(draft: &PlanDraft) -> Vec<String> {
    let mut order = vec!["off".to_owned()];
    for variant in draft.stages.iter().filter_map(|stage| stage.variant.clone()) {
        if variant != "on" && !order.contains(&variant) {
            order.push(variant);
        }
    }
    order.push("on".to_owned());
    order
}

/// Makes a plan fit into half of the units: shares below it, whole audiences with the treatment, and everyone in the end.
fn fitting(mut draft: PlanDraft) -> PlanDraft {
    for stage in &mut draft.stages {
        let whole = stage.audience.is_some() && stage.variant.as_deref() == Some("on") && stage.percentage > 80.0;
        stage.percentage = if whole { 100.0 } else { (stage.percentage * 490.0).round() / 1_000.0 };
        stage.percentage = stage.percentage.max(0.001);
    }
    draft.stages.push(StageDraft { variant: Some("on".into()), ..stage("everyone", 100.0, 10) });
    draft
}

/// Walks through the stages with what `served` writes, and says which unit lost something, if one did.
fn loser(draft: &PlanDraft, count: usize, served: impl Fn(StageIndex) -> AllocationDraft) -> Option<String> {
    let order = order(draft);
    let rank = |variant: &str| order.iter().position(|other| other == variant).unwrap();
    let mut before = vec![0; UNITS];
    for index in 0..count {
        let snapshot = snapshot(served(StageIndex(index)));
        for (unit, before) in before.iter_mut().enumerate() {
            let context =
                EvaluationContext::builder(Timestamp::EPOCH).targeting_key(format!("u{unit}")).build().unwrap();
            let now = rank(evaluate(&snapshot, "checkout", &context).variant.unwrap().as_str());
            if now < *before {
                return Some(format!("unit {unit} went from {before} to {now} at stage {index}"));
            }
            *before = now;
        }
    }
    None
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    /// The law holds within a part of the units, whichever draw divides them, and nobody loses anything when they are divided.
    #[test]
    fn raising_within_a_part_never_removes_anyone(draft in plans(), own in any::<bool>(), divided in 0..8_usize) {
        let draft = fitting(draft);
        prop_assume!(hoist_lifecycle::plan::Plan::parse(&draft).is_ok());
        let spec = spec(draft.clone());
        let variants = ["off", "shadow", "dark", "on"].map(String::from).to_vec();
        let mut state = start(&spec, &StartFacts { variants, ..facts() }, Timestamp::from_seconds(1)).unwrap();
        let salt = if own { SALT.to_owned() } else { SALT.chars().rev().collect() };
        let from = if own { 0 } else { 50_000 };
        let units = BucketRangeDraft { salt, from, to: from + 50_000 };
        let with = Beside { rollout: "r-2".into(), flag: "search".into() };
        state.part = Some(Parted { units, with, since: Timestamp::EPOCH });
        let within = spec.within(&state).into_owned();
        // The first rollout may be anywhere when the second starts; the second is divided from its start.
        let divided = if own { divided } else { 0 };
        let served = |index: StageIndex| {
            allocation(if index.0 < divided { &spec } else { &within }, index).unwrap()
        };
        let count = spec.plan().stages().len();
        prop_assert_eq!(loser(&draft, count, served), None);
    }

    /// From stage to stage no unit loses the treatment, and none moves away from it.
    #[test]
    fn raising_never_removes_anyone(draft in plans()) {
        prop_assume!(hoist_lifecycle::plan::Plan::parse(&draft).is_ok());
        let spec = spec(draft.clone());
        let count = spec.plan().stages().len();
        prop_assert!((0..count).all(|index| allocation(&spec, StageIndex(index)).unwrap().salt == SALT));
        prop_assert_eq!(loser(&draft, count, |index| allocation(&spec, index).unwrap()), None);
    }
}
