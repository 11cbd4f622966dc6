//! What is in the files: one text pass for all keys, then syntax for the files with a hit.
//!
//! The result does not depend on the number of threads: files are taken in order, and what they give is put back in
//! order.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use hoist_cleanup::{
    CodeReference, HoistToml, KeyDefinition, KeySet, Language, ReferenceKind, UnknownKeys, Via, definitions, references,
};
use sha2::{Digest, Sha256};

use super::{Found, Place};
use crate::failure::Failure;
use crate::limits::{REFS_FILE_BYTES_MAX, REFS_THREADS_MAX};
use crate::progress::Progress;

/// What is looked for, and how it is shown.
#[derive(Debug)]
pub struct Wanted<'a> {
    /// The keys of flags.
    pub keys: &'a [String],
    /// How the repository calls its flags.
    pub config: &'a HoistToml,
    /// Whether keys that are evaluated and not among `keys` are looked for too.
    pub unknown: bool,
    /// Whether lines are kept with their places.
    pub with_source: bool,
    /// Told of every file that was read.
    pub progress: &'a Progress,
}

/// Scans files below `root`. `only` limits what is reported; files beside it are read for the constants that they define.
pub fn scan(root: &Path, files: &[PathBuf], wanted: &Wanted<'_>, only: Option<&[String]>) -> Result<Found, Failure> {
    let told = |error: hoist_cleanup::KeySetError| Failure::invalid(error.to_string());
    let keys = KeySet::new(wanted.keys.iter().cloned(), wanted.config).map_err(told)?;
    let unknown = UnknownKeys::new(wanted.config).map_err(told)?;
    wanted.progress.begin(files.len());
    let first = in_parallel(files, |file| Candidate::read(root, file, &keys, &unknown, wanted));
    let definitions: Vec<KeyDefinition> =
        first.iter().filter_map(Read::candidate).flat_map(|it| it.defined.clone()).collect();
    let unread = first.iter().filter_map(|read| match read {
        Read::Unread(path) => Some(path.clone()),
        Read::Nothing | Read::Candidate(_) => None,
    });
    let unread: Vec<String> = unread.collect();
    let reported = |path: &str| only.is_none_or(|only| only.iter().any(|it| it == path));
    let places = if definitions.is_empty() {
        let candidates: Vec<&Candidate> = first.iter().filter_map(Read::candidate).collect();
        in_parallel(&candidates, |candidate| {
            if reported(&candidate.path) {
                candidate.places(&candidate.text, &keys, &unknown, wanted)
            } else {
                Vec::new()
            }
        })
    } else {
        // A constant is used in files that do not have its key, so all are read again.
        wanted.progress.begin(files.len());
        let keys = keys.with_definitions(definitions.clone()).map_err(told)?;
        in_parallel(files, |file| match Candidate::read(root, file, &keys, &unknown, wanted) {
            Read::Candidate(candidate) if reported(&candidate.path) => {
                candidate.places(&candidate.text, &keys, &unknown, wanted)
            }
            _ => Vec::new(),
        })
    };
    let mut places: Vec<Place> = places.into_iter().flatten().collect();
    places.sort();
    places.dedup();
    forget_names(&mut places);
    Ok(Found { places, files: files.len() as u64, unread, definitions })
}

/// Forgets the names of constants where they are defined: the key beside them is the reference.
fn forget_names(places: &mut Vec<Place>) {
    let defined: HashSet<(String, u32, String)> = places
        .iter()
        .filter(|place| place.kind == "definition")
        .map(|place| (place.path.clone(), place.line, place.key.clone()))
        .collect();
    places.retain(|place| {
        place.kind != "text" || !defined.contains(&(place.path.clone(), place.line, place.key.clone()))
    });
}

/// Returns the places of one text, as when an earlier version of a file is looked at. `definitions` are the constants that
/// it may use.
pub fn scan_text(
    path: &str,
    text: &str,
    wanted: &Wanted<'_>,
    definitions: &[KeyDefinition],
) -> Result<Vec<Place>, Failure> {
    let told = |error: hoist_cleanup::KeySetError| Failure::invalid(error.to_string());
    let keys = KeySet::new(wanted.keys.iter().cloned(), wanted.config).map_err(told)?;
    let unknown = UnknownKeys::new(wanted.config).map_err(told)?;
    let keys = if definitions.is_empty() { keys } else { keys.with_definitions(definitions.to_vec()).map_err(told)? };
    let candidate = Candidate { path: path.to_owned(), text: text.to_owned(), defined: Vec::new() };
    Ok(candidate.places(text, &keys, &unknown, wanted))
}

/// What reading a file came to.
enum Read {
    /// It has nothing to do with flags, or is no text.
    Nothing,
    /// It could not be read whole.
    Unread(String),
    Candidate(Candidate),
}

