use std::collections::BTreeMap;

use hoist_lifecycle::intake::{ArmBook, Exposed, FlushedSums, MetricBook};
use hoist_lifecycle::rollout::evidence::{Command, Input};
use hoist_lifecycle::rollout::state::EntryId;
use hoist_store::limits::{EVIDENCE_FLUSHES_MAX, EVIDENCE_LIFE, EVIDENCE_PAGE_BYTES_MAX};
use hoist_store::{EvidenceFlush, StoreError};

use crate::rollouts::advance;
use crate::support::{Db, at};

both!(
    a_flush_is_stored_once,
    sums_are_those_of_the_last_flush,
    servers_hear_of_each_other,
    what_was_told_comes_in_pieces,
    a_flush_needs_its_rollout,
    flushes_of_a_server_become_one,
    evidence_goes_a_while_after_its_rollout,
    sums_that_cannot_be_read_are_an_error,
);

fn counted(stay: u64, events: u64) -> FlushedSums {
    let book = MetricBook { treatment: ArmBook { events, ..ArmBook::default() }, control: ArmBook::default() };
    FlushedSums {
        stay: EntryId(stay),
        exposed: Exposed { treatment: 7, ..Exposed::default() },
        metrics: BTreeMap::from([("errors".parse().unwrap(), book)]),
    }
}

async fn flush(db: &Db, instance: &str, seq: u64, units: &[u8], stays: &[FlushedSums]) -> Result<bool, StoreError> {
    db.store.flush_evidence(&EvidenceFlush { rollout: "r1", instance, seq, units, stays }, at(20)).await
}

async fn told(db: &Db, known: &[(&str, u64)], but: &str) -> Vec<(String, u64, Vec<u8>)> {
    let known = known.iter().map(|(instance, seq)| ((*instance).to_owned(), *seq)).collect();
    let told = db.store.told_units("r1", &known, but).await.unwrap();
    told.into_iter().map(|told| (told.instance, told.seq, told.units)).collect()
}

async fn events(db: &Db) -> Vec<(String, u64, u64)> {
    let events = |sums: &FlushedSums| sums.metrics["errors"].treatment.events;
    let sums = db.store.evidence_sums("r1", EntryId(1)).await.unwrap();
    sums.iter().map(|row| (row.instance.clone(), row.sums.stay.0, events(&row.sums))).collect()
}

async fn started(db: &Db) {
    db.flag().await;
    db.rollout("r1", 10).await;
}

async fn a_flush_is_stored_once(db: &Db) {
    started(db).await;
    assert!(flush(db, "a", 1, b"units", &[counted(1, 3)]).await.unwrap());
    assert!(!flush(db, "a", 1, b"other", &[counted(1, 99)]).await.unwrap(), "the same number again");
    assert_eq!(events(db).await, [("a".to_owned(), 1, 3)]);
    assert_eq!(told(db, &[], "b").await, [("a".to_owned(), 1, b"units".to_vec())]);
}

async fn sums_are_those_of_the_last_flush(db: &Db) {
    started(db).await;
    flush(db, "a", 1, b"", &[counted(1, 3), counted(2, 1)]).await.unwrap();
    flush(db, "a", 2, b"", &[counted(2, 5)]).await.unwrap();
    flush(db, "b", 1, b"", &[counted(2, 7)]).await.unwrap();
    let expected = [("a", 1, 3), ("a", 2, 5), ("b", 2, 7)].map(|(who, stay, count)| (who.to_owned(), stay, count));
    assert_eq!(events(db).await, expected);
    let later = db.store.evidence_sums("r1", EntryId(2)).await.unwrap();
    assert!(later.len() == 2 && later.iter().all(|row| row.sums.stay == EntryId(2)));
    let first = db.store.evidence_sums("r1", EntryId(1)).await.unwrap().remove(0);
    assert_eq!((first.sums, first.changed_at), (counted(1, 3), at(20)));
    assert_eq!(db.store.evidence_changed_at("r1").await.unwrap(), ["a", "b"].map(|who| (who.to_owned(), at(20))));
    assert!(db.store.evidence_changed_at("r2").await.unwrap().is_empty());
}

async fn servers_hear_of_each_other(db: &Db) {
    started(db).await;
    for (instance, seq) in [("a", 1), ("a", 2), ("b", 1), ("b", 2)] {
        flush(db, instance, seq, format!("{instance}{seq}").as_bytes(), &[]).await.unwrap();
    }
    let names = |told: Vec<(String, u64, Vec<u8>)>| told.into_iter().map(|(_, _, units)| units).collect::<Vec<_>>();
    assert_eq!(names(told(db, &[], "b").await), [b"a1", b"a2"]);
    assert_eq!(names(told(db, &[("a", 1), ("b", 2)], "").await), [b"a2"]);
    assert_eq!(names(told(db, &[("a", 2), ("b", 2)], "").await), Vec::<Vec<u8>>::new());
}

