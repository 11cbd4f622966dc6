//! `hoist backup`: a copy of all data, while the server runs.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use crate::client::path;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::progress::Progress;

use super::Context;

/// Write a copy of all data to a file, while the server runs
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  hoist backup hoist-2027-03-31.backup\n  hoist restore hoist-2027-03-31.backup --data DIR"
)]
pub struct BackupArgs {
    /// The file to write; it must not exist yet
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// Writes the copy next to its final name first, so that a file with that name is always whole.
pub async fn run(args: BackupArgs, context: Context) -> Result<Exit, Failure> {
    if args.file.exists() {
        let message = format!("`{}` exists already", args.file.display());
        return Err(Failure::new(Exit::Conflict, "exists", message).hint("choose another name, or move it away"));
    }
    let mut name = args.file.clone().into_os_string();
    name.push(".part");
    let part = PathBuf::from(name);
    // Made before the server is asked: a path that cannot be written is no reason to have all data copied.
    let file = create(&part).map_err(|error| unwritable(&part, &error))?;
    let outcome = download(file, &context).await;
    let finished = outcome.and_then(|size| {
        std::fs::rename(&part, &args.file).map_err(|error| unwritable(&args.file, &error))?;
        Ok(size)
    });
    if finished.is_err() {
        // Half a copy helps nobody.
        let _ = std::fs::remove_file(&part);
    }
    let size = finished?;
    let result = json!({ "file": args.file.display().to_string(), "bytes": size });
    context.out.item(&result, "file", |to| writeln!(to, "Wrote {size} bytes to `{}`", args.file.display()))?;
    Ok(Exit::Success)
}

async fn download(mut file: File, context: &Context) -> Result<u64, Failure> {
    let client = context.client()?;
    let copying = Progress::of_unknown(context.out, "The server copies its data");
    let mut response = client.download(&path(&["backup"]), &json!({ "reason": "hoist backup" })).await?;
    drop(copying);
    let progress = Progress::of_bytes(context.out, "Downloading the copy", response.content_length());
    let mut size = 0;
    while let Some(chunk) = response.chunk().await.map_err(|error| broken(&error))? {
        file.write_all(&chunk).map_err(|error| full(&error))?;
        size += chunk.len() as u64;
        progress.advance(chunk.len() as u64);
    }
    file.sync_all().map_err(|error| full(&error))?;
    Ok(size)
}

/// Creates a file that only its owner can read.
fn create(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

fn unwritable(path: &Path, error: &io::Error) -> Failure {
    let hint = match error.kind() {
        io::ErrorKind::AlreadyExists => {
            "another backup to that name is under way or was broken off; remove the file if not"
        }
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => "name a file in a folder that exists",
        _ => "name a file in a folder that you may write to",
    };
    Failure::io(&format!("cannot write `{}`", path.display()), error).hint(hint)
}

fn full(error: &io::Error) -> Failure {
    Failure::io("cannot write the backup", error).hint("look for free space, or name a file on another disk")
}

fn broken(error: &reqwest::Error) -> Failure {
    Failure::new(Exit::Unreachable, "connection_broken", format!("the download broke off: {error}")).hint("try again")
}
