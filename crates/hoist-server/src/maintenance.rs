//! What is done to the data of a server that does not run.

use std::path::Path;

use hoist_store::{Actor, Backend, BackupManifest, Store, StoreConfig, StoreError, Write};
use secrecy::ExposeSecret;

use crate::clock::Clock;
use crate::config::{Config, Database};

/// Restores a backup into the configured database, in which no server has run yet, and returns what was restored.
pub async fn restore(config: &Config, backup: &Path) -> Result<BackupManifest, StoreError> {
    if let Some(data) = &config.data {
        let failed = |source| StoreError::File { path: data.display().to_string(), source };
        crate::folder::create_private(data).map_err(failed)?;
    }
    let actor = Actor::system();
    let write = Write::new(&actor, Clock::system().now());
    let (store, manifest) = Store::restore(&store_config(&config.database), &write, backup).await?;
    store.close().await;
    Ok(manifest)
}

/// Asks the configured database to check itself and the audit log to check its chain, and returns every complaint.
pub async fn check(config: &Config) -> Result<Vec<String>, StoreError> {
    let store = Store::open(&store_config(&config.database)).await?;
    let outcome = complaints(&store).await;
    store.close().await;
    outcome
}

async fn complaints(store: &Store) -> Result<Vec<String>, StoreError> {
    let mut complaints = store.check().await?;
    let verdict = store.audit_verify(1, None).await?;
    if let Some((seq, fault)) = verdict.fault {
        complaints.push(format!("audit record {seq} is {}", fault.as_str()));
    }
    Ok(complaints)
}

fn store_config(database: &Database) -> StoreConfig {
    match database {
        Database::Memory => StoreConfig { backend: Backend::Sqlite(":memory:".into()), ..StoreConfig::sqlite("") },
        Database::Embedded(path) => StoreConfig::sqlite(path),
        Database::Postgres(url) => StoreConfig::postgres(url.expose_secret()),
    }
}
