use std::time::Duration;

use hoist_store::testing::{Cluster, Postgres};
use hoist_store::{NewFlag, Store, StoreConfig, StoreError};

use crate::support::{Db, ENVIRONMENT, FLAG, PROJECT, new_flag, patient, person, write};

both!(a_cancelled_write_leaves_nothing, a_busy_database_says_so, what_was_acknowledged_is_there_after_a_restart);

async fn a_cancelled_write_leaves_nothing(db: &Db) {
    let actor = person();
    let write = write(&actor, 1);
    let new = new_flag(FLAG);
    let mut polls = 0;
    loop {
        polls += 1;
        let mut work = Box::pin(db.store.create_flag(&write, PROJECT, &new));
        let done = crate::support::poll_times(&mut work, polls).await;
        drop(work);
        // Dropped while the commit was on its way, it may have happened, or happen a moment later: then all of it has.
        match done {
            Some(Ok(_) | Err(StoreError::Exists { .. })) => break,
            Some(Err(error)) => panic!("{error:?}"),
            None if db.store.audit_head().await.unwrap().seq > 5 => break,
            None => assert!(polls < 10_000, "it never came to an end"),
        }
    }
    let whole = (db.store.targetings(PROJECT, FLAG).await.unwrap().len(), db.store.audit_head().await.unwrap().seq);
    assert_eq!(whole, (3, 6));
    assert_eq!(db.store.generation(PROJECT, ENVIRONMENT).await.unwrap(), Some(2));
    // How many wake-ups a write takes depends on the machine; more than one means that it was dropped half-way.
    assert!(polls > 1, "{polls}");
    assert!(db.store.audit_verify(1, None).await.unwrap().is_sound());
}

async fn a_busy_database_says_so(db: &Db) {
    db.flag().await;
    let mut config = db.config.clone();
    config.pool_wait = Duration::from_secs(1);
    config.busy_wait = Duration::from_millis(50);
    config.connections = 1;
    let store = Store::open(&config).await.unwrap();
    let actor = person();
    let write = write(&actor, 2);
    // A write that was begun and is not going on holds the only connection that writes.
    let mut stuck = Box::pin(store.set_enabled(&write, PROJECT, ENVIRONMENT, FLAG, false));
    // One poll takes the connection; the first statement's answer cannot have come yet.
    assert!(crate::support::poll_times(&mut stuck, 1).await.is_none());
    let refused = store.set_enabled(&write, PROJECT, ENVIRONMENT, FLAG, true).await;
    assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
    drop(stuck);
    let mut config = config.clone();
    config.pool_wait = db.config.pool_wait;
    let calm = Store::open(&config).await.unwrap();
    calm.set_enabled(&write, PROJECT, ENVIRONMENT, FLAG, true).await.unwrap();
    calm.close().await;
    store.close().await;
}

async fn what_was_acknowledged_is_there_after_a_restart(db: &Db) {
    db.flag().await;
    let actor = person();
    let done = db.store.set_enabled(&write(&actor, 2), PROJECT, ENVIRONMENT, FLAG, false).await.unwrap();
    let before = db.everything().await;
    db.store.close().await;
    let closed = db.store.ping().await;
    assert!(matches!(closed, Err(StoreError::Unavailable(_))), "{closed:?}");
    let again = db.again().await;
    assert_eq!(crate::support::everything(&again).await, before);
    let served = again.targeting(PROJECT, ENVIRONMENT, FLAG).await.unwrap().unwrap();
    assert_eq!((served.version, served.generation, served.targeting.enabled), (done.version, done.generation, false));
    again.close().await;
}