async fn what_was_told_comes_in_pieces(db: &Db) {
    started(db).await;
    let most = u64::from(EVIDENCE_FLUSHES_MAX);
    for seq in 1..=most + 1 {
        flush(db, "a", seq, b"u", &[]).await.unwrap();
    }
    let first = told(db, &[], "").await;
    assert_eq!((first.len() as u64, first.last().unwrap().1), (most, most));
    assert_eq!(told(db, &[("a", most)], "").await.len(), 1);
    flush(db, "b", 1, b"u", &[]).await.unwrap();
    assert_eq!(told(db, &[("a", 1)], "").await.len() as u64, most, "over all servers");
    assert_eq!(told(db, &[("a", most)], "").await.len(), 2);
    // Large ones come a few at a time, and one that is larger than a page comes alone.
    let third = vec![0; usize::try_from(EVIDENCE_PAGE_BYTES_MAX / 3).unwrap()];
    let (two, too_large) = (third.repeat(2), third.repeat(4));
    let sizes: [(&str, &[u8]); 5] = [("c", &two), ("d", &third), ("e", &two), ("f", &too_large), ("g", &third)];
    for (instance, units) in sizes {
        flush(db, instance, 1, units, &[]).await.unwrap();
    }
    let mut known = vec![("a", most + 1), ("b", 1)];
    for page in [["c", "d"].as_slice(), &["e"], &["f"], &["g"], &[]] {
        let told = told(db, &known, "").await;
        assert_eq!(told.iter().map(|(instance, ..)| instance.as_str()).collect::<Vec<_>>(), page);
        known.extend(page.iter().map(|instance| (*instance, 1)));
    }
}

/// A batch of these units, as a ledger writes it.
fn batch(units: &[u8]) -> Vec<u8> {
    let mut bytes = vec![3];
    for unit in units {
        bytes.extend([[*unit; 8].as_slice(), &[0; 4], &[1, 0, 0, 0], &[0; 13]].concat());
    }
    bytes
}

async fn flushes_of_a_server_become_one(db: &Db) {
    started(db).await;
    for seq in 1..=5_u8 {
        flush(db, "a", u64::from(seq), &batch(&[seq, 1]), &[]).await.unwrap();
        flush(db, "b", u64::from(seq), &batch(&[seq]), &[]).await.unwrap();
    }
    assert!(db.store.fold_evidence("r1", "a", 1, 4).await.unwrap());
    let seqs = async |known: &[(&str, u64)]| {
        told(db, known, "b").await.into_iter().map(|(_, seq, units)| (seq, units.len() / 29)).collect::<Vec<_>>()
    };
    // Units 1 to 4 are in the one that is left of three, whoever had some of them is told them again.
    assert_eq!(seqs(&[]).await, [(1, 2), (4, 4), (5, 2)]);
    assert_eq!(seqs(&[("a", 2)]).await, [(4, 4), (5, 2)]);
    assert_eq!(seqs(&[("a", 4)]).await, [(5, 2)]);
    assert!(db.store.fold_evidence("r1", "a", 0, 5).await.unwrap());
    assert_eq!(seqs(&[("a", 4)]).await, [(5, 5)]);
    assert!(!db.store.fold_evidence("r1", "a", 0, 5).await.unwrap(), "there is one");
    assert_eq!(told(db, &[], "a").await.len(), 5, "the other server's are as they were");
    // What cannot be read is left for somebody to look into.
    flush(db, "a", 6, b"units", &[]).await.unwrap();
    assert!(!db.store.fold_evidence("r1", "a", 0, 6).await.unwrap());
    assert_eq!(told(db, &[], "b").await.len(), 2);
}

async fn a_flush_needs_its_rollout(db: &Db) {
    db.flag().await;
    flush(db, "a", 1, b"", &[counted(1, 1)]).await.unwrap_err();
    assert!(events(db).await.is_empty());
}

async fn evidence_goes_a_while_after_its_rollout(db: &Db) {
    started(db).await;
    flush(db, "a", 1, b"units", &[counted(1, 3)]).await.unwrap();
    let life = i64::try_from(EVIDENCE_LIFE.as_micros() / 1_000_000).unwrap();
    assert_eq!(db.store.prune(at(20 + life)).await.unwrap().evidence, 0, "it is active");
    let cancel = Command::Cancel { reason: "enough".to_owned() };
    advance(&db.store, "r1", Input::Command(cancel), 30).await.unwrap();
    assert_eq!(db.store.prune(at(29 + life)).await.unwrap().evidence, 0, "it ended a moment ago");
    assert_eq!(db.store.prune(at(30 + life)).await.unwrap().evidence, 2, "units and sums");
    assert!(told(db, &[], "").await.is_empty() && events(db).await.is_empty());
}

async fn sums_that_cannot_be_read_are_an_error(db: &Db) {
    let check = async |damage: &'static str, column: &str| {
        flush(db, "a", 1, b"", &[counted(1, 3)]).await.unwrap();
        db.raw(damage).await;
        let error = db.store.evidence_sums("r1", EntryId(1)).await.unwrap_err();
        assert!(
            matches!(&error, StoreError::Corrupt { table: "evidence_sums", column: found, .. } if *found == column)
        );
        db.raw("DELETE FROM evidence_sums; DELETE FROM evidence_flushes").await;
    };
    started(db).await;
    check("UPDATE evidence_sums SET sums = '{}'", "sums").await;
    check("UPDATE evidence_sums SET format = 99", "format").await;
    check("UPDATE evidence_sums SET stay = 4", "stay").await;
}
