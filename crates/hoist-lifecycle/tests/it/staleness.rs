//! Whether flags have done their work: rows for every rule.

use hoist_eval::draft::{
    AllocationDraft, AllocationEntryDraft, ConditionDraft, PrerequisiteDraft, RuleDraft, ServeDraft, SplitDraft,
    TargetingDraft, VariantDraft, WeightDraft,
};
use hoist_eval::{Span, Timestamp};
use hoist_lifecycle::flag::{Category, Lifetime};
use hoist_lifecycle::staleness::{
    Blocker, CleanupFacts, CodeFacts, EnvironmentFacts, Exemption, FlagFacts, Owner, Policy, Reason, RepositoryFacts,
    RolloutFacts, Seen, Serves, Severity, Snooze, State, Verdict, judge, serves,
};
use proptest::prelude::*;
use serde_json::json;

const NOW: Timestamp = Timestamp::from_seconds(1_000 * 86_400);

fn ago(days: u64) -> Timestamp {
    NOW.saturating_sub(Span::from_hours(days * 24))
}

fn one(variant: &str) -> Serves {
    Serves::One { variant: variant.into(), value: json!(variant == "on"), off: variant == "off" }
}

fn seen(days: u64) -> Seen {
    Seen { client: "shop".into(), at: ago(days) }
}

fn there(environment: &str, serves: Serves, days: u64) -> EnvironmentFacts {
    EnvironmentFacts {
        environment: environment.into(),
        critical: environment == "production",
        serves,
        unchanged_since: ago(days),
        rollout: None,
        evaluated: Some(seen(0)),
        taken_whole: None,
    }
}

fn scan(references: u64, days: u64) -> RepositoryFacts {
    RepositoryFacts {
        repository: "shop".into(),
        branch: "main".into(),
        commit: "c1".into(),
        scanned_at: ago(days),
        complete: true,
        references,
    }
}

/// A flag of a year that nothing is wrong with: evaluated now, different for everyone, in code, with owner and expiry.
fn facts() -> FlagFacts {
    FlagFacts {
        category: Category::Release,
        lifetime: Lifetime::Temporary,
        owner: Owner::Known,
        created_at: ago(365),
        expires_at: Some(NOW.saturating_add(Span::from_hours(24))),
        archived_at: None,
        observed_since: ago(365),
        environments: vec![there("staging", one("on"), 90), there("production", Serves::Several, 90)],
        dependants: vec![],
        code: CodeFacts { repositories: vec![scan(3, 1)], removed_at: None },
        cleanup: None,
        snooze: None,
    }
}

/// Turns the usual facts into others.
type Change = fn(&mut FlagFacts);

fn with(change: impl FnOnce(&mut FlagFacts)) -> FlagFacts {
    let mut facts = facts();
    change(&mut facts);
    facts
}

fn production(facts: &mut FlagFacts) -> &mut EnvironmentFacts {
    &mut facts.environments[1]
}

fn settled(change: impl FnOnce(&mut FlagFacts)) -> FlagFacts {
    with(|facts| {
        *production(facts) = there("production", one("on"), 31);
        change(facts);
    })
}

fn verdict(facts: &FlagFacts) -> Verdict {
    judge(facts, &Policy::default(), NOW)
}

#[track_caller]
#[expect(clippy::needless_pass_by_value, reason = "rows read better without references")]
fn check(facts: FlagFacts, state: State, findings: &[(Reason, Severity)]) {
    let verdict = verdict(&facts);
    let found: Vec<_> = verdict.findings.iter().map(|finding| (finding.reason, finding.severity)).collect();
    assert_eq!((verdict.state, found.as_slice()), (state, findings), "{facts:?}");
    assert!(verdict.findings.iter().all(|finding| !finding.evidence.is_empty()), "a finding names its evidence");
}

#[test]
fn a_flag_that_nothing_is_wrong_with_is_live() {
    check(facts(), State::Live, &[]);
}

