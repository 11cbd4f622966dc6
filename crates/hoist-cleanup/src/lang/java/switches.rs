//! The switch of Java, with colons and with arrows.

use crate::shape::{Arm, Matches, Switch};
use crate::tree::{Node, Tree};

pub(super) fn switch(tree: &Tree, node: Node) -> Option<Switch> {
    if tree.kind(node) != "switch_expression" {
        return None;
    }
    let body = tree.named(tree.field(node, "body")?);
    let breaks = body.iter().all(|arm| tree.kind(*arm) == "switch_block_statement_group");
    let arms = body.into_iter().map(|arm| {
        let parts = tree.named(arm);
        let (labels, rest): (Vec<Node>, Vec<Node>) =
            parts.into_iter().partition(|part| tree.kind(*part) == "switch_label");
        let start = rest.first().map_or(tree.end(arm), |first| tree.start(*first));
        let value = rest.first().copied().filter(|_| !breaks);
        let statements = if breaks { rest } else { vec![] };
        Arm {
            node: arm,
            matches: matches(tree, &labels),
            statements,
            value,
            falls: breaks,
            label: tree.start(arm)..start,
        }
    });
    let arms = arms.collect();
    Some(Switch { subject: tree.field(node, "condition"), arms, breaks, has_init: false })
}

fn matches(tree: &Tree, labels: &[Node]) -> Matches {
    if labels.iter().any(|label| tree.has_token(*label, "default")) {
        return Matches::Default;
    }
    let values: Vec<Node> = labels.iter().flat_map(|label| tree.named(*label)).collect();
    let literal = |value: &Node| tree.kind(*value).ends_with("_literal");
    if !values.is_empty() && values.iter().all(literal) { Matches::Values(values) } else { Matches::Unknown }
}
