use std::fs;
use std::path::Path;

use hoist_eval::Span;
use hoist_eval::draft::SegmentDraft;
use hoist_store::{BackupFault, FlagFilter, PageRequest, RolloutFilter, Store, StoreError};
use sha2::{Digest, Sha256};

use crate::rollouts::advance;
use crate::support::{Db, ENVIRONMENT, FLAG, PROJECT, at, new_flag, new_token, person, tick, write};

both!(
    a_backup_is_restored_into_either_database,
    a_restore_raises_the_epoch,
    a_restore_never_merges,
    a_damaged_backup_is_refused,
    a_backup_with_a_broken_audit_log_is_refused,
    a_backup_is_taken_while_others_write,
);

async fn fill(db: &Db) {
    let actor = person();
    db.flag().await;
    db.store.create_flag(&write(&actor, 1), PROJECT, &new_flag("gone")).await.unwrap();
    db.store.archive_flag(&write(&actor, 2), PROJECT, "gone").await.unwrap();
    let segment = SegmentDraft { key: "staff".into(), included: vec!["ü\n\"".into()], excluded: vec![], when: None };
    db.store.create_segment(&write(&actor, 2), PROJECT, &segment).await.unwrap();
    db.store.create_plan(&write(&actor, 2), PROJECT, &crate::support::plan("canary")).await.unwrap();
    db.store.create_token(&write(&actor, 3), &new_token("t1")).await.unwrap();
    db.store.create_setup_code(&write(&actor, 3), &[5; 32], at(100)).await.unwrap();
    db.store.acquire_lease("controller", "a", Span::from_seconds(60)).await.unwrap();
    let rollout = db.rollout("r1", 10).await;
    advance(&db.store, "r1", tick(&db.store, &rollout, 0).await, 11).await.unwrap();
}

/// Returns what a restore must bring back.
async fn content(store: &Store) -> String {
    format!(
        "{:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?}",
        store.snapshot(PROJECT, ENVIRONMENT).await.unwrap().map(|it| (it.generation, it.draft)),
        store.targetings(PROJECT, FLAG).await.unwrap(),
        store.list_flags(PROJECT, &FlagFilter::default(), &PageRequest::default()).await.unwrap(),
        store.list_plans(PROJECT, &PageRequest::default()).await.unwrap(),
        store.list_rollouts(&RolloutFilter::default(), &PageRequest::default()).await.unwrap(),
        store.decisions("r1", &PageRequest::default()).await.unwrap(),
        store.list_tokens(&PageRequest::default()).await.unwrap(),
        store.outbox_due(at(100), 100).await.unwrap(),
    )
}

async fn a_backup_is_restored_into_either_database(db: &Db) {
    Box::pin(fill(db)).await;
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("backup.jsonl");
    let actor = person();
    let manifest = db.store.backup(&write(&actor, 20), &file).await.unwrap();
    assert_eq!((manifest.epoch, &manifest.audit_head), (1, &db.store.audit_head().await.unwrap()));
    assert_eq!((manifest.rows["flags"], manifest.rows["rollouts"], manifest.rows["decisions"]), (2, 1, 1));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let before = content(&db.store).await;
    for postgres in [false, true] {
        let (config, empty) = db.empty(postgres).await;
        let (store, restored) = Store::restore(&config, &write(&actor, 30), &file).await.unwrap();
        assert_eq!(restored, manifest);
        assert_eq!(content(&store).await, before, "into PostgreSQL: {postgres}");
        assert_eq!(store.installation().await.unwrap().id, manifest.installation);
        let verdict = store.audit_verify(1, Some(&manifest.audit_head)).await.unwrap();
        assert_eq!((verdict.fault, verdict.sound), (None, manifest.audit_head.seq + 1));
        let lease = store.lease("controller").await.unwrap().unwrap();
        assert_eq!((lease.number, lease.held), (1, false), "fences go on growing, and nobody holds a lease");

        // A backup of the restored store holds the same rows, whichever database it is.
        let copy = directory.path().join("copy.jsonl");
        store.backup(&write(&actor, 31), &copy).await.unwrap();
        assert_eq!(rows(&file), rows(&copy));
        store.close().await;
        empty.discard().await;
    }
}

/// Returns the rows of a backup, without those that a restore and a backup add or change themselves.
fn rows(file: &Path) -> Vec<String> {
    let own = ["{\"t\":\"audit\"", "{\"t\":\"installation\"", "{\"t\":\"leases\""];
    let text = fs::read_to_string(file).unwrap();
    let rows =
        text.lines().skip(1).filter(|line| line.starts_with("{\"t\"") && !own.iter().any(|it| line.starts_with(it)));
    rows.map(str::to_owned).collect()
}

async fn a_restore_raises_the_epoch(db: &Db) {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("backup.jsonl");
    let actor = person();
    db.store.backup(&write(&actor, 20), &file).await.unwrap();
    let mut epochs = vec![db.store.epoch().await.unwrap()];
    for seconds in [30, 40] {
        let (config, empty) = db.empty(db.is_postgres()).await;
        let (store, _) = Store::restore(&config, &write(&actor, seconds), &file).await.unwrap();
        epochs.push(store.epoch().await.unwrap());
        assert_eq!(store.snapshot(PROJECT, ENVIRONMENT).await.unwrap().unwrap().epoch, epochs[epochs.len() - 1]);
        store.close().await;
        empty.discard().await;
    }
    assert!(epochs.is_sorted_by(|a, b| a < b), "the same backup restored twice is two histories: {epochs:?}");
}

