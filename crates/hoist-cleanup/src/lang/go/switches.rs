//! The switch of Go.

use crate::shape::{Arm, Matches, Switch};
use crate::tree::{Node, Tree};

pub(super) fn switch(tree: &Tree, node: Node) -> Option<Switch> {
    if tree.kind(node) != "expression_switch_statement" {
        return None;
    }
    let clauses = tree.named(node).into_iter().filter(|part| tree.is(*part, &["expression_case", "default_case"]));
    let arms = clauses.map(|clause| {
        let matches = match tree.field(clause, "value") {
            Some(values) => Matches::Values(tree.named(values)),
            None => Matches::Default,
        };
        let list = tree.named(clause).into_iter().find(|part| tree.kind(*part) == "statement_list");
        let statements = list.map(|list| tree.named(list)).unwrap_or_default();
        let falls = statements.last().is_some_and(|last| tree.kind(*last) == "fallthrough_statement");
        let colon = tree.token(clause, ":").map_or(tree.start(clause), |colon| tree.end(colon));
        Arm { node: clause, matches, statements, value: None, falls, label: tree.start(clause)..colon }
    });
    let arms = arms.collect();
    let has_init = tree.field(node, "initializer").is_some();
    Some(Switch { subject: tree.field(node, "value"), arms, breaks: true, has_init })
}
