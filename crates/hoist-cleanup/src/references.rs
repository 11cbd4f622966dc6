//! Where keys occur in a file, and what they are there: one pass over the text for all keys, then syntax for the hits.

use std::collections::HashSet;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, MatchKind};
use serde::{Deserialize, Serialize};

use crate::config::HoistToml;
use crate::file::{Externals, File, KeyDefinition, Via};
use crate::language::Language;
use crate::limits::PATTERNS_MAX;
use crate::scope::Role;
use crate::sites::{self, Asked};
use crate::tree::Node;

/// What a key is at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReferenceKind {
    /// The flag is evaluated.
    Evaluation,
    /// A constant, an enum or an object gives the key a name.
    Definition,
    /// A function that `hoist.toml` declares is called with the key.
    WrapperCall,
    /// A test sets or reads the flag.
    Test,
    /// A file of settings names the flag.
    Config,
    /// The key occurs, in a comment, a document, or a text that is no call of a flag.
    Text,
}

/// One place where a key occurs.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct CodeReference {
    /// The file, as the caller named it.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The column in bytes, from 1.
    pub column: u32,
    /// The column after the last byte.
    pub end_column: u32,
    /// The flag's key.
    pub key: String,
    /// What the key is there.
    pub kind: ReferenceKind,
    /// How the key got there.
    pub via: Via,
    /// The function or class around it, if there is one.
    pub symbol: Option<String>,
}

/// The keys to look for, as one automaton: the time for a file does not depend on their number.
#[derive(Debug, Clone)]
pub struct KeySet {
    automaton: AhoCorasick,
    patterns: Vec<Pattern>,
    keys: HashSet<String>,
    definitions: Vec<KeyDefinition>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Pattern {
    text: String,
    /// The key that the text is or stands for; nothing for a constant of another file, which the syntax has to decide.
    key: Option<String>,
    is_name: bool,
}

/// Why keys cannot be looked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeySetError {
    /// There are more than [`PATTERNS_MAX`] keys and names.
    #[error("more than {PATTERNS_MAX} keys and aliases")]
    TooMany,
    /// The automaton could not be built.
    #[error("the keys cannot be looked for: {0}")]
    Automaton(String),
}

impl KeySet {
    /// Returns the set of some keys, with the aliases that `config` gives them.
    pub fn new(keys: impl IntoIterator<Item = String>, config: &HoistToml) -> Result<Self, KeySetError> {
        let keys: HashSet<String> = keys.into_iter().filter(|key| !key.is_empty()).collect();
        let mut patterns: Vec<Pattern> = keys
            .iter()
            .flat_map(|key| {
                let names = config.names_of(key).into_iter();
                let aliases = names.map(|text| Pattern { text, key: Some(key.clone()), is_name: true });
                std::iter::once(Pattern { text: key.clone(), key: Some(key.clone()), is_name: false }).chain(aliases)
            })
            .collect();
        patterns.sort_by(|a, b| (&a.text, &a.key).cmp(&(&b.text, &b.key)));
        Ok(Self { automaton: automaton(&patterns)?, patterns, keys, definitions: vec![] })
    }

    /// Returns the set with the constants that other files define, so that their uses are found too.
    pub fn with_definitions(&self, definitions: impl IntoIterator<Item = KeyDefinition>) -> Result<Self, KeySetError> {
        let mut set = self.clone();
        set.definitions.extend(definitions);
        set.definitions.sort();
        set.definitions.dedup();
        for definition in &set.definitions {
            set.patterns.push(Pattern { text: definition.short_name().to_owned(), key: None, is_name: true });
        }
        set.patterns.dedup();
        set.automaton = automaton(&set.patterns)?;
        Ok(set)
    }

    /// Returns whether a text has any of the keys or names in it. This is the text pass on its own.
    pub fn occurs_in(&self, text: &str) -> bool {
        self.automaton
            .find_overlapping_iter(text)
            .any(|hit| self.stands_alone(text, hit.start(), hit.end(), hit.pattern().as_usize()))
    }

    /// Returns whether a key is one of the set.
    pub fn contains(&self, key: &str) -> bool {
        self.keys.contains(key)
    }

