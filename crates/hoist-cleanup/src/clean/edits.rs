//! Changes to a text as deletions and insertions that never move anything, and what they do to places in it.
//!
//! A kept piece of code is never printed again: what stands around it is deleted. So every other byte stays as it was.

use std::collections::{BTreeMap, HashSet};
use std::ops::Range;

use crate::clean::constant::Born;
use crate::tree::{Rewritten, Tree};

/// What is remembered about a place from one round to the next.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Memory {
    /// The literal there was put there for a flag. Only such literals are folded.
    Born(Born),
    /// The name declared there lost a use, so it may have been needed only by what is gone.
    Bereft,
}

/// A place that something is remembered about.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Mark {
    pub(crate) range: Range<usize>,
    pub(crate) memory: Memory,
}

#[derive(Debug, Clone)]
struct Insert {
    at: usize,
    text: String,
    /// The part of the text that is a born constant.
    born: Option<(Range<usize>, Born)>,
}

/// Changes to one text.
#[derive(Debug, Clone, Default)]
pub(crate) struct Edits {
    deletes: Vec<Range<usize>>,
    inserts: Vec<Insert>,
    /// For the start of a line, how many columns it moves to the left.
    dedents: BTreeMap<usize, usize>,
}

/// A changed text with what is remembered about it.
#[derive(Debug, Clone)]
pub(crate) struct Applied {
    pub(crate) text: String,
    pub(crate) marks: Vec<Mark>,
    /// For each line, the line it came from, from 0.
    pub(crate) origins: Vec<u32>,
    /// What is different, in the order of the text.
    pub(crate) rewritten: Vec<Rewritten>,
}

impl Edits {
    pub(crate) fn is_empty(&self) -> bool {
        self.deletes.is_empty() && self.inserts.is_empty()
    }

    pub(crate) fn delete(&mut self, range: Range<usize>) {
        if range.start < range.end {
            self.deletes.push(range);
        }
    }

    pub(crate) fn insert(&mut self, at: usize, text: impl Into<String>) {
        self.inserts.push(Insert { at, text: text.into(), born: None });
    }

    /// Inserts a text in front of whatever else is inserted at its place.
    pub(crate) fn insert_first(&mut self, at: usize, text: impl Into<String>) {
        self.inserts.insert(0, Insert { at, text: text.into(), born: None });
    }

    /// Returns what is inserted, with its places.
    pub(crate) fn inserted(&self) -> impl Iterator<Item = (usize, &str)> {
        self.inserts.iter().map(|insert| (insert.at, insert.text.as_str()))
    }

    /// Replaces a piece of code by a born constant, with some text in front of it.
    pub(crate) fn replace(&mut self, range: Range<usize>, before: &str, born: Born) {
        let text = format!("{before}{}", born.text);
        let part = before.len()..text.len();
        self.inserts.push(Insert { at: range.start, text, born: Some((part, born)) });
        self.delete(range);
    }

    pub(crate) fn dedent(&mut self, line_start: usize, columns: usize) {
        *self.dedents.entry(line_start).or_default() += columns;
    }

    /// Returns the deletions as disjoint pieces in the order of the text.
    pub(crate) fn merged(&self, tree: &Tree) -> Vec<Range<usize>> {
        let mut pieces = self.deletes.clone();
        for (start, columns) in &self.dedents {
            let white = tree.indent(*start).len().min(*columns);
            pieces.push(*start..start + white);
        }
        pieces.retain(|piece| piece.start < piece.end);
        pieces.sort_by_key(|piece| (piece.start, piece.end));
        let inserted: HashSet<usize> = self.inserts.iter().map(|insert| insert.at).collect();
        let mut merged: Vec<Range<usize>> = vec![];
        for piece in pieces {
            // What is inserted between two deletions that touch stays between them.
            let joins = |last: &&mut Range<usize>| {
                piece.start < last.end || (piece.start == last.end && !inserted.contains(&piece.start))
            };
            match merged.last_mut().filter(joins) {
                Some(last) => last.end = last.end.max(piece.end),
                None => merged.push(piece),
            }
        }
        merged
    }