#[tokio::test]
async fn a_full_disk_stops_writes_and_nothing_else() {
    let db = Db::sqlite().await;
    let store = &db.store;
    db.flag().await;
    let size = std::fs::metadata(db.file()).unwrap().len();
    store.set_size_limit(Some(size + 1024 * 1024)).await.unwrap();
    let actor = person();
    let mut written = 0;
    let full = loop {
        let mut new = NewFlag { ..new_flag(&format!("flag-{written}")) };
        new.details.description = "x".repeat(20_000);
        match store.create_flag(&write(&actor, 2), PROJECT, &new).await {
            Ok(_) => written += 1,
            Err(error) => break error,
        }
        assert!(written < 100, "the limit was never met");
    };
    assert!(matches!(full, StoreError::Full(_)), "{full:?}");
    assert!(written > 0);
    // Reading goes on, and what was acknowledged is there.
    let snapshot = store.snapshot(PROJECT, ENVIRONMENT).await.unwrap().unwrap();
    assert_eq!(snapshot.draft.flags.len(), written + 1);
    assert!(store.audit_verify(1, None).await.unwrap().is_sound());
    assert_eq!(store.check().await.unwrap(), Vec::<String>::new());
    // The kill switch still has room: it changes a row where it stands.
    store.set_size_limit(None).await.unwrap();
    let mut new = new_flag("after");
    new.details.description = "x".repeat(200_000);
    store.create_flag(&write(&actor, 3), PROJECT, &new).await.unwrap();
    let generation = store.generation(PROJECT, ENVIRONMENT).await.unwrap().unwrap();
    assert_eq!(generation, snapshot.generation + 1, "the failed attempt left no gap");
    db.discard().await;
}

#[tokio::test]
async fn a_postgres_that_goes_away_comes_back_without_a_restart_of_ours() {
    let cluster = tokio::task::spawn_blocking(Cluster::own).await.unwrap().unwrap();
    let postgres = Postgres::empty_on(&cluster).await.unwrap();
    let mut config = patient(StoreConfig::postgres(postgres.url()));
    config.pool_wait = Duration::from_secs(2);
    let store = Store::open(&config).await.unwrap();
    let actor = person();
    store.create_flag(&write(&actor, 1), PROJECT, &new_flag(FLAG)).await.unwrap();
    let done = store.set_enabled(&write(&actor, 2), PROJECT, ENVIRONMENT, FLAG, false).await.unwrap();

    cluster.stop().unwrap();
    let gone = store.set_enabled(&write(&actor, 3), PROJECT, ENVIRONMENT, FLAG, true).await;
    assert!(matches!(gone, Err(StoreError::Unavailable(_))), "{gone:?}");
    let gone = store.snapshot(PROJECT, ENVIRONMENT).await;
    assert!(matches!(gone, Err(StoreError::Unavailable(_))), "{gone:?}");

    cluster.start().unwrap();
    let served = store.targeting(PROJECT, ENVIRONMENT, FLAG).await.unwrap().unwrap();
    assert_eq!((served.version, served.targeting.enabled), (done.version, false), "what was acknowledged is there");
    store.set_enabled(&write(&actor, 4), PROJECT, ENVIRONMENT, FLAG, true).await.unwrap();
    assert!(store.audit_verify(1, None).await.unwrap().is_sound());
    store.close().await;
}

#[tokio::test]
async fn an_unreachable_postgres_is_unavailable() {
    let mut config = StoreConfig::postgres("postgres://nobody:secret@127.0.0.1:1/none?sslmode=disable");
    config.pool_wait = Duration::from_millis(200);
    let error = Store::open(&config).await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
    assert!(!format!("{config:?} {error:?} {error}").contains("secret"));
}

#[tokio::test]
async fn a_full_disk_takes_the_ballast_first() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("hoist.db");
    let ballast = directory.path().join("hoist.db.ballast");
    let mut config = patient(StoreConfig::sqlite(&path));
    config.ballast = 3_000_001;
    let store = Store::open(&config).await.unwrap();
    assert_eq!(std::fs::metadata(&ballast).unwrap().len(), 3_000_001);
    let size = std::fs::metadata(&path).unwrap().len();
    store.set_size_limit(Some(size)).await.unwrap();
    let mut new = new_flag(FLAG);
    new.details.description = "x".repeat(500_000);
    let full = store.create_flag(&write(&person(), 1), PROJECT, &new).await;
    assert!(matches!(full, Err(StoreError::Full(_))), "{full:?}");
    assert!(!ballast.exists());
    store.close().await;
    Store::open(&config).await.unwrap().close().await;
    assert!(ballast.exists(), "it is back once there is room");
}
