//! A backup.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures::Stream;
use http::HeaderValue;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use tokio::fs::File;
use tokio::io::AsyncReadExt;

use crate::api::types::rollout::Because;
use crate::app::App;
use crate::auth::{Administers, Granted, Installation};
use crate::body::Mutation;
use crate::error::ApiError;
use crate::limits::BACKUP_CHUNK_BYTES;
use crate::telemetry::request_id;

/// Makes a consistent copy of everything while the server goes on, and streams it. `hoist restore` reads it. It holds
/// digests of tokens and no token.
#[utoipa::path(post, path = "/api/v1/backup", operation_id = "make_backup", tag = "system", request_body = Because,
    responses((status = 200, body = [u8], content_type = "application/octet-stream")))]
pub(crate) async fn handle(
    granted: Granted<Administers, Installation>,
    mutation: Mutation<Because>,
) -> Result<Response, ApiError> {
    let app = granted.app();
    let _only = Arc::clone(&app.backups).try_acquire_owned().map_err(|_| ApiError::TooManyStreams)?;
    let scratch = Scratch::new(app);
    let path = &scratch.path;
    let mut write = granted.write(&mutation).because(&mutation.body.reason);
    write.idempotency = None;
    granted.store().backup(&write, path).await?;
    // The file lives on for whoever has it open, and goes with them.
    let file = match File::open(path).await {
        Ok(file) => file,
        Err(fault) => {
            tracing::error!(request_id = request_id(), %fault, "cannot hand out the backup that was just made; nothing else is affected; look at the data volume");
            return Err(ApiError::Internal);
        }
    };
    drop(scratch);
    tracing::info!(actor = %granted.actor().id, "backup made; keep it and the head of the audit log apart");
    let mut response = Body::from_stream(chunks(file)).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers.insert(CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"hoist.backup\""));
    Ok(response)
}

/// How the names of backups on their way begin and end; in between stands a short id.
const PREFIX: &str = "backup-";
const SUFFIX: &str = ".tmp";
/// What the store adds while it writes.
const UNFINISHED: &str = ".partial";

/// A backup on its way, in the data folder if there is one. Its files go with this value, also when whoever asked
/// for the backup goes away while it is made.
#[derive(Debug)]
struct Scratch {
    path: PathBuf,
}

impl Scratch {
    fn new(app: &App) -> Self {
        let directory = app.config.data.clone().unwrap_or_else(std::env::temp_dir);
        Self { path: directory.join(format!("{PREFIX}{}{SUFFIX}", app.ids.short())) }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let mut unfinished = self.path.clone().into_os_string();
        unfinished.push(UNFINISHED);
        for path in [self.path.as_path(), Path::new(&unfinished)] {
            // One of the two is never there.
            let _absent = std::fs::remove_file(path);
        }
    }
}

/// Removes backups that an earlier process left half-way when it was killed. Other files stay.
pub(crate) fn sweep(data: &Path) {
    let Ok(entries) = std::fs::read_dir(data) else { return };
    for entry in entries.flatten() {
        if entry.file_name().to_str().is_some_and(is_scratch)
            && let Err(fault) = std::fs::remove_file(entry.path())
        {
            tracing::warn!(%fault, path = %entry.path().display(), "cannot remove a backup that was never finished; remove it by hand");
        }
    }
}

fn is_scratch(name: &str) -> bool {
    let name = name.strip_suffix(UNFINISHED).unwrap_or(name);
    let id = name.strip_prefix(PREFIX).and_then(|rest| rest.strip_suffix(SUFFIX));
    id.is_some_and(|id| id.len() == 16 && id.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn chunks(file: File) -> impl Stream<Item = Result<Bytes, std::io::Error>> {
    futures::stream::try_unfold(file, |mut file| async move {
        let mut chunk = vec![0; BACKUP_CHUNK_BYTES];
        let length = file.read(&mut chunk).await?;
        chunk.truncate(length);
        Ok((length > 0).then(|| (Bytes::from(chunk), file)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_backup_that_is_given_up_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let scratch = Scratch { path: folder.path().join("backup-0123456789abcdef.tmp") };
        for name in ["backup-0123456789abcdef.tmp", "backup-0123456789abcdef.tmp.partial"] {
            std::fs::write(folder.path().join(name), "half").unwrap();
        }
        drop(scratch);
        assert_eq!(names(folder.path()), Vec::<String>::new());
    }

    #[test]
    fn a_start_removes_what_was_left_half_way_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let kept = ["backup-mine.tmp", "backup.tmp", "hoist.backup", "backup-0123456789abcdef.tmp.gz"];
        let left = ["backup-0123456789abcdef.tmp", "backup-fedcba9876543210.tmp.partial"];
        for name in kept.iter().chain(&left) {
            std::fs::write(folder.path().join(name), "half").unwrap();
        }
        sweep(folder.path());
        let mut kept = kept.to_vec();
        kept.sort_unstable();
        assert_eq!(names(folder.path()), kept);
    }
}
