//! A file beside the database that takes up room until the room is needed.
//!
//! When the disk is full, nothing can be written, not even that a flag is switched off. Giving up this file makes room
//! for that; it comes back the next time the store is opened with room to spare.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::config::{Backend, StoreConfig};

/// How much is written at a time.
const CHUNK: usize = 1024 * 1024;

/// Returns where the ballast of a database is; absent if it has none.
fn place(config: &StoreConfig) -> Option<PathBuf> {
    match &config.backend {
        Backend::Sqlite(path) if config.ballast > 0 => {
            let mut name = path.clone().into_os_string();
            name.push(".ballast");
            Some(PathBuf::from(name))
        }
        Backend::Sqlite(_) | Backend::Postgres(_) => None,
    }
}

/// Takes on ballast, if there is room for it. A disk that is full already is no reason not to start.
pub(crate) fn take(config: &StoreConfig) {
    let Some(path) = place(config) else { return };
    if std::fs::metadata(&path).is_ok_and(|found| found.len() == config.ballast) {
        return;
    }
    if let Err(error) = fill(&path, config.ballast) {
        tracing::warn!(%error, "there is no room to keep in reserve for a full disk");
        give_up(config);
    }
}

/// Gives up the ballast. Returns whether there was any.
pub(crate) fn give_up(config: &StoreConfig) -> bool {
    place(config).is_some_and(|path| std::fs::remove_file(path).is_ok())
}

/// Writes real blocks: a file with holes would take up no room.
fn fill(path: &Path, bytes: u64) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file: File = options.open(path)?;
    let chunk = vec![0; CHUNK];
    let mut left = bytes;
    while left > 0 {
        let part = left.min(CHUNK as u64);
        file.write_all(chunk.get(..part as usize).unwrap_or(&chunk))?;
        left -= part;
    }
    file.sync_all()
}