impl Read {
    fn candidate(&self) -> Option<&Candidate> {
        match self {
            Self::Candidate(candidate) => Some(candidate),
            Self::Nothing | Self::Unread(_) => None,
        }
    }
}

/// A file with a hit of the text pass.
struct Candidate {
    path: String,
    text: String,
    defined: Vec<KeyDefinition>,
}

impl Candidate {
    fn read(root: &Path, file: &Path, keys: &KeySet, unknown: &UnknownKeys, wanted: &Wanted<'_>) -> Read {
        wanted.progress.advance(1);
        let path = name(root, file);
        if fs::metadata(file).is_ok_and(|it| it.len() > REFS_FILE_BYTES_MAX) {
            return Read::Unread(path);
        }
        let Ok(bytes) = fs::read(file) else { return Read::Unread(path) };
        // What is not text has no code in it, unless its name says so: then it is code in another encoding.
        let Ok(text) = String::from_utf8(bytes) else {
            return if Language::of_path(&path).is_some() { Read::Unread(path) } else { Read::Nothing };
        };
        let evaluates = wanted.unknown && unknown.may_occur_in(&path, &text);
        if !keys.occurs_in(&text) {
            let candidate = Self { path, text, defined: Vec::new() };
            return if evaluates { Read::Candidate(candidate) } else { Read::Nothing };
        }
        let defined = definitions(&path, &text, keys);
        Read::Candidate(Self { path, text, defined })
    }

    fn places(&self, text: &str, keys: &KeySet, unknown: &UnknownKeys, wanted: &Wanted<'_>) -> Vec<Place> {
        let mut found = references(&self.path, text, keys, wanted.config);
        if wanted.unknown {
            found.extend(unknown.find(&self.path, text, keys, wanted.config));
        }
        let lines: Vec<&str> = text.lines().collect();
        found.into_iter().map(|reference| place(reference, &lines, wanted.with_source)).collect()
    }
}

fn place(reference: CodeReference, lines: &[&str], with_source: bool) -> Place {
    let whole = lines.get((reference.line as usize).saturating_sub(1)).copied().unwrap_or_default();
    let line = whole.trim();
    Place {
        path: reference.file,
        line: reference.line,
        column: characters(whole, reference.column),
        end: characters(whole, reference.end_column),
        key: reference.key,
        kind: kind_name(reference.kind).to_owned(),
        via: via_name(reference.via).to_owned(),
        symbol: reference.symbol,
        hash: digest(line),
        snippet: with_source.then(|| line.chars().take(1_000).collect()),
        finding: None,
    }
}

/// Returns a column in characters for one in bytes, both from 1. One behind the end of the line stays as far behind it.
fn characters(line: &str, column: u32) -> u32 {
    let bytes = (column as usize).saturating_sub(1);
    match line.get(..bytes) {
        Some(before) => before.chars().count() as u32 + 1,
        None => column.saturating_sub((line.len() - line.chars().count()) as u32),
    }
}

/// Returns the name of a kind, as the server knows it.
fn kind_name(kind: ReferenceKind) -> &'static str {
    match kind {
        ReferenceKind::Evaluation => "evaluation",
        ReferenceKind::Definition => "definition",
        ReferenceKind::WrapperCall => "wrapper_call",
        ReferenceKind::Test => "test",
        ReferenceKind::Config => "config",
        ReferenceKind::Text => "text",
    }
}

/// Returns the name of a way, as the server knows it.
fn via_name(via: Via) -> &'static str {
    match via {
        Via::Literal => "literal",
        Via::Const => "const",
        Via::Enum => "enum",
        Via::Alias => "alias",
        Via::Wrapper => "wrapper",
    }
}

/// Returns the beginning of a digest of a line: enough to tell lines apart.
pub fn digest(line: &str) -> String {
    let digest = Sha256::digest(line.as_bytes());
    digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
}

/// Returns the name of a file from the root, with `/`.
pub fn name(root: &Path, file: &Path) -> String {
    let inner = file.strip_prefix(root).unwrap_or(file);
    let parts: Vec<_> = inner.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
    parts.join("/")
}

/// Does something with every item on all cores, and returns what came of it in the order of the items.
fn in_parallel<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(REFS_THREADS_MAX);
    let size = items.len().div_ceil(threads).max(1);
    let work = &work;
    std::thread::scope(|scope| {
        let parts: Vec<_> =
            items.chunks(size).map(|part| scope.spawn(move || part.iter().map(work).collect::<Vec<R>>())).collect();
        parts.into_iter().flat_map(|part| part.join().unwrap_or_default()).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::characters;

    #[test]
    fn columns_count_characters() {
        for (line, column, expected) in [("abc", 2, 2), ("äbc", 3, 2), ("äöc", 5, 3), ("ä", 9, 8), ("", 1, 1)] {
            assert_eq!(characters(line, column), expected, "{line} {column}");
        }
    }
}
