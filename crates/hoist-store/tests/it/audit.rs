use hoist_store::audit::{AuditFault, AuditFilter, AuditRecord, verify_records};
use hoist_store::testing::Postgres;
use hoist_store::{Actor, ActorKind, FlagDetails, FlagUpdate, PageRequest, Store, StoreConfig, Version, Write};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use crate::support::{Db, ENVIRONMENT, FLAG, PROJECT, at, new_flag, new_token, patient, person, targeting, write};

both!(
    every_change_is_told,
    the_log_is_filtered_and_paged,
    sessions_and_copies_are_told,
    the_log_is_append_only,
    tampering_is_found_and_named,
    a_saved_head_shows_more,
    an_export_is_verified_without_the_database,
    long_differences_are_kept_as_digests,
    verification_starts_anywhere,
);

async fn actions(db: &Db) -> Vec<String> {
    db.store.audit_from(1, 500).await.unwrap().into_iter().map(|it| it.action).collect()
}

async fn every_change_is_told(db: &Db) {
    db.flag().await;
    let actor = Actor { token: Some("t9".into()), ..Actor::new(ActorKind::Token, "deployer") };
    let write = Write::new(&actor, at(5)).because("friday");
    db.store.set_targeting(&write, PROJECT, ENVIRONMENT, FLAG, targeting("on")).await.unwrap();
    db.store.set_enabled(&write, PROJECT, ENVIRONMENT, FLAG, false).await.unwrap();
    db.store.create_token(&write, &new_token("t1")).await.unwrap();
    db.store.archive_flag(&write, PROJECT, FLAG).await.unwrap();
    let wanted = [
        "installation.create",
        "project.create",
        "environment.create",
        "environment.create",
        "environment.create",
        "flag.create",
        "flag.targeting",
        "flag.off",
        "token.create",
        "flag.archive",
    ];
    assert_eq!(actions(db).await, wanted);
    let record = db.store.audit_from(7, 1).await.unwrap().remove(0);
    let shown = (record.seq, record.at, record.actor_kind.as_str(), record.actor_id.as_str(), record.token.as_deref());
    assert_eq!(shown, (7, at(5), "token", "deployer", Some("t9")));
    let place = (record.project.as_deref(), record.environment.as_deref(), record.subject.as_str());
    assert_eq!(place, (Some(PROJECT), Some(ENVIRONMENT), FLAG));
    assert_eq!(record.reason, "friday");
    assert_eq!(record.before.as_deref(), Some(r#"{"default":{"variant":"off"}}"#), "only what differs");
    assert_eq!(record.after.as_deref(), Some(r#"{"default":{"variant":"on"}}"#));
    let verdict = db.store.audit_verify(1, None).await.unwrap();
    assert_eq!((verdict.sound, verdict.fault), (10, None));
    assert_eq!(verdict.head, Some(db.store.audit_head().await.unwrap()));
}

async fn the_log_is_filtered_and_paged(db: &Db) {
    db.flag().await;
    for seconds in 10..15 {
        let on = seconds % 2 == 1;
        db.store.set_enabled(&write(&person(), seconds), PROJECT, ENVIRONMENT, FLAG, on).await.unwrap();
    }
    let some = |text: &str| Some(text.to_owned());
    let any = AuditFilter::default();
    let checks = [
        (any.clone(), 11),
        (AuditFilter { project: some(PROJECT), ..any.clone() }, 10),
        (AuditFilter { environment: some(ENVIRONMENT), ..any.clone() }, 6),
        (AuditFilter { actor: some("ada"), ..any.clone() }, 6),
        (AuditFilter { actor: some("eve"), ..any.clone() }, 0),
        (AuditFilter { subject_kind: some("flag"), subject: some(FLAG), ..any.clone() }, 6),
        (AuditFilter { action: some("flag.off"), ..any.clone() }, 3),
        (AuditFilter { since: Some(at(11)), until: Some(at(14)), ..any.clone() }, 3),
    ];
    for (filter, wanted) in checks {
        let page = db.store.audit_page(&filter, &PageRequest::default()).await.unwrap();
        assert_eq!(page.items.len(), wanted, "{filter:?}");
    }
    let first = db.store.audit_page(&any, &PageRequest { limit: Some(4), cursor: None }).await.unwrap();
    let second = db.store.audit_page(&any, &PageRequest { limit: Some(4), cursor: first.next.clone() }).await.unwrap();
    let numbers: Vec<_> = first.items.iter().chain(&second.items).map(|it| it.seq).collect();
    assert_eq!(numbers, [11, 10, 9, 8, 7, 6, 5, 4]);
}

async fn sessions_and_copies_are_told(db: &Db) {
    let actor = person();
    let write = write(&actor, 5);
    db.store.create_session(&write, &new_token("t1")).await.unwrap();
    let ended = db.store.end_session(&write, "t1").await.unwrap();
    assert_eq!(ended.revoked_at, Some(at(5)));
    db.store.end_session(&write, "t1").await.unwrap();
    let export = db.store.record_export(&write, (PROJECT, ENVIRONMENT), "flagd").await.unwrap();
    let copy = db.store.record_audit_export(&write, "lines").await.unwrap();
    let told = db.store.audit_from(6, 10).await.unwrap();
    let told: Vec<_> = told.iter().map(|it| (it.seq, it.action.as_str(), it.subject.as_str())).collect();
    let wanted = [
        (6, "session.create", "t1"),
        (7, "session.end", "t1"),
        (export, "environment.export", ENVIRONMENT),
        (copy, "audit.export", "audit"),
    ];
    assert_eq!(told, wanted);
    assert!(db.store.audit_verify(1, None).await.unwrap().is_sound());
}

async fn the_log_is_append_only(db: &Db) {
    let statements = ["UPDATE audit SET reason = 'x'", "DELETE FROM audit", "UPDATE audit SET seq = 99 WHERE seq = 1"];
    for statement in statements {
        assert!(db.refuses(statement).await, "{statement}");
    }
    if db.is_postgres() {
        assert!(db.refuses("TRUNCATE audit").await);
    }
    assert!(db.store.audit_verify(1, None).await.unwrap().is_sound());
}

/// The owner of the table included: a superuser alone passes by the grants.
#[tokio::test]
async fn the_role_of_a_server_has_no_grant_to_change_the_log() {
    let postgres = Postgres::empty().await.unwrap();
    let url = postgres.url();
    let name = url.rsplit('/').next().unwrap().split('?').next().unwrap().to_owned();
    let role = format!("app_{name}");
    let mut superuser = PgConnection::connect(&url).await.unwrap();
    let script = format!("CREATE ROLE {role} LOGIN PASSWORD 'app'; ALTER DATABASE {name} OWNER TO {role}");
    sqlx::raw_sql(AssertSqlSafe(script)).execute(&mut superuser).await.unwrap();
    let (_, place) = url.split_once('@').unwrap();
    let own = format!("postgres://{role}:app@{place}");
    let store = Store::open(&patient(StoreConfig::postgres(own.clone()))).await.unwrap();
    store.create_flag(&write(&person(), 1), PROJECT, &new_flag(FLAG)).await.unwrap();
    assert!(store.audit_verify(1, None).await.unwrap().is_sound(), "it adds to the log and reads it");
    store.close().await;
    let mut connection = PgConnection::connect(&own).await.unwrap();
    sqlx::raw_sql("ALTER TABLE audit DISABLE TRIGGER USER").execute(&mut connection).await.unwrap();
    for statement in ["UPDATE audit SET reason = 'x'", "DELETE FROM audit", "TRUNCATE audit"] {
        let refused = sqlx::raw_sql(statement).execute(&mut connection).await.unwrap_err();
        let code = refused.as_database_error().and_then(sqlx::error::DatabaseError::code);
        assert_eq!(code.as_deref(), Some("42501"), "{statement}: {refused}");
    }
    connection.close().await.unwrap();
    superuser.close().await.unwrap();
    postgres.discard().await.unwrap();
}

async fn tampering_is_found_and_named(db: &Db) {
    for key in ["a", "b", "c", "d", "e", "f", "g", "h"] {
        db.store.create_flag(&write(&person(), 1), PROJECT, &new_flag(key)).await.unwrap();
    }
    db.open_audit().await;
    let copy = "CREATE TABLE sound AS SELECT * FROM audit";
    db.raw(copy).await;
    let columns =
        "at, actor_kind, actor_id, token, project, environment, action, subject_kind, subject, reason, before,
        after, previous, hash";
    let forged = format!("INSERT INTO audit (seq, {columns}) SELECT 6, {columns} FROM sound WHERE seq = 3");
    let checks: [(&str, u64, AuditFault); 9] = [
        ("UPDATE audit SET actor_id = 'eve' WHERE seq = 7", 7, AuditFault::Edited),
        ("UPDATE audit SET after = NULL WHERE seq = 13", 13, AuditFault::Edited),
        ("UPDATE audit SET hash = previous WHERE seq = 2", 2, AuditFault::Edited),
        ("DELETE FROM audit WHERE seq = 1", 1, AuditFault::Missing),
        ("DELETE FROM audit WHERE seq IN (5, 6, 9)", 5, AuditFault::Missing),
        ("DELETE FROM audit WHERE seq >= 12", 12, AuditFault::Truncated),
        (
            "UPDATE audit SET seq = 1006 WHERE seq = 6; UPDATE audit SET seq = 6 WHERE seq = 9;
             UPDATE audit SET seq = 9 WHERE seq = 1006",
            6,
            AuditFault::Swapped,
        ),
        (
            "UPDATE audit SET seq = seq + 1000 WHERE seq >= 6; UPDATE audit SET seq = seq - 999 WHERE seq >= 1000;
             @FORGED",
            6,
            AuditFault::Inserted,
        ),
        (
            "INSERT INTO audit SELECT 14, at, actor_kind, actor_id, token, project, environment, action, subject_kind,
             subject, reason, before, after, previous, hash FROM sound WHERE seq = 13",
            14,
            AuditFault::Inserted,
        ),
    ];
    for (script, seq, fault) in checks {
        db.raw(script.replace("@FORGED", &forged)).await;
        let verdict = db.store.audit_verify(1, None).await.unwrap();
        assert_eq!(verdict.fault, Some((seq, fault)), "{script}");
        db.raw("DELETE FROM audit; INSERT INTO audit SELECT * FROM sound").await;
        assert!(db.store.audit_verify(1, None).await.unwrap().is_sound());
    }
}

async fn a_saved_head_shows_more(db: &Db) {
    let head = db.store.audit_head().await.unwrap();
    assert!(db.store.audit_verify(1, Some(&head)).await.unwrap().is_sound());
    db.flag().await;
    assert!(db.store.audit_verify(1, Some(&head)).await.unwrap().is_sound(), "it has grown since");
    // Someone cuts off the end and makes the stored end agree.
    db.open_audit().await;
    db.raw("DELETE FROM audit WHERE seq > 3").await;
    db.raw("UPDATE installation SET audit_seq = 3, audit_hash = (SELECT hash FROM audit WHERE seq = 3)").await;
    assert!(db.store.audit_verify(1, None).await.unwrap().is_sound());
    assert_eq!(db.store.audit_verify(1, Some(&head)).await.unwrap().fault, Some((4, AuditFault::Truncated)));
}

async fn an_export_is_verified_without_the_database(db: &Db) {
    db.flag().await;
    let mut lines = Vec::new();
    let mut next = 1;
    loop {
        let page = db.store.audit_from(next, 2).await.unwrap();
        let Some(last) = page.last() else { break };
        next = last.seq + 1;
        lines.extend(page.iter().map(|it| serde_json::to_string(it).unwrap()));
    }
    let head = db.store.audit_head().await.unwrap();
    let read = |lines: &[String]| -> Vec<AuditRecord> {
        lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    assert!(verify_records(read(&lines), Some(&head)).is_sound());
    lines[3] = lines[3].replace("hoist", "eve");
    assert_eq!(verify_records(read(&lines), Some(&head)).fault, Some((4, AuditFault::Edited)));
}

async fn long_differences_are_kept_as_digests(db: &Db) {
    db.flag().await;
    let details = FlagDetails { description: "x".repeat(100_000), ..FlagDetails::default() };
    let update = FlagUpdate { details: Some(details), variants: None };
    let actor = person();
    let write = write(&actor, 2).expecting(Version(1));
    db.store.update_flag(&write, PROJECT, FLAG, &update).await.unwrap();
    let head = db.store.audit_head().await.unwrap();
    let record = db.store.audit_from(head.seq, 1).await.unwrap().remove(0);
    let after: serde_json::Value = serde_json::from_str(record.after.as_deref().unwrap()).unwrap();
    assert!(after["bytes"].as_u64().unwrap() > 100_000 && after["sha256"].as_str().unwrap().len() == 64);
    assert!(db.store.audit_verify(1, None).await.unwrap().is_sound());
}

async fn verification_starts_anywhere(db: &Db) {
    db.flag().await;
    for from in [0, 1, 2, 6, 7, 8] {
        let verdict = db.store.audit_verify(from, None).await.unwrap();
        assert_eq!((verdict.sound, verdict.fault), (7 - from.clamp(1, 7), None), "from {from}");
    }
    db.open_audit().await;
    db.raw("UPDATE audit SET reason = 'x' WHERE seq = 2").await;
    assert!(!db.store.audit_verify(1, None).await.unwrap().is_sound());
    assert!(db.store.audit_verify(4, None).await.unwrap().is_sound());
}
