use hoist_eval::draft::{
    AllocationDraft, AllocationEntryDraft, PrerequisiteDraft, RuleDraft, ServeDraft, TargetingDraft, WeightDraft,
};
use hoist_store::{
    Category, EnvironmentSettings, FlagChange, FlagDetails, FlagFilter, FlagUpdate, Lifetime, NewFlag, PageRequest,
    Refusal, StoreError, Version,
};

use crate::support::{Db, ENVIRONMENT, FLAG, PROJECT, at, new_flag, person, targeting, variants, write};

both!(
    a_new_flag,
    a_new_flag_must_be_sound,
    a_list_is_filtered,
    a_list_has_pages,
    a_definition_changes,
    what_a_flag_serves_changes,
    a_change_of_nothing_is_nothing,
    the_kill_switch_works_whatever_the_rest_holds,
    allocations_and_conclusions,
    an_archived_flag_is_gone,
    a_new_environment_asks_about_no_archived_flag,
    an_archived_key_is_taken_for_a_while,
    salts_differ_by_environment,
);

async fn generations(db: &Db) -> Vec<u64> {
    db.store.environments(PROJECT).await.unwrap().iter().map(|it| it.generation).collect()
}

async fn a_new_flag(db: &Db) {
    db.flag().await;
    assert_eq!(generations(db).await, [2, 2, 2]);
    let flag = db.store.flag(PROJECT, FLAG).await.unwrap().unwrap();
    assert_eq!((flag.version, flag.created_at, flag.archived_at), (Version(1), at(1), None));
    assert_eq!(flag.variants, variants());
    let served = db.store.targetings(PROJECT, FLAG).await.unwrap();
    let shown: Vec<_> = served.iter().map(|it| (it.environment.as_str(), it.generation, it.version.0)).collect();
    assert_eq!(shown, [("development", 2, 1), ("staging", 2, 1), ("production", 2, 1)]);
    assert_eq!(served[0].targeting, targeting("off"));
    assert_eq!(db.store.flag(PROJECT, "nothing").await.unwrap(), None);
    assert_eq!(db.store.targeting(PROJECT, ENVIRONMENT, "nothing").await.unwrap(), None);
    let twice = db.store.create_flag(&write(&person(), 2), PROJECT, &new_flag(FLAG)).await;
    assert!(matches!(twice, Err(StoreError::Exists { what: "flag" })), "{twice:?}");
}

async fn a_new_flag_must_be_sound(db: &Db) {
    let actor = person();
    for seed in ["", "0123", "0123456789ABCDEF0123456789ABCDEF", "0123456789abcdef0123456789abcdeg"] {
        let new = NewFlag { seed: seed.into(), ..new_flag("a") };
        let refused = db.store.create_flag(&write(&actor, 1), PROJECT, &new).await;
        assert!(matches!(refused, Err(StoreError::Refused(Refusal::Invalid { field: "seed", .. }))), "{refused:?}");
    }
    let nowhere = db.store.create_flag(&write(&actor, 1), "nowhere", &new_flag("a")).await;
    assert!(matches!(nowhere, Err(StoreError::Missing { what: "project" })), "{nowhere:?}");
    assert_eq!(generations(db).await, [1, 1, 1], "nothing happened");
}

