//! A syntax tree in one arena: nodes are numbers, so that what is known about a node is a table.
//!
//! The tree is copied once out of the parser. After that, walking up, down and sideways is reading a vector, and every
//! question about a place in the text is answered here.

use std::ops::Range;
use std::sync::OnceLock;

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

#[derive(Debug, Clone)]
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

/// The names of a grammar's nodes and roles, by number. They live as long as the program, one copy for each grammar.
struct Names {
    kinds: Vec<&'static str>,
    fields: Vec<&'static str>,
}

fn names(language: Language) -> &'static Names {
    static NAMES: [OnceLock<Names>; 7] = [const { OnceLock::new() }; 7];
    static EMPTY: Names = Names { kinds: vec![], fields: vec![] };
    let keep = |name: Option<&str>| -> &'static str { Box::leak(name.unwrap_or("").to_owned().into_boxed_str()) };
    let read = || {
        let grammar = language.grammar();
        let kinds = (0..grammar.node_kind_count() as u16).map(|id| keep(grammar.node_kind_for_id(id))).collect();
        let fields = (0..=grammar.field_count() as u16).map(|id| keep(grammar.field_name_for_id(id))).collect();
        Names { kinds, fields }
    };
    NAMES.get(language as usize).map_or(&EMPTY, |names| names.get_or_init(read))
}

/// A parsed file.
#[derive(Debug, Clone)]
pub(crate) struct Tree {
    pub(crate) language: Language,
    source: String,
    nodes: Vec<Data>,
    children: Vec<Node>,
    lines: Vec<u32>,
}

impl Tree {
    /// Parses a file. Code that is wrong in places still gives a tree, with the places marked.
    pub(crate) fn parse(language: Language, source: &str) -> Result<Self, ParseError> {
        if source.len() > SOURCE_BYTES_MAX {
            return Err(ParseError::TooLong);
        }
        let mut parser = tree_sitter::Parser::new();
        parser.set_language(&language.grammar()).map_err(|_| ParseError::Failed)?;
        let parsed = parser.parse(source, None).ok_or(ParseError::Failed)?;
        let mut lines = vec![0];
        lines.extend(source.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at as u32 + 1));
        let mut tree = Self { language, source: source.to_owned(), nodes: vec![], children: vec![], lines };
        tree.copy(&parsed)?;
        Ok(tree)
    }

    /// Copies the parser's nodes in the order of the text, parents before their children.
    fn copy(&mut self, parsed: &tree_sitter::Tree) -> Result<(), ParseError> {
        let mut cursor = parsed.walk();
        let mut lists: Vec<Vec<Node>> = vec![vec![]];
        let mut parents = vec![NONE];
        loop {
            let id = self.push(&cursor, parents.last().copied().unwrap_or(NONE));
            if let Some(list) = lists.last_mut() {
                list.push(id);
            }
            if cursor.goto_first_child() {
                if parents.len() > DEPTH_MAX {
                    return Err(ParseError::TooDeep);
                }
                parents.push(id.0);
                lists.push(vec![]);
                continue;
            }
            while !cursor.goto_next_sibling() {
                let list = lists.pop().unwrap_or_default();
                let Some(parent) = parents.pop().filter(|parent| *parent != NONE) else { return Ok(()) };
                let first = self.children.len() as u32;
                self.children.extend(list);
                let last = self.children.len() as u32;
                if let Some(data) = self.nodes.get_mut(parent as usize) {
                    data.children = first..last;
                }
                if !cursor.goto_parent() {
                    return Ok(());
                }
            }
        }
    }

    fn push(&mut self, cursor: &tree_sitter::TreeCursor<'_>, parent: u32) -> Node {
        let node = cursor.node();
        let names = names(self.language);
        self.nodes.push(Data {
            kind: names.kinds.get(node.kind_id() as usize).copied().unwrap_or("ERROR"),
            field: cursor.field_id().and_then(|id| names.fields.get(id.get() as usize).copied()),
            parent,
            start: node.start_byte() as u32,
            end: node.end_byte() as u32,
            children: 0..0,
            named: node.is_named(),
            broken: node.is_error() || node.is_missing(),
            extra: node.is_extra(),
        });
        Node(self.nodes.len() as u32 - 1)
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
