use std::collections::BTreeMap;

use hoist_lifecycle::product::{FeatureDraft, ServiceDraft};
use hoist_lifecycle::staleness::State;
use hoist_store::audit::AuditFilter;
use hoist_store::{
    CleanupRecord, CodeReference, Delivery, Link, LinkKind, NewScan, PageRequest, ReferenceKind, ReferenceVia, Refusal,
    Removal, Sighting, StoreError, VerdictNote,
};
use serde_json::json;

use crate::support::{Db, ENVIRONMENT, FLAG, PROJECT, at, new_flag, person, write};

both!(
    evaluations_are_noted_by_client,
    counting_begins_once,
    services_and_features,
    links,
    snoozes_and_cleanups,
    people_are_told_of_a_verdict_once,
    a_scan_replaces_the_one_before,
    branches_are_bounded,
    an_older_scan_is_refused,
    a_repository_has_one_main_branch,
    what_went_is_a_removal,
    the_inputs_of_verdicts,
    grounds_are_kept_with_the_archive,
    a_backup_carries_it_all,
);

fn sighting(client: &str, seconds: i64) -> Sighting {
    Sighting {
        project: PROJECT.into(),
        environment: ENVIRONMENT.into(),
        flag: FLAG.into(),
        client: client.into(),
        at: at(seconds),
    }
}

fn delivery(client: &str, seconds: i64) -> Delivery {
    Delivery { project: PROJECT.into(), environment: ENVIRONMENT.into(), client: client.into(), at: at(seconds) }
}

async fn evaluations_are_noted_by_client(db: &Db) {
    db.store.note_seen(&[sighting("a", 10), sighting("b", 20)], &[]).await.unwrap();
    // Another server may be late with what it saw: the last time stays the last.
    db.store.note_seen(&[sighting("b", 5), sighting("a", 30)], &[]).await.unwrap();
    let seen = db.store.clients_of_flag(PROJECT, FLAG).await.unwrap();
    let told: Vec<_> = seen.iter().map(|it| (it.client.as_str(), it.first_at, it.last_at)).collect();
    assert_eq!(told, [("a", at(10), at(30)), ("b", at(20), at(20))]);
    assert_eq!(db.store.clients_of_flag(PROJECT, "other").await.unwrap(), []);
    // After more than a year nobody remembers.
    let later = at(30).saturating_add(hoist_store::limits::SIGHTING_LIFE);
    assert_eq!(db.store.prune(later).await.unwrap().sightings, 2);
}

async fn counting_begins_once(db: &Db) {
    assert_eq!(db.store.observed_since(at(50)).await.unwrap(), at(50));
    assert_eq!(db.store.observed_since(at(90)).await.unwrap(), at(50));
    let later = at(90).saturating_add(hoist_store::limits::SIGHTING_LIFE);
    db.store.prune(later).await.unwrap();
    assert_eq!(db.store.observed_since(later).await.unwrap(), at(50), "the beginning outlives what it began");
}

fn service(key: &str) -> ServiceDraft {
    ServiceDraft {
        key: key.into(),
        title: "Shop".into(),
        description: String::new(),
        owner: "ada".into(),
        url: String::new(),
        guards: Vec::new(),
    }
}

fn feature(key: &str) -> FeatureDraft {
    FeatureDraft {
        key: key.into(),
        title: String::new(),
        description: String::new(),
        owner: String::new(),
        url: String::new(),
    }
}

async fn services_and_features(db: &Db) {
    let actor = person();
    let made = db.store.create_service(&write(&actor, 1), PROJECT, &service("shop")).await.unwrap();
    assert_eq!(made.draft, service("shop"));
    let renamed = ServiceDraft { title: "The shop".into(), ..service("shop") };
    db.store.update_service(&write(&actor, 2), PROJECT, &renamed).await.unwrap();
    assert_eq!(db.store.service(PROJECT, "shop").await.unwrap().map(|it| it.draft), Some(renamed));
    assert_eq!(db.store.list_services(PROJECT, &PageRequest::default()).await.unwrap().items.len(), 1);
    db.store.delete_service(&write(&actor, 3), PROJECT, "shop").await.unwrap();
    assert_eq!(db.store.service(PROJECT, "shop").await.unwrap(), None);

    db.store.create_feature(&write(&actor, 1), PROJECT, &feature("basket")).await.unwrap();
    let owned = FeatureDraft { owner: "ada".into(), ..feature("basket") };
    db.store.update_feature(&write(&actor, 2), PROJECT, &owned).await.unwrap();
    assert_eq!(db.store.feature(PROJECT, "basket").await.unwrap().map(|it| it.draft), Some(owned));
    assert_eq!(db.store.list_features(PROJECT, &PageRequest::default()).await.unwrap().items.len(), 1);
    db.store.delete_feature(&write(&actor, 3), PROJECT, "basket").await.unwrap();
    assert_eq!(db.store.feature(PROJECT, "basket").await.unwrap(), None);
}