async fn a_list_is_filtered(db: &Db) {
    let actor = person();
    let rows = [
        ("checkout", "Ada", Category::Release, Lifetime::Temporary, Some("2026-01-31"), vec!["shop", "web"]),
        ("search", "Grace", Category::Experiment, Lifetime::Experiment, Some("2026-03-31"), vec!["web"]),
        ("shed_load", "Grace", Category::Operations, Lifetime::Permanent, None, vec![]),
    ];
    for (key, owner, category, lifetime, expires_on, tags) in rows {
        let details = FlagDetails {
            title: format!("100 % {key}"),
            owner: owner.into(),
            category,
            lifetime,
            expires_on: expires_on.map(str::to_owned),
            tags: tags.into_iter().map(str::to_owned).collect(),
            ..FlagDetails::default()
        };
        let new = NewFlag { details, ..new_flag(key) };
        db.store.create_flag(&write(&actor, 1), PROJECT, &new).await.unwrap();
    }
    let some = |text: &str| Some(text.to_owned());
    let any = FlagFilter::default();
    let checks = [
        (any.clone(), "checkout search shed_load"),
        (FlagFilter { q: some("CHECK"), ..any.clone() }, "checkout"),
        (FlagFilter { q: some("100 %"), ..any.clone() }, "checkout search shed_load"),
        (FlagFilter { q: some("_"), ..any.clone() }, "shed_load"),
        (FlagFilter { q: some("\\"), ..any.clone() }, ""),
        (FlagFilter { owner: some("Grace"), ..any.clone() }, "search shed_load"),
        (FlagFilter { tag: some("web"), ..any.clone() }, "checkout search"),
        (FlagFilter { tag: some("we"), ..any.clone() }, ""),
        (FlagFilter { tag: some("%"), ..any.clone() }, ""),
        (FlagFilter { category: Some(Category::Experiment), ..any.clone() }, "search"),
        (FlagFilter { lifetime: Some(Lifetime::Permanent), ..any.clone() }, "shed_load"),
        (FlagFilter { expires_by: some("2026-02-01"), ..any.clone() }, "checkout"),
        (FlagFilter { archived: true, ..any.clone() }, ""),
        (FlagFilter { owner: some("Grace"), tag: some("web"), ..any }, "search"),
    ];
    for (filter, wanted) in checks {
        let page = db.store.list_flags(PROJECT, &filter, &PageRequest::default()).await.unwrap();
        let keys: Vec<_> = page.items.iter().map(|flag| flag.key.as_str()).collect();
        assert_eq!(keys.join(" "), wanted, "{filter:?}");
    }
}

async fn a_list_has_pages(db: &Db) {
    let actor = person();
    for key in ["a", "b", "c", "d", "e"] {
        db.store.create_flag(&write(&actor, 1), PROJECT, &new_flag(key)).await.unwrap();
    }
    let mut seen = String::new();
    let mut cursor = None;
    for _ in 0..3 {
        let request = PageRequest { limit: Some(2), cursor };
        let page = db.store.list_flags(PROJECT, &FlagFilter::default(), &request).await.unwrap();
        seen.extend(page.items.iter().map(|flag| flag.key.as_str()));
        seen.push('|');
        cursor = page.next;
    }
    assert_eq!((seen.as_str(), cursor), ("ab|cd|e|", None));
}

async fn a_definition_changes(db: &Db) {
    db.flag().await;
    let actor = person();
    let details = FlagDetails { owner: "grace".into(), ..FlagDetails::default() };
    let update = FlagUpdate { details: Some(details.clone()), variants: None };
    let flag = db.store.update_flag(&write(&actor, 2).expecting(Version(1)), PROJECT, FLAG, &update).await.unwrap();
    assert_eq!((flag.version, &flag.details), (Version(2), &details));
    assert_eq!(generations(db).await, [2, 2, 2], "who owns a flag is not served");

    let mut more = variants();
    more.push(hoist_eval::draft::VariantDraft { key: "dark".into(), value: true.into() });
    let update = FlagUpdate { details: None, variants: Some(more.clone()) };
    let flag = db.store.update_flag(&write(&actor, 3), PROJECT, FLAG, &update).await.unwrap();
    assert_eq!((flag.version, &flag.variants, &flag.details), (Version(3), &more, &details));
    assert_eq!(generations(db).await, [3, 3, 3]);
    let served = db.store.targeting(PROJECT, ENVIRONMENT, FLAG).await.unwrap().unwrap();
    assert_eq!(served.version, Version(2), "clients see another version");

    let stale = db.store.update_flag(&write(&actor, 3).expecting(Version(1)), PROJECT, FLAG, &update).await;
    assert!(matches!(stale, Err(StoreError::Conflict { current: Version(3), .. })), "{stale:?}");
    let same = db.store.update_flag(&write(&actor, 4), PROJECT, FLAG, &update).await.unwrap();
    assert_eq!(same, flag);
    let missing = db.store.update_flag(&write(&actor, 4), PROJECT, "nothing", &update).await;
    assert!(matches!(missing, Err(StoreError::Missing { what: "flag" })), "{missing:?}");
}

