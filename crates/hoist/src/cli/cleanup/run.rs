//! Finds the files, and lets the rules work on them.

use std::collections::BTreeMap;
use std::fs::Permissions;

use hoist_cleanup::{Cleaned, KeyDefinition, KeySet, Level, Outcome, Request, SourceFile, definitions};
use hoist_eval::FlagValue;
use memchr::memmem::Finder;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::limits::{PROPAGATION_ROUNDS_MAX, REFS_FILE_BYTES_MAX, SYNTAX_STACK_BYTES};
use crate::source_tree::{Searched, SourceTree};

use super::mentioned::Mentioned;

/// The permissions of files that go, by their paths.
pub(super) type Modes = BTreeMap<String, Permissions>;

/// A finished cleanup, not written yet.
#[derive(Debug)]
pub(super) struct Done {
    pub(super) outcome: Outcome,
    /// How many files had the key in them.
    pub(super) candidates: usize,
    /// The files that could not be read, or that are larger than is looked at.
    pub(super) unread: Vec<String>,
    /// The files of which the project's own check accepts less than was asked for, and how much it accepts.
    pub(super) held: BTreeMap<String, Level>,
    /// What files that go had, should they come back.
    pub(super) modes: Modes,
}

impl Done {
    /// Returns what to say about files that were not read, if there are any.
    pub(super) fn about_unread(&self) -> Option<String> {
        let (first, more) = (self.unread.first()?, self.unread.len() - 1);
        let which = if more == 0 { format!("`{first}` was") } else { format!("`{first}` and {more} more were") };
        let most = REFS_FILE_BYTES_MAX / (1024 * 1024);
        Some(format!(
            "{which} not read, for want of permission, or because it is larger than {most} MiB or not in UTF-8; more may be \
             there"
        ))
    }

    /// Returns what to say if no file has the key.
    pub(super) fn about_absence(&self, key: &str) -> Option<String> {
        (self.candidates == 0).then(|| {
            format!("No file below this folder has `{key}` in it; is this the right folder, and the key spelt right?")
        })
    }

    /// Returns how far a file goes: as far as `asked`, unless the project's own check accepts less.
    pub(super) fn accepted(&self, file: &Cleaned, asked: Level) -> Level {
        self.held.get(&file.path).map_or(asked, |held| asked.min(*held))
    }
}

/// Runs something that walks deep trees on a thread that has room for it.
pub(super) fn on_large_stack<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    let failed = |what: &str| Failure::new(Exit::Failure, "internal", what);
    let thread = std::thread::Builder::new().stack_size(SYNTAX_STACK_BYTES).spawn(work);
    let thread = thread.map_err(|error| Failure::io("cannot start a thread", &error))?;
    thread.join().map_err(|_| failed("the cleanup ended early; nothing was written"))?
}

/// Cleans the files of a tree in memory.
pub(super) fn cleanup(tree: &SourceTree, key: &str, value: &FlagValue, level: Level) -> Result<Done, Failure> {
    let config = &tree.config;
    let keys = KeySet::new([key.to_owned()], config).map_err(|error| Failure::invalid(error.to_string()))?;
    let Searched { mut files, unread } = tree.search(|text| keys.occurs_in(text))?;
    let candidates = files.len();
    let mut defined: Vec<_> = files.iter().flat_map(|file| definitions(&file.path, &file.text, &keys)).collect();
    defined.sort();
    if !defined.is_empty() {
        let names: Vec<&str> = defined.iter().map(KeyDefinition::short_name).collect();
        add(&mut files, with_any(tree, &names)?);
    }
    let request = Request { key, value, level, config, definitions: &defined };
    let clean = |files: &[SourceFile]| {
        let mentioned = Mentioned::new(tree, files);
        hoist_cleanup::cleanup(files, &request, &|path, name| mentioned.elsewhere(path, name))
    };
    let mut outcome = clean(&files);
    for _ in 0..PROPAGATION_ROUNDS_MAX {
        let wanted: Vec<&str> = outcome.wanted.iter().map(String::as_str).collect();
        if wanted.is_empty() {
            break;
        }
        let before = files.len();
        add(&mut files, with_any(tree, &wanted)?);
        if files.len() == before {
            break;
        }
        outcome = clean(&files);
    }
    let mode = |file: &Cleaned| Some((file.path.clone(), tree.place(&file.path).metadata().ok()?.permissions()));
    let modes = outcome.files.iter().filter(|file| file.emptied).filter_map(mode).collect();
    Ok(Done { outcome, candidates, unread, held: BTreeMap::new(), modes })
}

/// Returns the files that have one of some names in them.
fn with_any(tree: &SourceTree, names: &[&str]) -> Result<Vec<SourceFile>, Failure> {
    let finders: Vec<Finder<'_>> = names.iter().map(Finder::new).collect();
    Ok(tree.search(|text| finders.iter().any(|finder| finder.find(text.as_bytes()).is_some()))?.files)
}

fn add(files: &mut Vec<SourceFile>, more: Vec<SourceFile>) {
    files.extend(more);
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files.dedup_by(|a, b| a.path == b.path);
}