async fn links(db: &Db) {
    let actor = person();
    db.flag().await;
    db.store.create_service(&write(&actor, 1), PROJECT, &service("shop")).await.unwrap();
    db.store.create_feature(&write(&actor, 1), PROJECT, &feature("basket")).await.unwrap();
    let link = |kind, flag: &str, target: &str| Link { kind, flag: flag.into(), target: target.into() };
    let (asks, gates) = (link(LinkKind::Service, FLAG, "shop"), link(LinkKind::Feature, FLAG, "basket"));
    for made in [&asks, &gates, &asks] {
        db.store.link_flag(&write(&actor, 2), PROJECT, made).await.unwrap();
    }
    assert_eq!(db.store.links(PROJECT).await.unwrap(), [gates.clone(), asks.clone()]);
    for (missing, what) in [
        (link(LinkKind::Service, FLAG, "nobody"), "service"),
        (link(LinkKind::Feature, FLAG, "shop"), "feature"),
        (link(LinkKind::Service, "none", "shop"), "flag"),
    ] {
        let refused = db.store.link_flag(&write(&actor, 2), PROJECT, &missing).await;
        assert!(matches!(refused, Err(StoreError::Missing { what: found }) if found == what), "{refused:?}");
    }
    let kept = db.store.delete_service(&write(&actor, 3), PROJECT, "shop").await;
    assert!(matches!(kept, Err(StoreError::Refused(Refusal::InUse { what: "service", .. }))), "{kept:?}");
    let before = db.store.audit_head().await.unwrap().seq;
    for _ in 0..2 {
        db.store.unlink_flag(&write(&actor, 4), PROJECT, &asks).await.unwrap();
    }
    assert_eq!(db.store.audit_head().await.unwrap().seq, before + 1, "taking it away twice is told once");
    db.store.delete_service(&write(&actor, 5), PROJECT, "shop").await.unwrap();
    assert_eq!(db.store.links(PROJECT).await.unwrap(), [gates]);
}

async fn snoozes_and_cleanups(db: &Db) {
    let actor = person();
    db.flag().await;
    let entry = async || db.store.retirement_inputs(PROJECT).await.unwrap().flags.remove(0);
    let snoozed = db.store.snooze_flag(&write(&actor, 1), PROJECT, FLAG, at(100)).await.unwrap();
    assert_eq!(entry().await.snooze, Some(snoozed.clone()));
    assert_eq!((snoozed.until, snoozed.reason.as_str(), snoozed.by.as_str()), (at(100), "because", "ada"));
    let silent = write(&actor, 1).because(" ");
    let refused = db.store.snooze_flag(&silent, PROJECT, FLAG, at(100)).await;
    assert!(matches!(refused, Err(StoreError::Refused(Refusal::ReasonNeeded))), "{refused:?}");
    let refused = db.store.snooze_flag(&write(&actor, 100), PROJECT, FLAG, at(100)).await;
    assert!(matches!(refused, Err(StoreError::Refused(Refusal::Invalid { field: "until", .. }))), "{refused:?}");
    let refused = db.store.snooze_flag(&write(&actor, 1), PROJECT, "none", at(100)).await;
    assert!(matches!(refused, Err(StoreError::Missing { what: "flag" })), "{refused:?}");
    db.store.wake_flag(&write(&actor, 2), PROJECT, FLAG).await.unwrap();
    db.store.wake_flag(&write(&actor, 2), PROJECT, FLAG).await.unwrap();
    assert_eq!(entry().await.snooze, None);

    let cleanup = CleanupRecord {
        flag: FLAG.into(),
        repository: "shop".into(),
        url: "https://example.org/1".into(),
        opened_at: at(3),
    };
    db.store.open_cleanup(&write(&actor, 3), PROJECT, &cleanup).await.unwrap();
    assert_eq!(entry().await.cleanup, Some(cleanup));
    db.store.close_cleanup(&write(&actor, 4), PROJECT, FLAG).await.unwrap();
    assert_eq!(entry().await.cleanup, None);
}

