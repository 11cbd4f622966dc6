//! PostgreSQL for tests: one throw-away server per test run, one database per test.
//!
//! Every test may run in a process of its own, so the server belongs to the run: it is found under the id of the
//! parent process, started by whichever test comes first, and stopped by a small watcher when the parent is gone.
//! Only tests that stop and start a server have one to themselves ([`Cluster::own`]).

mod cluster;

use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection as _};

pub use cluster::Cluster;

use crate::config::StoreConfig;
use crate::store::Store;

/// Why there is no database to test with; prints as the one line that says what to do.
#[derive(thiserror::Error)]
#[error("{0}")]
pub struct TestingError(pub(crate) String);

impl std::fmt::Debug for TestingError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<sqlx::Error> for TestingError {
    fn from(error: sqlx::Error) -> Self {
        Self(format!("the PostgreSQL server of the tests: {error}"))
    }
}

/// One database of one test.
#[derive(Debug)]
pub struct Postgres {
    server: String,
    name: String,
}

/// The database that every test's database is copied from.
const TEMPLATE: &str = "hoist_template";

static COUNT: AtomicU32 = AtomicU32::new(0);

impl Postgres {
    /// Returns a database as [`Store::open`] leaves a fresh one.
    pub async fn fresh() -> Result<Self, TestingError> {
        let cluster = tokio::task::spawn_blocking(Cluster::of_this_run).await.map_err(failed)??;
        cluster.prepare(TEMPLATE).await?;
        Self::create(cluster.server_url(), Some(TEMPLATE)).await
    }

    /// Returns a database with nothing in it.
    pub async fn empty() -> Result<Self, TestingError> {
        let cluster = tokio::task::spawn_blocking(Cluster::of_this_run).await.map_err(failed)??;
        Self::create(cluster.server_url(), None).await
    }

    /// Returns a database with nothing in it on a given server.
    pub async fn empty_on(cluster: &Cluster) -> Result<Self, TestingError> {
        Self::create(cluster.server_url(), None).await
    }

    async fn create(server: String, template: Option<&str>) -> Result<Self, TestingError> {
        let mut connection = PgConnection::connect(&database_url(&server, "postgres")).await?;
        loop {
            let name = format!("t_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
            let template = template.unwrap_or("template0");
            let text = AssertSqlSafe(format!("CREATE DATABASE {name} TEMPLATE {template}"));
            match sqlx::raw_sql(text).execute(&mut connection).await {
                Ok(_) => return Ok(Self { server, name }),
                // Left by a process that had the same id.
                Err(error)
                    if error.as_database_error().and_then(sqlx::error::DatabaseError::code).as_deref()
                        == Some("42P04") => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Returns the database's URL.
    pub fn url(&self) -> String {
        database_url(&self.server, &self.name)
    }

    /// Returns how to open the database.
    pub fn config(&self) -> StoreConfig {
        StoreConfig::postgres(self.url())
    }

    /// Removes the database, whoever is connected. A test that fails leaves its database to the end of the run.
    pub async fn discard(self) -> Result<(), TestingError> {
        let mut connection = PgConnection::connect(&database_url(&self.server, "postgres")).await?;
        let text = AssertSqlSafe(format!("DROP DATABASE {} WITH (FORCE)", self.name));
        sqlx::raw_sql(text).execute(&mut connection).await?;
        Ok(())
    }
}

impl Cluster {
    /// Makes sure that the template is there, once per server.
    async fn prepare(&self, name: &str) -> Result<(), TestingError> {
        let server = self.server_url();
        let mut connection = PgConnection::connect(&database_url(&server, "postgres")).await?;
        // Held until the connection ends, that is, until the template is complete.
        sqlx::raw_sql("SELECT pg_advisory_lock(1)").execute(&mut connection).await?;
        let text = "SELECT COUNT(*) FROM pg_database WHERE datname = $1 AND datistemplate";
        let there: i64 = sqlx::query_scalar(text).bind(name).fetch_one(&mut connection).await?;
        if there > 0 {
            return Ok(());
        }
        for text in [format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"), format!("CREATE DATABASE {name}")] {
            sqlx::raw_sql(AssertSqlSafe(text)).execute(&mut connection).await?;
        }
        let store = Store::open(&StoreConfig::postgres(database_url(&server, name))).await.map_err(failed)?;
        store.close().await;
        let text = AssertSqlSafe(format!("ALTER DATABASE {name} IS_TEMPLATE true"));
        sqlx::raw_sql(text).execute(&mut connection).await?;
        Ok(())
    }
}

fn database_url(server: &str, name: &str) -> String {
    format!("{server}/{name}?sslmode=disable")
}

fn failed(error: impl std::fmt::Display) -> TestingError {
    TestingError(format!("the PostgreSQL server of the tests: {error}"))
}

/// Brings a database to an older schema, as an older release would have left it.
pub async fn migrate_to(config: &StoreConfig, schema: i64) -> crate::Result<()> {
    let store = Store::connect(config, None)?;
    crate::migrate::run(&store, schema).await?;
    store.close().await;
    Ok(())
}

/// Makes the rows of tokens titled `damaged` unreadable, as a failing disk or a careless hand would.
pub async fn damage_tokens(store: &Store) -> crate::Result<()> {
    let mut tx = store.begin(crate::driver::Mode::Write).await?;
    let result = tx.run("UPDATE tokens SET actions = '{' WHERE title = 'damaged'").await;
    tx.finish(result).await
}

/// Marks what the server named `damaged` said after rollbacks as written by a newer version.
pub async fn damage_safety_reports(store: &Store) -> crate::Result<()> {
    let mut tx = store.begin(crate::driver::Mode::Write).await?;
    let result = tx.run("UPDATE safety_reports SET format = 99 WHERE server = 'damaged'").await;
    tx.finish(result).await
}

/// Returns the tables that a backup holds, with their columns.
pub fn backup_tables() -> Vec<(String, Vec<&'static str>)> {
    let columns = |table: &crate::schema::Table| table.columns.iter().map(|(name, _)| *name).collect();
    crate::schema::TABLES.iter().map(|table| (table.name.to_owned(), columns(table))).collect()
}
