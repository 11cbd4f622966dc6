//! A syntax tree in one arena: nodes are numbers, so that what is known about a node is a table.
//!
//! The tree is copied once out of the parser. After that, walking up, down and sideways is reading a vector, and every
//! question about a place in the text is answered here.

use std::cell::RefCell;
use std::ops::Range;
use std::sync::OnceLock;

use tree_sitter::{InputEdit, Parser, Point};

use crate::language::Language;
use crate::limits::{DEPTH_MAX, SOURCE_BYTES_MAX};

/// A node of a [`Tree`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Node(pub(crate) u32);

/// Why there is no tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// The file is longer than [`SOURCE_BYTES_MAX`].
    #[error("the file is longer than {SOURCE_BYTES_MAX} bytes")]
    TooLong,
    /// The code is nested deeper than [`DEPTH_MAX`].
    #[error("the code is nested deeper than {DEPTH_MAX} levels")]
    TooDeep,
    /// The parser gave up.
    #[error("the parser gave up")]
    Failed,
}

#[derive(Debug, Clone, PartialEq)]
struct Data {
    kind: &'static str,
    field: Option<&'static str>,
    parent: u32,
    start: u32,
    end: u32,
    children: Range<u32>,
    named: bool,
    broken: bool,
    extra: bool,
}

const NONE: u32 = u32::MAX;
static NOWHERE: Data = Data {
    kind: "",
    field: None,
    parent: NONE,
    start: 0,
    end: 0,
    children: 0..0,
    named: false,
    broken: false,
    extra: false,
};

/// A kind of nodes.
struct Kind {
    name: &'static str,
    named: bool,
}

/// The names of a grammar's nodes and roles, by number. They live as long as the program, one copy for each grammar.
struct Names {
    kinds: Vec<Kind>,
    fields: Vec<&'static str>,
}

fn names(language: Language) -> &'static Names {
    static NAMES: [OnceLock<Names>; 7] = [const { OnceLock::new() }; 7];
    static EMPTY: Names = Names { kinds: vec![], fields: vec![] };
    let keep = |name: Option<&str>| -> &'static str { Box::leak(name.unwrap_or("").to_owned().into_boxed_str()) };
    let read = || {
        let grammar = language.grammar();
        let kind = |id| Kind { name: keep(grammar.node_kind_for_id(id)), named: grammar.node_kind_is_named(id) };
        let kinds = (0..grammar.node_kind_count() as u16).map(kind).collect();
        let fields = (0..=grammar.field_count() as u16).map(|id| keep(grammar.field_name_for_id(id))).collect();
        Names { kinds, fields }
    };
    NAMES.get(language as usize).map_or(&EMPTY, |names| names.get_or_init(read))
}

thread_local! {
    /// A parser has tables and stacks that are worth keeping from one file to the next.
    static PARSER: RefCell<Parser> = RefCell::new(Parser::new());
}

/// A piece of a text that became another: where it was, and where what stands there now is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rewritten {
    pub(crate) old: Range<usize>,
    pub(crate) new: Range<usize>,
}

/// A parsed file.
#[derive(Debug, Clone)]
pub(crate) struct Tree {
    pub(crate) language: Language,
    source: String,
    parsed: tree_sitter::Tree,
    nodes: Vec<Data>,
    children: Vec<Node>,
    lines: Vec<u32>,
}

impl Tree {
    /// Parses a file. Code that is wrong in places still gives a tree, with the places marked.
    pub(crate) fn parse(language: Language, source: &str) -> Result<Self, ParseError> {
        Self::read(language, source, None)
    }

