//! CSV as LaunchDarkly's `ld-find-code-refs --outDir` writes it, so that what reads its files reads these.
//!
//! A row is a flag and a line, or lines that follow one another where lines of code are kept. `aliases` has names that
//! `hoist.toml` declares, as they are written; `contentHash` is the one of Git for the lines.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use sha1::{Digest, Sha1};

use super::Report;
use crate::limits::CSV_LINE_CHARS_MAX;
use crate::refs::Place;

const COLUMNS: &str = "flagKey,projKey,path,startingLineNumber,lines,aliases,contentHash";

/// One row: a flag in one line of a file, or in several that follow one another.
#[derive(Debug)]
struct Hunk<'a> {
    key: &'a str,
    path: &'a str,
    line: u32,
    lines: Vec<String>,
    aliases: Vec<String>,
}

/// Returns the references as CSV, by flag, path and line. The lines themselves are read from the files again.
pub fn csv(report: &Report<'_>) -> String {
    let mut text = format!("{COLUMNS}\n");
    for hunk in hunks(report) {
        let (line, lines) = (hunk.line.to_string(), hunk.lines.join("\n"));
        let aliases = hunk.aliases.join(" ");
        let cells = [hunk.key, report.project, hunk.path, &line, &lines, &aliases, &blob_hash(&lines)];
        text.push_str(&cells.map(cell).join(","));
        text.push('\n');
    }
    text
}

fn hunks<'a>(report: &'a Report<'_>) -> Vec<Hunk<'a>> {
    let mut files: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut by_line: BTreeMap<(&str, &str, u32), Vec<&Place>> = BTreeMap::new();
    for place in report.places {
        by_line.entry((&place.key, &place.path, place.line)).or_default().push(place);
        files.entry(&place.path).or_insert_with(|| read(report, &place.path));
    }
    let mut hunks: Vec<Hunk<'a>> = vec![];
    for ((key, path, line), places) in by_line {
        let whole = files.get(path).and_then(|lines| lines.get((line as usize).saturating_sub(1)));
        let names = places.iter().filter_map(|place| whole.and_then(|whole| alias(place, whole)));
        let mut aliases: Vec<String> = vec![];
        names.for_each(|name| add(&mut aliases, name));
        let lines = whole.filter(|_| report.with_source).map(|whole| shortened(whole));
        match hunks.last_mut().filter(|last| report.with_source && last.ends_before(key, path, line)) {
            Some(last) => {
                last.lines.extend(lines);
                for name in aliases {
                    add(&mut last.aliases, name);
                }
            }
            None => hunks.push(Hunk { key, path, line, lines: lines.into_iter().collect(), aliases }),
        }
    }
    hunks
}

impl Hunk<'_> {
    /// Returns whether the line behind the last one is this one.
    fn ends_before(&self, key: &str, path: &str, line: u32) -> bool {
        (self.key, self.path) == (key, path) && self.line as usize + self.lines.len() == line as usize
    }
}

fn add(names: &mut Vec<String>, name: String) {
    if !names.contains(&name) {
        names.push(name);
    }
}

/// Returns the lines of a file; none if it is not there any more.
fn read(report: &Report<'_>, path: &str) -> Vec<String> {
    let text = std::fs::read_to_string(report.root.join(path)).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

/// Returns the name by which a place calls its flag, if it is an alias of `hoist.toml`.
fn alias(place: &Place, line: &str) -> Option<String> {
    let from = (place.column as usize).saturating_sub(1);
    let length = (place.end as usize).saturating_sub(place.column as usize);
    let name: String = line.chars().skip(from).take(length).collect();
    (place.via == "alias" && !name.is_empty()).then_some(name)
}

fn shortened(line: &str) -> String {
    match line.char_indices().nth(CSV_LINE_CHARS_MAX) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line.to_owned(),
    }
}

/// Returns the name that Git gives to a file with this text: <https://git-scm.com/book/en/v2/Git-Internals-Git-Objects>.
fn blob_hash(text: &str) -> String {
    let digest = Sha1::new().chain_update(format!("blob {}\0", text.len())).chain_update(text).finalize();
    digest.iter().fold(String::new(), |mut hash, byte| {
        // Writing to a string does not fail.
        let _ = write!(hash, "{byte:02x}");
        hash
    })
}

/// Returns a cell with the quotes that Go's `encoding/csv` gives it.
fn cell(text: &str) -> String {
    let is_quoted = text == "\\." || text.contains([',', '"', '\n', '\r']) || text.starts_with(char::is_whitespace);
    if is_quoted { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::{blob_hash, cell, shortened};

    #[test]
    fn a_hash_is_the_one_of_git() {
        // `git hash-object --stdin`, as ld-find-code-refs computes it.
        for (text, hash) in [
            ("", "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"),
            ("what is up, doc?", "bd9dbf5aae1a3862dd1526723246b20206e5fc37"),
        ] {
            assert_eq!(blob_hash(text), hash);
        }
    }

    #[test]
    fn cells_are_quoted_as_go_does() {
        let rows = [("a", "a"), ("", ""), (" a", "\" a\""), ("a\"b", "\"a\"\"b\""), ("=a", "=a"), ("\\.", "\"\\.\"")];
        for (text, expected) in rows {
            assert_eq!(cell(text), expected);
        }
    }

    #[test]
    fn long_lines_are_cut() {
        assert_eq!(shortened(&"ä".repeat(500)), "ä".repeat(500));
        assert_eq!(shortened(&"ä".repeat(501)), "ä".repeat(500) + "…");
    }
}
