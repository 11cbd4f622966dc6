use hoist_eval::draft::{BucketRangeDraft, PrerequisiteDraft, SegmentDraft, TargetingDraft};
use hoist_lifecycle::metric::MetricDraft;
use hoist_lifecycle::plan::GuardDraft;
use hoist_lifecycle::rollout::decision::Decision;
use hoist_lifecycle::rollout::evidence::{Command, Input};
use hoist_lifecycle::rollout::{Beside, KnownOverlap, OverlapChoice, Parted, RolloutSpec, RolloutSpecDraft, step};
use hoist_store::limits::ENVIRONMENTS_MAX;
use hoist_store::{
    Applying, EnvironmentSettings, NewRollout, PageRequest, Refusal, RolloutRecord, Store, StoreError, Version, Write,
};

use crate::rollouts::controller;
use crate::support::{Db, ENVIRONMENT, FLAG, PROJECT, at, new_flag, new_rollout, person, targeting, tick, write};

both!(
    of_two_writers_one_wins,
    of_two_controllers_one_wins,
    of_two_starts_one_wins,
    of_two_creators_one_wins,
    of_two_creators_at_the_bound_one_wins,
    generations_and_audit_numbers_have_no_gaps,
    kill_switches_all_win,
    of_two_starts_that_overlap_one_wins,
    of_two_starts_apart_from_one_rollout_one_wins,
    a_start_apart_is_in_no_kill_switchs_way,
    of_an_archive_and_a_prerequisite_one_wins,
    of_an_archive_and_a_segment_that_asks_one_wins,
);

/// Opens a second store on the same database, as another process has it.
async fn two(db: &Db) -> (Store, Store) {
    (db.store.clone(), db.again().await)
}

async fn of_two_writers_one_wins(db: &Db) {
    db.flag().await;
    let (one, other) = two(db).await;
    let actor = person();
    for round in 0..10 {
        let version = db.store.targeting(PROJECT, ENVIRONMENT, FLAG).await.unwrap().unwrap().version;
        let default = if round % 2 == 0 { "on" } else { "off" };
        let write = write(&actor, round).expecting(version);
        let (a, b) = tokio::join!(
            one.set_targeting(&write, PROJECT, ENVIRONMENT, FLAG, targeting(default)),
            other.set_targeting(&write, PROJECT, ENVIRONMENT, FLAG, targeting(default)),
        );
        let (won, lost) = if a.is_ok() { (a, b) } else { (b, a) };
        assert_eq!(won.unwrap().version, Version(version.0 + 1));
        assert!(matches!(lost, Err(StoreError::Conflict { current, .. }) if current.0 == version.0 + 1), "{lost:?}");
    }
    other.close().await;
}

async fn of_two_controllers_one_wins(db: &Db) {
    db.flag().await;
    let (one, other) = two(db).await;
    let rollout = db.rollout("r1", 10).await;
    let input = tick(&db.store, &rollout, 0).await;
    let decision = step(&rollout.spec, &rollout.state, &input, at(11)).unwrap();
    let actor = controller();
    let write = Write::new(&actor, at(11));
    let applying =
        Applying { rollout: "r1", expected: rollout.version, input: &input, decision: &decision, fence: None };
    let (a, b) = tokio::join!(one.apply_decision(&write, applying), other.apply_decision(&write, applying));
    let (won, lost) = if a.is_ok() { (a, b) } else { (b, a) };
    assert_eq!(won.unwrap().version, Version(2));
    assert!(matches!(lost, Err(StoreError::Conflict { what: "rollout", current: Version(2) })), "{lost:?}");
    assert_eq!(db.store.decisions("r1", &PageRequest::default()).await.unwrap().items.len(), 1);
    assert_eq!(db.store.generation(PROJECT, ENVIRONMENT).await.unwrap(), Some(3));
    other.close().await;
}

async fn of_two_starts_one_wins(db: &Db) {
    db.flag().await;
    let (one, other) = two(db).await;
    let actor = person();
    let write = write(&actor, 10);
    let (first, second) = (new_rollout(&one, "r1", 10).await, new_rollout(&one, "r2", 10).await);
    let (a, b) = tokio::join!(one.start_rollout(&write, &first), other.start_rollout(&write, &second));
    let (won, lost) = if a.is_ok() { (a, b) } else { (b, a) };
    won.unwrap();
    let refused = matches!(
        lost,
        Err(StoreError::Refused(Refusal::ActiveRollout { .. }) | StoreError::Exists { what: "rollout" })
    );
    assert!(refused, "{lost:?}");
    assert_eq!(db.store.due_rollouts(at(100), 10).await.unwrap().len(), 1);
    other.close().await;
}

