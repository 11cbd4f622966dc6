//! What a change adds: references in lines that its base does not have, as far as there are more of them than before.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::Path;

use super::git::Git;
use super::scan::{Wanted, name, scan_text};
use super::{Found, Place};
use crate::failure::Failure;

/// What two references have in common that count as the same.
type Likeness = fn(&Place) -> [&str; 4];

/// From the closest likeness to the loosest: the same line, wherever it stands now; the same flag at the same place in a
/// line that was edited; the same line in another file, because it was moved.
const LIKENESSES: [Likeness; 3] = [
    |place| [&place.key, &place.kind, &place.hash, &place.path],
    |place| [&place.key, &place.kind, place.symbol.as_deref().unwrap_or_default(), &place.path],
    |place| [&place.key, &place.kind, &place.hash, ""],
];

/// Leaves only the references that the base does not have.
pub fn leave(found: &mut Found, git: &Git, root: &Path, base: &str, wanted: &Wanted<'_>) -> Result<(), Failure> {
    let known = git.commit(base).and_then(|commit| git.merge_base(&commit, "HEAD"));
    let base = known.map_err(|_| {
        let message = format!("`{base}` is no commit or branch that this one comes from");
        Failure::invalid(message).hint("fetch it with its history; a shallow clone has the last commit only")
    })?;
    let changed = git.changed_since(&base)?;
    let prefix = name(git.root(), root);
    let prefix = if prefix.is_empty() { prefix } else { format!("{prefix}/") };
    let mut now = std::mem::take(&mut found.places);
    now.retain(|place| changed.contains(&format!("{prefix}{}", place.path)));
    if now.is_empty() {
        return Ok(());
    }
    let mut before = vec![];
    for path in changed.iter().filter_map(|path| path.strip_prefix(&prefix)) {
        // A file that the base does not have has nothing from before.
        let Some(text) = git.show(&base, &format!("{prefix}{path}")) else { continue };
        before.extend(scan_text(path, &text, wanted, &found.definitions)?);
    }
    let mut places = not_before(now, before);
    let paths: BTreeSet<String> = places.iter().map(|place| place.path.clone()).collect();
    let tracked = git.tracked()?;
    for path in paths {
        let full = format!("{prefix}{path}");
        if tracked.contains(&full) {
            let lines = git.added_lines(&base, &full)?;
            places.retain(|place| place.path != path || has(&lines, place.line));
        }
    }
    found.places = places;
    Ok(())
}

fn has(lines: &[Range<u32>], line: u32) -> bool {
    lines.iter().any(|range| range.contains(&line))
}

/// Returns the references of now that have no counterpart from before. Each of those is the counterpart of one.
fn not_before(mut now: Vec<Place>, mut before: Vec<Place>) -> Vec<Place> {
    for likeness in LIKENESSES {
        let mut counts: BTreeMap<[String; 4], usize> = BTreeMap::new();
        let of = |place: &Place| likeness(place).map(str::to_owned);
        for place in &before {
            *counts.entry(of(place)).or_default() += 1;
        }
        let mut met: BTreeMap<[String; 4], usize> = BTreeMap::new();
        now.retain(|place| !take(&mut counts, &of(place), &mut met));
        before.retain(|place| !spend(&mut met, &of(place)));
    }
    now
}

/// Takes one of what is counted, and notes that it was met. Returns whether there was one.
fn take(counts: &mut BTreeMap<[String; 4], usize>, like: &[String; 4], met: &mut BTreeMap<[String; 4], usize>) -> bool {
    let was_there = spend(counts, like);
    if was_there {
        *met.entry(like.clone()).or_default() += 1;
    }
    was_there
}

fn spend(counts: &mut BTreeMap<[String; 4], usize>, like: &[String; 4]) -> bool {
    match counts.get_mut(like) {
        Some(count) if *count > 0 => {
            *count -= 1;
            true
        }
        _ => false,
    }
}
