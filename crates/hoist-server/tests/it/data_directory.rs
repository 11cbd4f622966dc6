//! What a server keeps in its data folder.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use hoist_server::clock::{Clock, Ids};
use hoist_server::config::Database;
use hoist_server::{Config, Parts, Server, Shutdown};
use hoist_store::limits::BALLAST_BYTES;

use crate::canary::Log;
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

#[tokio::test]
async fn a_folder_or_a_database_that_others_may_read_is_warned_of() {
    for (folder_mode, file_mode, warnings) in
        [(0o700, 0o600, 0), (0o755, 0o600, 1), (0o700, 0o640, 1), (0o711, 0o604, 2)]
    {
        let data = tempfile::tempdir().unwrap();
        let file = data.path().join("hoist.db");
        let config = || Config {
            data: Some(data.path().to_owned()),
            database: Database::Embedded(file.clone()),
            ..Config::ephemeral()
        };
        let parts = || Parts { clock: Clock::manual(START), ids: Ids::seeded(7), store: None };
        Server::start(config(), parts(), Shutdown::new()).await.unwrap().stop().await;
        for (path, mode) in [(data.path(), folder_mode), (file.as_path(), file_mode)] {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
        }
        let (log, _listening) = Log::of_this_thread(tracing::Level::WARN);
        Server::start(config(), parts(), Shutdown::new()).await.unwrap().stop().await;
        let text = log.text();
        let told = text.lines().filter(|line| line.contains("open to other users")).count();
        assert_eq!(told, warnings, "{folder_mode:o} {file_mode:o}: {text}");
        assert_eq!(text.contains("chmod 700"), folder_mode & 0o077 != 0, "{text}");
        assert_eq!(text.contains("chmod 600"), file_mode & 0o077 != 0, "{text}");
    }
}

/// Returns all files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}