    fn stands_alone(&self, text: &str, start: usize, end: usize, pattern: usize) -> bool {
        let bytes = text.as_bytes();
        let before = |back: usize| start.checked_sub(back).and_then(|at| bytes.get(at)).copied().unwrap_or(b' ');
        let after = |on: usize| bytes.get(end + on).copied().unwrap_or(b' ');
        let in_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        if self.patterns.get(pattern).is_some_and(|pattern| pattern.is_name) {
            return !in_name(before(1)) && !in_name(after(0));
        }
        let in_key = |byte: u8| in_name(byte) || byte == b'-';
        let longer_before = in_key(before(1)) || (before(1) == b'.' && in_key(before(2)));
        let longer_after = in_key(after(0)) || (after(0) == b'.' && in_key(after(1)));
        !longer_before && !longer_after
    }

    fn hits<'s>(&'s self, text: &'s str) -> impl Iterator<Item = (Range<usize>, &'s Pattern)> + 's {
        let hits = self.automaton.find_overlapping_iter(text);
        let alone = hits.filter(|hit| self.stands_alone(text, hit.start(), hit.end(), hit.pattern().as_usize()));
        alone.filter_map(|hit| Some((hit.range(), self.patterns.get(hit.pattern().as_usize())?)))
    }

    pub(crate) fn externals(&self, file: &str) -> Externals {
        let mut externals = Externals::default();
        self.definitions.iter().filter(|definition| definition.file != file).for_each(|d| externals.add(d));
        externals
    }
}

fn automaton(patterns: &[Pattern]) -> Result<AhoCorasick, KeySetError> {
    if patterns.len() > PATTERNS_MAX {
        return Err(KeySetError::TooMany);
    }
    AhoCorasickBuilder::new()
        .match_kind(MatchKind::Standard)
        .build(patterns.iter().map(|pattern| pattern.text.as_bytes()))
        .map_err(|error| KeySetError::Automaton(error.to_string()))
}

/// Returns every place of a file where a key of the set occurs, in the order of the text.
///
/// The language is told by the file's name; a file of another language has references of kind `config` or `text`. Code
/// that does not parse has what could be understood, and the rest as text.
pub fn references(file: &str, source: &str, keys: &KeySet, config: &HoistToml) -> Vec<CodeReference> {
    let hits: Vec<(Range<usize>, &Pattern)> = keys.hits(source).collect();
    if hits.is_empty() {
        return vec![];
    }
    let in_code = || {
        let parsed = Language::of_path(file).and_then(|language| File::parse(language, source).ok())?;
        Some(InCode { name: file, file: &parsed, keys, taken: HashSet::new(), found: vec![] }.run(&hits, config))
    };
    // Whatever goes wrong in one file stays there: what is known about it then is its text.
    let found = catch_unwind(AssertUnwindSafe(in_code)).ok().flatten();
    let mut found = found.unwrap_or_else(|| as_text(file, source, &hits));
    found.sort();
    found.dedup();
    found
}

/// Returns the constants of a file that hold keys of the set, for [`KeySet::with_definitions`].
pub fn definitions(file: &str, source: &str, keys: &KeySet) -> Vec<KeyDefinition> {
    let hits: Vec<(Range<usize>, &Pattern)> = keys.hits(source).collect();
    let Some(language) = Language::of_path(file).filter(|_| !hits.is_empty()) else { return vec![] };
    let defined = || {
        let Ok(parsed) = File::parse(language, source) else { return vec![] };
        let found = hits.iter().filter_map(|(range, pattern)| {
            let key = pattern.key.clone().filter(|_| !pattern.is_name)?;
            let literal = literal_at(&parsed, range, &key)?;
            let name = defined_name(&parsed, literal)?;
            Some(KeyDefinition { name, key, module: module_of(file), file: file.to_owned() })
        });
        found.collect()
    };
    let mut found: Vec<KeyDefinition> = catch_unwind(AssertUnwindSafe(defined)).unwrap_or_default();
    found.sort();
    found.dedup();
    found
}

/// Returns the name by which a file is imported.
fn module_of(file: &str) -> String {
    let mut parts = file.rsplit(['/', '\\']);
    let name = parts.next().unwrap_or(file);
    let stem = name.split('.').next().unwrap_or(name);
    let folder = parts.next().unwrap_or(stem);
    let by_folder = matches!(stem, "index" | "mod" | "lib" | "__init__") || is_named(name, "go");
    (if by_folder { folder } else { stem }).to_owned()
}

fn is_named(file: &str, extension: &str) -> bool {
    file.rsplit('.').next() == Some(extension)
}