async fn of_two_creators_at_the_bound_one_wins(db: &Db) {
    let (one, other) = two(db).await;
    let actor = person();
    let write = write(&actor, 1);
    let settings = EnvironmentSettings { title: String::new(), protected: false, position: 0 };
    let create = async |store: &Store, key: String| store.create_environment(&write, PROJECT, &key, &settings).await;
    let there = db.store.environments(PROJECT).await.unwrap().len();
    let most = usize::try_from(ENVIRONMENTS_MAX).unwrap();
    for place in there..most - 1 {
        create(&one, format!("e{place}")).await.unwrap();
    }
    let (a, b) = tokio::join!(create(&one, "last".to_owned()), create(&other, "one-too-many".to_owned()));
    assert!(a.is_ok() != b.is_ok(), "{a:?} {b:?}");
    assert_eq!(db.store.environments(PROJECT).await.unwrap().len(), most);
    other.close().await;
}

async fn of_two_creators_one_wins(db: &Db) {
    let (one, other) = two(db).await;
    let actor = person();
    let write = write(&actor, 1);
    let new = new_flag("a");
    let (a, b) = tokio::join!(one.create_flag(&write, PROJECT, &new), other.create_flag(&write, PROJECT, &new));
    let (won, lost) = if a.is_ok() { (a, b) } else { (b, a) };
    won.unwrap();
    assert!(matches!(lost, Err(StoreError::Exists { what: "flag" })), "{lost:?}");
    assert_eq!(db.store.generation(PROJECT, ENVIRONMENT).await.unwrap(), Some(2));
    other.close().await;
}

async fn generations_and_audit_numbers_have_no_gaps(db: &Db) {
    let keys = ["a", "b", "c", "d"];
    let actor = person();
    for key in keys {
        db.store.create_flag(&write(&actor, 1), PROJECT, &new_flag(key)).await.unwrap();
    }
    let (one, other) = two(db).await;
    let generation = db.store.generation(PROJECT, ENVIRONMENT).await.unwrap().unwrap();
    let seq = db.store.audit_head().await.unwrap().seq;
    let writer = |store: Store, key: &'static str| async move {
        let actor = person();
        let mut seen = Vec::new();
        for round in 0..10 {
            let done =
                store.set_enabled(&write(&actor, round), PROJECT, ENVIRONMENT, key, round % 2 == 1).await.unwrap();
            seen.push(done.generation);
        }
        seen
    };
    let (a, b, c, d) = tokio::join!(
        writer(one.clone(), "a"),
        writer(other.clone(), "b"),
        writer(one.clone(), "c"),
        writer(other.clone(), "d")
    );
    let mut seen = [a, b, c, d].concat();
    seen.sort_unstable();
    let wanted: Vec<_> = (generation + 1..=generation + 40).collect();
    assert_eq!(seen, wanted);
    assert_eq!(db.store.audit_head().await.unwrap().seq, seq + 40);
    assert!(db.store.audit_verify(1, None).await.unwrap().is_sound());
    other.close().await;
}

async fn kill_switches_all_win(db: &Db) {
    db.flag().await;
    let (one, other) = two(db).await;
    let actor = person();
    let write = write(&actor, 1);
    let (a, b, c) = tokio::join!(
        one.set_enabled(&write, PROJECT, ENVIRONMENT, FLAG, false),
        other.set_enabled(&write, PROJECT, ENVIRONMENT, FLAG, false),
        other.set_targeting(&write, PROJECT, ENVIRONMENT, FLAG, targeting("on")),
    );
    for done in [a, b, c] {
        done.unwrap();
    }
    other.close().await;
}

/// Returns a rollout of a flag that is judged by one metric, which it shares with every other of these.
async fn watched(store: &Store, id: &str, flag: &str) -> NewRollout {
    let new = new_rollout(store, id, 10).await;
    let source = serde_json::json!({"kind": "promql_value", "query": "up"});
    let metric: MetricDraft = serde_json::from_value(serde_json::json!({"key": "errors", "source": source})).unwrap();
    let guard = serde_json::json!({"key": "g", "metric": "errors", "limit": {"above": 1.0}});
    let mut draft = RolloutSpecDraft { flag: flag.into(), metrics: vec![metric], ..new.spec.to_draft() };
    draft.plan.guards = vec![serde_json::from_value::<GuardDraft>(guard).unwrap()];
    NewRollout { spec: RolloutSpec::parse(&draft).unwrap(), ..new }
}

