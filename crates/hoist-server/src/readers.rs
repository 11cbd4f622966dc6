//! Who else on this machine may read what the server keeps: said at the start, because nobody looks by themselves.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use crate::config::{Config, Database};

/// The permission bits of everybody but the owner.
const OTHERS: u32 = 0o077;

/// Warns of a data folder and of an embedded database that others than the owner may read or change. Hoist makes them for
/// the owner alone; a folder that was there before, or a copy, may be open. The server starts all the same: a warning is
/// no reason to serve nothing.
pub(crate) fn warn_of_readers(config: &Config) {
    if let Some(data) = &config.data {
        warn_of(data, "the data folder", "700");
    }
    if let Database::Embedded(file) = &config.database {
        warn_of(file, "the database", "600");
    }
}

fn warn_of(path: &Path, what: &str, wanted: &str) {
    let Ok(about) = std::fs::metadata(path) else { return };
    let mode = about.permissions().mode();
    if mode & OTHERS != 0 {
        tracing::warn!(
            path = %path.display(),
            mode = format!("{:03o}", mode & 0o777),
            next = format!("chmod {wanted} {}", path.display()),
            "{what} is open to other users of this machine; the server goes on"
        );
    }
}
