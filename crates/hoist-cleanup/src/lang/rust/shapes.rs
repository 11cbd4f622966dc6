//! The shapes of Rust.

use crate::shape::{Branch, Chain, Shape};
use crate::tree::{Node, Tree};

pub(super) fn shape(tree: &Tree, node: Node) -> Shape {
    shape_of(tree, node).unwrap_or(Shape::Other)
}

fn shape_of(tree: &Tree, node: Node) -> Option<Shape> {
    let field = |name: &str| tree.field(node, name);
    let only = || tree.only_named(node);
    Some(match tree.kind(node) {
        "boolean_literal" => Shape::Boolean(tree.text(node) == "true"),
        "string_literal" | "raw_string_literal" | "integer_literal" | "float_literal" | "char_literal"
        | "unit_expression" => Shape::Literal,
        "identifier" | "self" | "scoped_identifier" => Shape::Name,
        "unary_expression" if tree.has_token(node, "!") => Shape::Not(only()?),
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
        "await_expression" => Shape::Await(only()?),
        "call_expression" => text_call(tree, node).unwrap_or(Shape::Call),
        "closure_expression" => Shape::Closure,
        "reference_expression"
        | "field_expression"
        | "index_expression"
        | "tuple_expression"
        | "array_expression"
        | "type_cast_expression"
        | "range_expression"
        | "struct_expression"
        | "field_initializer_list"
        | "field_initializer"
        | "shorthand_field_initializer"
        | "field_identifier"
        | "type_identifier"
        | "mutable_specifier"
        | "primitive_type"
        | "negative_literal" => Shape::Pure,
        "block" => Shape::Block,
        "if_expression" => Shape::If,
        "while_expression" => Shape::While { condition: field("condition"), body: field("body")? },
        "loop_expression" => Shape::While { condition: None, body: field("body")? },
        "for_expression" => Shape::For,
        "match_expression" => Shape::Switch,
        "return_expression" => Shape::Return,
        "break_expression" => Shape::Break,
        "continue_expression" => Shape::Continue,
        "macro_invocation" => match field("macro").map(|name| tree.text(name)) {
            Some("panic" | "unreachable" | "todo" | "unimplemented") => Shape::Throw,
            _ => Shape::Other,
        },
        "expression_statement" => Shape::Statement(only()?),
        _ => return None,
    })
}

/// `value.as_str()` is the same text.
fn text_call(tree: &Tree, node: Node) -> Option<Shape> {
    let callee = tree.field(node, "function").filter(|callee| tree.kind(*callee) == "field_expression")?;
    let name = tree.text(tree.field(callee, "field")?);
    let empty = tree.named(tree.field(node, "arguments")?).is_empty();
    (name == "as_str" && empty).then(|| tree.field(callee, "value").map(Shape::Same)).flatten()
}

pub(super) fn chain(tree: &Tree, node: Node) -> Option<Chain> {
    if tree.kind(node) != "if_expression" || tree.parent_kind(node) == "else_clause" {
        return None;
    }
    let mut chain = Chain { node, branches: vec![], last: None };
    let mut next = Some(node);
    while let Some(at) = next {
        if tree.kind(at) != "if_expression" {
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
    tree.is(node, &["source_file", "block", "declaration_list"])
}

pub(super) fn statements(tree: &Tree, list: Node) -> Vec<Node> {
    tree.named(list)
        .into_iter()
        .filter(|part| !tree.is(*part, &["label", "attribute_item", "inner_attribute_item"]))
        .collect()
}