async fn people_are_told_of_a_verdict_once(db: &Db) {
    let actor = person();
    db.flag().await;
    db.drain_outbox().await;
    let note = |state, notice: bool| VerdictNote {
        flag: FLAG.into(),
        state,
        reasons: vec!["rolled_out:candidate".into()],
        notice: notice.then(|| json!({ "owner": "ada" })),
    };
    let put = async |seconds, note| db.store.note_verdict(&write(&actor, seconds), PROJECT, &note).await.unwrap();
    assert!(put(1, note(State::Candidate, true)).await);
    // Another server came to the same at the same time.
    assert!(!put(1, note(State::Candidate, true)).await);
    assert!(put(2, note(State::Live, false)).await);
    let told = db.store.verdicts(PROJECT).await.unwrap();
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].state.as_str(), told[0].changed_at), ("live", at(2)));
    assert_eq!(told[0].reasons, ["rolled_out:candidate"]);
    assert_eq!(db.drain_outbox().await, ["flag.stale"]);
}

fn reference(path: &str) -> CodeReference {
    CodeReference {
        path: path.into(),
        line: 3,
        column: 5,
        end: 13,
        kind: ReferenceKind::Evaluation,
        via: ReferenceVia::Literal,
        symbol: Some("checkout".into()),
        hash: "0a".into(),
        snippet: None,
        finding: None,
    }
}

fn scan(branch: &str, commit: &str, seconds: i64, flags: &[(&str, usize)]) -> NewScan {
    let references: BTreeMap<_, _> =
        flags.iter().map(|(flag, count)| ((*flag).to_owned(), vec![reference("src/a.ts"); *count])).collect();
    NewScan {
        repository: "shop".into(),
        branch: branch.into(),
        main: branch == "main",
        commit: commit.into(),
        committed_at: at(seconds),
        complete: true,
        files: 7,
        references,
        removals: vec![],
    }
}

async fn a_scan_replaces_the_one_before(db: &Db) {
    let actor = person();
    let first = scan("main", "c1", 10, &[(FLAG, 2), ("other", 1)]);
    let stored = db.store.store_scan(&write(&actor, 11), PROJECT, &first).await.unwrap();
    assert_eq!(db.store.scans(PROJECT).await.unwrap(), [stored]);
    let found = db.store.references_of_flag(PROJECT, FLAG).await.unwrap();
    assert_eq!((found.len(), found[0].references.len()), (1, 2));
    assert_eq!(found[0].references[0], reference("src/a.ts"));
    db.store.store_scan(&write(&actor, 21), PROJECT, &scan("main", "c2", 20, &[("other", 3)])).await.unwrap();
    db.store.store_scan(&write(&actor, 22), PROJECT, &scan("work", "c3", 21, &[(FLAG, 1)])).await.unwrap();
    let branches: Vec<_> =
        db.store.references_of_flag(PROJECT, FLAG).await.unwrap().into_iter().map(|it| it.branch).collect();
    assert_eq!(branches, ["work"]);
    let main = db.store.references_of_scan(PROJECT, "shop", "main").await.unwrap();
    assert_eq!(main.iter().map(|it| (it.flag.as_str(), it.references.len())).collect::<Vec<_>>(), [("other", 3)]);
    db.store.forget_scan(&write(&actor, 23), PROJECT, "shop", "work").await.unwrap();
    assert_eq!(db.store.references_of_flag(PROJECT, FLAG).await.unwrap(), []);
    let twice = db.store.forget_scan(&write(&actor, 23), PROJECT, "shop", "work").await;
    assert!(matches!(twice, Err(StoreError::Missing { what: "scan" })), "{twice:?}");
}

