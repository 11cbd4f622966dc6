//! The `match` of Rust.

use crate::shape::{Arm, Matches, Switch};
use crate::tree::{Node, Tree};

pub(super) fn switch(tree: &Tree, node: Node) -> Option<Switch> {
    if tree.kind(node) != "match_expression" {
        return None;
    }
    let body = tree.field(node, "body")?;
    let arms = tree.named(body).into_iter().filter(|part| tree.kind(*part) == "match_arm").map(|arm| {
        let value = tree.field(arm, "value");
        let start = value.map_or(tree.end(arm), |value| tree.start(value));
        let matches = tree.field(arm, "pattern").map_or(Matches::Unknown, |pattern| matches(tree, pattern));
        Arm { node: arm, matches, statements: vec![], value, falls: false, label: tree.start(arm)..start }
    });
    let arms = arms.collect();
    Some(Switch { subject: tree.field(node, "value"), arms, breaks: false, has_init: false })
}

fn matches(tree: &Tree, pattern: Node) -> Matches {
    if tree.field(pattern, "condition").is_some() {
        return Matches::Unknown;
    }
    if tree.text(pattern) == "_" {
        return Matches::Default;
    }
    let mut literals = vec![];
    let mut open = tree.named(pattern);
    while let Some(next) = open.pop() {
        match tree.kind(next) {
            "or_pattern" => open.extend(tree.named(next)),
            "string_literal" | "integer_literal" | "boolean_literal" | "negative_literal" => literals.push(next),
            _ => return Matches::Unknown,
        }
    }
    if literals.is_empty() { Matches::Unknown } else { Matches::Values(literals) }
}
