//! Where comments and blank lines go when statements go, and how kept code moves to the left.

use std::ops::Range;

use crate::clean::edits::Edits;
use crate::language::Language;
use crate::tree::{Node, Tree};

/// Removes the statements from `first` to `last`, with the comments that belong to them and one of the two gaps.
///
/// `keep` is text whose comments stay, whatever they stand next to: the flag's key.
pub(crate) fn remove(tree: &Tree, edits: &mut Edits, list: Node, first: Node, last: Node, keep: &str) {
    let start = with_comments(tree, first, keep);
    let end = end_of(tree, last);
    let line_start = tree.line_start(start);
    let alone_before = blank(tree.slice(line_start..start));
    let tail = tree.slice(end..tree.line_end(end));
    let comment = trailing_comment(tree, end, keep);
    let alone_after = blank(tail) || comment.is_some();
    if !alone_before || !alone_after {
        // Go: `a(); b()` on one line loses a semicolon with a statement.
        let separated = tree.language == Language::Go && tail.trim_start().starts_with(';');
        let end = if separated { end + tail.find(';').map_or(0, |at| at + 1) } else { end };
        return remove_within_line(tree, edits, start..end);
    }
    let after = tree.next_line(comment.unwrap_or(end));
    let members = inner(tree, list);
    let above = blank_lines_before(tree, line_start);
    let below = blank_lines_after(tree, after);
    let opens = tree.line_start(members.start) >= above.start || blank(tree.slice(members.start..line_start));
    let closes = below.end >= members.end || blank(tree.slice(after..members.end));
    let mut region = line_start..after;
    if opens {
        region.end = below.end.min(members.end.max(region.end));
    } else if closes || above.len() <= below.len() {
        region.start = above.start;
    } else {
        region.end = below.end;
    }
    // The last line of a file may have no line break of its own; then the one before it goes.
    if region.end == tree.source().len() && !tree.source().ends_with('\n') && region.start > 0 {
        region.start = region.start.saturating_sub(line_break_before(tree, region.start));
    }
    // The mark of the byte order is no part of the first line.
    let mark = if tree.source().starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    edits.delete(region.start.max(mark)..region.end);
}

/// Removes an element of a list with commas, from its first node to its last, with the comma that belongs to it.
pub(crate) fn remove_element(tree: &Tree, edits: &mut Edits, first: Node, last: Node, keep: &str) {
    let Some(list) = tree.parent(first) else { return };
    let siblings = tree.children(list);
    if tree.has_token(list, "{") && siblings.iter().filter(|node| tree.is_named(**node)).count() == 1 {
        return edits.delete(inner(tree, list));
    }
    let comma = |node: Option<&Node>| node.copied().filter(|node| tree.kind(*node) == ",");
    let next = comma(siblings.iter().find(|node| tree.start(**node) >= tree.end(last)));
    let before = comma(siblings.iter().rev().find(|node| tree.end(**node) <= tree.start(first)));
    let end = next.map_or(tree.end(last), |comma| tree.end(comma));
    let start = with_comments(tree, first, keep);
    let line_start = tree.line_start(start);
    let own_lines = blank(tree.slice(line_start..start)) && blank(tree.slice(end..tree.line_end(end)));
    if own_lines {
        edits.delete(line_start..tree.next_line(end));
    } else if next.is_some() {
        let rest = tree.slice(end..tree.line_end(end));
        edits.delete(tree.start(first)..end + (rest.len() - rest.trim_start().len()));
    } else {
        let from = before.map_or(tree.start(first), |comma| tree.start(comma));
        return edits.delete(from..end);
    }
    // Java's lists of arguments must not end with a comma.
    if let (None, Some(before), Language::Java) = (next, before, tree.language) {
        edits.delete(tree.range(before));
    }
}

fn line_break_before(tree: &Tree, at: usize) -> usize {
    let before = tree.slice(0..at);
    before.len() - before.trim_end_matches(['\n', '\r']).len().max(before.len().saturating_sub(2))
}

fn remove_within_line(tree: &Tree, edits: &mut Edits, range: Range<usize>) {
    let after = tree.slice(range.end..tree.line_end(range.end));
    let white = after.len() - after.trim_start().len();
    if white > 0 && white < after.len() {
        edits.delete(range.start..range.end + white);
    } else {
        let before = tree.slice(tree.line_start(range.start)..range.start);
        let white = before.len() - before.trim_end().len();
        let start = if blank(before) { range.start } else { range.start - white };
        edits.delete(start..range.end);
    }
}

fn blank(text: &str) -> bool {
    text.chars().all(|letter| letter.is_whitespace() || letter == '\u{feff}')
}

/// Returns where a statement ends, with a semicolon that the grammar leaves outside.
pub(crate) fn end_of(tree: &Tree, node: Node) -> usize {
    let end = tree.end(node);
    let rest = tree.slice(end..tree.line_end(end));
    let white = rest.len() - rest.trim_start().len();
    let semicolon = rest.trim_start().starts_with(';') && !matches!(tree.language, Language::Go | Language::Python);
    let text = tree.slice(tree.start(node)..end);
    let end = if semicolon { end + white + 1 } else { end };
    // Some grammars count the line break as part of the last statement.
    if text.ends_with(['\n', '\r']) { tree.start(node) + text.trim_end().len() } else { end }
}