#[test]
fn an_expiry_date_passes() {
    let expired = |days| with(|facts| facts.expires_at = Some(ago(days)));
    check(expired(0), State::Live, &[(Reason::Expired, Severity::Warn)]);
    check(expired(29), State::Live, &[(Reason::Expired, Severity::Warn)]);
    check(expired(30), State::Live, &[(Reason::Expired, Severity::Error)]);
    for category in [Category::Experiment, Category::Operations, Category::Permission] {
        let facts = with(|facts| (facts.category, facts.expires_at) = (category, Some(ago(1))));
        check(facts, State::Live, &[(Reason::Expired, Severity::Warn)]);
    }
}

#[test]
fn one_value_for_everyone_for_a_month_is_a_candidate() {
    let done = [(Reason::RolledOut, Severity::Candidate)];
    check(settled(|_| {}), State::Candidate, &done);
    check(settled(|facts| facts.category = Category::Experiment), State::Candidate, &done);
    check(settled(|facts| production(facts).unchanged_since = ago(30)), State::Candidate, &done);
    check(settled(|facts| production(facts).unchanged_since = ago(29)), State::Watching, &[]);
    check(
        settled(|facts| production(facts).serves = one("off")),
        State::Candidate,
        &[(Reason::RolledBack, Severity::Candidate)],
    );
    // Only environments that matter count: staging may serve anything.
    check(settled(|facts| facts.environments[0].serves = Serves::Several), State::Candidate, &done);
    // If none is critical, all of them matter.
    let open = |facts: &mut FlagFacts| production(facts).critical = false;
    check(settled(open), State::Candidate, &done);
    check(
        settled(|facts| {
            open(facts);
            facts.environments[0].serves = Serves::Several;
        }),
        State::Live,
        &[],
    );
    let frozen = verdict(&settled(|_| {})).frozen.unwrap();
    assert_eq!((frozen.variant.as_str(), frozen.value, frozen.since), ("on", json!(true), ago(31)));
}

#[test]
fn a_rollout_that_came_to_its_end_was_watched_already() {
    let completed = |treatment: &str, completed: u64, changed: u64| {
        settled(|facts| {
            let rollout =
                RolloutFacts { id: "r1".into(), active: false, completed: Some((treatment.into(), ago(completed))) };
            production(facts).rollout = Some(rollout);
            production(facts).unchanged_since = ago(changed);
        })
    };
    check(completed("on", 6, 6), State::Watching, &[]);
    assert_eq!(verdict(&completed("on", 6, 6)).ready_at, Some(NOW.saturating_add(Span::from_hours(24))));
    check(completed("on", 7, 7), State::Candidate, &[(Reason::RolledOut, Severity::Candidate)]);
    // Somebody has changed it since, or it is not what the rollout brought.
    check(completed("on", 9, 8), State::Watching, &[]);
    check(completed("dark", 8, 8), State::Watching, &[]);
}

#[test]
fn some_flags_are_never_candidates() {
    let rows: [(Change, Exemption); 6] = [
        (|facts| facts.lifetime = Lifetime::Permanent, Exemption::Permanent),
        (|facts| facts.category = Category::Operations, Exemption::KillSwitch),
        (|facts| facts.category = Category::Permission, Exemption::Permission),
        (|facts| facts.dependants = vec!["basket".into()], Exemption::Needed { by: vec!["basket".into()] }),
        (
            |facts| {
                let rollout = RolloutFacts { id: "r1".into(), active: true, completed: None };
                facts.environments[0].rollout = Some(rollout);
            },
            Exemption::RolloutActive { environment: "staging".into() },
        ),
        (
            |facts| {
                facts.environments[0].critical = true;
                facts.environments[0].serves = one("off");
            },
            Exemption::DifferentValues,
        ),
    ];
    for (change, exemption) in rows {
        let facts = settled(change);
        check(facts.clone(), State::Live, &[]);
        assert_eq!(verdict(&facts).exemption, Some(exemption));
        // What nobody asks for, and no code has, is worth knowing all the same.
        let quiet = settled(|facts| {
            change(facts);
            facts.environments.iter_mut().for_each(|there| there.evaluated = None);
            facts.code.repositories = vec![scan(0, 1)];
        });
        check(quiet, State::Live, &[(Reason::NoEvaluations, Severity::Info), (Reason::NoReferences, Severity::Info)]);
    }
}