async fn branches_are_bounded(db: &Db) {
    let actor = person();
    db.store.store_scan(&write(&actor, 11), PROJECT, &scan("main", "c1", 10, &[])).await.unwrap();
    db.raw(format!(
        "INSERT INTO scans (project, repository, branch, main, commit_id, committed_at, complete, files, scanned_at,
            scanned_by)
         WITH RECURSIVE numbers (n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM numbers WHERE n < {})
         SELECT '{PROJECT}', 'shop', 'b' || n, FALSE, 'c', 1, TRUE, 1, 1, 'ada' FROM numbers",
        hoist_store::limits::SCANS_MAX
    ))
    .await;
    let more = db.store.store_scan(&write(&actor, 12), PROJECT, &scan("work", "c2", 11, &[])).await;
    assert!(matches!(more, Err(StoreError::Refused(Refusal::TooMany { .. }))), "{more:?}");
    db.store.store_scan(&write(&actor, 13), PROJECT, &scan("main", "c2", 12, &[])).await.unwrap();
}

async fn an_older_scan_is_refused(db: &Db) {
    let actor = person();
    db.store.store_scan(&write(&actor, 21), PROJECT, &scan("main", "c2", 20, &[(FLAG, 1)])).await.unwrap();
    let late = db.store.store_scan(&write(&actor, 22), PROJECT, &scan("main", "c1", 19, &[])).await;
    assert!(matches!(late, Err(StoreError::Refused(Refusal::OlderScan))), "{late:?}");
    assert_eq!(db.store.references_of_flag(PROJECT, FLAG).await.unwrap().len(), 1);
    // The same commit again, as after a change of the flags that are looked for.
    db.store.store_scan(&write(&actor, 23), PROJECT, &scan("main", "c2", 20, &[])).await.unwrap();
}

async fn a_repository_has_one_main_branch(db: &Db) {
    let actor = person();
    db.store.store_scan(&write(&actor, 1), PROJECT, &scan("main", "c1", 1, &[])).await.unwrap();
    let trunk = NewScan { main: true, ..scan("trunk", "c2", 2, &[]) };
    db.store.store_scan(&write(&actor, 2), PROJECT, &trunk).await.unwrap();
    let main: Vec<_> = db.store.scans(PROJECT).await.unwrap().into_iter().map(|it| (it.branch, it.main)).collect();
    assert_eq!(main, [("main".to_owned(), false), ("trunk".to_owned(), true)]);
}

async fn what_went_is_a_removal(db: &Db) {
    let actor = person();
    for flag in ["a", "b", "c"] {
        db.store.create_flag(&write(&actor, 1), PROJECT, &new_flag(flag)).await.unwrap();
    }
    let removals = async || {
        let flags = db.store.retirement_inputs(PROJECT).await.unwrap().flags;
        flags.into_iter().map(|it| it.removals.first().map(|it| it.removed_at)).collect::<Vec<_>>()
    };
    db.store.store_scan(&write(&actor, 10), PROJECT, &scan("main", "c1", 10, &[("a", 1), ("b", 1)])).await.unwrap();
    assert_eq!(removals().await, [None, None, None]);
    // A scan that left files out proves nothing.
    let partial = NewScan { complete: false, ..scan("main", "c2", 20, &[]) };
    db.store.store_scan(&write(&actor, 20), PROJECT, &partial).await.unwrap();
    assert_eq!(removals().await, [None, None, None]);
    db.store.store_scan(&write(&actor, 30), PROJECT, &scan("main", "c3", 30, &[("a", 1), ("b", 1)])).await.unwrap();
    let named = Removal { flag: "b".into(), commit: "c3.5".into(), removed_at: at(35) };
    let long_gone = Removal { flag: "c".into(), commit: "c0".into(), removed_at: at(3) };
    let gone = NewScan { removals: vec![named, long_gone], ..scan("main", "c4", 40, &[]) };
    db.store.store_scan(&write(&actor, 40), PROJECT, &gone).await.unwrap();
    assert_eq!(removals().await, [Some(at(40)), Some(at(35)), Some(at(3))]);
}