/// Returns where a statement starts, with the comments directly above it.
pub(crate) fn with_comments(tree: &Tree, node: Node, keep: &str) -> usize {
    let mut start = tree.start(node);
    let Some(parent) = tree.parent(node) else { return start };
    let siblings = tree.children(parent);
    let Some(index) = siblings.iter().position(|sibling| *sibling == node) else { return start };
    for above in siblings.iter().take(index).rev() {
        let attribute = tree.kind(*above) == "attribute_item";
        let adjacent = tree.line_index(tree.end(*above).max(1) - usize::from(tree.text(*above).ends_with('\n'))) + 1
            == tree.line_index(start);
        let own_line = blank(tree.slice(tree.line_start(tree.start(*above))..tree.start(*above)));
        // A comment at the top of a file is about the file.
        let header = tree.is_comment(*above) && blank(tree.slice(0..tree.start(*above)));
        let named = !keep.is_empty() && tree.text(*above).contains(keep);
        let region = ["region", "endregion", "#pragma", "go:build"].iter().any(|word| tree.text(*above).contains(word));
        if !(tree.is_comment(*above) || attribute) || !adjacent || !own_line || header || named || region {
            break;
        }
        start = tree.start(*above);
    }
    start
}

/// Returns where the comment behind a statement on its line ends.
fn trailing_comment(tree: &Tree, end: usize, keep: &str) -> Option<usize> {
    let tail = tree.slice(end..tree.line_end(end));
    let white = tail.len() - tail.trim_start().len();
    let node = tree.covering(&(end + white..end + white + 1));
    let fits = tree.is_comment(node) && tree.start(node) == end + white && tree.end(node) >= tree.line_end(end);
    let one_line = tree.line_index(tree.start(node)) == tree.line_index(tree.end(node).saturating_sub(1));
    let named = !keep.is_empty() && tree.text(node).contains(keep);
    (fits && one_line && !named).then(|| tree.line_end(end))
}

fn blank_lines_before(tree: &Tree, line_start: usize) -> Range<usize> {
    let mut start = line_start;
    while start > 0 {
        let above = tree.line_start(start - 1);
        if !blank(tree.slice(above..start)) {
            break;
        }
        start = above;
    }
    start..line_start
}

fn blank_lines_after(tree: &Tree, line_start: usize) -> Range<usize> {
    let mut end = line_start;
    while end < tree.source().len() {
        let next = tree.next_line(end);
        if next == end || !blank(tree.slice(end..next)) {
            break;
        }
        end = next;
    }
    line_start..end
}

/// Returns what stands between the braces of a block, or the whole of a list without braces.
pub(crate) fn inner(tree: &Tree, list: Node) -> Range<usize> {
    let holder = if tree.kind(list) == "statement_list" { tree.parent(list).unwrap_or(list) } else { list };
    let open = tree.children(holder).iter().find(|child| tree.kind(**child) == "{");
    let close = tree.children(holder).iter().rev().find(|child| tree.kind(**child) == "}");
    match (open, close) {
        (Some(open), Some(close)) => tree.end(*open)..tree.start(*close),
        _ => tree.range(holder),
    }
}

/// Returns the content of a body without the white space around it; empty if there is nothing, not even a comment.
pub(crate) fn content(tree: &Tree, body: Node) -> Range<usize> {
    let range = if tree.language == Language::Python { suite(tree, body) } else { inner(tree, body) };
    let text = tree.slice(range.clone());
    let start = range.start + (text.len() - text.trim_start().len());
    let end = range.start + text.trim_end().len();
    start..end.max(start)
}

/// Returns a Python suite from behind its colon, with the comments that are indented like it.
fn suite(tree: &Tree, body: Node) -> Range<usize> {
    let parent = tree.parent(body).unwrap_or(body);
    let colon = tree
        .children(parent)
        .iter()
        .rev()
        .find(|child| tree.kind(**child) == ":" && tree.end(**child) <= tree.start(body));
    let start = colon.map_or(tree.start(body), |colon| tree.end(*colon));
    let indent = tree.indent(tree.start(body)).len();
    let mut end = tree.end(body);
    let mut next = tree.next_line(end);
    while next < tree.source().len() {
        let line = tree.slice(next..tree.line_end(next));
        let after = tree.next_line(next);
        if line.trim_start().starts_with('#') && tree.indent(next).len() >= indent && indent > 0 {
            end = tree.line_end(next);
        } else if !line.trim().is_empty() {
            break;
        }
        if after == next {
            break;
        }
        next = after;
    }
    start..end
}

/// Moves the lines that begin inside a range to the left, but none that begins inside a text or a comment.
pub(crate) fn dedent(tree: &Tree, edits: &mut Edits, range: &Range<usize>, columns: usize) {
    if columns == 0 {
        return;
    }
    let mut at = tree.next_line(range.start);
    while at < range.end && at > range.start {
        if !in_literal(tree, at) {
            edits.dedent(at, columns);
        }
        let next = tree.next_line(at);
        if next == at {
            break;
        }
        at = next;
    }
}

fn in_literal(tree: &Tree, at: usize) -> bool {
    let node = tree.covering(&(at..at));
    std::iter::once(node).chain(tree.ancestors(node)).any(|outer| {
        let kind = tree.kind(outer);
        let text =
            kind.contains("string") || kind.contains("template") || kind.contains("comment") || kind == "jsx_text";
        text && tree.start(outer) < at && at < tree.end(outer) && kind != "jsx_text"
    })
}
