//! What a server keeps in its data directory.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use hoist_server::clock::{Clock, Ids};
use hoist_server::config::Database;
use hoist_server::{Config, Parts, Server, Shutdown};
use hoist_store::limits::BALLAST_BYTES;

use crate::harness::START;

#[tokio::test]
async fn a_server_keeps_a_reserve_and_the_snapshots_of_its_own_installation() {
    let data = tempfile::tempdir().unwrap();
    let database = Database::Embedded(data.path().join("hoist.db"));
    let config = Config { data: Some(data.path().to_owned()), database, ..Config::ephemeral() };
    let parts = Parts { clock: Clock::manual(START), ids: Ids::seeded(7), store: None };
    let server = Server::start(config, parts, Shutdown::new()).await.unwrap();
    let reserve = std::fs::metadata(data.path().join("hoist.db.ballast")).unwrap();
    assert_eq!(reserve.len(), BALLAST_BYTES);
    let installation = server.app().store.installation().await.unwrap().id;
    assert!(data.path().join("snapshots").join(installation).is_dir());
    server.stop().await;
    for entry in files(data.path()) {
        let mode = std::fs::metadata(&entry).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{} is for its owner alone, not {mode:o}", entry.display());
    }
}

/// Returns all files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}
