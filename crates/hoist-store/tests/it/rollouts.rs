use std::sync::Arc;

use hoist_eval::draft::{SegmentDraft, VariantDraft};
use hoist_lifecycle::plan::{GuardKey, LimitDraft};
use hoist_lifecycle::rollout::decision::Verdict;
use hoist_lifecycle::rollout::evidence::{Command, GuardReading, Input, Reading};
use hoist_lifecycle::rollout::rationale::GuardRationale;
use hoist_lifecycle::rollout::{Intervals, Look, look, step};
use hoist_lifecycle::safety::{SafetyReport, SafetyStatus};
use hoist_store::audit::AuditFilter;
use hoist_store::limits::LOOKS_MAX;
use hoist_store::{
    Actor, ActorKind, Applied, Applying, FlagChange, FlagUpdate, NewRollout, PageRequest, PhaseName, Refusal,
    RolloutFilter, RolloutRecord, Store, StoreError, Version, Write,
};

use crate::support::{Db, ENVIRONMENT, FLAG, PROJECT, at, new_rollout, person, tick, write};

both!(
    a_rollout_starts_once,
    a_rollout_starts_from_what_is_served,
    a_decision_is_applied_whole,
    the_log_names_what_a_person_did,
    a_decision_needs_the_version_it_is_based_on,
    a_decision_needs_the_flag_it_saw,
    a_routine_step_only_moves_the_rollout,
    what_guards_showed_is_kept_and_thinned,
    a_rollback_needs_nothing_but_the_rollout,
    a_rollback_is_watched_until_it_is_verified,
    a_whole_rollout,
    rollouts_are_found,
    rollouts_are_due,
    an_unreadable_rollout_is_held,
    a_flag_that_is_rolled_out_is_not_archived,
    what_a_rollout_needs_stays,
    a_rollout_does_not_start_without_what_it_needs,
    a_dropped_application_leaves_nothing,
);

pub(crate) fn controller() -> Actor {
    Actor::new(ActorKind::Controller, "node-1")
}

/// Decides and applies at a moment.
pub(crate) async fn advance(store: &Store, id: &str, input: Input, seconds: i64) -> Result<Applied, StoreError> {
    let rollout = store.rollout(id).await?.unwrap();
    apply(store, &rollout, &input, seconds).await
}

async fn apply(store: &Store, rollout: &RolloutRecord, input: &Input, seconds: i64) -> Result<Applied, StoreError> {
    let decision = step(&rollout.spec, &rollout.state, input, at(seconds)).unwrap();
    let actor = controller();
    let applying =
        Applying { rollout: &rollout.id, expected: rollout.version, input, decision: &decision, fence: None };
    store.apply_decision(&Write::new(&actor, at(seconds)), applying).await
}

fn command(command: Command) -> Input {
    Input::Command(command)
}

async fn a_rollout_starts_once(db: &Db) {
    db.flag().await;
    let rollout = db.rollout("r1", 10).await;
    assert_eq!((rollout.version, rollout.decisions, rollout.is_active()), (Version(1), 0, true));
    assert_eq!((rollout.flag.as_str(), rollout.plan.as_str(), rollout.started_by.as_str()), (FLAG, "canary", "ada"));
    assert_eq!(db.store.rollout("r1").await.unwrap(), Some(rollout.clone()));
    assert_eq!(db.store.active_rollout(PROJECT, ENVIRONMENT, FLAG).await.unwrap(), Some(rollout));
    assert_eq!(db.store.active_rollout(PROJECT, "staging", FLAG).await.unwrap(), None);
    assert_eq!(db.store.rollout("r2").await.unwrap(), None);

    let actor = person();
    let second = new_rollout(&db.store, "r2", 11).await;
    let refused = db.store.start_rollout(&write(&actor, 11), &second).await;
    match refused {
        Err(StoreError::Refused(Refusal::ActiveRollout { rollout })) => assert_eq!(rollout, "r1"),
        other => panic!("{other:?}"),
    }
    advance(&db.store, "r1", command(Command::Cancel { reason: "enough".into() }), 12).await.unwrap();
    db.store.start_rollout(&write(&actor, 13), &second).await.unwrap();
    let reused = new_rollout(&db.store, "r1", 14).await;
    advance(&db.store, "r2", command(Command::Cancel { reason: "enough".into() }), 14).await.unwrap();
    let reused = db.store.start_rollout(&write(&actor, 14), &reused).await;
    assert!(matches!(reused, Err(StoreError::Exists { what: "rollout" })), "{reused:?}");
}

