//! The shapes of JavaScript and TypeScript.

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
        "string" | "number" | "null" | "undefined" | "regex" => Shape::Literal,
        "identifier" | "shorthand_property_identifier" | "this" | "super" => Shape::Name,
        "unary_expression" => match field("operator").map(|operator| tree.kind(operator)) {
            Some("!") => Shape::Not(field("argument")?),
            Some("delete") => Shape::Other,
            _ => Shape::Pure,
        },
        "binary_expression" => binary(tree, node)?,
        "ternary_expression" => {
            Shape::Ternary { condition: field("condition")?, then: field("consequence")?, other: field("alternative")? }
        }
        "parenthesized_expression" => Shape::Paren(only()?),
        "as_expression" | "satisfies_expression" | "non_null_expression" => Shape::Same(tree.first_named(node)?),
        "type_assertion" => Shape::Same(*tree.named(node).last()?),
        "await_expression" => Shape::Await(only()?),
        "call_expression" => boolean_call(tree, node).unwrap_or(Shape::Call),
        "arrow_function" | "function_expression" => Shape::Closure,
        "object" | "array" | "pair" | "template_string" | "template_substitution" | "subscript_expression" => {
            Shape::Pure
        }
        "member_expression" => Shape::Pure,
        "jsx_expression" => Shape::Hole(only()?),
        "statement_block" => Shape::Block,
        "if_statement" => Shape::If,
        "while_statement" => Shape::While { condition: field("condition"), body: field("body")? },
        "do_statement" => Shape::DoWhile { condition: field("condition")?, body: field("body")? },
        "for_statement" | "for_in_statement" => Shape::For,
        "switch_statement" => Shape::Switch,
        "return_statement" => Shape::Return,
        "throw_statement" => Shape::Throw,
        "break_statement" => Shape::Break,
        "continue_statement" => Shape::Continue,
        "expression_statement" => Shape::Statement(only()?),
        "try_statement" => Shape::Try,
        "labeled_statement" => Shape::Labeled(field("body")?),
        _ => return None,
    })
}

fn binary(tree: &Tree, node: Node) -> Option<Shape> {
    let (left, right) = (tree.field(node, "left")?, tree.field(node, "right")?);
    Some(match tree.kind(tree.field(node, "operator")?) {
        "&&" => Shape::And(left, right),
        "||" => Shape::Or(left, right),
        "??" => Shape::Nullish(left, right),
        "==" | "===" => Shape::Equal { left, right, negated: false },
        "!=" | "!==" => Shape::Equal { left, right, negated: true },
        "<" | ">" | "<=" | ">=" | "in" | "instanceof" => Shape::Comparison,
        _ => Shape::Pure,
    })
}

/// `Boolean(x)` gives back a boolean as it is.
fn boolean_call(tree: &Tree, node: Node) -> Option<Shape> {
    let callee = tree.field(node, "function").filter(|callee| tree.text(*callee) == "Boolean")?;
    (tree.kind(callee) == "identifier").then_some(())?;
    tree.only_named(tree.field(node, "arguments")?).map(Shape::Same)
}

pub(super) fn chain(tree: &Tree, node: Node) -> Option<Chain> {
    if tree.kind(node) != "if_statement" || tree.parent_kind(node) == "else_clause" {
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
        chain.branches.push(Branch { start: tree.start(at), condition, init: None, body });
        next = tree.field(at, "alternative").and_then(|clause| tree.only_named(clause));
    }
    Some(chain)
}

pub(super) fn is_list(tree: &Tree, node: Node) -> bool {
    tree.is(node, &["program", "statement_block", "switch_case", "switch_default", "class_body"])
}

pub(super) fn statements(tree: &Tree, list: Node) -> Vec<Node> {
    match tree.kind(list) {
        "switch_case" | "switch_default" => tree.fields(list, "body"),
        _ => tree.named(list),
    }
}