async fn of_two_starts_that_overlap_one_wins(db: &Db) {
    db.flag().await;
    let (one, other) = two(db).await;
    let actor = person();
    let write = write(&actor, 10);
    db.store.create_flag(&write, PROJECT, &new_flag("search")).await.unwrap();
    let (first, mut second) = (watched(&one, "r1", FLAG).await, watched(&one, "r2", "search").await);
    for spec in [&first.spec, &second.spec] {
        assert!(db.store.overlaps(spec).await.unwrap().is_empty(), "nothing runs yet");
    }
    let (a, b) = tokio::join!(one.start_rollout(&write, &first), other.start_rollout(&write, &second));
    assert!(a.is_ok() != b.is_ok(), "{a:?} {b:?}");
    if a.is_err() {
        second = first;
    }
    let refused = if a.is_err() { a } else { b };
    let Err(StoreError::Refused(Refusal::Overlaps { rollout })) = refused else { panic!("{refused:?}") };

    let found = db.store.overlaps(&second.spec).await.unwrap();
    assert_eq!(found.iter().map(|overlap| overlap.rollout.as_str()).collect::<Vec<_>>(), [rollout.as_str()]);
    let choice = OverlapChoice::Accept { reason: "both small".into() };
    let known = found.into_iter().map(|overlap| KnownOverlap { overlap, choice: choice.clone() }).collect();
    let draft = RolloutSpecDraft { overlaps: known, ..second.spec.to_draft() };
    second.spec = RolloutSpec::parse(&draft).unwrap();
    other.start_rollout(&write, &second).await.unwrap();
    other.close().await;
}

/// Returns a rollout that is to be kept apart from `first`, and what the first is to do about it.
async fn apart(store: &Store, id: &str, flag: &str, first: &RolloutRecord) -> (NewRollout, Input, Decision) {
    let mut new = watched(store, id, flag).await;
    let found = store.overlaps(&new.spec).await.unwrap();
    let known = |overlap| KnownOverlap { overlap, choice: OverlapChoice::Exclude };
    let draft = RolloutSpecDraft { overlaps: found.into_iter().map(known).collect(), ..new.spec.to_draft() };
    new.spec = RolloutSpec::parse(&draft).unwrap();
    let half = |from| BucketRangeDraft { salt: first.spec.salt().to_owned(), from, to: from + 50_000 };
    let with = Beside { rollout: first.id.clone(), flag: first.flag.clone() };
    new.state.part = Some(Parted { units: half(50_000), with, since: at(20) });
    let with = Beside { rollout: id.to_owned(), flag: flag.to_owned() };
    let input = Input::Command(Command::Part { units: half(0), with });
    let decision = step(&first.spec, &first.state, &input, at(20)).unwrap();
    (new, input, decision)
}

/// Makes the flags `search` and `cart` beside the usual one, and starts the rollout `r1` of that.
async fn one_of_three_raised(db: &Db, write: &Write<'_>) -> RolloutRecord {
    db.flag().await;
    for flag in ["search", "cart"] {
        db.store.create_flag(write, PROJECT, &new_flag(flag)).await.unwrap();
    }
    db.store.start_rollout(write, &watched(&db.store, "r1", FLAG).await).await.unwrap()
}

async fn of_two_starts_apart_from_one_rollout_one_wins(db: &Db) {
    let (one, other) = two(db).await;
    let actor = person();
    let write = write(&actor, 20);
    let first = Box::pin(one_of_three_raised(db, &write)).await;
    let (second, third) = (apart(&one, "r2", "search", &first).await, apart(&one, "r3", "cart", &first).await);
    let start = async |store: &Store, (new, input, decision): &(NewRollout, Input, Decision)| {
        let applying = Applying { rollout: "r1", expected: first.version, input, decision, fence: None };
        store.start_rollout_apart(&write, new, applying).await
    };
    let (a, b) = tokio::join!(start(&one, &second), start(&other, &third));
    assert!(a.is_ok() != b.is_ok(), "{a:?} {b:?}");
    let (winner, loser) = if a.is_ok() { ("r2", "r3") } else { ("r3", "r2") };
    let parted = db.store.rollout("r1").await.unwrap().unwrap();
    assert_eq!(parted.state.part.as_ref().map(|part| part.with.rollout.as_str()), Some(winner));
    assert_eq!(parted.version.0, first.version.0 + 1);
    assert!(db.store.rollout(winner).await.unwrap().unwrap().state.part.is_some());
    assert!(db.store.rollout(loser).await.unwrap().is_none(), "both, or neither");
    assert!(db.store.audit_verify(1, None).await.unwrap().is_sound());
    other.close().await;
}

/// Whoever changes a flag takes the environment and then the audit log: so must a start, with the other rollout that it parts.
async fn a_start_apart_is_in_no_kill_switchs_way(db: &Db) {
    let (one, other) = two(db).await;
    let actor = person();
    let write = write(&actor, 20);
    let first = Box::pin(one_of_three_raised(db, &write)).await;
    let (new, input, decision) = apart(&one, "r2", "search", &first).await;
    let applying = Applying { rollout: "r1", expected: first.version, input: &input, decision: &decision, fence: None };
    let switches = async {
        for round in 0..40 {
            other.set_enabled(&write, PROJECT, ENVIRONMENT, "cart", round % 2 == 0).await.unwrap();
        }
    };
    let (started, ()) = tokio::join!(one.start_rollout_apart(&write, &new, applying), switches);
    started.unwrap();
    assert!(db.store.audit_verify(1, None).await.unwrap().is_sound());
    other.close().await;
}