    /// Returns the changed text.
    pub(crate) fn apply(mut self, tree: &Tree, marks: &[Mark], origins: &[u32]) -> Applied {
        let pieces = self.merged(tree);
        self.inserts.sort_by_key(|insert| insert.at);
        let inside = |at: usize| {
            let index = pieces.partition_point(|piece| piece.end <= at);
            pieces.get(index).is_some_and(|piece| piece.start < at && at < piece.end)
        };
        self.inserts.retain(|insert| !inside(insert.at));
        let mut out = Writer { tree, origins, text: String::new(), kept: vec![], lines: vec![], marks: vec![] };
        let mut inserts = self.inserts.into_iter().peekable();
        let mut at = 0;
        for piece in pieces.iter().chain(std::iter::once(&(tree.source().len()..tree.source().len()))) {
            while let Some(insert) = inserts.next_if(|insert| insert.at <= piece.start) {
                out.keep(at..insert.at);
                at = at.max(insert.at);
                out.insert(&insert);
            }
            out.keep(at..piece.start);
            at = at.max(piece.end);
        }
        out.finish(marks)
    }
}

struct Writer<'t> {
    tree: &'t Tree,
    origins: &'t [u32],
    text: String,
    /// Old range and new start of each kept piece.
    kept: Vec<(Range<usize>, usize)>,
    lines: Vec<u32>,
    marks: Vec<Mark>,
}

impl Writer<'_> {
    fn origin(&self, offset: usize) -> u32 {
        self.origins.get(self.tree.line_index(offset)).copied().unwrap_or(0)
    }

    /// Notes the origin of a line at the first thing that is written on it.
    fn note(&mut self, offset: usize) {
        let line = self.text.matches('\n').count();
        if self.lines.len() <= line {
            let origin = self.origin(offset);
            self.lines.resize(line + 1, origin);
        }
    }

    /// A line comes from where the first thing on it was, and not from what is deleted in front of that.
    fn begin_line(&mut self, offset: usize) {
        let origin = self.origin(offset);
        if let Some(last) = self.lines.last_mut().filter(|_| self.text.ends_with('\n')) {
            *last = origin;
        }
    }

    fn keep(&mut self, range: Range<usize>) {
        if range.start >= range.end {
            return;
        }
        if self.lines.is_empty() {
            self.lines.push(self.origin(range.start));
        }
        self.begin_line(range.start);
        self.kept.push((range.clone(), self.text.len()));
        let piece = self.tree.slice(range.clone());
        let breaks =
            piece.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(index, _)| range.start + index + 1);
        let origins: Vec<u32> = breaks.map(|start| self.origin(start)).collect();
        self.lines.extend(origins);
        self.text.push_str(piece);
    }

    fn insert(&mut self, insert: &Insert) {
        if self.lines.is_empty() {
            self.note(insert.at);
        }
        if !insert.text.is_empty() {
            self.begin_line(insert.at);
        }
        if let Some((part, born)) = &insert.born {
            let range = self.text.len() + part.start..self.text.len() + part.end;
            self.marks.push(Mark { range, memory: Memory::Born(born.clone()) });
        }
        let origin = self.origin(insert.at);
        self.lines.extend(insert.text.matches('\n').map(|_| origin));
        self.text.push_str(&insert.text);
    }

    fn finish(mut self, marks: &[Mark]) -> Applied {
        for mark in marks {
            let index = self.kept.partition_point(|(old, _)| old.end < mark.range.end);
            let Some((old, new)) = self.kept.get(index) else { continue };
            if old.start <= mark.range.start && mark.range.end <= old.end {
                let start = mark.range.start - old.start + new;
                let range = start..start + mark.range.len();
                self.marks.push(Mark { range, memory: mark.memory.clone() });
            }
        }
        self.marks.sort_by_key(|mark| (mark.range.start, mark.range.end));
        self.marks.dedup_by(|a, b| a.range == b.range && a.memory == b.memory);
        let rewritten = self.rewritten();
        Applied { text: self.text, marks: self.marks, origins: self.lines, rewritten }
    }

    /// Returns what stands between the kept pieces, before and after.
    fn rewritten(&self) -> Vec<Rewritten> {
        let mut found = vec![];
        let (mut old, mut new) = (0, 0);
        let end = (self.tree.source().len()..self.tree.source().len(), self.text.len());
        for (kept, start) in self.kept.iter().chain(std::iter::once(&end)) {
            if old < kept.start || new < *start {
                found.push(Rewritten { old: old..kept.start, new: new..*start });
            }
            (old, new) = (kept.end, start + kept.len());
        }
        found
    }
}
