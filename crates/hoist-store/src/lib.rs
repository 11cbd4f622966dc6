//! What Hoist remembers: one [`Store`] over SQLite and PostgreSQL, with one text for every query.
//!
//! Every change is one transaction that checks what it assumes, writes the rows, counts the generation of what
//! environments serve, and seals an audit record. Every public method of [`Store`] is covered by one suite that runs
//! on both databases. Nothing here reads a clock: times come in as arguments, and the database's own time decides
//! leases alone.

mod backup;
mod ballast;
mod bootstrap;
mod config;
mod dialect;
mod documents;
mod driver;
mod environments;
mod error;
mod evidence;
mod flags;
mod idempotency;
mod json;
mod leases;
mod migrate;
mod notify;
mod outbox;
mod projects;
mod retention;
mod retirement;
mod rollouts;
mod schema;
mod segments;
mod setup;
mod snapshot;
mod store;
mod tokens;
mod write;

pub mod audit;
pub mod failpoint;
pub mod limits;
#[cfg(all(unix, feature = "testing"))]
pub mod testing;

pub use backup::BackupManifest;
pub use bootstrap::{DEFAULT_ENVIRONMENTS, DEFAULT_PROJECT, Installation};
pub use config::{Backend, StoreConfig};
pub use documents::Keyed;
pub use environments::{EnvironmentRecord, EnvironmentSettings};
pub use error::{BackupFault, Refusal, Result, StoreError};
pub use evidence::{CountedSums, EvidenceFlush, ToldUnits};
pub use flags::{
    ASKED_ELSEWHERE, Category, FlagChange, FlagChanged, FlagDetails, FlagFilter, FlagRecord, FlagTargeting, FlagUpdate,
    Lifetime, NewFlag, environment_salt,
};
pub use leases::{Fence, LeaseRecord};
pub use notify::{Nudge, Nudges};
pub use outbox::OutboxRecord;
pub use projects::ProjectRecord;
pub use retention::Pruned;
pub use retirement::{
    CleanupRecord, ClientSeen, CodeReference, Delivery, FlagEntry, FlagReferences, Link, LinkKind, NewScan,
    ReferenceCount, ReferenceKind, ReferenceVia, Removal, RemovalRecord, RetirementInputs, RolloutEntry, ScanRecord,
    Sighting, SnoozeRecord, TargetingEntry, VerdictNote, VerdictRecord,
};
pub use rollouts::{Applied, Applying, DecisionRecord, NewRollout, PhaseName, RolloutFilter, RolloutRecord};
pub use snapshot::{EnvironmentPosition, EnvironmentSnapshot, RowFault};
pub use store::Store;
pub use tokens::{NewToken, TokenKind, TokenRecord, TokenUse};
pub use write::{Actor, ActorKind, Epoch, IdempotencyKey, Page, PageRequest, Version, Write};
