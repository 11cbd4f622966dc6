//! The audit log: one chain of records for the installation, append-only, each sealed with the hash of the one before.
//!
//! A record is written in the transaction of the change that it tells of. The end of the chain is a row, and its lock
//! serialises writers, so numbers have no gaps. A chain by itself cannot show that its end was cut off or that all of
//! it was written anew; a head saved elsewhere can, and [`verify_records`] takes one.

mod append;
mod exports;
mod log;
mod record;
mod verify;

pub(crate) use append::{Entry, append};
pub use log::AuditFilter;
pub(crate) use log::{head_within, verify_within};
pub use record::{AuditHead, AuditRecord, GENESIS};
pub use verify::{AuditFault, AuditVerdict, Verifier, verify_records};