    /// Parses a file that was made from this one, and looks only at what is different.
    pub(crate) fn reparse(&self, source: &str, changes: &[Rewritten]) -> Result<Self, ParseError> {
        let mut parsed = self.parsed.clone();
        // From the end, so that what stands in front of a change is still where it was.
        for change in changes.iter().rev() {
            let start_position = self.point(change.old.start);
            let written = source.get(change.new.clone()).unwrap_or("");
            let rows = written.matches('\n').count();
            let last = written.len() - written.rfind('\n').map_or(0, |at| at + 1);
            let column = if rows == 0 { start_position.column + last } else { last };
            parsed.edit(&InputEdit {
                start_byte: change.old.start,
                old_end_byte: change.old.end,
                new_end_byte: change.old.start + written.len(),
                start_position,
                old_end_position: self.point(change.old.end),
                new_end_position: Point { row: start_position.row + rows, column },
            });
        }
        Self::read(self.language, source, Some(&parsed))
    }

    fn read(language: Language, source: &str, before: Option<&tree_sitter::Tree>) -> Result<Self, ParseError> {
        if source.len() > SOURCE_BYTES_MAX {
            return Err(ParseError::TooLong);
        }
        let parsed = PARSER.with_borrow_mut(|parser| {
            parser.set_language(&language.grammar()).map_err(|_| ParseError::Failed)?;
            parser.parse(source, before).ok_or(ParseError::Failed)
        })?;
        let mut lines = vec![0];
        lines.extend(source.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at as u32 + 1));
        let (nodes, children) = (Vec::with_capacity(parsed.root_node().descendant_count()), vec![]);
        let mut tree = Self { language, source: source.to_owned(), parsed: parsed.clone(), nodes, children, lines };
        tree.copy(&parsed)?;
        Ok(tree)
    }

    fn point(&self, offset: usize) -> Point {
        Point { row: self.line_index(offset), column: offset - self.line_start(offset) }
    }

    /// Copies the parser's nodes in the order of the text, parents before their children.
    fn copy(&mut self, parsed: &tree_sitter::Tree) -> Result<(), ParseError> {
        let names = names(self.language);
        let mut cursor = parsed.walk();
        let mut parents = vec![NONE];
        loop {
            let id = self.push(names, &cursor, parents.last().copied().unwrap_or(NONE));
            if cursor.goto_first_child() {
                if parents.len() > DEPTH_MAX {
                    return Err(ParseError::TooDeep);
                }
                parents.push(id);
                continue;
            }
            while !cursor.goto_next_sibling() {
                parents.pop();
                if !cursor.goto_parent() {
                    self.gather_children();
                    return Ok(());
                }
            }
        }
    }

    fn push(&mut self, names: &'static Names, cursor: &tree_sitter::TreeCursor<'_>, parent: u32) -> u32 {
        let node = cursor.node();
        let kind = names.kinds.get(node.kind_id() as usize);
        let (start, end) = (node.start_byte() as u32, node.end_byte() as u32);
        // Each of these asks the parser's tree, so what cannot be is not asked.
        let missing = start == end && node.is_missing();
        let named = kind.is_none_or(|kind| kind.named);
        self.nodes.push(Data {
            kind: kind.map_or("ERROR", |kind| kind.name),
            field: cursor.field_id().and_then(|id| names.fields.get(id.get() as usize).copied()),
            parent,
            start,
            end,
            children: 0..0,
            named,
            broken: kind.is_none() || missing,
            extra: named && node.is_extra(),
        });
        self.nodes.len() as u32 - 1
    }

    /// Gives each node its children, which stand behind it in the order of the text.
    fn gather_children(&mut self) {
        let mut counts = vec![0_u32; self.nodes.len()];
        for data in &self.nodes {
            if let Some(count) = counts.get_mut(data.parent as usize) {
                *count += 1;
            }
        }
        let mut next = 0;
        for (data, count) in self.nodes.iter_mut().zip(&counts) {
            // The end grows as the children are found.
            data.children = next..next;
            next += count;
        }
        self.children = vec![Node(NONE); next as usize];
        for id in 0..self.nodes.len() {
            let parent = self.nodes.get(id).map_or(NONE, |data| data.parent);
            let Some(data) = self.nodes.get_mut(parent as usize) else { continue };
            if let Some(place) = self.children.get_mut(data.children.end as usize) {
                *place = Node(id as u32);
            }
            data.children.end += 1;
        }
    }

    fn data(&self, node: Node) -> &Data {
        self.nodes.get(node.0 as usize).unwrap_or(&NOWHERE)
    }

    pub(crate) fn source(&self) -> &str {
        &self.source
    }

    pub(crate) fn root(&self) -> Node {
        Node(if self.nodes.is_empty() { NONE } else { 0 })
    }

    /// Returns whether two trees have the same nodes in the same places.
    pub(crate) fn equals(&self, other: &Self) -> bool {
        self.source == other.source && self.nodes == other.nodes
    }

    /// Returns how many nodes there are.
    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Returns every node, parents before their children.
    pub(crate) fn all(&self) -> impl DoubleEndedIterator<Item = Node> + use<> {
        (0..self.nodes.len() as u32).map(Node)
    }

    pub(crate) fn kind(&self, node: Node) -> &'static str {
        self.data(node).kind
    }

    pub(crate) fn is(&self, node: Node, kinds: &[&str]) -> bool {
        kinds.contains(&self.kind(node))
    }

    pub(crate) fn start(&self, node: Node) -> usize {
        self.data(node).start as usize
    }

    pub(crate) fn end(&self, node: Node) -> usize {
        self.data(node).end as usize
    }

    pub(crate) fn range(&self, node: Node) -> Range<usize> {
        self.start(node)..self.end(node)
    }

    pub(crate) fn text(&self, node: Node) -> &str {
        self.source.get(self.range(node)).unwrap_or("")
    }

    pub(crate) fn slice(&self, range: Range<usize>) -> &str {
        self.source.get(range).unwrap_or("")
    }

    pub(crate) fn parent(&self, node: Node) -> Option<Node> {
        Some(self.data(node).parent).filter(|parent| *parent != NONE).map(Node)
    }

    pub(crate) fn parent_kind(&self, node: Node) -> &'static str {
        self.parent(node).map_or("", |parent| self.kind(parent))
    }

    /// Returns the nodes around a node, the nearest first.
    pub(crate) fn ancestors(&self, node: Node) -> impl Iterator<Item = Node> + '_ {
        std::iter::successors(self.parent(node), |node| self.parent(*node))
    }

    /// Returns all children: punctuation, keywords and comments too.
    pub(crate) fn children(&self, node: Node) -> &[Node] {
        let range = &self.data(node).children;
        self.children.get(range.start as usize..range.end as usize).unwrap_or(&[])
    }

    /// Returns the children that are more than punctuation, without comments.
    pub(crate) fn named(&self, node: Node) -> Vec<Node> {
        let shown = |child: &Node| self.data(*child).named && !self.is_comment(*child);
        self.children(node).iter().copied().filter(shown).collect()
    }

    pub(crate) fn is_named(&self, node: Node) -> bool {
        self.data(node).named
    }

    /// Returns whether a node is a word or a sign of the language itself, such as `if` or `(`.
    pub(crate) fn is_token(&self, node: Node) -> bool {
        let data = self.data(node);
        !data.named && data.children.is_empty()
    }

    pub(crate) fn first_named(&self, node: Node) -> Option<Node> {
        self.named(node).first().copied()
    }

    /// Returns the only named child, if there is one only.
    pub(crate) fn only_named(&self, node: Node) -> Option<Node> {
        match self.named(node).as_slice() {
            [only] => Some(*only),
            _ => None,
        }
    }

    /// Returns the child in a role that the grammar names.
    pub(crate) fn field(&self, node: Node, field: &str) -> Option<Node> {
        self.children(node)
            .iter()
            .copied()
            .find(|child| self.data(*child).field == Some(field) && !self.is_comment(*child))
    }

    pub(crate) fn fields(&self, node: Node, field: &str) -> Vec<Node> {
        let has = |child: &Node| self.data(*child).field == Some(field) && self.data(*child).named;
        self.children(node).iter().copied().filter(has).collect()
    }

    pub(crate) fn field_of(&self, node: Node) -> Option<&'static str> {
        self.data(node).field
    }

    /// Returns whether a node has a child token such as `async` or `!`.
    pub(crate) fn has_token(&self, node: Node, token: &str) -> bool {
        self.token(node, token).is_some()
    }

    pub(crate) fn token(&self, node: Node, token: &str) -> Option<Node> {
        self.children(node).iter().copied().find(|child| self.kind(*child) == token)
    }

    pub(crate) fn is_comment(&self, node: Node) -> bool {
        let data = self.data(node);
        data.extra && data.named && data.kind.contains("comment")
    }

    pub(crate) fn is_broken(&self, node: Node) -> bool {
        self.data(node).broken
    }

    pub(crate) fn broken(&self) -> usize {
        self.nodes.iter().filter(|data| data.broken).count()
    }

    /// Returns a node and everything under it, in the order of the text.
    pub(crate) fn descend(&self, node: Node) -> Descend<'_> {
        Descend { tree: self, stack: vec![node] }
    }

    pub(crate) fn contains(&self, outer: Node, inner: Node) -> bool {
        self.start(outer) <= self.start(inner) && self.end(inner) <= self.end(outer)
    }

    /// Returns the smallest named node that covers a range.
    pub(crate) fn covering(&self, range: &Range<usize>) -> Node {
        let mut node = self.root();
        loop {
            let covers = |child: &&Node| {
                self.data(**child).named && self.start(**child) <= range.start && range.end <= self.end(**child)
            };
            match self.children(node).iter().find(covers) {
                Some(child) => node = *child,
                None => return node,
            }
        }
    }

    /// Returns the line of an offset, from 0.
    pub(crate) fn line_index(&self, offset: usize) -> usize {
        self.lines.partition_point(|start| *start as usize <= offset).saturating_sub(1)
    }

    /// Returns the line of an offset, from 1.
    pub(crate) fn line(&self, offset: usize) -> u32 {
        self.line_index(offset) as u32 + 1
    }

    /// Returns the column of an offset in bytes, from 1.
    pub(crate) fn column(&self, offset: usize) -> u32 {
        (offset - self.line_start(offset)) as u32 + 1
    }

    /// Returns where a line starts, which is numbered from 0.
    pub(crate) fn start_of(&self, line: usize) -> Option<usize> {
        self.lines.get(line).map(|start| *start as usize)
    }

    pub(crate) fn line_start(&self, offset: usize) -> usize {
        self.lines.get(self.line_index(offset)).map_or(0, |start| *start as usize)
    }

    /// Returns where the line of an offset ends, before its line break.
    pub(crate) fn line_end(&self, offset: usize) -> usize {
        let next = self.lines.get(self.line_index(offset) + 1).map_or(self.source.len(), |start| *start as usize);
        let line = self.slice(offset..next);
        offset + line.trim_end_matches(['\n', '\r']).len()
    }

    /// Returns where the line after an offset starts.
    pub(crate) fn next_line(&self, offset: usize) -> usize {
        self.lines.get(self.line_index(offset) + 1).map_or(self.source.len(), |start| *start as usize)
    }

    /// Returns the white space that a line starts with.
    pub(crate) fn indent(&self, offset: usize) -> &str {
        let line = self.slice(self.line_start(offset)..self.line_end(self.line_start(offset)));
        let text = line.trim_start_matches('\u{feff}');
        let from = line.len() - text.len();
        line.get(from..from + text.len() - text.trim_start_matches([' ', '\t']).len()).unwrap_or("")
    }
}

/// A walk in the order of the text.
pub(crate) struct Descend<'t> {
    tree: &'t Tree,
    stack: Vec<Node>,
}

impl Iterator for Descend<'_> {
    type Item = Node;

    fn next(&mut self) -> Option<Node> {
        let node = self.stack.pop()?;
        self.stack.extend(self.tree.children(node).iter().rev());
        Some(node)
    }
}
