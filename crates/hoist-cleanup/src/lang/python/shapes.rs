//! The shapes of Python.

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
        "string" | "integer" | "float" | "none" | "ellipsis" => {
            if tree.has_token(node, "interpolation") {
                Shape::Pure
            } else {
                Shape::Literal
            }
        }
        "identifier" => Shape::Name,
        "not_operator" => Shape::Not(field("argument")?),
        "boolean_operator" => {
            let (left, right) = (field("left")?, field("right")?);
            if tree.has_token(node, "and") { Shape::And(left, right) } else { Shape::Or(left, right) }
        }
        "comparison_operator" => comparison(tree, node),
        "conditional_expression" => match tree.named(node).as_slice() {
            [then, condition, other] => Shape::Ternary { condition: *condition, then: *then, other: *other },
            _ => return None,
        },
        "parenthesized_expression" => Shape::Paren(only()?),
        "await" => Shape::Await(only()?),
        "call" => boolean_call(tree, node).unwrap_or(Shape::Call),
        "lambda" => Shape::Closure,
        "named_expression" => Shape::Bind { name: field("name")?, value: field("value")? },
        "binary_operator"
        | "unary_operator"
        | "list"
        | "tuple"
        | "dictionary"
        | "pair"
        | "set"
        | "subscript"
        | "attribute"
        | "interpolation"
        | "expression_list"
        | "concatenated_string"
        | "string_content"
        | "slice" => Shape::Pure,
        "block" | "module" => Shape::Block,
        "if_statement" => Shape::If,
        "while_statement" => Shape::While { condition: field("condition"), body: field("body")? },
        "for_statement" => Shape::For,
        "match_statement" => Shape::Switch,
        "return_statement" => Shape::Return,
        "raise_statement" => Shape::Throw,
        "break_statement" => Shape::Break,
        "continue_statement" => Shape::Continue,
        "expression_statement" => Shape::Statement(only()?),
        "assert_statement" => Shape::Assert(tree.first_named(node)?),
        "try_statement" => Shape::Try,
        _ => return None,
    })
}

fn comparison(tree: &Tree, node: Node) -> Shape {
    let operators = tree
        .fields(node, "operators")
        .len()
        .max(tree.children(node).iter().filter(|child| tree.field_of(**child) == Some("operators")).count());
    let operands = tree.named(node);
    match operands.as_slice() {
        [left, right] if operators == 1 && tree.has_token(node, "==") => {
            Shape::Equal { left: *left, right: *right, negated: false }
        }
        [left, right] if operators == 1 && tree.has_token(node, "!=") => {
            Shape::Equal { left: *left, right: *right, negated: true }
        }
        [left, right] if operators == 1 && tree.has_token(node, "is") && boolean(tree, *right) => {
            Shape::Equal { left: *left, right: *right, negated: false }
        }
        [left, right] if operators == 1 && tree.has_token(node, "is not") && boolean(tree, *right) => {
            Shape::Equal { left: *left, right: *right, negated: true }
        }
        _ => Shape::Comparison,
    }
}

fn boolean(tree: &Tree, node: Node) -> bool {
    tree.is(node, &["true", "false"])
}

/// `bool(x)` gives back a boolean as it is.
fn boolean_call(tree: &Tree, node: Node) -> Option<Shape> {
    tree.field(node, "function").filter(|callee| tree.text(*callee) == "bool")?;
    tree.only_named(tree.field(node, "arguments")?).map(Shape::Same)
}

pub(super) fn chain(tree: &Tree, node: Node) -> Option<Chain> {
    if tree.kind(node) != "if_statement" {
        return None;
    }
    let branch = |at: Node| {
        let (condition, body) = (tree.field(at, "condition")?, tree.field(at, "consequence")?);
        Some(Branch { start: tree.start(at), condition, init: None, body })
    };
    let mut chain = Chain { node, branches: vec![branch(node)?], last: None };
    for clause in tree.fields(node, "alternative") {
        match tree.kind(clause) {
            "elif_clause" => chain.branches.push(branch(clause)?),
            _ => chain.last = Some(tree.field(clause, "body")?),
        }
    }
    Some(chain)
}

pub(super) fn is_list(tree: &Tree, node: Node) -> bool {
    tree.is(node, &["module", "block"]) && tree.parent_kind(node) != "match_statement"
}