async fn a_rollout_starts_from_what_is_served(db: &Db) {
    db.flag().await;
    let actor = person();
    let new = new_rollout(&db.store, "r1", 10).await;
    let allocation = new.spec.allocation(hoist_lifecycle::rollout::state::StageIndex(0)).unwrap();
    let change = FlagChange::Allocation(Some((**allocation).clone()));
    db.store.apply_flag_change(&write(&actor, 10), PROJECT, ENVIRONMENT, FLAG, &change).await.unwrap();
    let moved = db.store.start_rollout(&write(&actor, 11), &new).await;
    assert!(matches!(moved, Err(StoreError::Conflict { what: "flag", current: Version(2) })), "{moved:?}");
    assert_eq!(db.store.rollout("r1").await.unwrap(), None, "nothing of it happened");

    db.store.archive_flag(&write(&actor, 12), PROJECT, FLAG).await.unwrap();
    let state = hoist_lifecycle::rollout::state::RolloutState { baseline: Some(Arc::clone(allocation)), ..new.state };
    let archived = db.store.start_rollout(&write(&actor, 12), &NewRollout { state, ..new }).await;
    assert!(matches!(archived, Err(StoreError::Refused(Refusal::Archived))), "{archived:?}");
}

async fn a_decision_is_applied_whole(db: &Db) {
    db.flag().await;
    let before = db.rollout("r1", 10).await;
    let input = tick(&db.store, &before, 0).await;
    let applied = advance(&db.store, "r1", input.clone(), 11).await.unwrap();
    assert_eq!((applied.version, applied.generation, applied.decision), (Version(2), Some(3), Some(1)));

    let after = db.store.rollout("r1").await.unwrap().unwrap();
    assert_eq!((after.version, after.decisions, after.changed_at), (Version(2), 1, at(11)));
    assert_eq!(PhaseName::of(&after.state.phase), PhaseName::Progressing);
    let served = db.store.targeting(PROJECT, ENVIRONMENT, FLAG).await.unwrap().unwrap();
    assert_eq!(served.allocation.as_ref(), after.state.allocation.as_deref());
    assert!(served.allocation.is_some());
    assert_eq!(db.store.generation(PROJECT, ENVIRONMENT).await.unwrap(), Some(3));

    let decisions = db.store.decisions("r1", &PageRequest::default()).await.unwrap().items;
    let [decision] = decisions.as_slice() else { panic!("{decisions:?}") };
    assert_eq!((decision.seq, decision.at, decision.generation, decision.version), (1, at(11), Some(3), Version(2)));
    assert_eq!((&decision.input, &decision.before), (&input, &before.state));
    assert_eq!((decision.actor_kind.as_str(), decision.actor_id.as_str()), ("controller", "node-1"));
    let again = step(&after.spec, &decision.before, &decision.input, decision.at).unwrap();
    assert_eq!(again, decision.decision, "what is stored decides the same again");

    let records = db.store.audit_page(&AuditFilter::default(), &PageRequest::default()).await.unwrap().items;
    let actions: Vec<_> = records.iter().take(2).map(|it| it.action.as_str()).collect();
    assert_eq!(actions, ["rollout.enter", "flag.allocation"]);
    let told: serde_json::Value = serde_json::from_str(records[0].after.as_deref().unwrap()).unwrap();
    assert_eq!(told["flag"], FLAG, "the record names the flag");
    assert_eq!(decision.audit_seq, records[0].seq);
    let events = db.store.outbox_due(at(100), 10).await.unwrap();
    assert_eq!(events[0].topic, "rollout.started");
}