/// Returns whether a file holds tests, by its name.
pub(crate) fn is_test(file: &str) -> bool {
    let mut parts = file.rsplit(['/', '\\']);
    let name = parts.next().unwrap_or(file);
    let stem = name.split('.').next().unwrap_or(name);
    let by_name = name.contains(".test.") || name.contains(".spec.") || stem.starts_with("test_");
    let by_end = stem.ends_with("_test") || (is_named(name, "java") && stem.ends_with("Test"));
    by_name || by_end || parts.any(|part| matches!(part, "test" | "tests" | "__tests__" | "spec" | "testdata"))
}

fn as_text(file: &str, source: &str, hits: &[(Range<usize>, &Pattern)]) -> Vec<CodeReference> {
    let extension = file.rsplit('.').next().unwrap_or("");
    let settings = ["json", "yaml", "yml", "toml", "properties", "env", "xml", "ini", "tf", "hcl"];
    let kind = if settings.contains(&extension) { ReferenceKind::Config } else { ReferenceKind::Text };
    let mut line = 1;
    let mut counted = 0;
    let mut ordered: Vec<_> =
        hits.iter().filter_map(|(range, pattern)| Some((range, pattern, pattern.key.clone()?))).collect();
    ordered.sort_by_key(|(range, ..)| range.start);
    ordered
        .into_iter()
        .map(|(range, pattern, key)| {
            let passed = source.get(counted..range.start).unwrap_or("");
            line += passed.matches('\n').count();
            counted = range.start;
            let start = source.get(..range.start).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
            let column = (range.start - start) as u32 + 1;
            CodeReference {
                file: file.to_owned(),
                line: line as u32,
                column,
                end_column: column + range.len() as u32,
                key,
                kind,
                via: if pattern.is_name { Via::Alias } else { Via::Literal },
                symbol: None,
            }
        })
        .collect()
}

/// Returns the literal around a hit, if the literal is the key and nothing else.
fn literal_at(file: &File, range: &Range<usize>, key: &str) -> Option<Node> {
    let node = file.tree.covering(range);
    let around = std::iter::once(node).chain(file.tree.ancestors(node)).take(3);
    around.into_iter().find(|node| file.lang.string(&file.tree, *node).as_deref() == Some(key))
}

const TRANSPARENT: [&str; 7] = [
    "as_expression",
    "satisfies_expression",
    "parenthesized_expression",
    "expression_list",
    "object",
    "arguments",
    "argument_list",
];
const NAMING: [&str; 12] = [
    "variable_declarator",
    "const_spec",
    "var_spec",
    "short_var_declaration",
    "assignment",
    "const_item",
    "static_item",
    "let_declaration",
    "enum_assignment",
    "enum_constant",
    "public_field_definition",
    "field_definition",
];
const HOLDING: [&str; 6] =
    ["class_declaration", "class_definition", "enum_declaration", "interface_declaration", "mod_item", "class"];

/// Returns the name of the constant that a literal is the value of, such as `NEW_NAV` or `Flags.NEW_NAV`.
fn defined_name(file: &File, literal: Node) -> Option<String> {
    let tree = &file.tree;
    let text = |name: Node| tree.text(name).trim_matches(['"', '\'']).to_owned();
    let mut names = vec![];
    let mut outers = tree.ancestors(literal);
    let named = outers.find(|outer| match tree.kind(*outer) {
        "pair" => {
            names.extend(tree.field(*outer, "key").map(text));
            false
        }
        "call_expression" => tree.field(*outer, "function").is_none_or(|callee| tree.text(callee) != "Object.freeze"),
        kind => !TRANSPARENT.contains(&kind),
    })?;
    if !NAMING.contains(&tree.kind(named)) {
        return None;
    }
    let name = ["name", "pattern", "property", "left"].into_iter().find_map(|role| tree.field(named, role))?;
    names.push(text(name));
    let around = tree.ancestors(named).take(4).find(|outer| HOLDING.contains(&tree.kind(*outer)));
    names.extend(around.and_then(|holder| tree.field(holder, "name")).map(text));
    names.reverse();
    Some(names.join("."))
}

struct InCode<'a> {
    name: &'a str,
    file: &'a File,
    keys: &'a KeySet,
    taken: HashSet<usize>,
    found: Vec<CodeReference>,
}

