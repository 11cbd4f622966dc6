//! JavaScript without semicolons: where a statement goes or loses its braces, two others meet that were apart.
//!
//! A line that begins with `(`, `[` or the like goes on with the line before it unless a semicolon is between them.
//! Where such a pair is new, one is put in front of the second line, as style guides without semicolons do by hand.

use crate::clean::edits::Edits;
use crate::tree::{Node, Tree};

/// Statements and members that a line break ends only if what follows cannot go on with them.
const OPEN_ENDED: [&str; 13] = [
    "expression_statement",
    "lexical_declaration",
    "variable_declaration",
    "return_statement",
    "throw_statement",
    "break_statement",
    "continue_statement",
    "debugger_statement",
    "import_statement",
    "export_statement",
    "field_definition",
    "public_field_definition",
    "type_alias_declaration",
];

/// One word or sign of the text as it is going to be.
struct Token {
    /// Where it stands in the text as it is.
    at: usize,
    first: char,
    last: char,
}

/// Puts semicolons between statements that some edits bring together.
pub(crate) fn separate(tree: &Tree, edits: &mut Edits) {
    if !tree.language.is_script() || edits.is_empty() {
        return;
    }
    let pieces = edits.merged(tree);
    let is_gone = |at: usize| {
        let index = pieces.partition_point(|piece| piece.end <= at);
        pieces.get(index).is_some_and(|piece| piece.start <= at)
    };
    let tokens = tokens(tree, edits, &is_gone);
    let mut wanted = vec![];
    for statement in tree.all().filter(|node| may_go_on(tree, *node)) {
        let start = tree.start(statement);
        let index = tokens.partition_point(|token| token.at < start);
        let Some((first, before)) = tokens.get(index).zip(index.checked_sub(1).and_then(|before| tokens.get(before)))
        else {
            continue;
        };
        let between = pieces.partition_point(|piece| piece.end <= before.at);
        let touched = pieces.get(between).is_some_and(|piece| piece.start <= first.at);
        if first.at < tree.end(statement)
            && touched
            && (goes_on(first.first, tree.kind(statement)) || is_operator_word(tree, statement))
            && before.last != ';'
            && ends_open(tree, before.at, start)
        {
            wanted.push(first.at);
        }
    }
    for at in wanted {
        edits.insert_first(at, ";");
    }
}

/// Returns whether a node may begin with a sign that goes on with the line before it.
fn may_go_on(tree: &Tree, node: Node) -> bool {
    tree.kind(node) == "expression_statement" || (tree.parent_kind(node) == "class_body" && tree.is_named(node))
}

fn goes_on(first: char, kind: &str) -> bool {
    match kind {
        "expression_statement" => matches!(first, '(' | '[' | '`' | '+' | '-' | '/' | '<'),
        _ => matches!(first, '[' | '*' | '('),
    }
}

/// Returns whether a member is called `in` or `instanceof`, which go on with the value in front.
fn is_operator_word(tree: &Tree, member: Node) -> bool {
    let begins = |word: &str| {
        let rest = tree.text(member).strip_prefix(word);
        rest.is_some_and(|rest| !rest.starts_with(|sign: char| sign.is_alphanumeric() || matches!(sign, '_' | '$')))
    };
    tree.kind(member) != "expression_statement" && (begins("in") || begins("instanceof"))
}

/// Returns whether something that ends at a token before `limit` needs a semicolon where a line break is not enough.
fn ends_open(tree: &Tree, at: usize, limit: usize) -> bool {
    let token = tree.covering(&(at..at + 1));
    std::iter::once(token).chain(tree.ancestors(token)).any(|outer| {
        let declares = tree.kind(outer) == "export_statement" && tree.field(outer, "declaration").is_some();
        OPEN_ENDED.contains(&tree.kind(outer)) && tree.end(outer) <= limit && !declares
    })
}

/// Returns what is left of the words and signs of a text, with what is put in, in order.
fn tokens(tree: &Tree, edits: &Edits, is_gone: &dyn Fn(usize) -> bool) -> Vec<Token> {
    let signs = |at: usize, text: &str| {
        let text = text.trim();
        Some(Token { at, first: text.chars().next()?, last: text.chars().next_back()? })
    };
    let leaves = tree.all().filter(|node| tree.children(*node).is_empty() && !tree.is_comment(*node));
    let kept = leaves.filter(|node| !is_gone(tree.start(*node)));
    let mut tokens: Vec<Token> = edits.inserted().filter_map(|(at, text)| signs(at, text)).collect();
    tokens.extend(kept.filter_map(|node| signs(tree.start(node), tree.text(node))));
    // What is put in stands in front of what was there.
    tokens.sort_by_key(|token| token.at);
    tokens
}