async fn the_log_names_what_a_person_did(db: &Db) {
    db.flag().await;
    let rollout = db.rollout("r1", 10).await;
    advance(&db.store, "r1", tick(&db.store, &rollout, 0).await, 11).await.unwrap();
    let because = || "enough".to_owned();
    let rows = [
        (Command::Pause { reason: because() }, "rollout.pause"),
        (Command::Resume { reason: because() }, "rollout.resume"),
        (Command::Promote { reason: because(), entry: None }, "rollout.promote"),
        (Command::RollBack { reason: because() }, "rollout.rollback"),
    ];
    for (asked, action) in rows {
        advance(&db.store, "r1", command(asked), 12).await.unwrap();
        let filter = AuditFilter { action: Some(action.to_owned()), ..AuditFilter::default() };
        let found = db.store.audit_page(&filter, &PageRequest::default()).await.unwrap().items;
        assert_eq!(found.len(), 1, "{action}");
        assert!(found[0].after.as_deref().unwrap().contains(FLAG), "{action}");
    }
}

async fn a_decision_needs_the_version_it_is_based_on(db: &Db) {
    db.flag().await;
    let rollout = db.rollout("r1", 10).await;
    let input = tick(&db.store, &rollout, 0).await;
    apply(&db.store, &rollout, &input, 11).await.unwrap();
    let head = db.store.audit_head().await.unwrap();
    let late = apply(&db.store, &rollout, &input, 12).await;
    assert!(matches!(late, Err(StoreError::Conflict { what: "rollout", current: Version(2) })), "{late:?}");
    assert_eq!(db.store.audit_head().await.unwrap(), head);

    let cancel = command(Command::Cancel { reason: "enough".into() });
    advance(&db.store, "r1", cancel, 13).await.unwrap();
    let over = db.store.rollout("r1").await.unwrap().unwrap();
    assert_eq!((over.is_active(), over.ended_at), (false, Some(at(13))));
    let actor = controller();
    let decision = step(&rollout.spec, &rollout.state, &input, at(14)).unwrap();
    let applying = Applying { rollout: "r1", expected: over.version, input: &input, decision: &decision, fence: None };
    let absorbed = db.store.apply_decision(&Write::new(&actor, at(14)), applying).await;
    assert!(matches!(absorbed, Err(StoreError::Conflict { what: "rollout", .. })), "{absorbed:?}");
    let missing = db.store.apply_decision(&Write::new(&actor, at(14)), Applying { rollout: "r9", ..applying }).await;
    assert!(matches!(missing, Err(StoreError::Missing { what: "rollout" })), "{missing:?}");
}

async fn a_decision_needs_the_flag_it_saw(db: &Db) {
    db.flag().await;
    let rollout = db.rollout("r1", 10).await;
    let input = tick(&db.store, &rollout, 0).await;
    let actor = person();
    db.store.set_enabled(&write(&actor, 11), PROJECT, ENVIRONMENT, FLAG, false).await.unwrap();
    let moved = apply(&db.store, &rollout, &input, 12).await;
    assert!(matches!(moved, Err(StoreError::Conflict { what: "flag", current: Version(2) })), "{moved:?}");

    db.store.set_enabled(&write(&actor, 13), PROJECT, ENVIRONMENT, FLAG, true).await.unwrap();
    let allocation = rollout.spec.allocation(hoist_lifecycle::rollout::state::StageIndex(1)).unwrap();
    let change = FlagChange::Allocation(Some((**allocation).clone()));
    db.store.apply_flag_change(&write(&actor, 14), PROJECT, ENVIRONMENT, FLAG, &change).await.unwrap();
    let moved = apply(&db.store, &rollout, &input, 15).await;
    assert!(matches!(moved, Err(StoreError::Conflict { what: "flag", .. })), "{moved:?}");
    assert_eq!(db.store.rollout("r1").await.unwrap(), Some(rollout), "the rollout did not move either");
}