fn asks(flag: &str) -> TargetingDraft {
    let needed = PrerequisiteDraft { flag: flag.into(), variants: vec!["on".into()] };
    TargetingDraft { prerequisites: vec![needed], ..targeting("on") }
}

/// Checks that of the two one was refused for the other's sake.
async fn either_archived_or_asked<T: std::fmt::Debug, U: std::fmt::Debug>(
    db: &Db,
    archived: Result<T, StoreError>,
    asked: Result<U, StoreError>,
) {
    let is_archived = db.store.flag(PROJECT, FLAG).await.unwrap().unwrap().archived_at.is_some();
    match (archived, asked) {
        (Ok(_), Err(StoreError::Refused(Refusal::AsksArchived { flag }))) => {
            assert_eq!((flag.as_str(), is_archived), (FLAG, true));
        }
        (Err(StoreError::Refused(Refusal::InUse { what: "flag", .. })), Ok(_)) => assert!(!is_archived),
        both => panic!("{both:?}"),
    }
}

async fn of_an_archive_and_a_prerequisite_one_wins(db: &Db) {
    db.flag().await;
    let (one, other) = two(db).await;
    let actor = person();
    for round in 0..10 {
        let (write, key) = (write(&actor, round), format!("asks-{round}"));
        db.store.create_flag(&write, PROJECT, &new_flag(&key)).await.unwrap();
        let (archived, asked) = tokio::join!(
            one.archive_flag(&write, PROJECT, FLAG),
            other.set_targeting(&write, PROJECT, ENVIRONMENT, &key, asks(FLAG)),
        );
        either_archived_or_asked(db, archived, asked).await;
        db.store.set_targeting(&write, PROJECT, ENVIRONMENT, &key, targeting("on")).await.unwrap();
        db.store.unarchive_flag(&write, PROJECT, FLAG).await.unwrap();
    }
    // What is archived may ask, and does not come back before what it asks about.
    db.store.create_flag(&write(&actor, 11), PROJECT, &new_flag("last")).await.unwrap();
    db.store.set_targeting(&write(&actor, 11), PROJECT, ENVIRONMENT, "last", asks(FLAG)).await.unwrap();
    db.store.archive_flag(&write(&actor, 12), PROJECT, "last").await.unwrap();
    db.store.archive_flag(&write(&actor, 12), PROJECT, FLAG).await.unwrap();
    let back = db.store.unarchive_flag(&write(&actor, 13), PROJECT, "last").await;
    assert!(matches!(back, Err(StoreError::Refused(Refusal::AsksArchived { .. }))), "{back:?}");
    db.store.unarchive_flag(&write(&actor, 14), PROJECT, FLAG).await.unwrap();
    db.store.unarchive_flag(&write(&actor, 14), PROJECT, "last").await.unwrap();
    other.close().await;
}

async fn of_an_archive_and_a_segment_that_asks_one_wins(db: &Db) {
    db.flag().await;
    let (one, other) = two(db).await;
    let actor = person();
    let segment = |when: Option<serde_json::Value>| SegmentDraft {
        key: "beta".into(),
        included: vec![],
        excluded: vec![],
        when: when.map(|when| serde_json::from_value(when).unwrap()),
    };
    let serves = serde_json::json!({"operator": "flag_serves", "values": [{"flag": FLAG, "variants": ["on"]}]});
    let asks = segment(Some(serde_json::json!({"any": [serves]})));
    db.store.create_segment(&write(&actor, 1), PROJECT, &segment(None)).await.unwrap();
    for round in 0..10 {
        let write = write(&actor, round);
        let (archived, asked) =
            tokio::join!(one.archive_flag(&write, PROJECT, FLAG), other.update_segment(&write, PROJECT, &asks),);
        either_archived_or_asked(db, archived, asked).await;
        db.store.update_segment(&write, PROJECT, &segment(None)).await.unwrap();
        db.store.unarchive_flag(&write, PROJECT, FLAG).await.unwrap();
    }
    db.store.archive_flag(&write(&actor, 11), PROJECT, FLAG).await.unwrap();
    let fresh = SegmentDraft { key: "gamma".into(), ..asks };
    let refused = db.store.create_segment(&write(&actor, 12), PROJECT, &fresh).await;
    assert!(matches!(refused, Err(StoreError::Refused(Refusal::AsksArchived { .. }))), "{refused:?}");
    other.close().await;
}