#[test]
fn a_flag_that_nobody_asks_for() {
    let warned = [(Reason::NoEvaluations, Severity::Warn)];
    let last = |days: Option<u64>| {
        with(|facts| {
            facts.environments.iter_mut().for_each(|there| there.evaluated = days.map(seen));
        })
    };
    check(last(Some(29)), State::Live, &[]);
    check(last(Some(30)), State::Live, &warned);
    check(last(None), State::Live, &warned);
    let quiet = |change: fn(&mut FlagFacts)| {
        let mut facts = last(None);
        change(&mut facts);
        facts
    };
    // One environment is enough.
    check(quiet(|facts| facts.environments[0].evaluated = Some(seen(1))), State::Live, &[]);
    // Somebody who takes all flags may use it: that is not known, so it is not zero.
    check(quiet(|facts| facts.environments[0].taken_whole = Some(seen(1))), State::Live, &[]);
    check(quiet(|facts| facts.environments[0].taken_whole = Some(seen(30))), State::Live, &warned);
    // Nothing was counted for long enough.
    check(quiet(|facts| facts.observed_since = ago(29)), State::Live, &[]);
    check(quiet(|facts| facts.created_at = ago(29)), State::Live, &[]);
}

#[test]
fn a_flag_that_no_code_has() {
    let gone = [(Reason::NoReferences, Severity::Candidate)];
    let scans = |scans: Vec<RepositoryFacts>| with(|facts| facts.code.repositories = scans);
    check(scans(vec![scan(0, 1)]), State::CodeRemoved, &gone);
    check(scans(vec![scan(0, 7)]), State::CodeRemoved, &gone);
    check(scans(vec![]), State::Live, &[]);
    check(scans(vec![scan(0, 8)]), State::Live, &[]);
    check(scans(vec![scan(0, 1), scan(1, 1)]), State::Live, &[]);
    check(scans(vec![scan(0, 1), scan(0, 8)]), State::Live, &[]);
    check(scans(vec![scan(0, 1), RepositoryFacts { complete: false, ..scan(0, 1) }]), State::Live, &[]);
    // Code may come after its flag.
    let young = |days, removed: Option<u64>| {
        with(|facts| {
            facts.created_at = ago(days);
            facts.code = CodeFacts { repositories: vec![scan(0, 1)], removed_at: removed.map(ago) };
        })
    };
    check(young(13, None), State::Live, &[]);
    check(young(14, None), State::CodeRemoved, &gone);
    check(young(13, Some(1)), State::CodeRemoved, &gone);
}

#[test]
fn a_flag_should_have_an_expiry_date_and_an_owner() {
    let undated = |category, lifetime, days| {
        with(|facts| {
            (facts.category, facts.lifetime) = (category, lifetime);
            (facts.expires_at, facts.created_at) = (None, ago(days));
        })
    };
    for category in [Category::Release, Category::Experiment] {
        let young = undated(category, Lifetime::Temporary, 13);
        check(young, State::Live, &[(Reason::NoExpiry, Severity::Info)]);
        let old = undated(category, Lifetime::Experiment, 14);
        check(old, State::Live, &[(Reason::NoExpiry, Severity::Warn)]);
        check(undated(category, Lifetime::Permanent, 14), State::Live, &[]);
    }
    for category in [Category::Operations, Category::Permission] {
        check(undated(category, Lifetime::Temporary, 14), State::Live, &[]);
    }
    check(with(|facts| facts.owner = Owner::Missing), State::Live, &[(Reason::OwnerGone, Severity::Info)]);
}

#[test]
fn an_archived_flag_in_code_is_an_error() {
    let archived = |references| {
        settled(|facts| {
            (facts.archived_at, facts.expires_at) = (Some(ago(2)), None);
            facts.code.repositories = vec![scan(references, 60)];
        })
    };
    check(archived(0), State::Archived, &[]);
    check(archived(1), State::Archived, &[(Reason::RetiredInCode, Severity::Error)]);
    assert_eq!(verdict(&archived(1)).blockers, []);
}