async fn what_a_flag_serves_changes(db: &Db) {
    db.flag().await;
    let actor = person();
    let write = write(&actor, 2);
    let serve = |default: &str| targeting(default);
    let done = db.store.set_targeting(&write, PROJECT, ENVIRONMENT, FLAG, serve("on")).await.unwrap();
    assert_eq!((done.version, done.generation, done.changed), (Version(2), 3, true));
    assert_eq!(generations(db).await, [2, 2, 3], "other environments serve what they served");
    let stale = write.clone().expecting(Version(1));
    let stale = db.store.set_targeting(&stale, PROJECT, ENVIRONMENT, FLAG, serve("off")).await;
    assert!(matches!(stale, Err(StoreError::Conflict { what: "flag", current: Version(2) })), "{stale:?}");
    let served = db.store.targeting(PROJECT, ENVIRONMENT, FLAG).await.unwrap().unwrap();
    assert_eq!((served.targeting, served.generation, served.changed_at), (serve("on"), 3, at(2)));
    let missing = db.store.set_targeting(&write, PROJECT, ENVIRONMENT, "nothing", serve("on")).await;
    assert!(matches!(missing, Err(StoreError::Missing { what: "flag" })), "{missing:?}");
    let missing = db.store.set_targeting(&write, PROJECT, "nowhere", FLAG, serve("on")).await;
    assert!(matches!(missing, Err(StoreError::Missing { what: "environment" })), "{missing:?}");
}

async fn a_change_of_nothing_is_nothing(db: &Db) {
    db.flag().await;
    let actor = person();
    let before = (generations(db).await, db.store.audit_head().await.unwrap());
    let write = write(&actor, 5);
    let changes = [
        FlagChange::Targeting(targeting("off")),
        FlagChange::Enabled(true),
        FlagChange::Allocation(None),
        FlagChange::Conclude { serve: "off".into() },
    ];
    for change in changes {
        let done = db.store.apply_flag_change(&write, PROJECT, ENVIRONMENT, FLAG, &change).await.unwrap();
        assert_eq!((done.changed, done.version, done.generation), (false, Version(1), 2), "{change:?}");
    }
    assert_eq!((generations(db).await, db.store.audit_head().await.unwrap()), before);
    assert_eq!(db.store.outbox_waiting().await.unwrap(), 0);
}

async fn the_kill_switch_works_whatever_the_rest_holds(db: &Db) {
    db.flag().await;
    db.raw("UPDATE targetings SET body = 'garbage', allocation = 'garbage'").await;
    db.raw("UPDATE flags SET variants = 'garbage', details = '[', kind = 'colour'").await;
    let actor = person();
    let done = db.store.set_enabled(&write(&actor, 2), PROJECT, ENVIRONMENT, FLAG, false).await.unwrap();
    assert_eq!((done.version, done.generation, done.changed), (Version(2), 3, true));
    let unreadable = db.store.targeting(PROJECT, ENVIRONMENT, FLAG).await;
    assert!(
        matches!(unreadable, Err(StoreError::Corrupt { table: "targetings", column: "body", .. })),
        "{unreadable:?}"
    );
    let unreadable = db.store.flag(PROJECT, FLAG).await;
    assert!(matches!(unreadable, Err(StoreError::Corrupt { table: "flags", .. })), "{unreadable:?}");

    // What cannot be read is repaired by writing it anew.
    let actor = person();
    db.store.set_targeting(&write(&actor, 3), PROJECT, ENVIRONMENT, FLAG, targeting("on")).await.unwrap();
    let change = FlagChange::Allocation(None);
    db.store.apply_flag_change(&write(&actor, 3), PROJECT, ENVIRONMENT, FLAG, &change).await.unwrap();
    let served = db.store.targeting(PROJECT, ENVIRONMENT, FLAG).await.unwrap().unwrap();
    assert_eq!((served.targeting, served.allocation), (targeting("on"), None));
}

