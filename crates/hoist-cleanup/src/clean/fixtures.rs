//! Definitions of flags in JSON files of tests, in the form that flagd reads: an entry that gives the flag's value goes when
//! nothing asks for it any more, as in the providers that tests set up in code.

use hoist_eval::FlagValue;
use serde_json::Value;

use crate::clean::edits::Edits;
use crate::clean::layout;
use crate::clean::mentions;
use crate::file::File;
use crate::language::Language;
use crate::references::is_test;
use crate::tree::{Node, Tree};

/// What a file of definitions has for the flag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fixture {
    /// The line of the entry, from 1.
    pub(crate) line: u32,
    /// What the entry gives.
    pub(crate) gives: Gives,
}

/// What an entry gives to who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Gives {
    /// The flag's value to everybody; the text of the file without the entry.
    TheValue(String),
    /// Another value to everybody.
    Another,
    /// Nothing, or not the same to everybody.
    Depends,
}

/// Returns the entry of the flag in a test's file of definitions. Nothing if the file is another one, or if its form leaves a
/// doubt.
pub(crate) fn fixture(path: &str, text: &str, key: &str, value: &FlagValue) -> Option<Fixture> {
    if !is_test(path) || mentions::extension(path) != "json" {
        return None;
    }
    let (mark, bare) = text.strip_prefix('\u{feff}').map_or(("", text), |bare| ("\u{feff}", bare));
    let mut whole: Value = serde_json::from_str(bare).ok()?;
    let flag = whole.get("flags")?.get(key)?;
    let gives = given(flag);
    let is_defined = flag.get("variants").is_some_and(Value::is_object) && flag.get("defaultVariant").is_some();
    // Something else in the file may mean the flag by its key.
    if !is_defined || mentions::places(bare, key).nth(1).is_some() {
        return None;
    }
    let line = bare.get(..mentions::places(bare, key).next()?)?.matches('\n').count() as u32 + 1;
    let gives = match gives {
        None => Gives::Depends,
        Some(given) if !is_value(given, value) => Gives::Another,
        Some(_) => {
            let rest = without(bare, key)?;
            // A key that stands there twice, or written in another way, is still there.
            whole.get_mut("flags")?.as_object_mut()?.remove(key);
            let is_rest = serde_json::from_str::<Value>(&rest).is_ok_and(|rest| rest == whole);
            is_rest.then(|| Gives::TheValue(format!("{mark}{rest}")))?
        }
    };
    Some(Fixture { line, gives })
}

/// Returns what a definition gives to everybody; nothing if it is switched off, or has conditions.
fn given(flag: &Value) -> Option<&Value> {
    let is_on = flag.get("state").is_some_and(|state| state == "ENABLED");
    let has_conditions =
        flag.get("targeting").is_some_and(|it| !it.is_null() && it.as_object().is_none_or(|it| !it.is_empty()));
    let default = flag.get("defaultVariant")?.as_str()?;
    flag.get("variants")?.get(default).filter(|_| is_on && !has_conditions)
}

fn is_value(given: &Value, value: &FlagValue) -> bool {
    match value {
        FlagValue::Boolean(value) => given.as_bool() == Some(*value),
        FlagValue::String(value) => given.as_str() == Some(value),
        FlagValue::Integer(value) => given.as_i64() == Some(*value),
        FlagValue::Float(value) => given.as_f64().is_some_and(|given| given.to_bits() == value.to_bits()),
        FlagValue::Object(_) => false,
    }
}

/// Returns a document without the entry of the flag.
///
/// JSON in parentheses is an expression of JavaScript, so its parser says where the entry is, and nothing is printed again.
fn without(text: &str, key: &str) -> Option<String> {
    let source = format!("({text})");
    let file = File::parse(Language::JavaScript, &source).ok().filter(|file| file.tree.broken() == 0)?;
    let tree = &file.tree;
    let outermost = tree.all().find(|node| tree.kind(*node) == "object")?;
    let flags = tree.field(member(&file, outermost, "flags")?, "value")?;
    let entry = member(&file, flags, key)?;
    let mut edits = Edits::default();
    layout::remove_element(tree, &mut edits, entry, entry, "");
    // JSON has no comma behind the last entry.
    if let (None, Some(before)) = (comma(tree, entry, true), comma(tree, entry, false)) {
        edits.delete(tree.range(before));
    }
    let applied = edits.apply(tree, &[], &[]);
    applied.text.strip_prefix('(')?.strip_suffix(')').map(str::to_owned)
}

/// Returns the pair of an object that has a key.
fn member(file: &File, object: Node, key: &str) -> Option<Node> {
    let tree = &file.tree;
    let is_it = |pair: &Node| {
        let name = tree.field(*pair, "key");
        name.is_some_and(|name| file.lang.string(tree, name).as_deref() == Some(key))
    };
    tree.named(object).into_iter().filter(|part| tree.kind(*part) == "pair").find(is_it)
}

/// Returns the part next to an entry if it is a comma: the one behind it, or the one before it.
fn comma(tree: &Tree, entry: Node, is_behind: bool) -> Option<Node> {
    let parts = tree.children(tree.parent(entry)?);
    let at = parts.iter().position(|part| *part == entry)?;
    let next = if is_behind { at + 1 } else { at.checked_sub(1)? };
    parts.get(next).copied().filter(|part| tree.kind(*part) == ",")
}
