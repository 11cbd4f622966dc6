//! JSX: `{on && <b />}` among the children of an element, when nothing is left of it.
//!
//! Blanks beside a hole are text; blanks at the end of a line are not. So what stands where a hole was has to be read as the
//! same text, or the words around it run together.

use std::ops::Range;

use crate::clean::layout;
use crate::clean::round::Round;
use crate::shape::Shape;
use crate::tree::{Node, Tree};

impl Round<'_> {
    /// Removes a hole that gives nothing. Returns whether that leaves the text around it as it is.
    pub(crate) fn remove_hole(&mut self, hole: Node) -> bool {
        let tree = &self.file.tree;
        let Some((before, after)) = gaps(tree, hole) else { return false };
        let (left, right) = (tree.slice(before.clone()).to_owned(), tree.slice(after.clone()).to_owned());
        let wanted = shown(&left) + &shown(&right);
        let range = tree.range(hole);
        let is_blank = |text: &str| text.chars().all(|sign| matches!(sign, ' ' | '\t'));
        let line = tree.line_start(range.start);
        let alone =
            is_blank(tree.slice(line..range.start)) && is_blank(tree.slice(range.end..tree.line_end(range.end)));
        if shown(&format!("{left}{right}")) == wanted {
            if alone {
                let parent = tree.parent(hole).unwrap_or(hole);
                layout::remove(&self.file.tree, &mut self.edits, parent, hole, hole, "");
            } else {
                self.edits.delete(range);
            }
            return true;
        }
        let blanks = |text: &str| text.len() - text.trim_end_matches([' ', '\t']).len();
        let leading = right.len() - right.trim_start_matches([' ', '\t']).len();
        let trailing = blanks(&left);
        let (short_left, short_right) = (left.get(..left.len() - trailing), right.get(leading..));
        let (Some(short_left), Some(short_right)) = (short_left, short_right) else { return false };
        // What stands in front may go too, and then looks at the same blanks.
        if self.goes_in_front(hole) {
            return false;
        }
        if shown(&format!("{short_left}{short_right}")) == wanted {
            self.edits.delete(range.start - trailing..range.end + leading);
            return true;
        }
        // A blank that the end of a line would swallow.
        if shown(short_left) + " " + &shown(short_right) == wanted {
            let whole = tree.line_start(range.start) == range.start - trailing;
            let start = if whole { range.start } else { range.start - trailing };
            self.edits.insert(start, "{\" \"}");
            self.edits.delete(start..range.end + leading);
            return true;
        }
        false
    }

    fn goes_in_front(&self, hole: Node) -> bool {
        let tree = &self.file.tree;
        let siblings = tree.parent(hole).map(|parent| tree.named(parent)).unwrap_or_default();
        let earlier = siblings.into_iter().rfind(|it| tree.end(*it) <= tree.start(hole) && !is_text(tree, *it));
        let hole = earlier.map(|earlier| self.shape(earlier));
        matches!(hole, Some(Shape::Hole(inner)) if self.value(inner).is_some())
    }
}

fn is_text(tree: &Tree, node: Node) -> bool {
    tree.is(node, &["jsx_text", "html_character_reference"])
}

/// Returns the text between a hole and what stands before and behind it.
fn gaps(tree: &Tree, hole: Node) -> Option<(Range<usize>, Range<usize>)> {
    let siblings = tree.named(tree.parent(hole)?);
    let before = siblings.iter().rfind(|it| tree.end(**it) <= tree.start(hole) && !is_text(tree, **it))?;
    let after = siblings.iter().find(|it| tree.start(**it) >= tree.end(hole) && !is_text(tree, **it));
    let end = tree.parent(hole).and_then(|parent| tree.token(parent, "</")).map(|sign| tree.start(sign));
    Some((tree.end(*before)..tree.start(hole), tree.end(hole)..after.map(|it| tree.start(*it)).or(end)?))
}

/// Returns what is shown of a text: lines are joined by one blank, without the blanks at their ends.
fn shown(text: &str) -> String {
    let lines: Vec<&str> = text.split('\n').collect();
    let last = lines.len().saturating_sub(1);
    let lines = lines.iter().enumerate().map(|(index, line)| {
        let line = if index > 0 { line.trim_start() } else { line };
        if index < last { line.trim_end() } else { line }
    });
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}