async fn allocations_and_conclusions(db: &Db) {
    db.flag().await;
    let actor = person();
    let allocation = AllocationDraft {
        rollout: "r1".into(),
        salt: "0123456789abcdef0123456789abcdef".into(),
        entries: vec![AllocationEntryDraft {
            audience: None,
            part: None,
            weights: vec![WeightDraft { variant: "on".into(), weight: 100_000 }],
        }],
    };
    let set = FlagChange::Allocation(Some(allocation.clone()));
    db.store.apply_flag_change(&write(&actor, 2), PROJECT, ENVIRONMENT, FLAG, &set).await.unwrap();
    let served = db.store.targeting(PROJECT, ENVIRONMENT, FLAG).await.unwrap().unwrap();
    assert_eq!((served.allocation, &served.targeting), (Some(allocation.clone()), &targeting("off")));

    // An operator's edit leaves the rollout's part alone.
    db.store.set_targeting(&write(&actor, 3), PROJECT, ENVIRONMENT, FLAG, targeting("on")).await.unwrap();
    let served = db.store.targeting(PROJECT, ENVIRONMENT, FLAG).await.unwrap().unwrap();
    assert_eq!(served.allocation, Some(allocation));

    let conclude = FlagChange::Conclude { serve: "on".into() };
    let done = db.store.apply_flag_change(&write(&actor, 4), PROJECT, ENVIRONMENT, FLAG, &conclude).await.unwrap();
    let served = db.store.targeting(PROJECT, ENVIRONMENT, FLAG).await.unwrap().unwrap();
    assert_eq!((served.allocation, served.version), (None, done.version));
    assert_eq!(served.targeting.default, ServeDraft::Variant("on".into()));
}

async fn an_archived_flag_is_gone(db: &Db) {
    db.flag().await;
    let actor = person();
    let flag = db.store.archive_flag(&write(&actor, 2).expecting(Version(1)), PROJECT, FLAG).await.unwrap();
    assert_eq!((flag.archived_at, flag.version), (Some(at(2)), Version(2)));
    assert_eq!(generations(db).await, [3, 3, 3]);
    assert!(db.store.snapshot(PROJECT, ENVIRONMENT).await.unwrap().unwrap().draft.flags.is_empty());
    let listed = db.store.list_flags(PROJECT, &FlagFilter::default(), &PageRequest::default()).await.unwrap();
    assert!(listed.items.is_empty());
    let archived = FlagFilter { archived: true, ..FlagFilter::default() };
    assert_eq!(db.store.list_flags(PROJECT, &archived, &PageRequest::default()).await.unwrap().items.len(), 1);

    let head = db.store.audit_head().await.unwrap();
    assert_eq!(db.store.archive_flag(&write(&actor, 3), PROJECT, FLAG).await.unwrap(), flag, "twice is once");
    assert_eq!(db.store.audit_head().await.unwrap(), head);
    let changed = db.store.set_enabled(&write(&actor, 3), PROJECT, ENVIRONMENT, FLAG, false).await;
    assert!(matches!(changed, Err(StoreError::Refused(Refusal::Archived))), "{changed:?}");
    let update = FlagUpdate { details: Some(FlagDetails::default()), variants: None };
    let changed = db.store.update_flag(&write(&actor, 3), PROJECT, FLAG, &update).await;
    assert!(matches!(changed, Err(StoreError::Refused(Refusal::Archived))), "{changed:?}");

    let salt = db.store.targeting(PROJECT, ENVIRONMENT, FLAG).await.unwrap().unwrap().salt;
    let back = db.store.unarchive_flag(&write(&actor, 4), PROJECT, FLAG).await.unwrap();
    assert_eq!((back.archived_at, back.version), (None, Version(3)));
    assert_eq!(db.store.targeting(PROJECT, ENVIRONMENT, FLAG).await.unwrap().unwrap().salt, salt);
    assert_eq!(generations(db).await, [4, 4, 4]);
    let missing = db.store.unarchive_flag(&write(&actor, 4), PROJECT, "nothing").await;
    assert!(matches!(missing, Err(StoreError::Missing { what: "flag" })), "{missing:?}");
}

