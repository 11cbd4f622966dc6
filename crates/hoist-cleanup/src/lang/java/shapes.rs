//! The shapes of Java.

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
        kind if kind.ends_with("_literal") => Shape::Literal,
        "identifier" | "this" | "super" => Shape::Name,
        "unary_expression" if tree.has_token(node, "!") => Shape::Not(field("operand")?),
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
        "instanceof_expression" => Shape::Comparison,
        "ternary_expression" => {
            Shape::Ternary { condition: field("condition")?, then: field("consequence")?, other: field("alternative")? }
        }
        "parenthesized_expression" => Shape::Paren(only()?),
        "cast_expression" if field("type").is_some_and(|kind| is_plain(tree.text(kind))) => {
            Shape::Same(field("value")?)
        }
        "cast_expression" | "field_access" | "array_access" => Shape::Pure,
        "method_invocation" => call(tree, node).unwrap_or(Shape::Call),
        "lambda_expression" | "method_reference" => Shape::Closure,
        "block" | "constructor_body" => Shape::Block,
        "if_statement" => Shape::If,
        "while_statement" => Shape::While { condition: field("condition"), body: field("body")? },
        "do_statement" => Shape::DoWhile { condition: field("condition")?, body: field("body")? },
        "for_statement" | "enhanced_for_statement" => Shape::For,
        "switch_expression" => Shape::Switch,
        "return_statement" => Shape::Return,
        "throw_statement" => Shape::Throw,
        "break_statement" | "yield_statement" => Shape::Break,
        "continue_statement" => Shape::Continue,
        "expression_statement" => Shape::Statement(only()?),
        "assert_statement" => Shape::Assert(tree.first_named(node)?),
        "try_statement" | "try_with_resources_statement" => Shape::Try,
        "labeled_statement" => Shape::Labeled(*tree.named(node).last()?),
        _ => return None,
    })
}

fn is_plain(kind: &str) -> bool {
    matches!(kind, "boolean" | "Boolean" | "String")
}

/// Calls that give back a boolean as it is, or that compare.
fn call(tree: &Tree, node: Node) -> Option<Shape> {
    let name = tree.text(tree.field(node, "name")?);
    let object = tree.field(node, "object")?;
    let arguments = tree.named(tree.field(node, "arguments")?);
    match (name, tree.text(object), arguments.as_slice()) {
        ("booleanValue", _, []) => Some(Shape::Same(object)),
        ("valueOf", "Boolean", [value]) => Some(Shape::Same(*value)),
        ("equals", "Boolean.TRUE", [value]) => Some(Shape::Same(*value)),
        ("equals", "Boolean.FALSE", [value]) => Some(Shape::Not(*value)),
        ("equals", "Objects" | "java.util.Objects", [left, right]) => {
            Some(Shape::Equal { left: *left, right: *right, negated: false })
        }
        ("equals", _, [right]) => Some(Shape::Equal { left: object, right: *right, negated: false }),
        _ => None,
    }
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
        chain.branches.push(Branch { start: tree.start(at), condition, init: None, body });
        next = tree.field(at, "alternative");
    }
    Some(chain)
}

pub(super) fn is_list(tree: &Tree, node: Node) -> bool {
    tree.is(node, &["program", "block", "constructor_body", "class_body", "interface_body", "enum_body_declarations"])
}