#[test]
fn the_way_out_goes_from_live_to_archived() {
    let cleanup = CleanupFacts { repository: "shop".into(), url: "https://example.org/1".into(), opened_at: ago(1) };
    let mut facts = settled(|facts| production(facts).unchanged_since = ago(10));
    check(facts.clone(), State::Watching, &[]);
    production(&mut facts).unchanged_since = ago(40);
    let done = (Reason::RolledOut, Severity::Candidate);
    check(facts.clone(), State::Candidate, &[done]);
    facts.cleanup = Some(cleanup);
    check(facts.clone(), State::CleanupOpen, &[done]);
    facts.code = CodeFacts { repositories: vec![scan(0, 0)], removed_at: Some(ago(0)) };
    let gone = (Reason::NoReferences, Severity::Candidate);
    check(facts.clone(), State::CodeRemoved, &[done, gone]);
    facts.environments.iter_mut().for_each(|there| there.evaluated = Some(seen(7)));
    check(facts.clone(), State::ReadyToArchive, &[done, gone]);
    facts.archived_at = Some(ago(0));
    check(facts, State::Archived, &[]);
}

#[test]
fn a_snooze_ends() {
    let snoozed = |until| {
        let snooze = Snooze { until, reason: "waits for the app stores".into(), by: "ada".into() };
        verdict(&settled(|facts| facts.snooze = Some(snooze)))
    };
    assert!(snoozed(NOW.saturating_add(Span::from_seconds(1))).snooze.is_some());
    assert_eq!(snoozed(NOW).snooze, None);
    assert_eq!(snoozed(NOW).state, State::Candidate);
}

/// A flag of two days that was never switched on, that nobody has asked for, and that nobody has looked for.
fn fresh(facts: &mut FlagFacts) {
    (facts.created_at, facts.code) = (ago(2), CodeFacts::default());
    for there in &mut facts.environments {
        (there.serves, there.unchanged_since, there.evaluated) = (one("off"), ago(2), None);
    }
}

#[test]
fn what_stands_between_a_flag_and_the_archive() {
    let free = |change: fn(&mut FlagFacts)| {
        with(|facts| {
            facts.environments.iter_mut().for_each(|there| there.evaluated = Some(seen(7)));
            facts.code = CodeFacts { repositories: vec![scan(0, 1)], removed_at: Some(ago(8)) };
            change(facts);
        })
    };
    let kinds = |facts: &FlagFacts| {
        let found = verdict(facts).blockers;
        found
            .iter()
            .map(|blocker| match blocker {
                Blocker::Needed { .. } => "needed",
                Blocker::RolloutActive { .. } => "rollout",
                Blocker::References { .. } => "references",
                Blocker::ScanStale { .. } => "scan",
                Blocker::Evaluated { .. } => "evaluated",
                Blocker::TakenWhole { .. } => "taken",
                Blocker::NeverScanned => "never scanned",
                Blocker::NotObserved { .. } => "not observed",
            })
            .collect::<Vec<_>>()
    };
    let rows: [(Change, &[&str]); 18] = [
        (|_| {}, &[]),
        // What is not known is not taken for none.
        (|facts| facts.code = CodeFacts::default(), &["never scanned"]),
        (|facts| facts.observed_since = ago(6), &["not observed"]),
        (|facts| facts.observed_since = ago(7), &[]),
        (|facts| facts.created_at = ago(6), &["not observed"]),
        // A flag that was made by mistake goes as it came.
        (fresh, &[]),
        (
            |facts| {
                fresh(facts);
                production(facts).evaluated = Some(seen(3));
            },
            &["never scanned", "evaluated", "not observed"],
        ),
        (
            |facts| {
                fresh(facts);
                production(facts).unchanged_since = ago(1);
            },
            &["never scanned", "not observed"],
        ),
        (
            |facts| {
                fresh(facts);
                production(facts).serves = one("on");
            },
            &["never scanned", "not observed"],
        ),
        (|facts| facts.dependants = vec!["basket".into()], &["needed"]),
        (
            |facts| {
                let rollout = RolloutFacts { id: "r1".into(), active: true, completed: None };
                production(facts).rollout = Some(rollout);
            },
            &["rollout"],
        ),
        (|facts| facts.code.repositories.push(scan(2, 1)), &["references"]),
        (|facts| facts.code.repositories.push(scan(0, 8)), &["scan"]),
        (|facts| facts.code.repositories[0].complete = false, &["scan"]),
        (|facts| production(facts).evaluated = Some(seen(6)), &["evaluated"]),
        // The code is known to be free of it.
        (|facts| production(facts).taken_whole = Some(seen(0)), &[]),
        // What is deployed may be older than that.
        (
            |facts| {
                production(facts).taken_whole = Some(seen(0));
                facts.code.removed_at = Some(ago(6));
            },
            &["taken"],
        ),
        (
            |facts| {
                production(facts).taken_whole = Some(seen(0));
                facts.code = CodeFacts::default();
            },
            &["never scanned", "taken"],
        ),
    ];
    for (change, expected) in rows {
        let facts = free(change);
        assert_eq!(kinds(&facts), expected, "{facts:?}");
        for blocker in verdict(&facts).blockers {
            let hard = matches!(blocker, Blocker::Needed { .. } | Blocker::RolloutActive { .. });
            assert_eq!(blocker.gives_way(), !hard);
        }
    }
}

