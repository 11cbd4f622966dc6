use hoist_eval::draft::SegmentDraft;
use hoist_lifecycle::metric::{MetricDraft, MetricSourceDraft};
use hoist_store::{PageRequest, StoreError, Version};

use crate::support::{Db, PROJECT, person, plan, write};

both!(segments, plans, metrics, a_segment_that_cannot_be_read_is_repaired_by_writing_it);

fn segment(included: &str) -> SegmentDraft {
    SegmentDraft { key: "staff".into(), included: vec![included.into()], excluded: vec![], when: None }
}

async fn generations(db: &Db) -> Vec<u64> {
    db.store.environments(PROJECT).await.unwrap().iter().map(|it| it.generation).collect()
}

async fn segments(db: &Db) {
    let actor = person();
    let (first, second) = (segment("u1"), segment("u2"));
    let made = db.store.create_segment(&write(&actor, 1), PROJECT, &first).await.unwrap();
    assert_eq!((made.version, &made.draft), (Version(1), &first));
    assert_eq!(generations(db).await, [2, 2, 2], "a segment is served by every environment");
    let twice = db.store.create_segment(&write(&actor, 1), PROJECT, &first).await;
    assert!(matches!(twice, Err(StoreError::Exists { what: "segment" })), "{twice:?}");
    let nowhere = db.store.create_segment(&write(&actor, 1), "nowhere", &first).await;
    assert!(matches!(nowhere, Err(StoreError::Missing { what: "project" })), "{nowhere:?}");

    let same = db.store.update_segment(&write(&actor, 2), PROJECT, &first).await.unwrap();
    assert_eq!((same.version, generations(db).await), (Version(1), vec![2, 2, 2]));
    let changed = db.store.update_segment(&write(&actor, 2).expecting(Version(1)), PROJECT, &second).await.unwrap();
    assert_eq!((changed.version, generations(db).await), (Version(2), vec![3, 3, 3]));
    let stale = db.store.update_segment(&write(&actor, 2).expecting(Version(1)), PROJECT, &first).await;
    assert!(matches!(stale, Err(StoreError::Conflict { what: "segment", current: Version(2) })), "{stale:?}");

    assert_eq!(db.store.segment(PROJECT, "staff").await.unwrap(), Some(changed.clone()));
    assert_eq!(db.store.segment(PROJECT, "nobody").await.unwrap(), None);
    let listed = db.store.list_segments(PROJECT, &PageRequest::default()).await.unwrap();
    assert_eq!(listed.items, [changed]);
    let stale = db.store.delete_segment(&write(&actor, 3).expecting(Version(1)), PROJECT, "staff").await;
    assert!(matches!(stale, Err(StoreError::Conflict { .. })), "{stale:?}");
    db.store.delete_segment(&write(&actor, 3), PROJECT, "staff").await.unwrap();
    assert_eq!((db.store.segment(PROJECT, "staff").await.unwrap(), generations(db).await), (None, vec![4, 4, 4]));
    let missing = db.store.delete_segment(&write(&actor, 3), PROJECT, "staff").await;
    assert!(matches!(missing, Err(StoreError::Missing { what: "segment" })), "{missing:?}");
}

async fn plans(db: &Db) {
    let actor = person();
    let draft = plan("canary");
    let made = db.store.create_plan(&write(&actor, 1), PROJECT, &draft).await.unwrap();
    assert_eq!(made.draft, draft);
    let longer = hoist_lifecycle::plan::PlanDraft { title: "Canary".into(), ..draft };
    db.store.update_plan(&write(&actor, 2), PROJECT, &longer).await.unwrap();
    assert_eq!(db.store.plan(PROJECT, "canary").await.unwrap().map(|it| it.draft), Some(longer));
    assert_eq!(db.store.list_plans(PROJECT, &PageRequest::default()).await.unwrap().items.len(), 1);
    assert_eq!(generations(db).await, [1, 1, 1], "a plan is not served");
    db.store.delete_plan(&write(&actor, 3), PROJECT, "canary").await.unwrap();
    assert_eq!(db.store.plan(PROJECT, "canary").await.unwrap(), None);
}

async fn metrics(db: &Db) {
    let actor = person();
    let source = MetricSourceDraft::PromqlValue { query: "rate(errors[5m])".into() };
    let draft = MetricDraft::new("errors", source).with_unit("1/s");
    let made = db.store.create_metric(&write(&actor, 1), PROJECT, &draft).await.unwrap();
    assert_eq!(made.draft, draft);
    let other = MetricDraft { unit: "ratio".into(), ..draft };
    db.store.update_metric(&write(&actor, 2), PROJECT, &other).await.unwrap();
    assert_eq!(db.store.metric(PROJECT, "errors").await.unwrap().map(|it| it.draft), Some(other));
    assert_eq!(db.store.list_metrics(PROJECT, &PageRequest::default()).await.unwrap().items.len(), 1);
    // Keys of different kinds do not meet.
    db.store
        .create_segment(&write(&actor, 2), PROJECT, &SegmentDraft { key: "errors".into(), ..segment("u") })
        .await
        .unwrap();
    db.store.delete_metric(&write(&actor, 3), PROJECT, "errors").await.unwrap();
    assert_eq!(db.store.metric(PROJECT, "errors").await.unwrap(), None);
    assert!(db.store.segment(PROJECT, "errors").await.unwrap().is_some());
}

async fn a_segment_that_cannot_be_read_is_repaired_by_writing_it(db: &Db) {
    let actor = person();
    db.store.create_segment(&write(&actor, 1), PROJECT, &segment("u1")).await.unwrap();
    db.raw("UPDATE documents SET format = 99").await;
    let unreadable = db.store.segment(PROJECT, "staff").await;
    match unreadable {
        Err(StoreError::Corrupt { table: "documents", column: "format", key, .. }) => {
            assert_eq!(key, "default/segment/staff");
        }
        other => panic!("{other:?}"),
    }
    db.store.update_segment(&write(&actor, 2), PROJECT, &segment("u1")).await.unwrap();
    assert_eq!(db.store.segment(PROJECT, "staff").await.unwrap().map(|it| it.draft), Some(segment("u1")));
}
