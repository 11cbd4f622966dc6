//! Source trees: which files there are, as git sees them, and which of them have something in their text.

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use hoist_cleanup::{HoistToml, SourceFile};
use ignore::WalkState;

use crate::failure::Failure;
use crate::files;
use crate::refs::walk;

/// The file that says how a repository calls its flags.
pub const CONFIG: &str = "hoist.toml";

/// A source tree with its configuration.
#[derive(Debug, Clone)]
pub struct SourceTree {
    /// The folder that is searched.
    pub root: PathBuf,
    /// Its configuration, or that of the nearest folder around it.
    pub config: HoistToml,
}

impl SourceTree {
    /// Opens a folder, and reads `hoist.toml` in it or in the nearest folder around it that has one.
    pub fn open(root: &Path) -> Result<Self, Failure> {
        let root = root
            .canonicalize()
            .map_err(|error| files::unreadable(root, &error).hint("name a folder of source code"))?;
        let file = root.ancestors().map(|folder| folder.join(CONFIG)).find(|file| file.is_file());
        let config = match file {
            None => HoistToml::default(),
            Some(file) => {
                HoistToml::parse(&files::text(&file)?).map_err(|error| Failure::invalid(error.to_string()))?
            }
        };
        Ok(Self { root, config })
    }

    /// Returns the files that fulfil a condition, in the order of their paths, which are relative with `/`.
    ///
    /// Files that git ignores, files named in `.hoistignore`, excluded files and files that are not text are not read.
    pub fn search(&self, keep: impl Fn(&str) -> bool + Sync) -> Result<Vec<SourceFile>, Failure> {
        let found = Mutex::new(vec![]);
        let walk = walk::builder(&self.root, &self.config.exclude)?.build_parallel();
        walk.run(|| {
            Box::new(|entry| {
                let Ok(entry) = entry else { return WalkState::Continue };
                if !entry.file_type().is_some_and(|kind| kind.is_file()) {
                    return WalkState::Continue;
                }
                let text = std::fs::read(entry.path()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
                if let Some(text) = text.filter(|text| keep(text))
                    && let Some(path) = self.relative(entry.path())
                    && let Ok(mut found) = found.lock()
                {
                    found.push(SourceFile { path, text });
                }
                WalkState::Continue
            })
        });
        let mut found = found.into_inner().unwrap_or_default();
        found.sort_by(|a: &SourceFile, b| a.path.cmp(&b.path));
        Ok(found)
    }

    /// Returns the place of a file of the tree.
    pub fn place(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    fn relative(&self, path: &Path) -> Option<String> {
        let parts = path.strip_prefix(&self.root).ok()?.iter().map(|part| part.to_str());
        let parts: Option<Vec<&str>> = parts.collect();
        Some(parts?.join("/"))
    }
}