fn variants() -> Vec<VariantDraft> {
    let variant = |key: &str, value| VariantDraft { key: key.into(), value };
    vec![variant("on", json!(true)), variant("off", json!(false)), variant("dark", json!(true))]
}

fn targeting(default: ServeDraft) -> TargetingDraft {
    TargetingDraft { enabled: true, off_variant: "off".into(), default, rules: vec![], prerequisites: vec![] }
}

fn variant(key: &str) -> ServeDraft {
    ServeDraft::Variant(key.into())
}

fn weights(weights: &[(&str, u32)]) -> Vec<WeightDraft> {
    weights.iter().map(|(variant, weight)| WeightDraft { variant: (*variant).into(), weight: *weight }).collect()
}

fn split(of: &[(&str, u32)]) -> ServeDraft {
    ServeDraft::Split(SplitDraft { salt: "0".repeat(32), weights: weights(of) })
}

fn rule(serve: ServeDraft) -> RuleDraft {
    let when = ConditionDraft::All { all: vec![] };
    RuleDraft { id: "r".into(), description: String::new(), when, serve }
}

/// An audience, and the weights of variants in it.
type Entry<'e> = (Option<&'e str>, &'e [(&'e str, u32)]);

fn allocation(entries: &[Entry<'_>]) -> AllocationDraft {
    let entry = |(audience, of): &Entry<'_>| AllocationEntryDraft {
        part: None,
        audience: audience.map(str::to_owned),
        weights: weights(of),
    };
    AllocationDraft { rollout: "r1".into(), salt: "0".repeat(32), entries: entries.iter().map(entry).collect() }
}

