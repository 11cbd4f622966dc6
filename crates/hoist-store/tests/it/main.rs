//! The behaviour of the store: one suite, run on SQLite and on PostgreSQL, always.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

/// Stamps each test of a file for both databases.
macro_rules! both {
    ($($name:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $name() {
                let db = crate::support::Db::sqlite().await;
                super::$name(&db).await;
                db.discard().await;
            })*
        }

        mod postgres {
            $(#[tokio::test]
            async fn $name() {
                let db = crate::support::Db::postgres().await;
                super::$name(&db).await;
                db.discard().await;
            })*
        }
    };
}

mod support;

mod audit;
mod backup;
mod coverage;
mod documents;
mod evidence;
mod faults;
mod flags;
mod idempotency;
mod leases;
mod migrations;
mod notify;
mod outbox;
mod projects;
mod races;
mod retirement;
mod rollouts;
mod snapshot;
mod tamper;
mod tokens;
