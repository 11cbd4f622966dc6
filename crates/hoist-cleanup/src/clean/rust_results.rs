//! Rust: a `Result` of a flag that is taken apart, which always was `Ok` of the value.
//!
//! `if let Ok(on) = call` becomes `if true` with `let on = true` in its body, `let Ok(on) = call else` loses its `else`,
//! and a `match` keeps its arms of `Ok`, as arms of the value. The rounds fold what that decides.

use crate::clean::constant::{Born, Constant};
use crate::clean::outcome::Reason;
use crate::clean::seeds::Seeds;
use crate::language::Language;
use crate::shape::Shape;
use crate::sites::{Asked, Site};
use crate::tree::Node;

/// What a pattern of a `Result` takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Takes {
    /// `Ok(true)`.
    Literal(Node),
    /// `Ok(name)`.
    Name(Node),
    /// `Ok(_)`.
    Anything,
    /// `Err(_)`, with no name.
    Error,
    /// `Err(error)`, whose arm may use the name.
    NamedError,
    /// `_`.
    Default,
}

/// Replaces a call whose `Result` is taken apart. Returns whether it is such a call.
pub(crate) fn plant(seeds: &mut Seeds<'_>, site: &Site) -> Result<bool, Reason> {
    let file = seeds.file;
    let tree = &file.tree;
    if tree.language != Language::Rust || !matches!(site.asked, Asked::Sdk(_)) {
        return Ok(false);
    }
    let Some(seed) = tree.parent(site.call).filter(|outer| file.lang.shape(tree, *outer) == Shape::Await(site.call))
    else {
        return Ok(false);
    };
    let Some(around) = tree.parent(seed) else { return Ok(false) };
    let born = seeds.born(seed, site)?;
    match tree.kind(around) {
        "let_condition" if tree.field(around, "value") == Some(seed) => in_condition(seeds, around, &born)?,
        "let_declaration" if tree.field(around, "alternative").is_some() => in_declaration(seeds, around, seed, born)?,
        "match_expression" if tree.field(around, "value") == Some(seed) => in_match(seeds, around, seed, born)?,
        _ => return Ok(false),
    }
    seeds.risks.push((around, "dropped-error-path"));
    Ok(true)
}

fn takes(seeds: &Seeds<'_>, pattern: Node) -> Option<Takes> {
    let tree = &seeds.file.tree;
    let pattern = if tree.kind(pattern) == "match_pattern" { tree.only_named(pattern)? } else { pattern };
    if tree.text(pattern) == "_" {
        return Some(Takes::Default);
    }
    let kind = tree.field(pattern, "type").filter(|_| tree.kind(pattern) == "tuple_struct_pattern")?;
    // `_` is a word of the grammar, and no named node.
    let inner = tree.named(pattern).into_iter().filter(|part| *part != kind).collect::<Vec<_>>();
    let open = tree.text(pattern).ends_with("(_)");
    match (tree.text(kind), inner.as_slice()) {
        ("Err", _) if open => Some(Takes::Error),
        ("Err", _) => Some(Takes::NamedError),
        ("Ok", _) if open => Some(Takes::Anything),
        ("Ok", [only]) if tree.kind(*only) == "boolean_literal" => Some(Takes::Literal(*only)),
        ("Ok", [only]) if tree.kind(*only) == "identifier" => Some(Takes::Name(*only)),
        _ => None,
    }
}

/// `if let Ok(on) = call { .. }`.
fn in_condition(seeds: &mut Seeds<'_>, condition: Node, born: &Born) -> Result<(), Reason> {
    let tree = &seeds.file.tree;
    let chain = tree.parent(condition).filter(|outer| tree.kind(*outer) == "if_expression");
    let body = chain.and_then(|chain| tree.field(chain, "consequence")).ok_or(Reason::UnsupportedShape)?;
    let pattern = tree.field(condition, "pattern").ok_or(Reason::UnsupportedShape)?;
    let holds = match takes(seeds, pattern).ok_or(Reason::UnsupportedShape)? {
        Takes::Literal(literal) => born.equals_literal(tree.text(literal), None).ok_or(Reason::UnsupportedShape)?,
        Takes::Name(name) => {
            declare(seeds, body, name, born);
            true
        }
        Takes::Anything | Takes::Default => true,
        Takes::Error => false,
        Takes::NamedError => return Err(Reason::UnsupportedShape),
    };
    seeds.edits.replace(tree.range(condition), "", Born::bool(Language::Rust, holds));
    Ok(())
}