/// What a flag began with may ask about a flag that was archived since, once nobody asked about it any more.
async fn a_new_environment_asks_about_no_archived_flag(db: &Db) {
    let actor = person();
    db.flag().await;
    db.store.create_flag(&write(&actor, 1), PROJECT, &new_flag("other")).await.unwrap();
    let needs = |flag: &str| PrerequisiteDraft { flag: flag.into(), variants: vec!["on".into()] };
    let rule = |flag: &str| RuleDraft {
        id: format!("if-{flag}"),
        description: String::new(),
        when: serde_json::from_value(serde_json::json!({
            "any": [{ "operator": "flag_serves", "values": [{ "flag": flag, "variants": ["on"] }] }],
        }))
        .unwrap(),
        serve: ServeDraft::Variant("on".into()),
    };
    let asks = |flags: &[&str]| TargetingDraft {
        prerequisites: flags.iter().copied().map(needs).collect(),
        rules: flags.iter().copied().map(rule).collect(),
        ..targeting("off")
    };
    let new = NewFlag { targeting: asks(&[FLAG, "other"]), ..new_flag("asks") };
    db.store.create_flag(&write(&actor, 2), PROJECT, &new).await.unwrap();
    for environment in ["development", "staging", "production"] {
        db.store.set_targeting(&write(&actor, 3), PROJECT, environment, "asks", asks(&["other"])).await.unwrap();
    }
    db.store.archive_flag(&write(&actor, 4), PROJECT, FLAG).await.unwrap();
    let settings = EnvironmentSettings { title: String::new(), protected: false, position: 9 };
    db.store.create_environment(&write(&actor, 5), PROJECT, "load", &settings).await.unwrap();
    let there = db.store.targeting(PROJECT, "load", "asks").await.unwrap().unwrap().targeting;
    assert_eq!(there, TargetingDraft { enabled: false, ..asks(&["other"]) });
}

async fn an_archived_key_is_taken_for_a_while(db: &Db) {
    const DAY: i64 = 24 * 60 * 60;
    db.flag().await;
    let actor = person();
    db.store.archive_flag(&write(&actor, 0), PROJECT, FLAG).await.unwrap();
    let refused = db.store.create_flag(&write(&actor, 90 * DAY - 1), PROJECT, &new_flag(FLAG)).await;
    let until = match refused {
        Err(StoreError::Refused(Refusal::Tombstone { until })) => until,
        other => panic!("{other:?}"),
    };
    assert_eq!(until, at(90 * DAY));
    let insist = NewFlag { override_tombstone: true, ..new_flag(FLAG) };
    let silent = db.store.create_flag(&write(&actor, 5).because(" "), PROJECT, &insist).await;
    assert!(matches!(silent, Err(StoreError::Refused(Refusal::ReasonNeeded))), "{silent:?}");
    let made = db.store.create_flag(&write(&actor, 5).because("no old code left"), PROJECT, &insist).await.unwrap();
    assert_eq!((made.version, made.archived_at), (Version(1), None));

    db.store.archive_flag(&write(&actor, 10), PROJECT, FLAG).await.unwrap();
    let made = db.store.create_flag(&write(&actor, 10 + 90 * DAY), PROJECT, &new_flag(FLAG)).await.unwrap();
    assert_eq!(made.created_at, at(10 + 90 * DAY), "after that the key is free");
}

async fn salts_differ_by_environment(db: &Db) {
    db.flag().await;
    let mut salts: Vec<_> = db.store.targetings(PROJECT, FLAG).await.unwrap().into_iter().map(|it| it.salt).collect();
    assert!(salts.iter().all(|salt| salt.len() == 32 && salt.bytes().all(|b| b.is_ascii_hexdigit())));
    salts.sort();
    salts.dedup();
    assert_eq!(salts.len(), 3);
    // Fixed for ever: another salt would draw other units.
    let salt = hoist_store::environment_salt("0123456789abcdef0123456789abcdef", "default", "production");
    assert_eq!(salt, "527ee666ffd18e60d864c6cb538a6732");
}
