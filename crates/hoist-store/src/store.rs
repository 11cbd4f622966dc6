//! Opening the store, and the frame around every read and write.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::config::{Backend, StoreConfig};
use crate::driver::{Mode, Pools, Tx};
use crate::error::{Result, StoreError};
use crate::failpoint::pass;
use crate::write::Write;
use crate::{ballast, bootstrap, idempotency, migrate, notify};

/// Everything that Hoist remembers, in one SQLite file or one PostgreSQL database. Cloning is cheap.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    pools: Pools,
    config: StoreConfig,
    size_limit: Arc<AtomicU64>,
    /// Keeps the directory of a throw-away store until its last clone is gone.
    _directory: Option<tempfile::TempDir>,
}

/// What a write begins as.
pub(crate) enum Begun<T> {
    /// Nothing was done yet.
    Fresh(Tx),
    /// The same request came before; this is what it resulted in.
    Again(T),
}

/// Runs the body in a write transaction: commits what succeeded and rolls back what did not. A repetition under the
/// same idempotency key returns the first result without running the body.
macro_rules! mutate {
    ($store:expr, $write:expr, |$tx:ident| $body:expr) => {
        match $store.begin_write($write).await? {
            $crate::store::Begun::Again(result) => Ok(result),
            $crate::store::Begun::Fresh(mut transaction) => {
                let $tx = &mut transaction;
                let result = $body.await;
                $store.finish_write(transaction, $write, result).await
            }
        }
    };
}
pub(crate) use mutate;

/// Runs the body on a connection that reads.
macro_rules! read {
    ($store:expr, $mode:ident, |$tx:ident| $body:expr) => {{
        let mut transaction = $store.begin($crate::driver::Mode::$mode).await?;
        let $tx = &mut transaction;
        let result = $body.await;
        transaction.finish(result).await
    }};
}
pub(crate) use read;

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("config", &self.inner.config).finish_non_exhaustive()
    }
}

impl Store {
    /// Opens the database, creating and upgrading it as needed. Two processes that do this at once do it once.
    pub async fn open(config: &StoreConfig) -> Result<Self> {
        let store = Self::connect(config, None)?;
        let turn = Turn::take(config).await?;
        migrate::run(&store, migrate::LATEST).await?;
        bootstrap::run(&store).await?;
        drop(turn);
        let kept = config.clone();
        // Losing the task loses the reserve, and nothing else.
        let _taken = tokio::task::spawn_blocking(move || ballast::take(&kept)).await;
        Ok(store)
    }

    /// Opens a store that nobody will miss: a SQLite file in a temporary directory that goes with the last clone.
    pub async fn in_memory() -> Result<Self> {
        let file = |source| StoreError::File { path: "the temporary directory".to_owned(), source };
        let directory = tempfile::tempdir().map_err(file)?;
        let mut config = StoreConfig::sqlite(directory.path().join("hoist.db"));
        config.durable = false;
        let store = Self::connect(&config, Some(directory))?;
        migrate::run(&store, migrate::LATEST).await?;
        bootstrap::run(&store).await?;
        Ok(store)
    }

    /// Connects without looking at what is there.
    pub(crate) fn connect(config: &StoreConfig, directory: Option<tempfile::TempDir>) -> Result<Self> {
        if let Backend::Sqlite(path) = &config.backend {
            create_private(path)?;
        }
        let size_limit = Arc::new(AtomicU64::new(config.size_limit.unwrap_or(0)));
        let pools = Pools::connect(config, &size_limit)?;
        Ok(Self { inner: Arc::new(Inner { pools, config: config.clone(), size_limit, _directory: directory }) })
    }

    /// Closes every connection. Further calls fail as unavailable.
    pub async fn close(&self) {
        self.inner.pools.close().await;
    }

    /// Sets the largest size of a SQLite file from now on; absent lifts the limit. PostgreSQL has its own quotas.
    pub async fn set_size_limit(&self, bytes: Option<u64>) -> Result<()> {
        self.inner.size_limit.store(bytes.unwrap_or(0), Ordering::Relaxed);
        // The limit belongs to a connection: the writer is opened anew.
        let mut tx = self.begin(Mode::Write).await?;
        tx.discard();
        Ok(())
    }

