//! The switch of JavaScript and TypeScript.

use crate::shape::{Arm, Matches, Switch};
use crate::tree::{Node, Tree};

pub(super) fn switch(tree: &Tree, node: Node) -> Option<Switch> {
    if tree.kind(node) != "switch_statement" {
        return None;
    }
    let arms = tree.named(tree.field(node, "body")?).into_iter().map(|arm| {
        let matches = match tree.field(arm, "value") {
            Some(value) => Matches::Values(vec![value]),
            None => Matches::Default,
        };
        let colon = tree.token(arm, ":").map_or(tree.start(arm), |colon| tree.end(colon));
        let statements = tree.fields(arm, "body");
        Arm { node: arm, matches, statements, value: None, falls: true, label: tree.start(arm)..colon }
    });
    let arms = arms.collect();
    Some(Switch { subject: tree.field(node, "value"), arms, breaks: true, has_init: false })
}
