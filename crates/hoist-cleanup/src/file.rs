//! A parsed file with its names resolved, and how a key gets from its definition to a call.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::lang::{self, Lang};
use crate::language::Language;
use crate::limits::RESOLUTION_DEPTH_MAX;
use crate::scope::{BindingKind, Scopes};
use crate::tree::{Node, ParseError, Rewritten, Tree};

/// How a key reached the place where it is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Via {
    /// The key is written there.
    Literal,
    /// Through a constant.
    Const,
    /// Through a member of an enum, an object or a class of constants.
    Enum,
    /// Through a name that `hoist.toml` declares to stand for the key.
    Alias,
    /// Through a function that `hoist.toml` declares.
    Wrapper,
}

/// A constant that holds a key, for files that use it from elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct KeyDefinition {
    /// The name, such as `NEW_NAV`, or `Flags.NEW_NAV` for a member.
    pub name: String,
    /// The key it holds.
    pub key: String,
    /// The name of the file without its extension, or of its folder for `index`, `mod` and `__init__`.
    pub module: String,
    /// The file.
    pub file: String,
}

impl KeyDefinition {
    /// Returns the last part of the name: what other files have to write, however they import it.
    pub fn short_name(&self) -> &str {
        self.name.rsplit('.').next().unwrap_or(&self.name)
    }
}

/// Constants of other files, by name.
#[derive(Debug, Clone, Default)]
pub(crate) struct Externals {
    by_name: HashMap<String, Vec<(String, String)>>,
}

impl Externals {
    pub(crate) fn add(&mut self, definition: &KeyDefinition) {
        let entry = (definition.module.clone(), definition.key.clone());
        self.by_name.entry(definition.name.clone()).or_default().push(entry);
    }

    /// Returns the key of a name, if all constants of that name agree.
    fn key(&self, name: &str, module: Option<&str>) -> Option<String> {
        let entries = self.by_name.get(name)?;
        let mut fitting = entries.iter().filter(|(home, _)| module.is_none_or(|module| module == home));
        let (_, key) = fitting.next()?;
        fitting.all(|(_, other)| other == key).then(|| key.clone())
    }
}

/// A parsed file with its names resolved.
pub(crate) struct File {
    pub(crate) tree: Tree,
    pub(crate) lang: &'static dyn Lang,
    pub(crate) scopes: Scopes,
}

impl File {
    pub(crate) fn parse(language: Language, source: &str) -> Result<Self, ParseError> {
        Ok(Self::resolve(Tree::parse(language, source)?))
    }

    /// Parses a text that was made from this file. Only what is different is looked at by the parser.
    pub(crate) fn reparse(&self, source: &str, changes: &[Rewritten]) -> Result<Self, ParseError> {
        Ok(Self::resolve(self.tree.reparse(source, changes)?))
    }

    fn resolve(tree: Tree) -> Self {
        let lang = lang::of(tree.language);
        let scopes = Scopes::resolve(&tree, lang);
        Self { tree, lang, scopes }
    }

    /// Returns the text that an expression is, whatever happens, and how it got there.
    pub(crate) fn constant_text(&self, node: Node, externals: &Externals) -> Option<(String, Via)> {
        self.text_at(node, externals, RESOLUTION_DEPTH_MAX)
    }

    fn text_at(&self, node: Node, externals: &Externals, depth: usize) -> Option<(String, Via)> {
        let depth = depth.checked_sub(1)?;
        let tree = &self.tree;
        if let Some(text) = self.lang.string(tree, node) {
            return Some((text, Via::Literal));
        }
        if let Some((object, member)) = self.lang.member(tree, node) {
            return self.member_text(object, member, externals, depth);
        }
        match tree.kind(node) {
            "parenthesized_expression" | "as_expression" | "satisfies_expression" => {
                self.text_at(tree.first_named(node)?, externals, depth)
            }
            "binary_expression" | "binary_operator" if tree.has_token(node, "+") => {
                let (left, right) = (tree.field(node, "left")?, tree.field(node, "right")?);
                let (left, via) = self.text_at(left, externals, depth)?;
                let (right, _) = self.text_at(right, externals, depth)?;
                Some((left + &right, via))
            }
            "call_expression" | "method_invocation" => self.accessor_text(node, externals, depth),
            kind if self.lang.is_name(kind) => self.name_text(node, externals, depth),
            _ => None,
        }
    }

    fn name_text(&self, name: Node, externals: &Externals, depth: usize) -> Option<(String, Via)> {
        let Some(binding) = self.scopes.meant(name).filter(|binding| binding.kind != BindingKind::Import) else {
            return externals.key(self.tree.text(name), None).map(|key| (key, Via::Const));
        };
        if !matches!(binding.kind, BindingKind::Variable | BindingKind::Field) || !binding.writes.is_empty() {
            return None;
        }
        let definition = self.lang.definition(&self.tree, binding.name)?;
        let (text, _) = self.text_at(definition.value, externals, depth)?;
        Some((text, Via::Const))
    }

    /// `FLAGS.newNav`, `Flag.NEW_NAV`, `flags::NEW_NAV`, and `Flag.NEW_NAV.value`.
    fn member_text(&self, object: Node, member: Node, externals: &Externals, depth: usize) -> Option<(String, Via)> {
        let (tree, name) = (&self.tree, self.tree.text(member));
        if matches!(name, "value" | "key")
            && let Some((inner, of)) = self.lang.member(tree, object)
        {
            return self.member_text(inner, of, externals, depth);
        }
        if tree.kind(object) == "this" {
            return self.name_text(member, externals, depth);
        }
        if !self.lang.is_name(tree.kind(object)) {
            return None;
        }
        let binding = self.scopes.meant(object).filter(|binding| binding.kind != BindingKind::Import);
        let Some(binding) = binding else {
            let holder = tree.text(object);
            let key = externals.key(&format!("{holder}.{name}"), None);
            return key.or_else(|| externals.key(name, Some(holder))).map(|key| (key, Via::Enum));
        };
        let definition = self.lang.definition(tree, binding.name)?;
        let value = self.lang.member_value(tree, definition.value, name)?;
        let (text, _) = self.text_at(value, externals, depth)?;
        Some((text, Via::Enum))
    }

    /// `Flag.NEW_NAV.getKey()` of an enum whose constants have one text each.
    fn accessor_text(&self, call: Node, externals: &Externals, depth: usize) -> Option<(String, Via)> {
        let parts = self.lang.call(&self.tree, call)?;
        let accessor = matches!(self.tree.text(parts.name), "key" | "getKey" | "value" | "getValue" | "toString");
        if !accessor || !parts.arguments.is_empty() {
            return None;
        }
        self.text_at(parts.receiver?, externals, depth)
    }
}
