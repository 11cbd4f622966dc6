//! The data folder: made for its owner alone, and used by one server at a time.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;

/// The name of the file that a running server has locked, within the data folder.
const LOCK: &str = "server.lock";

/// The right to use a data folder. It ends when this is dropped, or with the process.
#[derive(Debug)]
pub(crate) struct DataFolder {
    _lock: File,
}

impl DataFolder {
    /// Creates the folder if it is not there, and takes the right to use it; nothing if another server has it.
    ///
    /// A file of its own is locked: the store locks the folder itself for a moment when it opens the database.
    pub(crate) fn take(data: &Path) -> io::Result<Option<Self>> {
        create_private(data)?;
        let mut options = OpenOptions::new();
        let lock = options.write(true).create(true).truncate(false).mode(0o600).open(data.join(LOCK))?;
        match lock.try_lock() {
            Ok(()) => Ok(Some(Self { _lock: lock })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}

/// Creates the data folder, for this user alone, if it is not there.
pub(crate) fn create_private(data: &Path) -> io::Result<()> {
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(data)
}
