//! The shapes of Go.

use crate::shape::{Branch, Chain, Shape};
use crate::tree::{Node, Tree};

pub(super) fn shape(tree: &Tree, node: Node) -> Shape {
    shape_of(tree, node).unwrap_or(Shape::Other)
}

fn shape_of(tree: &Tree, node: Node) -> Option<Shape> {
    let field = |name: &str| tree.field(node, name);
    let only = || tree.only_named(node);
    Some(match tree.kind(node) {
        "true" => Shape::Boolean(true),
        "false" => Shape::Boolean(false),
        "interpreted_string_literal"
        | "raw_string_literal"
        | "int_literal"
        | "float_literal"
        | "rune_literal"
        | "nil"
        | "iota" => Shape::Literal,
        "identifier" => Shape::Name,
        "unary_expression" if tree.has_token(node, "!") => Shape::Not(field("operand")?),
        // Receiving from a channel waits for it.
        "unary_expression" if tree.has_token(node, "<-") => Shape::Other,
        "unary_expression" => Shape::Pure,
        "binary_expression" => {
            let (left, right) = (field("left")?, field("right")?);
            match tree.kind(field("operator")?) {
                "&&" => Shape::And(left, right),
                "||" => Shape::Or(left, right),
                "==" => Shape::Equal { left, right, negated: false },
                "!=" => Shape::Equal { left, right, negated: true },
                "<" | ">" | "<=" | ">=" => Shape::Comparison,
                _ => Shape::Pure,
            }
        }
        "parenthesized_expression" => Shape::Paren(only()?),
        "call_expression" => boolean_call(tree, node).unwrap_or(Shape::Call),
        "func_literal" => Shape::Closure,
        "composite_literal"
        | "literal_value"
        | "literal_element"
        | "keyed_element"
        | "selector_expression"
        | "index_expression"
        | "slice_expression"
        | "expression_list" => Shape::Pure,
        "field_identifier" | "type_identifier" | "map_type" | "slice_type" | "qualified_type" => Shape::Pure,
        "block" => Shape::Block,
        "if_statement" => Shape::If,
        "for_statement" => for_loop(tree, node)?,
        "expression_switch_statement" => Shape::Switch,
        "return_statement" => Shape::Return,
        "break_statement" | "goto_statement" => Shape::Break,
        "continue_statement" => Shape::Continue,
        "expression_statement" => Shape::Statement(only()?),
        "labeled_statement" => Shape::Labeled(*tree.named(node).last()?),
        _ => return None,
    })
}

/// `for c {}` and `for {}` are the while loops of Go.
fn for_loop(tree: &Tree, node: Node) -> Option<Shape> {
    let body = tree.field(node, "body")?;
    let head = tree.named(node).into_iter().find(|part| *part != body);
    Some(match head {
        Some(head) if tree.is(head, &["for_clause", "range_clause"]) => Shape::For,
        condition => Shape::While { condition, body },
    })
}

fn boolean_call(tree: &Tree, node: Node) -> Option<Shape> {
    let callee = tree.field(node, "function").filter(|callee| tree.text(*callee) == "bool")?;
    (tree.kind(callee) == "identifier").then_some(())?;
    tree.only_named(tree.field(node, "arguments")?).map(Shape::Same)
}

pub(super) fn chain(tree: &Tree, node: Node) -> Option<Chain> {
    if tree.kind(node) != "if_statement" || tree.field_of(node) == Some("alternative") {
        return None;
    }
    let mut chain = Chain { node, branches: vec![], last: None };
    let mut next = Some(node);
    while let Some(at) = next {
        if tree.kind(at) != "if_statement" {
            chain.last = Some(at);
            break;
        }
        let (condition, body) = (tree.field(at, "condition")?, tree.field(at, "consequence")?);
        chain.branches.push(Branch { start: tree.start(at), condition, init: tree.field(at, "initializer"), body });
        next = tree.field(at, "alternative");
    }
    Some(chain)
}

pub(super) fn is_list(tree: &Tree, node: Node) -> bool {
    tree.is(node, &["source_file", "statement_list"])
}