/// `let Ok(on) = call else { .. };`.
fn in_declaration(seeds: &mut Seeds<'_>, declaration: Node, seed: Node, born: Born) -> Result<(), Reason> {
    let tree = &seeds.file.tree;
    let pattern = tree.field(declaration, "pattern").ok_or(Reason::UnsupportedShape)?;
    let Some(Takes::Name(name)) = takes(seeds, pattern) else { return Err(Reason::UnsupportedShape) };
    let otherwise = tree.field(declaration, "alternative").ok_or(Reason::UnsupportedShape)?;
    seeds.edits.delete(tree.start(pattern)..tree.start(name));
    seeds.edits.delete(tree.end(name)..tree.end(pattern));
    seeds.edits.replace(tree.range(seed), "", born);
    seeds.edits.delete(tree.end(seed)..tree.end(otherwise));
    Ok(())
}

/// `match call { Ok(true) => .., Ok(false) => .., Err(_) => .. }`.
fn in_match(seeds: &mut Seeds<'_>, whole: Node, seed: Node, born: Born) -> Result<(), Reason> {
    let file = seeds.file;
    let tree = &file.tree;
    let body = tree.field(whole, "body").ok_or(Reason::UnsupportedShape)?;
    let arms: Vec<Node> = tree.named(body).into_iter().filter(|part| tree.kind(*part) == "match_arm").collect();
    for arm in arms {
        let pattern = tree.field(arm, "pattern").ok_or(Reason::UnsupportedShape)?;
        if tree.field(pattern, "condition").is_some() {
            return Err(Reason::SwitchGuard);
        }
        match takes(seeds, pattern).ok_or(Reason::SwitchGuard)? {
            Takes::Default => {}
            Takes::Literal(literal) if matches!(born.constant, Constant::Bool(_)) => {
                seeds.edits.delete(tree.start(pattern)..tree.start(literal));
                seeds.edits.delete(tree.end(literal)..tree.end(pattern));
            }
            Takes::Literal(_) => return Err(Reason::UnsupportedShape),
            Takes::Anything => {
                seeds.edits.insert(tree.start(pattern), "_");
                seeds.edits.delete(tree.range(pattern));
            }
            Takes::Name(name) => {
                if let Some(block) = tree.field(arm, "value").filter(|value| tree.kind(*value) == "block") {
                    seeds.edits.insert(tree.start(pattern), "_");
                    seeds.edits.delete(tree.range(pattern));
                    declare(seeds, block, name, &born);
                } else {
                    seeds.edits.delete(tree.start(pattern)..tree.start(name));
                    seeds.edits.delete(tree.end(name)..tree.end(pattern));
                }
            }
            Takes::Error | Takes::NamedError => {
                let start = tree.line_start(tree.start(arm));
                let alone = tree.slice(start..tree.start(arm)).trim().is_empty();
                let (from, to) = (tree.start(arm), tree.end(arm));
                let ends_line = tree.slice(to..tree.line_end(to)).trim_matches([',', ' ']).is_empty();
                let range = if alone && ends_line { start..tree.next_line(to) } else { from..to };
                seeds.edits.delete(range);
            }
        }
    }
    seeds.edits.replace(tree.range(seed), "", born);
    Ok(())
}

/// Declares a name with the value at the start of a block, if the block uses it.
fn declare(seeds: &mut Seeds<'_>, block: Node, name: Node, born: &Born) {
    let file = seeds.file;
    let tree = &file.tree;
    let used = file.scopes.meant(name).is_some_and(|binding| !binding.uses.is_empty() || !binding.opaque.is_empty());
    if !used {
        return;
    }
    let at = tree.start(block) + 1;
    let first = tree.named(block).first().map_or(tree.end(block), |first| tree.start(*first));
    let gap = tree.slice(at..first);
    // The last line break, however it is written, and the white space in front of the first statement.
    let line = gap.rfind('\n').map(|line| gap.get(..line).map_or(line, |head| head.trim_end_matches('\r').len()));
    let before = line.and_then(|line| gap.get(line..)).unwrap_or(" ");
    seeds.edits.replace(at..at, &format!("{before}let {} = ", tree.text(name)), born.clone());
    seeds.edits.insert(at, ";");
}
