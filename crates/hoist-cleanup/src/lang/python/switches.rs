//! The `match` of Python.

use crate::shape::{Arm, Matches, Switch};
use crate::tree::{Node, Tree};

pub(super) fn switch(tree: &Tree, node: Node) -> Option<Switch> {
    if tree.kind(node) != "match_statement" {
        return None;
    }
    let subject = match tree.fields(node, "subject").as_slice() {
        [only] => *only,
        _ => return None,
    };
    let arms = tree.named(tree.field(node, "body")?).into_iter().map(|clause| {
        let body = tree.field(clause, "consequence");
        let statements = body.map(|body| tree.named(body)).unwrap_or_default();
        let matches = if tree.field(clause, "guard").is_some() { Matches::Unknown } else { matches(tree, clause) };
        let start = body.map_or(tree.end(clause), |body| tree.start(body));
        Arm { node: clause, matches, statements, value: body, falls: false, label: tree.start(clause)..start }
    });
    let arms = arms.collect();
    Some(Switch { subject: Some(subject), arms, breaks: false, has_init: false })
}

fn matches(tree: &Tree, clause: Node) -> Matches {
    let patterns: Vec<Node> =
        tree.named(clause).into_iter().filter(|part| tree.kind(*part) == "case_pattern").collect();
    let [pattern] = patterns.as_slice() else { return Matches::Unknown };
    if tree.text(*pattern) == "_" {
        return Matches::Default;
    }
    let literals = match tree.only_named(*pattern) {
        Some(union) if tree.kind(union) == "union_pattern" => tree.named(union),
        Some(one) => vec![one],
        None => tree.children(*pattern).to_vec(),
    };
    let literal = |node: &Node| tree.is(*node, &["string", "integer", "true", "false", "float"]);
    if !literals.is_empty() && literals.iter().all(literal) { Matches::Values(literals) } else { Matches::Unknown }
}
