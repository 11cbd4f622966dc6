//! Finds the files, and lets the rules work on them.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

use hoist_cleanup::{Cleaned, KeySet, Level, Outcome, Request, SourceFile, definitions};
use hoist_eval::FlagValue;
use memchr::memmem::Finder;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::limits::{PROPAGATION_ROUNDS_MAX, SYNTAX_STACK_BYTES};
use crate::source_tree::SourceTree;

/// A finished cleanup, not written yet.
#[derive(Debug)]
pub(super) struct Done {
    pub(super) outcome: Outcome,
    /// How many files had the key in them.
    pub(super) candidates: usize,
    /// The files of which the project's own check accepts less than was asked for, and how much it accepts.
    pub(super) held: BTreeMap<String, Level>,
}

impl Done {
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
    let mut files = tree.search(|text| keys.occurs_in(text))?;
    let candidates = files.len();
    let mut defined: Vec<_> = files.iter().flat_map(|file| definitions(&file.path, &file.text, &keys)).collect();
    defined.sort();
    if !defined.is_empty() {
        let names: Vec<Finder<'_>> = defined.iter().map(|definition| Finder::new(definition.short_name())).collect();
        let users = tree.search(|text| names.iter().any(|name| name.find(text.as_bytes()).is_some()))?;
        add(&mut files, users);
    }
    let known: RefCell<HashMap<String, Vec<String>>> = RefCell::default();
    let mentions = |path: &str, name: &str| {
        let mut known = known.borrow_mut();
        let homes = known.entry(name.to_owned()).or_insert_with(|| mentioned(tree, name));
        homes.iter().any(|home| home != path)
    };
    let request = Request { key, value, level, config, definitions: &defined };
    let mut outcome = hoist_cleanup::cleanup(&files, &request, &mentions);
    for _ in 0..PROPAGATION_ROUNDS_MAX {
        let wanted: Vec<Finder<'_>> = outcome.wanted.iter().map(|name| Finder::new(name.as_str())).collect();
        if wanted.is_empty() {
            break;
        }
        let before = files.len();
        add(&mut files, tree.search(|text| wanted.iter().any(|name| name.find(text.as_bytes()).is_some()))?);
        if files.len() == before {
            break;
        }
        outcome = hoist_cleanup::cleanup(&files, &request, &mentions);
    }
    Ok(Done { outcome, candidates, held: BTreeMap::new() })
}

fn mentioned(tree: &SourceTree, name: &str) -> Vec<String> {
    let finder = Finder::new(name);
    let files = tree.search(|text| finder.find(text.as_bytes()).is_some()).unwrap_or_default();
    files.into_iter().map(|file| file.path).collect()
}

fn add(files: &mut Vec<SourceFile>, more: Vec<SourceFile>) {
    files.extend(more);
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files.dedup_by(|a, b| a.path == b.path);
}
