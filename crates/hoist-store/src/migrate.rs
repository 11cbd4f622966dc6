//! Bringing the schema up to date: numbered scripts, the same numbers and names for both databases.
//!
//! Each script runs in a transaction that first takes a lock and then looks again what is there. So two processes
//! that start at once run it once, and a process that dies half-way leaves nothing half-done. sqlx's own migrator is
//! not used because its lock does nothing on SQLite.

use std::path::Path;

use crate::config::Backend;
use crate::driver::{Mode, Tx, on};
use crate::error::{Result, StoreError};
use crate::store::Store;

/// One script, in both dialects.
struct Migration {
    name: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
}

macro_rules! migration {
    ($name:literal) => {
        Migration {
            name: $name,
            sqlite: include_str!(concat!("../migrations/sqlite/", $name, ".sql")),
            postgres: include_str!(concat!("../migrations/postgres/", $name, ".sql")),
        }
    };
}

/// Every script in order; the position, from 1, is the schema's number.
const MIGRATIONS: [Migration; 10] = [
    migration!("0001_installation"),
    migration!("0002_projects"),
    migration!("0003_flags"),
    migration!("0004_rollouts"),
    migration!("0005_access"),
    migration!("0006_evidence"),
    migration!("0007_retirement"),
    migration!("0008_safety"),
    migration!("0009_looks"),
    migration!("0010_audit_grants"),
];

/// The schema that this release writes.
pub(crate) const LATEST: i64 = MIGRATIONS.len() as i64;

const CREATE: &str = "CREATE TABLE IF NOT EXISTS schema_versions (
    version BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL, applied_at BIGINT NOT NULL)";
const CURRENT: &str = "SELECT COALESCE(MAX(version), 0) FROM schema_versions";
const RECORD: &str = "INSERT INTO schema_versions (version, name, applied_at) VALUES ($1, $2, $3)";

/// Names the lock of PostgreSQL that migrations take: the first eight bytes of "hoist-db".
const LOCK: &str = "SELECT pg_advisory_xact_lock(7525356008023778914)";

/// Applies every script up to `target` that was not applied yet.
pub(crate) async fn run(store: &Store, target: i64) -> Result<()> {
    let found = current(store).await?;
    if found > LATEST {
        return Err(StoreError::TooNew { found, known: LATEST });
    }
    if found > 0 && found < target {
        copy_file(store, found).await?;
    }
    for (number, migration) in (1..=target).zip(&MIGRATIONS) {
        if number > found {
            apply(store, number, migration).await?;
        }
    }
    Ok(())
}

/// Returns the number of the schema that is there; zero for an empty database.
pub(crate) async fn current(store: &Store) -> Result<i64> {
    let mut tx = begin(store).await?;
    let result = read_current(&mut tx).await;
    tx.finish(result).await
}

async fn read_current(tx: &mut Tx) -> Result<i64> {
    on!(tx, |c| sqlx::raw_sql(CREATE).execute(c).await.map(drop))?;
    Ok(on!(tx, |c| sqlx::query_scalar::<_, i64>(CURRENT).fetch_one(c).await)?)
}

async fn apply(store: &Store, number: i64, migration: &Migration) -> Result<()> {
    let mut tx = begin(store).await?;
    let result = apply_locked(&mut tx, number, migration).await;
    tx.finish(result).await
}

async fn apply_locked(tx: &mut Tx, number: i64, migration: &Migration) -> Result<()> {
    if read_current(tx).await? >= number {
        return Ok(());
    }
    tx.run(if tx.is_postgres() { migration.postgres } else { migration.sqlite }).await?;
    let now = crate::dialect::now_micros(tx).await?;
    let name = migration.name;
    on!(tx, |c| sqlx::query(RECORD).bind(number).bind(name).bind(now).execute(c).await.map(drop))?;
    tracing::info!(migration = name, "migrated");
    Ok(())
}

/// Begins a transaction that no other migration can run beside.
async fn begin(store: &Store) -> Result<Tx> {
    let mut tx = store.begin(Mode::Write).await?;
    crate::dialect::take_time(&mut tx).await?;
    if tx.is_postgres() {
        tx.run(LOCK).await?;
    }
    Ok(tx)
}

/// Copies a SQLite file before its schema changes, next to it, as `<file>.schema-<number>`. PostgreSQL's operators have
/// their own backups.
async fn copy_file(store: &Store, found: i64) -> Result<()> {
    let Backend::Sqlite(path) = &store.config().backend else { return Ok(()) };
    let mut copy = path.clone().into_os_string();
    copy.push(format!(".schema-{found}"));
    let copy = Path::new(&copy);
    if copy.exists() {
        // An earlier attempt got this far, and the copy is from before it.
        return Ok(());
    }
    let partial = copy.with_extension("partial");
    if let Err(source) = std::fs::remove_file(&partial)
        && source.kind() != std::io::ErrorKind::NotFound
    {
        return Err(StoreError::File { path: partial.display().to_string(), source });
    }
    let target = partial.to_string_lossy().into_owned();
    let mut tx = store.begin(Mode::Alone).await?;
    let result = on!(tx, |c| sqlx::query("VACUUM INTO $1").bind(&target).execute(c).await.map(drop));
    tx.finish(result.map_err(StoreError::from)).await?;
    private(&partial)?;
    std::fs::rename(&partial, copy).map_err(|source| StoreError::File { path: copy.display().to_string(), source })
}

#[cfg(unix)]
fn private(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))
        .map_err(|source| StoreError::File { path: path.display().to_string(), source })
}

#[cfg(not(unix))]
fn private(_: &Path) -> Result<()> {
    Ok(())
}