async fn a_routine_step_only_moves_the_rollout(db: &Db) {
    db.flag().await;
    let rollout = db.rollout("r1", 10).await;
    advance(&db.store, "r1", tick(&db.store, &rollout, 0).await, 11).await.unwrap();
    let mut routine = 0;
    for second in 1..20 {
        let rollout = db.store.rollout("r1").await.unwrap().unwrap();
        let head = db.store.audit_head().await.unwrap();
        let input = tick(&db.store, &rollout, second).await;
        let applied = apply(&db.store, &rollout, &input, 11 + second as i64).await.unwrap();
        assert_eq!(applied.version.0, rollout.version.0 + 1);
        if applied.decision.is_none() {
            routine += 1;
            assert_eq!(applied.generation, None);
            assert_eq!(db.store.audit_head().await.unwrap(), head);
        }
    }
    assert!(routine > 10, "{routine}");
    let rollout = db.store.rollout("r1").await.unwrap().unwrap();
    let decisions = db.store.decisions("r1", &PageRequest::default()).await.unwrap().items;
    assert_eq!(rollout.decisions as usize, decisions.len());
}

/// Applies a look in which one guard was read.
async fn look_at(db: &Db, seconds: i64) -> Look {
    let rollout = db.store.rollout("r1").await.unwrap().unwrap();
    let mut input = tick(&db.store, &rollout, 0).await;
    let mut decision = step(&rollout.spec, &rollout.state, &input, at(seconds)).unwrap();
    let guard: GuardKey = "errors".parse().unwrap();
    if let Input::Tick(evidence) = &mut input {
        evidence.readings = vec![GuardReading { guard: guard.clone(), at: at(seconds), reading: Reading::Missing }];
    }
    decision.rationale.guards = vec![GuardRationale {
        guard,
        service: None,
        verdict: Verdict::Pass,
        value: Some(0.25),
        limit: LimitDraft::Above(0.5),
        unit: "ratio".into(),
        log_evidence: None,
        log_needed: None,
        compared: None,
        cause: None,
        intervals: Intervals::default(),
        awaited: None,
    }];
    let actor = controller();
    let applying =
        Applying { rollout: "r1", expected: rollout.version, input: &input, decision: &decision, fence: None };
    db.store.apply_decision(&Write::new(&actor, at(seconds)), applying).await.unwrap();
    look(&input, &decision, at(seconds)).unwrap()
}

async fn what_guards_showed_is_kept_and_thinned(db: &Db) {
    db.flag().await;
    let rollout = db.rollout("r1", 10).await;
    advance(&db.store, "r1", tick(&db.store, &rollout, 0).await, 11).await.unwrap();
    assert_eq!(db.store.looks("r1").await.unwrap(), [], "no guard was read");
    let first = look_at(db, 20).await;
    assert_eq!((first.at, first.guards.len()), (at(20), 1));
    assert_eq!(db.store.looks("r1").await.unwrap(), std::slice::from_ref(&first));

    db.raw(format!(
        "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < {LOOKS_MAX})
        INSERT INTO looks (rollout, seq, look, format) SELECT rollout, i, look, format FROM looks, n"
    ))
    .await;
    assert_eq!(db.store.looks("r1").await.unwrap().len() as u64, LOOKS_MAX);
    let next = look_at(db, 30).await;
    let kept = db.store.looks("r1").await.unwrap();
    assert_eq!(kept.len() as u64, LOOKS_MAX / 2 + 1, "every other one went");
    assert_eq!(kept.last(), Some(&next), "the latest is there");
    let later = look_at(db, 40).await;
    let kept = db.store.looks("r1").await.unwrap();
    assert_eq!((kept.len() as u64, kept.last()), (LOOKS_MAX / 2 + 1, Some(&later)), "it took the place of the last");
    for seconds in 41..45 {
        look_at(db, seconds).await;
    }
    let kept = db.store.looks("r1").await.unwrap();
    assert_eq!(kept.len() as u64, LOOKS_MAX / 2 + 3, "of those that follow, too, every other one stays");
    assert_eq!(db.store.looks("r2").await.unwrap(), []);
    db.raw("UPDATE looks SET look = 'garbage' WHERE seq = 2").await;
    assert_eq!(db.store.looks("r1").await.unwrap(), kept[1..], "one that cannot be read hides no other");
}