    /// Asks the database for a sign of life.
    pub async fn ping(&self) -> Result<()> {
        read!(self, Plain, |tx| tx.run("SELECT 1"))
    }

    /// Returns the hints of other processes that something changed; see [`notify::Nudges`].
    pub fn changes(&self) -> notify::Nudges {
        notify::Nudges::new(&self.inner.pools)
    }

    pub(crate) fn config(&self) -> &StoreConfig {
        &self.inner.config
    }

    pub(crate) async fn begin(&self, mode: Mode) -> Result<Tx> {
        self.inner.pools.begin(mode).await
    }

    /// Begins a write, unless the same request came before.
    pub(crate) async fn begin_write<T: DeserializeOwned>(&self, write: &Write<'_>) -> Result<Begun<T>> {
        let mut tx = self.begin(Mode::Write).await?;
        let Some(key) = &write.idempotency else { return Ok(Begun::Fresh(tx)) };
        let claimed = idempotency::claim(&mut tx, key, write.now).await;
        match claimed {
            Ok(None) => {
                tx.claim = Some(key.clone());
                Ok(Begun::Fresh(tx))
            }
            Ok(Some(first)) => Ok(Begun::Again(tx.finish(Ok(first)).await?)),
            Err(error) => tx.finish(Err(error)).await,
        }
    }

    /// Ends a write: stores the result under its idempotency key, commits, and then tells the other processes.
    pub(crate) async fn finish_write<T: Serialize>(
        &self,
        mut tx: Tx,
        write: &Write<'_>,
        result: Result<T>,
    ) -> Result<T> {
        let value = match result {
            Ok(value) => value,
            Err(error) => return self.fail(tx, error).await,
        };
        if let Some(key) = tx.claim.take()
            && let Err(error) = idempotency::keep(&mut tx, &key, write.now, &value).await
        {
            return self.fail(tx, error).await;
        }
        pass("store.commit.before");
        if let Err(error) = tx.commit().await {
            return self.fail(tx, error).await;
        }
        pass("store.commit.after");
        for nudge in std::mem::take(&mut tx.nudges) {
            // Hints only: every process also looks by itself every few seconds.
            if let Err(error) = crate::dialect::notify(&mut tx, &nudge.to_payload()).await {
                tracing::debug!(%error, "a change notification was lost");
                tx.discard();
                break;
            }
            pass("store.notify.after");
        }
        Ok(value)
    }
}

impl Store {
    /// Ends a write that failed. If there was no room for it, the ballast goes, and the next write has some.
    async fn fail<T>(&self, tx: Tx, error: StoreError) -> Result<T> {
        if matches!(error, StoreError::Full(_)) && ballast::give_up(self.config()) {
            tracing::error!("the disk is full: the reserve was given up to make room for a few writes");
        }
        tx.finish(Err(error)).await
    }
}

/// The right to be the one that opens a SQLite database; nothing for PostgreSQL, which has a lock for that.
///
/// SQLite refuses instead of waiting when two connections turn a new file into one with a write-ahead log. The lock is the
/// folder's: closing a handle of the database file would give up the locks that SQLite has on it.
struct Turn(#[expect(dead_code, reason = "the lock goes with the handle")] Option<File>);

impl Turn {
    /// Waits for whoever is opening a database in the same folder.
    async fn take(config: &StoreConfig) -> Result<Self> {
        let Backend::Sqlite(path) = &config.backend else { return Ok(Self(None)) };
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_owned();
        let shown = folder.display().to_string();
        let locked = tokio::task::spawn_blocking(move || {
            let folder = File::open(folder)?;
            folder.lock()?;
            Ok(folder)
        });
        let locked = locked.await.unwrap_or_else(|fault| Err(io::Error::other(fault)));
        locked.map(|folder| Self(Some(folder))).map_err(|source| StoreError::File { path: shown, source })
    }
}

/// Creates the database file readable by its owner only. SQLite gives its companions the same mode.
fn create_private(path: &Path) -> Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(source) => Err(StoreError::File { path: path.display().to_string(), source }),
    }
}