impl InCode<'_> {
    fn run(mut self, hits: &[(Range<usize>, &Pattern)], config: &HoistToml) -> Vec<CodeReference> {
        let externals = self.keys.externals(self.name);
        for site in sites::sites(self.file, config, &externals) {
            let Some((key, via)) = site.key.filter(|(key, _)| self.keys.contains(key)) else { continue };
            let (kind, via) = match site.asked {
                Asked::Configured(_) if via == Via::Literal => (ReferenceKind::WrapperCall, Via::Wrapper),
                Asked::Configured(_) => (ReferenceKind::WrapperCall, via),
                Asked::Sdk(_) if site.doubtful => (ReferenceKind::Text, via),
                Asked::Sdk(_) => (ReferenceKind::Evaluation, via),
            };
            self.taken.extend(self.file.tree.range(site.key_node));
            self.add(&key, kind, via, site.key_node, self.file.tree.range(site.key_node));
        }
        for (range, pattern) in hits {
            if self.taken.contains(&range.start) {
                continue;
            }
            if pattern.is_name { self.name(range, pattern, &externals) } else { self.key(range, pattern) }
        }
        self.found
    }

    fn key(&mut self, range: &Range<usize>, pattern: &Pattern) {
        let Some(key) = pattern.key.as_deref() else { return };
        let node = self.file.tree.covering(range);
        let tree = &self.file.tree;
        let Some(literal) = literal_at(self.file, range, key) else {
            // A name that happens to be spelled like the key is only a reference where it reads from a set of flags.
            let is_name = self.file.lang.is_name(tree.kind(node)) || tree.kind(node).contains("identifier");
            if !is_name {
                self.add(key, ReferenceKind::Text, Via::Literal, node, range.clone());
            } else if reads_from_flags(self.file, node) {
                self.add(key, ReferenceKind::Evaluation, Via::Literal, node, range.clone());
            }
            return;
        };
        let defined = defined_name(self.file, literal).is_some();
        let kind = if defined { ReferenceKind::Definition } else { ReferenceKind::Text };
        self.add(key, kind, Via::Literal, literal, tree.range(literal));
    }

    fn name(&mut self, range: &Range<usize>, pattern: &Pattern, externals: &Externals) {
        let tree = &self.file.tree;
        let node = tree.covering(range);
        if tree.range(node) != *range || !tree.kind(node).contains("identifier") {
            return;
        }
        let whole = tree
            .parent(node)
            .filter(|parent| self.file.lang.member(tree, *parent).is_some_and(|(_, member)| member == node))
            .unwrap_or(node);
        let held = self.file.constant_text(whole, externals).filter(|(key, _)| self.keys.contains(key));
        let import = tree.ancestors(node).any(|outer| self.file.lang.imports().contains(&tree.kind(outer)));
        if import {
            return;
        }
        if let Some((key, via)) = held {
            self.add(&key, ReferenceKind::Text, via, whole, tree.range(whole));
        } else if let Some(key) = pattern.key.clone() {
            let declares = self.file.scopes.meant(node).is_some_and(|binding| binding.name == node);
            let inert = self.file.lang.role(tree, node) == Role::Nothing && !declares;
            let kind = match (declares, inert) {
                (true, _) => ReferenceKind::Definition,
                (false, true) => ReferenceKind::Text,
                (false, false) => ReferenceKind::Evaluation,
            };
            self.add(&key, kind, Via::Alias, node, range.clone());
        }
    }

    fn add(&mut self, key: &str, kind: ReferenceKind, via: Via, node: Node, range: Range<usize>) {
        let tree = &self.file.tree;
        let kind = if is_test(self.name) { ReferenceKind::Test } else { kind };
        let symbol = tree.ancestors(node).find_map(|outer| self.file.lang.named_function(tree, outer));
        self.found.push(CodeReference {
            file: self.name.to_owned(),
            line: tree.line(range.start),
            column: tree.column(range.start),
            end_column: tree.column(range.start) + range.len() as u32,
            key: key.to_owned(),
            kind,
            via,
            symbol: symbol.map(|name| tree.text(name).to_owned()),
        });
    }
}

/// Returns whether a name is taken out of a set of flags: `const { newNav } = useFlags()`, `flags.newNav`.
fn reads_from_flags(file: &File, node: Node) -> bool {
    let tree = &file.tree;
    let from = match tree.kind(node) {
        "shorthand_property_identifier_pattern" => tree
            .ancestors(node)
            .find(|outer| tree.kind(*outer) == "variable_declarator")
            .and_then(|declarator| tree.field(declarator, "value")),
        _ => tree
            .parent(node)
            .and_then(|parent| file.lang.member(tree, parent))
            .and_then(|(object, member)| (member == node).then_some(object)),
    };
    from.is_some_and(|from| tree.text(from).to_ascii_lowercase().contains("flag"))
}