async fn a_rollback_needs_nothing_but_the_rollout(db: &Db) {
    db.flag().await;
    let rollout = db.rollout("r1", 10).await;
    advance(&db.store, "r1", tick(&db.store, &rollout, 0).await, 11).await.unwrap();
    db.raw("UPDATE targetings SET allocation = 'garbage', body = 'garbage'").await;
    let rollback = command(Command::RollBack { reason: "it burns".into() });
    let applied = advance(&db.store, "r1", rollback, 12).await.unwrap();
    assert!(applied.generation.is_some());
    let rollout = db.store.rollout("r1").await.unwrap().unwrap();
    assert_eq!(PhaseName::of(&rollout.state.phase), PhaseName::RolledBack);
    let snapshot = db.store.snapshot(PROJECT, ENVIRONMENT).await.unwrap().unwrap();
    let faults: Vec<_> = snapshot.faults.iter().map(|it| it.column).collect();
    assert_eq!(faults, ["body"], "the allocation is sound again");
}

async fn a_rollback_is_watched_until_it_is_verified(db: &Db) {
    db.flag().await;
    let rollout = db.rollout("r1", 10).await;
    advance(&db.store, "r1", tick(&db.store, &rollout, 0).await, 11).await.unwrap();
    assert_eq!(db.store.rollout("r1").await.unwrap().unwrap().safety, None);
    let applied = advance(&db.store, "r1", command(Command::RollBack { reason: "bad".into() }), 12).await.unwrap();
    let watched = db.store.watched_rollbacks().await.unwrap().pop().unwrap();
    let safety = watched.safety.clone().unwrap();
    assert_eq!((safety.variant.as_str(), safety.since, Some(safety.generation)), ("on", at(12), applied.generation));
    assert_eq!(watched, db.store.rollout("r1").await.unwrap().unwrap());

    let report = |server: &str, safe_at| SafetyReport {
        server: server.into(),
        at: at(13),
        is_current: true,
        answered: 9,
        still: 1,
        recent_answered: 3,
        recent_still: 0,
        streams: 2,
        behind: vec![("web".into(), 0)],
        behind_unnamed: 0,
        safe_at,
    };
    db.store.report_safety("r1", &report("b", Some(at(14)))).await.unwrap();
    db.store.report_safety("r1", &report("a", None)).await.unwrap();
    let reports = db.store.safety_reports("r1").await.unwrap();
    assert_eq!(reports, [report("a", None), report("b", Some(at(14)))]);
    let actor = controller();
    let verify = async |reports: &[SafetyReport], version, seconds| {
        let verification = safety.look(reports, at(seconds));
        let write = Write::new(&actor, at(seconds));
        db.store.verify_rollback(&write, "r1", version, &verification, None).await
    };
    verify(&reports, watched.version, 20).await.unwrap();
    let seen = db.store.rollout("r1").await.unwrap().unwrap();
    assert_eq!((seen.version, seen.safety.unwrap().finding.unwrap().servers), (watched.version, 2), "no news");

    db.store.report_safety("r1", &report("a", Some(at(13)))).await.unwrap();
    let reports = db.store.safety_reports("r1").await.unwrap();
    let lost = verify(&reports, Version(1), 21).await;
    assert!(matches!(lost, Err(StoreError::Conflict { what: "rollout", .. })), "{lost:?}");
    verify(&reports, watched.version, 21).await.unwrap();
    let seen = db.store.rollout("r1").await.unwrap().unwrap();
    assert_eq!(seen.version.0, watched.version.0 + 1);
    assert_eq!(seen.safety.unwrap().status, SafetyStatus::Safe { after: hoist_eval::Span::from_seconds(2) });
    assert_eq!(db.store.watched_rollbacks().await.unwrap(), []);
    assert_eq!(db.store.safety_reports("r1").await.unwrap(), [], "what they said has served its purpose");
    let again = verify(&reports, seen.version, 22).await;
    assert!(matches!(again, Err(StoreError::Conflict { .. })), "{again:?}");
}

