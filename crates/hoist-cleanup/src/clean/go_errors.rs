//! Go: `value, err := client.BooleanValue(..)` becomes `value := true`, and the error goes where it can.

use crate::clean::constant::Born;
use crate::clean::layout;
use crate::clean::outcome::Reason;
use crate::clean::seeds::Seeds;
use crate::scope::{Binding, BindingId};
use crate::shape::Shape;
use crate::sites::Site;
use crate::tree::Node;

/// Replaces a call whose value comes with an error.
pub(crate) fn plant(seeds: &mut Seeds<'_>, site: &Site) -> Result<(), Reason> {
    let tree = &seeds.file.tree;
    let list = tree.parent(site.call).filter(|parent| tree.kind(*parent) == "expression_list");
    let statement = list.and_then(|list| tree.parent(list)).ok_or(Reason::UnsupportedShape)?;
    if !tree.is(statement, &["short_var_declaration", "assignment_statement"])
        || list.and_then(|l| tree.only_named(l)).is_none()
    {
        return Err(Reason::UnsupportedShape);
    }
    let left = tree.field(statement, "left").map(|left| tree.named(left)).unwrap_or_default();
    let [value, error] = left.as_slice() else { return Err(Reason::UnsupportedShape) };
    let (value, error) = (*value, *error);
    if tree.text(value) == "_" {
        return Err(Reason::UnsupportedShape);
    }
    if tree.text(error) != "_" {
        silence(seeds, statement, error)?;
        seeds.risks.push((site.call, "dropped-error-path"));
    }
    let tree = &seeds.file.tree;
    seeds.edits.delete(tree.end(value)..tree.end(error));
    seeds.replace(site.call, site)
}

/// Takes an error out of the code in which it is always nil.
fn silence(seeds: &mut Seeds<'_>, statement: Node, error: Node) -> Result<(), Reason> {
    let file = seeds.file;
    let tree = &file.tree;
    let id = file.scopes.meaning(error).ok_or(Reason::ErrorVariableReused)?;
    let binding = file.scopes.binding(id).ok_or(Reason::ErrorVariableReused)?;
    let declares = binding.name == error;
    let function = |node: Node| {
        tree.ancestors(node)
            .find(|outer| tree.is(*outer, &["func_literal", "function_declaration", "method_declaration"]))
    };
    let home = function(statement);
    let looped =
        tree.ancestors(statement).take_while(|outer| Some(*outer) != home).any(|o| tree.kind(o) == "for_statement");
    let elsewhere = binding.uses.iter().chain(&binding.writes).any(|node| function(*node) != home);
    if !binding.opaque.is_empty() || elsewhere || (looped && !declares) {
        return Err(Reason::ErrorVariableReused);
    }
    let end = tree.end(statement);
    let next_write = binding.writes.iter().copied().filter(|w| tree.start(*w) > end).min_by_key(|w| tree.start(*w));
    // What is read on the right of an assignment is read before it.
    let limit = next_write.map_or(usize::MAX, |write| tree.start(write));
    let (window, later): (Vec<Node>, Vec<Node>) =
        binding.uses.iter().copied().filter(|read| tree.start(*read) > end).partition(|read| tree.start(*read) < limit);
    let checks = checks(seeds, statement, id, limit);
    let free: Vec<Node> =
        window.iter().copied().filter(|read| !checks.iter().any(|check| tree.contains(*check, *read))).collect();
    let compares: Option<Vec<(Node, bool)>> = free.iter().map(|read| nil_comparison(seeds, *read)).collect();
    let compares = compares.ok_or(Reason::ErrorVariableReused)?;
    if let Some(write) = next_write {
        hand_over(seeds, statement, binding, write, declares, &later)?;
    }
    let before = binding.uses.iter().any(|read| tree.start(*read) < tree.start(statement));
    if !declares && !before && later.is_empty() {
        return Err(Reason::ErrorVariableReused);
    }
    for (node, is_nil) in compares {
        let born = Born::bool(tree.language, is_nil);
        seeds.edits.replace(tree.range(node), "", born);
    }
    for check in checks {
        if let Some(list) = tree.parent(check) {
            layout::remove(tree, &mut seeds.edits, list, check, check, seeds.key);
        }
    }
    Ok(())
}

/// Returns the statements `if err != nil { .. }` between an evaluation and the next value of the error.
fn checks(seeds: &Seeds<'_>, statement: Node, error: BindingId, limit: usize) -> Vec<Node> {
    let file = seeds.file;
    let tree = &file.tree;
    let Some(list) = tree.parent(statement).filter(|parent| tree.kind(*parent) == "statement_list") else {
        return vec![];
    };
    let after = tree
        .named(list)
        .into_iter()
        .filter(|next| tree.start(*next) > tree.end(statement) && tree.start(*next) < limit);
    after
        .filter(|next| {
            let Some(chain) = file.lang.chain(tree, *next) else { return false };
            let [branch] = chain.branches.as_slice() else { return false };
            let Shape::Equal { left, right, negated: true } = file.lang.shape(tree, branch.condition) else {
                return false;
            };
            chain.last.is_none()
                && branch.init.is_none()
                && file.scopes.meaning(left) == Some(error)
                && tree.kind(right) == "nil"
        })
        .collect()
}

fn nil_comparison(seeds: &Seeds<'_>, read: Node) -> Option<(Node, bool)> {
    let tree = &seeds.file.tree;
    let parent = tree.parent(read)?;
    let Shape::Equal { left, right, negated } = seeds.file.lang.shape(tree, parent) else { return None };
    let other = if left == read { right } else { left };
    (tree.kind(other) == "nil").then_some((parent, !negated))
}

/// Gives the next assignment of the error the declaration, if it needs one and can have it.
fn hand_over(
    seeds: &mut Seeds<'_>,
    statement: Node,
    binding: &Binding,
    write: Node,
    declares: bool,
    later: &[Node],
) -> Result<(), Reason> {
    let tree = &seeds.file.tree;
    let list = tree.parent(statement);
    let assignment = tree.ancestors(write).nth(1).ok_or(Reason::ErrorVariableReused)?;
    let member = std::iter::once(assignment).chain(tree.ancestors(assignment)).find(|node| tree.parent(*node) == list);
    let member = member.ok_or(Reason::ErrorVariableReused)?;
    let direct = member == assignment;
    let in_head = tree.kind(member) == "if_statement" && tree.field(member, "initializer") == Some(assignment);
    if !direct && !in_head {
        return Err(Reason::ErrorVariableReused);
    }
    if !declares || tree.kind(assignment) == "short_var_declaration" {
        return Ok(());
    }
    let only = tree.field(assignment, "left").and_then(|left| tree.only_named(left)).is_some();
    let outlives = in_head && later.iter().chain(&binding.writes).any(|node| tree.start(*node) > tree.end(member));
    let operator = tree.token(assignment, "=").or_else(|| tree.field(assignment, "operator"));
    match operator.filter(|operator| only && !outlives && tree.text(*operator) == "=") {
        Some(operator) => {
            let at = tree.start(operator);
            seeds.edits.insert(at, ":");
            Ok(())
        }
        None => Err(Reason::ErrorVariableReused),
    }
}