#[test]
fn one_value_for_everyone_is_told_from_several() {
    let with = |default, change: fn(&mut TargetingDraft)| {
        let mut targeting = targeting(default);
        change(&mut targeting);
        targeting
    };
    let all = 100_000;
    let rows: Vec<(TargetingDraft, Option<AllocationDraft>, Option<&str>)> = vec![
        (targeting(variant("on")), None, Some("on")),
        (targeting(variant("off")), None, Some("off")),
        (with(variant("on"), |t| t.enabled = false), None, Some("off")),
        (with(variant("on"), |t| t.rules = vec![rule(variant("on"))]), None, Some("on")),
        (with(variant("on"), |t| t.rules = vec![rule(variant("off"))]), None, None),
        // Another variant with the same value is the same to code.
        (with(variant("on"), |t| t.rules = vec![rule(variant("dark"))]), None, Some("dark")),
        (with(variant("off"), |t| (t.enabled, t.rules) = (false, vec![rule(variant("on"))])), None, Some("off")),
        (targeting(split(&[("on", all)])), None, Some("on")),
        (targeting(split(&[("on", all), ("off", 0)])), None, Some("on")),
        (targeting(split(&[("on", all - 1), ("off", 1)])), None, None),
        (targeting(variant("off")), Some(allocation(&[(None, &[("on", all)])])), Some("on")),
        (targeting(variant("off")), Some(allocation(&[(Some("staff"), &[("on", all)])])), None),
        (targeting(variant("on")), Some(allocation(&[(Some("staff"), &[("on", all)])])), Some("on")),
        // Behind an entry for everyone nothing is reached.
        (
            targeting(variant("off")),
            Some(allocation(&[(None, &[("on", all)]), (Some("staff"), &[("off", all)])])),
            Some("on"),
        ),
        (
            with(variant("on"), |t| {
                t.prerequisites = vec![PrerequisiteDraft { flag: "base".into(), variants: vec!["on".into()] }];
            }),
            None,
            None,
        ),
        (targeting(variant("")), None, None),
        (targeting(variant("nobody")), None, None),
    ];
    for (targeting, allocation, expected) in rows {
        let found = serves(&variants(), &targeting, allocation.as_ref());
        let variant = match &found {
            Serves::One { variant, off, .. } => {
                assert_eq!(*off, variant == "off");
                Some(variant.as_str())
            }
            Serves::Several => None,
        };
        assert_eq!(variant, expected, "{targeting:?} {allocation:?}");
    }
}

fn any_facts() -> impl Strategy<Value = FlagFacts> {
    let place = (any::<bool>(), 0_u8..3, 0_u64..60, proptest::option::of(0_u64..60), proptest::option::of(0_u64..60));
    let code = proptest::collection::vec((0_u64..2, 0_u64..20, any::<bool>()), 0..3);
    let flag = (0_u8..4, 0_u8..3, 0_u64..60, any::<bool>());
    (proptest::collection::vec(place, 1..4), code, flag, proptest::option::of(0_u64..60)).prop_map(
        |(places, code, (category, lifetime, age, needed), removed)| {
            let mut facts = facts();
            facts.category = [Category::Release, Category::Experiment, Category::Operations, Category::Permission]
                [usize::from(category)];
            facts.lifetime = [Lifetime::Temporary, Lifetime::Permanent, Lifetime::Experiment][usize::from(lifetime)];
            facts.created_at = ago(age);
            facts.dependants = if needed { vec!["basket".into()] } else { vec![] };
            facts.environments = places
                .into_iter()
                .map(|(critical, serves, changed, evaluated, whole)| EnvironmentFacts {
                    critical,
                    evaluated: evaluated.map(seen),
                    taken_whole: whole.map(seen),
                    ..there("e", [one("on"), one("off"), Serves::Several][usize::from(serves)].clone(), changed)
                })
                .collect();
            facts.code.repositories = code
                .into_iter()
                .map(|(references, days, complete)| RepositoryFacts { complete, ..scan(references, days) })
                .collect();
            facts.code.removed_at = removed.map(ago);
            facts
        },
    )
}

proptest! {
    /// Whatever is known: an exempt flag is no candidate, a candidate by value has one value, and a flag that is ready
    /// for the archive is needed, asked for and named by nobody.
    #[test]
    fn a_verdict_never_gives_away_what_is_in_use(facts in any_facts()) {
        let verdict = verdict(&facts);
        let by_value = verdict.findings.iter().any(|it| matches!(it.reason, Reason::RolledOut | Reason::RolledBack));
        prop_assert!(!by_value || (verdict.exemption.is_none() && verdict.frozen.is_some()));
        if by_value {
            let deciding: Vec<_> = facts.deciding().map(|there| &there.serves).collect();
            prop_assert!(deciding.windows(2).all(|pair| pair[0] == pair[1]));
        }
        if verdict.state == State::ReadyToArchive {
            prop_assert!(facts.dependants.is_empty() && facts.code.references() == 0);
            prop_assert!(facts.environments.iter().filter_map(|it| it.evaluated.as_ref()).all(|it| it.at <= ago(7)));
        }
    }
}