async fn a_whole_rollout(db: &Db) {
    db.flag().await;
    db.rollout("r1", 10).await;
    let mut seconds = 10;
    for tick_number in 0..2_000 {
        let rollout = db.store.rollout("r1").await.unwrap().unwrap();
        if !rollout.is_active() {
            break;
        }
        seconds += 30;
        advance(&db.store, "r1", tick(&db.store, &rollout, tick_number * 30).await, seconds).await.unwrap();
    }
    let rollout = db.store.rollout("r1").await.unwrap().unwrap();
    assert_eq!(PhaseName::of(&rollout.state.phase), PhaseName::Completed);
    let served = db.store.targeting(PROJECT, ENVIRONMENT, FLAG).await.unwrap().unwrap();
    assert_eq!(served.allocation, None, "the rollout has left");
    assert_eq!(served.targeting.default, hoist_eval::draft::ServeDraft::Variant("on".into()));
    let decisions = db.store.decisions("r1", &PageRequest { limit: Some(500), cursor: None }).await.unwrap().items;
    for decision in &decisions {
        let again = step(&rollout.spec, &decision.before, &decision.input, decision.at).unwrap();
        assert_eq!(again, decision.decision, "decision {}", decision.seq);
    }
    let generations: Vec<_> = decisions.iter().filter_map(|it| it.generation).collect();
    assert_eq!(generations, [3, 4, 5], "two stages and the end");
    let topics: Vec<_> = db.drain_outbox().await;
    assert!(topics.contains(&"rollout.stage_entered".to_owned()), "{topics:?}");
    assert_eq!(topics.last().map(String::as_str), Some("rollout.completed"));
    assert!(db.store.audit_verify(1, None).await.unwrap().is_sound());
}