async fn a_restore_never_merges(db: &Db) {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("backup.jsonl");
    let actor = person();
    db.store.backup(&write(&actor, 20), &file).await.unwrap();
    let before = db.everything().await;
    let refused = Store::restore(&db.config, &write(&actor, 30), &file).await;
    assert!(matches!(refused, Err(StoreError::Backup(BackupFault::NotEmpty))), "{refused:?}");
    assert_eq!(db.everything().await, before);
}

async fn refused(db: &Db, content: &[u8]) -> BackupFault {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("backup.jsonl");
    fs::write(&file, content).unwrap();
    let (config, empty) = db.empty(db.is_postgres()).await;
    let result = Store::restore(&config, &write(&person(), 30), &file).await;
    let fault = match result {
        Err(StoreError::Backup(fault)) => fault,
        other => panic!("{other:?}"),
    };
    let store = Store::open(&config).await.unwrap();
    assert_eq!(store.audit_head().await.unwrap().seq, 5, "what was refused left nothing behind");
    store.close().await;
    empty.discard().await;
    fault
}

fn sealed(lines: &[String]) -> Vec<u8> {
    let text = lines.join("\n") + "\n";
    let sha256 = hex::encode(Sha256::digest(text.as_bytes()));
    format!("{text}{{\"sha256\":\"{sha256}\"}}\n").into_bytes()
}

async fn a_damaged_backup_is_refused(db: &Db) {
    Box::pin(fill(db)).await;
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("backup.jsonl");
    db.store.backup(&write(&person(), 20), &file).await.unwrap();
    let sound = fs::read(&file).unwrap();
    let text = String::from_utf8(sound.clone()).unwrap();
    let lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let body = &lines[..lines.len() - 1];

    assert_eq!(refused(db, b"").await, BackupFault::Incomplete);
    assert_eq!(refused(db, b"PK\x03\x04 something else\n").await, BackupFault::Format);
    assert_eq!(refused(db, &sound[..sound.len() - 1]).await, BackupFault::Incomplete);
    assert_eq!(refused(db, &sound[..sound.len() / 2]).await, BackupFault::Incomplete);
    assert_eq!(refused(db, format!("{}\n", body.join("\n")).as_bytes()).await, BackupFault::Incomplete);
    let mut flipped = sound.clone();
    let place = text.find("checkout").unwrap();
    flipped[place] = b'C';
    assert_eq!(refused(db, &flipped).await, BackupFault::Checksum);

    // From here on the checksum is right.
    let without = |part: &str| -> Vec<String> {
        let gone = body.iter().position(|line| line.contains(part)).unwrap();
        body.iter().enumerate().filter(|(index, _)| *index != gone).map(|(_, line)| line.clone()).collect()
    };
    assert_eq!(refused(db, &sealed(&without("{\"t\":\"tokens\""))).await, BackupFault::Rows("tokens".into()));
    let mut newer = body.to_vec();
    newer[0] = newer[0].replace("\"schema\":", "\"schema\":9");
    assert!(matches!(refused(db, &sealed(&newer)).await, BackupFault::Schema { .. }));
    let mut strange = body.to_vec();
    strange[1] = strange[1].replace("installation", "installations");
    assert_eq!(refused(db, &sealed(&strange)).await, BackupFault::Line(2));
}

async fn a_backup_with_a_broken_audit_log_is_refused(db: &Db) {
    db.flag().await;
    db.open_audit().await;
    db.raw("UPDATE audit SET actor_id = 'eve' WHERE seq = 3").await;
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("backup.jsonl");
    db.store.backup(&write(&person(), 20), &file).await.unwrap();
    assert_eq!(refused(db, &fs::read(&file).unwrap()).await, BackupFault::Audit(3));
}

async fn a_backup_is_taken_while_others_write(db: &Db) {
    db.flag().await;
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("backup.jsonl");
    let other = db.again().await;
    let writer = async {
        for seconds in 0..40 {
            let on = seconds % 2 == 1;
            other.set_enabled(&write(&person(), seconds), PROJECT, ENVIRONMENT, FLAG, on).await.unwrap();
        }
    };
    let actor = person();
    let write = write(&actor, 20);
    let (manifest, ()) = tokio::join!(db.store.backup(&write, &file), writer);
    let manifest = manifest.unwrap();
    other.close().await;
    let (config, empty) = db.empty(db.is_postgres()).await;
    let (store, _) = Store::restore(&config, &write, &file).await.unwrap();
    let generation = store.generation(PROJECT, ENVIRONMENT).await.unwrap().unwrap();
    // Every switch is one record, and the backup itself is another: rows and log are of one moment.
    assert_eq!(generation, manifest.audit_head.seq - 5 - 1 - 1 + 2);
    store.close().await;
    empty.discard().await;
}