async fn the_inputs_of_verdicts(db: &Db) {
    let actor = person();
    db.flag().await;
    let rollout = db.rollout("r1", 5).await;
    db.store.note_seen(&[sighting("a", 30), sighting("b", 20)], &[delivery("d", 8), delivery("e", 9)]).await.unwrap();
    db.store.store_scan(&write(&actor, 40), PROJECT, &scan("main", "c1", 40, &[(FLAG, 4)])).await.unwrap();
    let inputs = db.store.retirement_inputs(PROJECT).await.unwrap();
    assert_eq!(inputs.flags.len(), 1);
    let flag = &inputs.flags[0];
    assert_eq!((flag.record.key.as_str(), flag.environments.len()), (FLAG, 3));
    let there = flag.environments.iter().find(|it| it.environment == ENVIRONMENT).unwrap();
    assert_eq!(there.rollout.as_ref().map(|it| (it.id.as_str(), it.active)), Some((rollout.id.as_str(), true)));
    assert_eq!(there.seen.as_ref().map(|it| (it.client.as_str(), it.last_at)), Some(("a", at(30))));
    assert_eq!(flag.references.iter().map(|it| (it.branch.as_str(), it.count)).collect::<Vec<_>>(), [("main", 4)]);
    assert_eq!(inputs.deliveries.iter().map(|it| it.client.as_str()).collect::<Vec<_>>(), ["e"]);
    assert_eq!((inputs.scans.len(), inputs.segments.len()), (1, 0));
    // A row that cannot be read is not taken for one that serves the same to everyone.
    db.raw("UPDATE targetings SET format = 99").await;
    let flag = db.store.retirement_inputs(PROJECT).await.unwrap().flags.remove(0);
    assert!(flag.environments.iter().all(|it| it.targeting.enabled && it.targeting.rules.is_empty()));
    let draft = &flag.environments[0];
    let serves = hoist_lifecycle::staleness::serves(&flag.record.variants, &draft.targeting, None);
    assert_eq!(serves, hoist_lifecycle::staleness::Serves::Several);
}

async fn grounds_are_kept_with_the_archive(db: &Db) {
    let actor = person();
    db.flag().await;
    let grounds = json!({ "set_aside": ["references"] });
    let archived = db.store.archive_flag_on(&write(&actor, 9), PROJECT, FLAG, &grounds).await.unwrap();
    assert_eq!(archived.archived_at, Some(at(9)));
    let filter = AuditFilter { subject: Some(FLAG.into()), ..AuditFilter::default() };
    let page = db.store.audit_page(&filter, &PageRequest::default()).await.unwrap();
    let record = page.items.iter().find(|it| it.action == "flag.archive").unwrap();
    assert!(record.after.as_deref().unwrap().contains("set_aside"), "{record:?}");
    db.store.unarchive_flag(&write(&actor, 10), PROJECT, FLAG).await.unwrap();
    assert_eq!(db.store.flag(PROJECT, FLAG).await.unwrap().unwrap().archived_at, None);
}

async fn a_backup_carries_it_all(db: &Db) {
    let actor = person();
    db.flag().await;
    db.store.create_service(&write(&actor, 1), PROJECT, &service("shop")).await.unwrap();
    let link = Link { kind: LinkKind::Service, flag: FLAG.into(), target: "shop".into() };
    db.store.link_flag(&write(&actor, 2), PROJECT, &link).await.unwrap();
    db.store.note_seen(&[sighting("a", 30)], &[delivery("d", 8)]).await.unwrap();
    db.store.snooze_flag(&write(&actor, 3), PROJECT, FLAG, at(100)).await.unwrap();
    db.store.store_scan(&write(&actor, 40), PROJECT, &scan("main", "c1", 40, &[(FLAG, 4)])).await.unwrap();
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("backup");
    db.store.backup(&write(&actor, 50), &file).await.unwrap();
    let was = db.store.retirement_inputs(PROJECT).await.unwrap();
    // Into a database of the other kind.
    let (config, home) = db.empty(!db.is_postgres()).await;
    let (restored, _) = hoist_store::Store::restore(&config, &write(&actor, 60), &file).await.unwrap();
    assert_eq!(restored.retirement_inputs(PROJECT).await.unwrap(), was);
    assert_eq!(restored.links(PROJECT).await.unwrap(), [link]);
    restored.close().await;
    home.discard().await;
}
