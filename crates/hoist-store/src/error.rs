//! What can go wrong between Hoist and its database. One variant per thing that a caller may do differently.

use hoist_eval::Timestamp;

use crate::write::Version;

/// Why the store could not do as asked. A thing that is read and not there is `None`, not an error.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The thing changed since the caller read it. Normal control flow: read again and decide again.
    #[error("the {what} has changed: it is at version {current} now")]
    Conflict {
        /// The kind of thing.
        what: &'static str,
        /// The version it has now.
        current: Version,
    },
    /// The thing that was to be changed is not there.
    #[error("there is no such {what}")]
    Missing {
        /// The kind of thing.
        what: &'static str,
    },
    /// A thing with this name is already there.
    #[error("there is already a {what} with this name")]
    Exists {
        /// The kind of thing.
        what: &'static str,
    },
    /// A rule of the store forbids the change.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The database cannot be reached, or did not answer in time. Try again later; no restart is needed.
    #[error("the database is unavailable")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// There is no room for the change. Reading goes on, and writing resumes once there is room.
    #[error("the database is full: free some space, and writing resumes by itself")]
    Full(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The database's own files are damaged.
    #[error("the database is damaged")]
    Damaged(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A stored value cannot be understood.
    #[error("cannot read {column} of {table} {key}: restore a backup or repair the row")]
    Corrupt {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// The row's key.
        key: String,
        /// What is wrong with it.
        #[source]
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
    /// The database belongs to a newer release.
    #[error("the database has schema {found}, and this release knows schemas up to {known}: use a newer release")]
    TooNew {
        /// The schema found.
        found: i64,
        /// The newest schema this release knows.
        known: i64,
    },
    /// A backup cannot be restored.
    #[error("the backup cannot be restored: {0}")]
    Backup(#[from] BackupFault),
    /// A file beside the database could not be read or written.
    #[error("cannot use the file {path}")]
    File {
        /// The file.
        path: String,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
    /// The database refused a statement for a reason that no caller can do anything about: a defect.
    #[error("the database refused a statement")]
    Driver(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// The rule that forbids a change.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The key belonged to a flag that was archived a short while ago.
    #[error("this key belonged to a flag that was archived; it is free again later, or with an override and a reason")]
    Tombstone {
        /// When the key is free again.
        until: Timestamp,
    },
    /// The flag is archived.
    #[error("the flag is archived; unarchive it first")]
    Archived,
    /// It asks about a flag that is archived.
    #[error("it asks about the flag {flag}, which is archived; unarchive that first, or take it out")]
    AsksArchived {
        /// The flag.
        flag: String,
    },
    /// A rollout that the start does not know of reaches the same units and is judged by the same metrics.
    #[error("rollout {rollout} overlaps with this one; wait for it, or accept the overlap")]
    Overlaps {
        /// The other rollout.
        rollout: String,
    },
    /// Something refers to it.
    #[error("the {what} is in use: {detail}")]
    InUse {
        /// The kind of thing.
        what: &'static str,
        /// What uses it, and the way out.
        detail: &'static str,
    },
    /// The flag has an unfinished rollout in this environment.
    #[error("the flag already has an unfinished rollout in this environment; finish or cancel it first")]
    ActiveRollout {
        /// The rollout.
        rollout: String,
    },
    /// The same idempotency key came with another request.
    #[error("this idempotency key was used for another request; use a new key")]
    IdempotencyKeyReused,
    /// The lease that the change was made under is not held any more.
    #[error("the lease has passed to another holder")]
    Fenced,
    /// A newer commit of the branch was scanned before.
    #[error("a newer commit of this branch was scanned already")]
    OlderScan,
    /// A reason must be given.
    #[error("this change needs a reason")]
    ReasonNeeded,
    /// A count would exceed its bound.
    #[error("there are too many {what}: at most {most}")]
    TooMany {
        /// What there is too many of.
        what: &'static str,
        /// The bound.
        most: u64,
    },
    /// An argument is outside what the store accepts.
    #[error("{field} {rule}")]
    Invalid {
        /// The argument.
        field: &'static str,
        /// The rule it breaks.
        rule: &'static str,
    },
}

/// Why a backup cannot be restored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BackupFault {
    /// The file is not a backup of Hoist, or of another format.
    #[error("it is not a backup in a format that this release reads")]
    Format,
    /// The file ends before its last line, or something follows it.
    #[error("the file is incomplete")]
    Incomplete,
    /// The checksum differs.
    #[error("the checksum does not match its content")]
    Checksum,
    /// A line is not what it should be.
    #[error("line {0} cannot be read")]
    Line(u64),
    /// The number of rows differs from what the backup promises.
    #[error("the number of rows of {0} differs from what the backup promises")]
    Rows(String),
    /// The backup was made from another schema.
    #[error("it was made from schema {found}, and this release reads schemas up to {known}")]
    Schema {
        /// The schema of the backup.
        found: i64,
        /// The newest schema this release reads.
        known: i64,
    },
    /// The audit chain in the backup is broken.
    #[error("its audit log was tampered with, at record {0}")]
    Audit(u64),
    /// The target holds data.
    #[error("the database to restore into is not empty; a restore never merges")]
    NotEmpty,
}

/// The result of this crate.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

impl StoreError {
    /// Returns the same kind of error for a row that could not be parsed.
    pub(crate) fn corrupt(
        table: &'static str,
        column: &'static str,
        key: impl Into<String>,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self::Corrupt { table, column, key: key.into(), source: Some(source.into()) }
    }

    /// Returns whether the connection that met this error must not be used again: after a failed write or sync
    /// nobody knows what it holds.
    pub(crate) fn spoils_connection(&self) -> bool {
        matches!(self, Self::Unavailable(_) | Self::Full(_) | Self::Damaged(_) | Self::Driver(_))
    }
}

/// A column that does not hold what its row type says; carried through sqlx's own error type.
#[derive(Debug, thiserror::Error)]
#[error("unexpected content")]
pub(crate) struct CorruptColumn {
    pub(crate) table: &'static str,
    pub(crate) column: &'static str,
    #[source]
    pub(crate) source: sqlx::Error,
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::Decode(inner) => match inner.downcast::<CorruptColumn>() {
                Ok(column) => Self::corrupt(column.table, column.column, "", column),
                Err(inner) => Self::Driver(inner),
            },
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => Self::Unavailable(Box::new(error)),
            sqlx::Error::Database(ref database) => match crate::dialect::classify(database.as_ref()) {
                crate::dialect::Class::Full => Self::Full(Box::new(error)),
                crate::dialect::Class::Unavailable => Self::Unavailable(Box::new(error)),
                crate::dialect::Class::Damaged => Self::Damaged(Box::new(error)),
                crate::dialect::Class::Other => Self::Driver(Box::new(error)),
            },
            other => Self::Driver(Box::new(other)),
        }
    }
}

/// Returns whether a statement failed because a unique key is taken.
pub(crate) fn is_taken(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(sqlx::error::DatabaseError::is_unique_violation)
}
