//! Snapshots on disk: what a server serves from its start until it has read the store's, and falls back on for a flag
//! whose newest form has a problem. A server needs its store to start; these files do not replace it.
//!
//! One file per snapshot, `<root>/<installation>/<project>/<environment>/<epoch>-<generation>.snapshot`: a line of JSON
//! that says what follows, then the content as JSON. A file is written under a temporary name, synced, renamed, and its
//! directory synced, so a reader sees a whole file or none. The digest covers position and content: a torn, cut or edited file
//! is recognised and the one before it is used.
//!
//! Positions compare within one installation only. Each has a folder of its own, so a data folder that is pointed
//! at another database neither serves what the first one held nor makes room by removing it.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use hoist_store::failpoint::pass;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::limits::{SNAPSHOT_FILE_BYTES_MAX, SNAPSHOT_FILES_KEPT};
use crate::snapshots::{Content, EnvironmentId, Position};

const FORMAT: u32 = 1;
const EXTENSION: &str = "snapshot";

/// The folder that holds the snapshot files of every environment of one installation.
#[derive(Debug, Clone)]
pub struct Archive {
    root: PathBuf,
}

/// A snapshot as read back from disk.
#[derive(Debug, Clone, PartialEq)]
pub struct Stored {
    /// Where it stands.
    pub position: Position,
    /// What it holds.
    pub content: Content,
}

/// What the first line of a file says about the rest.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    format: u32,
    epoch: u64,
    generation: u64,
    length: u64,
    sha256: String,
}

/// What is wrong with a snapshot file. The file stays where it is, for a person to look at.
#[derive(Debug, thiserror::Error)]
pub enum Damage {
    /// The file could not be read.
    #[error("cannot be read: {0}")]
    Unreadable(#[from] io::Error),
    /// The first line is not a header of this format.
    #[error("has no header of a known format")]
    Header,
    /// The content is shorter or longer than the header says: the file was cut or appended to.
    #[error("holds {found} bytes of content where its header says {expected}")]
    Length {
        /// What the header says.
        expected: u64,
        /// What is there.
        found: u64,
    },
    /// The digest differs: a byte was changed.
    #[error("does not match its digest: it was edited or the disk is failing")]
    Digest,
    /// The digest is right but the content is not a snapshot this version understands.
    #[error("holds something this version does not understand; a newer version may have written it")]
    Content,
    /// The file's name and its header disagree.
    #[error("is named for another position than its header holds")]
    Name,
}

impl Archive {
    /// Opens the archive of an installation under `root`, which is created if absent.
    pub fn open(root: impl AsRef<Path>, installation: &str) -> io::Result<Self> {
        let root = root.as_ref().join(installation);
        fs::create_dir_all(&root)?;
        Ok(Self { root })
    }

    /// Writes a snapshot and removes all but the newest [`SNAPSHOT_FILES_KEPT`] of its environment.
    pub fn save(&self, id: &EnvironmentId, position: Position, content: &Content) -> io::Result<()> {
        let folder = self.folder(id);
        fs::create_dir_all(&folder)?;
        let text = serde_json::to_vec(content)?;
        let header = Header {
            format: FORMAT,
            epoch: position.epoch,
            generation: position.generation,
            length: text.len() as u64,
            sha256: digest(position, &text),
        };
        let name = file_name(position);
        let temporary = folder.join(format!("{name}.new"));
        let mut file = File::create(&temporary)?;
        serde_json::to_writer(&mut file, &header)?;
        file.write_all(b"\n")?;
        file.write_all(&text)?;
        file.sync_all()?;
        drop(file);
        pass("snapshots.disk.written");
        fs::rename(&temporary, folder.join(name))?;
        pass("snapshots.disk.renamed");
        File::open(&folder)?.sync_all()?;
        self.prune(id)
    }

    /// Returns the newest sound snapshot of an environment for which `accept` holds, with the damage found on the way.
    pub fn newest(
        &self,
        id: &EnvironmentId,
        accept: impl Fn(Position) -> bool,
    ) -> (Option<Stored>, Vec<(PathBuf, Damage)>) {
        let mut damaged = Vec::new();
        for (position, path) in self.files(id).into_iter().rev() {
            if !accept(position) {
                continue;
            }
            match read(&path, position) {
                Ok(content) => return (Some(Stored { position, content }), damaged),
                Err(damage) => damaged.push((path, damage)),
            }
        }
        (None, damaged)
    }

    /// Lists the environments that have a folder here.
    pub fn environments(&self) -> Vec<EnvironmentId> {
        let mut environments = Vec::new();
        for project in names(&self.root) {
            for environment in names(&self.root.join(&project)) {
                if let (Ok(project), Ok(environment)) = (project.parse(), environment.parse()) {
                    environments.push(EnvironmentId { project, environment });
                }
            }
        }
        environments
    }

    /// Returns the folder of one environment. Keys hold no separator and never start with a dot, so it lies within.
    pub fn folder(&self, id: &EnvironmentId) -> PathBuf {
        self.root.join(id.project.as_str()).join(id.environment.as_str())
    }

    /// Lists snapshot files of an environment, oldest first. Other names, such as unfinished files, are passed over.
    fn files(&self, id: &EnvironmentId) -> Vec<(Position, PathBuf)> {
        let folder = self.folder(id);
        let mut files: Vec<_> =
            names(&folder).into_iter().filter_map(|name| Some((position_of(&name)?, folder.join(name)))).collect();
        files.sort_unstable();
        files
    }

    fn prune(&self, id: &EnvironmentId) -> io::Result<()> {
        let files = self.files(id);
        let surplus = files.len().saturating_sub(SNAPSHOT_FILES_KEPT);
        for (_, path) in files.into_iter().take(surplus) {
            fs::remove_file(path)?;
        }
        Ok(())
    }
}

fn names(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect()
}

fn file_name(position: Position) -> String {
    format!("{:020}-{:020}.{EXTENSION}", position.epoch, position.generation)
}

fn position_of(name: &str) -> Option<Position> {
    let stem = name.strip_suffix(EXTENSION)?.strip_suffix('.')?;
    let (epoch, generation) = stem.split_once('-')?;
    Some(Position { epoch: epoch.parse().ok()?, generation: generation.parse().ok()? })
}

fn digest(position: Position, content: &[u8]) -> String {
    let mut hash = Sha256::new();
    hash.update(position.epoch.to_be_bytes());
    hash.update(position.generation.to_be_bytes());
    hash.update(content);
    hex::encode(hash.finalize())
}

fn read(path: &Path, position: Position) -> Result<Content, Damage> {
    let mut bytes = Vec::new();
    File::open(path)?.take(SNAPSHOT_FILE_BYTES_MAX + 1).read_to_end(&mut bytes)?;
    let end = bytes.iter().position(|byte| *byte == b'\n').ok_or(Damage::Header)?;
    let (line, rest) = bytes.split_at(end);
    let content = rest.strip_prefix(b"\n").unwrap_or(rest);
    let header: Header = serde_json::from_slice(line).map_err(|_| Damage::Header)?;
    if header.format != FORMAT {
        return Err(Damage::Header);
    }
    if header.length != content.len() as u64 {
        return Err(Damage::Length { expected: header.length, found: content.len() as u64 });
    }
    let held = Position { epoch: header.epoch, generation: header.generation };
    if header.sha256 != digest(held, content) {
        return Err(Damage::Digest);
    }
    if held != position {
        return Err(Damage::Name);
    }
    serde_json::from_slice(content).map_err(|_| Damage::Content)
}