async fn rollouts_are_found(db: &Db) {
    db.flag().await;
    for (id, seconds) in [("r1", 10), ("r2", 20), ("r3", 20)] {
        db.rollout(id, seconds).await;
        let cancel = command(Command::Cancel { reason: "enough".into() });
        advance(&db.store, id, cancel, seconds).await.unwrap();
    }
    db.rollout("r4", 5).await;
    let some = |text: &str| Some(text.to_owned());
    let any = RolloutFilter::default();
    let checks = [
        (any.clone(), "r3 r2 r1 r4"),
        (RolloutFilter { active: Some(true), ..any.clone() }, "r4"),
        (RolloutFilter { active: Some(false), ..any.clone() }, "r3 r2 r1"),
        (RolloutFilter { phase: Some(PhaseName::Cancelled), ..any.clone() }, "r3 r2 r1"),
        (RolloutFilter { phase: Some(PhaseName::Paused), ..any.clone() }, ""),
        (RolloutFilter { flag: some(FLAG), project: some(PROJECT), ..any.clone() }, "r3 r2 r1 r4"),
        (RolloutFilter { flag: some("other"), ..any.clone() }, ""),
        (RolloutFilter { environment: some("staging"), ..any.clone() }, ""),
    ];
    for (filter, wanted) in checks {
        let page = db.store.list_rollouts(&filter, &PageRequest::default()).await.unwrap();
        let ids: Vec<_> = page.items.iter().map(|it| it.id.as_str()).collect();
        assert_eq!(ids.join(" "), wanted, "{filter:?}");
    }
    let marks = db.store.rollout_marks(PROJECT, ENVIRONMENT).await.unwrap();
    assert_eq!(marks, [("r4".to_owned(), db.store.rollout("r4").await.unwrap().unwrap().version)]);
    assert_eq!(db.store.rollout_marks(PROJECT, "staging").await.unwrap(), []);
    let mut seen = Vec::new();
    let mut cursor = None;
    loop {
        let page = db.store.list_rollouts(&any, &PageRequest { limit: Some(1), cursor }).await.unwrap();
        seen.extend(page.items.into_iter().map(|it| it.id));
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(seen, ["r3", "r2", "r1", "r4"]);
}

async fn rollouts_are_due(db: &Db) {
    db.flag().await;
    assert_eq!(db.store.next_wake().await.unwrap(), None);
    db.rollout("r1", 1_000).await;
    assert_eq!(db.store.next_wake().await.unwrap(), Some(at(1_000)));
    let due = |seconds| {
        let store = db.store.clone();
        async move { store.due_rollouts(at(seconds), 10).await.unwrap().len() }
    };
    assert_eq!((due(999).await, due(1_000).await, due(2_000).await), (0, 1, 1));
    assert_eq!(due(1).await, 1, "a clock that was set back does not put a rollout off for years");
    advance(&db.store, "r1", command(Command::Cancel { reason: "enough".into() }), 1_000).await.unwrap();
    assert_eq!((due(2_000).await, db.store.next_wake().await.unwrap()), (0, None));
}

async fn an_unreadable_rollout_is_held(db: &Db) {
    db.flag().await;
    db.rollout("r1", 10).await;
    db.raw("UPDATE rollouts SET state = '{}'").await;
    assert_eq!(db.store.due_rollouts(at(100), 10).await.unwrap(), []);
    assert_eq!(db.store.list_rollouts(&RolloutFilter::default(), &PageRequest::default()).await.unwrap().items, []);
    let unreadable = db.store.rollout("r1").await;
    assert!(
        matches!(unreadable, Err(StoreError::Corrupt { table: "rollouts", column: "state", .. })),
        "{unreadable:?}"
    );
}

async fn a_flag_that_is_rolled_out_is_not_archived(db: &Db) {
    db.flag().await;
    db.rollout("r1", 10).await;
    let refused = db.store.archive_flag(&write(&person(), 11), PROJECT, FLAG).await;
    match refused {
        Err(StoreError::Refused(Refusal::ActiveRollout { rollout })) => assert_eq!(rollout, "r1"),
        other => panic!("{other:?}"),
    }
}

/// A rollout that serves its first stage to a segment.
async fn with_audience(db: &Db, id: &str, seconds: i64) -> NewRollout {
    let new = new_rollout(&db.store, id, seconds).await;
    let mut draft = new.spec.to_draft();
    draft.plan.stages[0].audience = Some("staff".into());
    NewRollout { spec: hoist_lifecycle::rollout::RolloutSpec::parse(&draft).unwrap(), ..new }
}

fn staff() -> SegmentDraft {
    SegmentDraft { key: "staff".into(), included: vec!["u1".into()], excluded: vec![], when: None }
}

fn variants_of(keys: &[(&str, bool)]) -> FlagUpdate {
    let variant = |(key, value): &(&str, bool)| VariantDraft { key: (*key).into(), value: (*value).into() };
    FlagUpdate { variants: Some(keys.iter().map(variant).collect()), ..FlagUpdate::default() }
}

async fn what_a_rollout_needs_stays(db: &Db) {
    db.flag().await;
    let actor = person();
    db.store.create_segment(&write(&actor, 2), PROJECT, &staff()).await.unwrap();
    let new = with_audience(db, "r1", 10).await;
    db.store.start_rollout(&write(&actor, 10), &new).await.unwrap();

    let fewer = variants_of(&[("off", false)]);
    match db.store.update_flag(&write(&actor, 11), PROJECT, FLAG, &fewer).await {
        Err(StoreError::Refused(Refusal::ActiveRollout { rollout })) => assert_eq!(rollout, "r1"),
        other => panic!("{other:?}"),
    }
    let more = variants_of(&[("on", true), ("off", false), ("spare", false)]);
    db.store.update_flag(&write(&actor, 12), PROJECT, FLAG, &more).await.unwrap();
    match db.store.delete_segment(&write(&actor, 13), PROJECT, "staff").await {
        Err(StoreError::Refused(Refusal::InUse { what, .. })) => assert_eq!(what, "segment"),
        other => panic!("{other:?}"),
    }
    db.store
        .create_segment(&write(&actor, 13), PROJECT, &SegmentDraft { key: "other".into(), ..staff() })
        .await
        .unwrap();
    db.store.delete_segment(&write(&actor, 13), PROJECT, "other").await.unwrap();

    advance(&db.store, "r1", command(Command::Cancel { reason: "enough".into() }), 14).await.unwrap();
    db.store.delete_segment(&write(&actor, 15), PROJECT, "staff").await.unwrap();
    db.store.update_flag(&write(&actor, 15), PROJECT, FLAG, &fewer).await.unwrap();
}

async fn a_rollout_does_not_start_without_what_it_needs(db: &Db) {
    db.flag().await;
    let actor = person();
    let new = with_audience(db, "r1", 10).await;
    let refused = db.store.start_rollout(&write(&actor, 10), &new).await;
    assert!(matches!(refused, Err(StoreError::Missing { what: "segment" })), "{refused:?}");
    db.store.create_segment(&write(&actor, 11), PROJECT, &staff()).await.unwrap();
    db.store.update_flag(&write(&actor, 12), PROJECT, FLAG, &variants_of(&[("off", false)])).await.unwrap();
    let refused = db.store.start_rollout(&write(&actor, 13), &new).await;
    assert!(matches!(refused, Err(StoreError::Conflict { what: "flag", .. })), "{refused:?}");
    assert_eq!(db.store.rollout("r1").await.unwrap(), None, "nothing of it happened");
}

/// A process that dies, or a request that is cancelled, between any two statements leaves nothing behind.
async fn a_dropped_application_leaves_nothing(db: &Db) {
    db.flag().await;
    let rollout = db.rollout("r1", 10).await;
    let input = tick(&db.store, &rollout, 0).await;
    let before = db.everything().await;
    let mut polls = 0;
    loop {
        polls += 1;
        let mut work = Box::pin(apply(&db.store, &rollout, &input, 11));
        let done = crate::support::poll_times(&mut work, polls).await;
        drop(work);
        // Dropped while the commit was on its way, it may have happened, or happen a moment later: then all of it has.
        match done {
            Some(Ok(_) | Err(StoreError::Conflict { .. })) => break,
            Some(Err(error)) => panic!("{error:?}"),
            None if db.everything().await != before => break,
            None => {}
        }
    }
    assert_eq!(db.store.decisions("r1", &PageRequest::default()).await.unwrap().items.len(), 1);
    assert_eq!(db.store.generation(PROJECT, ENVIRONMENT).await.unwrap(), Some(3));
    assert!(db.store.audit_verify(1, None).await.unwrap().is_sound());
    assert!(polls > 3, "{polls}");
    assert_eq!(db.store.rollout("r1").await.unwrap().unwrap().version, Version(2));
}
