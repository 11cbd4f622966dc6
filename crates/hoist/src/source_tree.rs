//! Source trees: which files there are, as git sees them, and which of them have something in their text.

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use hoist_cleanup::{HoistToml, Language, SourceFile};
use ignore::WalkState;

use crate::failure::Failure;
use crate::files;
use crate::limits::REFS_FILE_BYTES_MAX;
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

/// What a search found.
#[derive(Debug)]
pub struct Searched {
    /// The files, in the order of their paths.
    pub files: Vec<SourceFile>,
    /// The paths of files that could not be read, or that are larger than is looked at.
    pub unread: Vec<String>,
}

/// Returns the place of a folder of source code that a person named.
pub fn folder(named: &Path) -> Result<PathBuf, Failure> {
    let hint = "name a folder of source code";
    let place = named.canonicalize().map_err(|error| files::unreadable(named, &error).hint(hint))?;
    if place.is_dir() {
        return Ok(place);
    }
    Err(Failure::usage(format!("`{}` is no folder", named.display())).hint(hint))
}

impl SourceTree {
    /// Opens a folder, and reads `hoist.toml` in it or in the nearest folder around it that has one.
    pub fn open(root: &Path) -> Result<Self, Failure> {
        let root = folder(root)?;
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
    pub fn search(&self, keep: impl Fn(&str) -> bool + Sync) -> Result<Searched, Failure> {
        let found = Mutex::new(vec![]);
        let unread = self.visit(|path, text| {
            if keep(text)
                && let Ok(mut found) = found.lock()
            {
                found.push(SourceFile { path: path.to_owned(), text: text.to_owned() });
            }
        })?;
        let mut files = found.into_inner().unwrap_or_default();
        files.sort_by(|a: &SourceFile, b| a.path.cmp(&b.path));
        Ok(Searched { files, unread })
    }

    /// Looks at the path and the text of every file, in no order. Returns the files that cannot be read, and those that
    /// are larger than is looked at.
    ///
    /// Files that git ignores, files named in `.hoistignore`, excluded files and files that are not text are left out.
    pub fn visit(&self, look: impl Fn(&str, &str) + Sync) -> Result<Vec<String>, Failure> {
        let unread = Mutex::new(vec![]);
        let walk = walk::builder(&self.root, &self.config.exclude)?.build_parallel();
        walk.run(|| {
            Box::new(|entry| {
                let Ok(entry) = entry else { return WalkState::Continue };
                let Some(path) = self.relative(entry.path()) else { return WalkState::Continue };
                if !entry.file_type().is_some_and(|kind| kind.is_file()) {
                    return WalkState::Continue;
                }
                let small = entry.metadata().is_ok_and(|it| it.len() <= REFS_FILE_BYTES_MAX);
                let bytes = if small { std::fs::read(entry.path()).ok() } else { None };
                match bytes.map(String::from_utf8) {
                    Some(Ok(text)) => look(&path, &text),
                    // What is not text has no code in it, unless it is code in an old encoding.
                    Some(Err(_)) if Language::of_path(&path).is_none() => {}
                    Some(Err(_)) | None => drop(unread.lock().map(|mut unread| unread.push(path))),
                }
                WalkState::Continue
            })
        });
        let mut unread = unread.into_inner().unwrap_or_default();
        unread.sort();
        Ok(unread)
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
