//! What sets the flag in tests: entries of in-memory providers, and stubs of mocks. Nobody asks for them when the calls
//! are gone, so those that give the flag's value go too; one that gives another value is for a person to judge.

use hoist_eval::FlagValue;

use crate::clean::edits::Edits;
use crate::clean::layout;
use crate::clean::mentions;
use crate::clean::outcome::Rule;
use crate::clean::rules;
use crate::file::File;
use crate::lang::CallParts;
use crate::language::Language;
use crate::references::is_test;
use crate::shape::Shape;
use crate::tree::{Node, Tree};

/// Methods of mocks that say what a call is to answer.
const ANSWERS: [&str; 16] = [
    "thenReturn",
    "thenResolve",
    "willReturn",
    "doReturn",
    "returns",
    "resolves",
    "mockReturnValue",
    "mockReturnValueOnce",
    "mockResolvedValue",
    "mockResolvedValueOnce",
    "Return",
    "and_return",
    "then_return",
    "return_const",
    "returning",
    "return_once",
];

/// Methods of mocks that answer otherwise than with one value, or in turns.
const OTHERWISE: [&str; 22] = [
    "thenThrow",
    "thenAnswer",
    "thenReject",
    "thenCallRealMethod",
    "willThrow",
    "willAnswer",
    "doThrow",
    "doAnswer",
    "throws",
    "rejects",
    "callsFake",
    "callThrough",
    "onCall",
    "onFirstCall",
    "onSecondCall",
    "mockImplementation",
    "mockImplementationOnce",
    "mockRejectedValue",
    "mockRejectedValueOnce",
    "then_raise",
    "DoAndReturn",
    "Run",
];

/// Functions that make a double: other keys and other tests go on with it.
const DOUBLES: [&str; 6] = ["stub", "spy", "spyOn", "mock", "fn", "replace"];

/// Methods of mocks that say which call it is.
const STUBBED: [&str; 7] = ["when", "given", "withArgs", "calledWith", "On", "EXPECT", "expect"];

/// How the methods of Rust's mocks begin that say which call it is.
const EXPECTED: &str = "expect_resolve_";

/// Functions of Rust that only say of what type their argument is.
const WRAPPED: [&str; 9] = ["Ok", "Some", "Bool", "Boolean", "String", "Int", "Integer", "Float", "from"];

/// Methods of Rust that only change the type of what they are called on.
const CONVERTED: [&str; 4] = ["into", "to_string", "to_owned", "clone"];

/// Providers that are given their flags.
const PROVIDERS: [&str; 3] = ["InMemoryProvider", "TestProvider", "flagValueMap"];

/// What a definition of a flag gives.
#[derive(Debug, Clone, Copy)]
enum Given {
    /// The same value to everybody.
    Always(Node),
    /// Something that depends on who asks, or that cannot be read.
    Depends,
}

impl Given {
    fn of(value: Option<Node>) -> Self {
        value.map_or(Self::Depends, Self::Always)
    }

    fn is(self, file: &File, value: &FlagValue) -> bool {
        match self {
            Self::Always(given) => is_value(file, given, value).unwrap_or(false),
            Self::Depends => false,
        }
    }
}

/// One place that sets the flag.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Setting {
    /// The key there.
    pub(crate) key: Node,
    /// The first and the last node of what would go.
    first: Node,
    last: Node,
    /// Whether it gives the value that the flag ended with, and may go.
    pub(crate) same: bool,
    /// The rule that removes it.
    pub(crate) rule: Rule,
}

impl Setting {
    /// Returns whether a node is part of what would go.
    pub(crate) fn covers(&self, tree: &Tree, node: Node) -> bool {
        tree.start(self.first) <= tree.start(node) && tree.end(node) <= tree.end(self.last)
    }

    /// Takes it out. `key` is text whose comments stay.
    pub(crate) fn remove(&self, tree: &Tree, edits: &mut Edits, key: &str) {
        if self.rule == rules::ENTRY {
            return layout::remove_element(tree, edits, self.first, self.last, key);
        }
        let Some(list) = tree.parent(self.first) else { return };
        if tree.language == Language::Python && tree.only_named(list).is_some() {
            edits.insert(tree.start(self.first), "pass");
            return edits.delete(tree.range(self.first));
        }
        layout::remove(tree, edits, list, self.first, self.last, key);
    }
}

/// Returns every place of a file that sets the flag, as far as its form is known.
pub(crate) fn settings(file: &File, path: &str, key: &str, value: &FlagValue) -> Vec<Setting> {
    let tree = &file.tree;
    let literals = mentions::places(tree.source(), key)
        .filter_map(|at| mentions::literal(file, tree.covering(&(at..at + key.len())), key));
    let found = literals.filter_map(|literal| {
        entry(file, literal, value)
            .or_else(|| statement(file, path, literal, value))
            .filter(|setting| !tree.descend(setting.first).any(|node| tree.is_broken(node)))
    });
    let found: Vec<Setting> = found.collect();
    let stays =
        |setting: &Setting| Setting { same: setting.same && !leaves_nothing(tree, &found, setting), ..*setting };
    found.iter().map(stays).collect()
}

/// Returns whether a block of Python would be left without a statement: one that is alone there becomes `pass`, several are
/// left to a person.
fn leaves_nothing(tree: &Tree, settings: &[Setting], setting: &Setting) -> bool {
    if tree.language != Language::Python || setting.rule != rules::STUB {
        return false;
    }
    let block = tree.parent(setting.first).map(|block| tree.named(block)).unwrap_or_default();
    block.len() > 1 && block.iter().all(|part| settings.iter().any(|other| other.first == *part))
}

/// `"key": {...}` of a map of flags, in the form of each language.
fn entry(file: &File, literal: Node, value: &FlagValue) -> Option<Setting> {
    let tree = &file.tree;
    if tree.language == Language::Rust {
        return entry_of_pairs(file, literal, value);
    }
    let holder = tree.parent(literal)?;
    let (first, last, set) = match (tree.kind(holder), tree.language) {
        ("pair", _) if tree.field(holder, "key") == Some(literal) => (holder, holder, tree.field(holder, "value")?),
        ("literal_element", Language::Go) => {
            let pair = tree.parent(holder).filter(|pair| tree.kind(*pair) == "keyed_element")?;
            let parts = tree.named(pair);
            let [name, set] = parts.as_slice() else { return None };
            (*name == holder).then_some((pair, pair, tree.first_named(*set)?))?
        }
        ("argument_list", Language::Java) => {
            let call = tree.parent(holder)?;
            let parts = file.lang.call(tree, call)?;
            let arguments = tree.named(holder);
            let index = arguments.iter().position(|argument| *argument == literal)?;
            let set = *arguments.get(index + 1)?;
            match tree.text(parts.name) {
                "of" if index % 2 == 0 && is_map(tree, parts.receiver) => (literal, set, set),
                "entry" if index == 0 && is_one_of_entries(file, call) => (call, call, set),
                _ => return None,
            }
        }
        _ => return None,
    };
    let given = match defined(file, set) {
        Some(given) => given,
        None if in_provider(tree, literal) => Given::Always(set),
        None => return None,
    };
    let same = given.is(file, value);
    Some(Setting { key: literal, first, last, same, rule: rules::ENTRY })
}

/// `("key".to_string(), true)` among the pairs that a provider of Rust is given.
fn entry_of_pairs(file: &File, literal: Node, value: &FlagValue) -> Option<Setting> {
    let tree = &file.tree;
    let pair = tree.ancestors(literal).take(4).find(|outer| tree.kind(*outer) == "tuple_expression")?;
    let [name, set] = tree.named(pair)[..] else { return None };
    let list =
        tree.parent(pair).filter(|list| tree.kind(*list) == "array_expression" && !tree.has_token(*list, ";"))?;
    // The type of an empty list is known to nobody.
    if bare(file, name) != literal || tree.named(list).len() < 2 || !in_provider(tree, pair) {
        return None;
    }
    let same = Given::Always(bare(file, set)).is(file, value);
    Some(Setting { key: literal, first: pair, last: pair, same, rule: rules::ENTRY })
}

/// Returns what is left of a value of Rust without the calls that only give it another type.
fn bare(file: &File, node: Node) -> Node {
    let inner = |node: &Node| {
        let parts = file.lang.call(&file.tree, *node)?;
        let name = file.tree.text(parts.name);
        match parts.arguments.as_slice() {
            [] if CONVERTED.contains(&name) => parts.receiver,
            [only] if WRAPPED.contains(&name) => Some(only.value),
            [only] if name == "new" && file.tree.text(parts.receiver?).ends_with("ResolutionDetails") => {
                Some(only.value)
            }
            _ => None,
        }
    };
    std::iter::successors(Some(node), inner).last().unwrap_or(node)
}

/// Returns whether a node stands in a module of Rust that is compiled for tests alone.
pub(crate) fn in_test_module(tree: &Tree, node: Node) -> bool {
    tree.language == Language::Rust
        && tree.ancestors(node).filter(|outer| tree.kind(*outer) == "mod_item").any(|module| {
            let parts = tree.parent(module).map_or(&[][..], |list| tree.children(list));
            let before = parts.iter().take_while(|part| **part != module).filter(|part| !tree.is_comment(**part));
            let attributes = before.collect::<Vec<_>>().into_iter().rev();
            attributes
                .take_while(|part| tree.kind(**part) == "attribute_item")
                .any(|part| tree.text(*part).contains("cfg(test)"))
        })
}

/// Returns whether a call is one of `Map`, and not of a pair or of a test's arguments.
fn is_map(tree: &Tree, receiver: Option<Node>) -> bool {
    receiver.is_some_and(|receiver| matches!(tree.text(receiver), "Map" | "java.util.Map" | "ImmutableMap"))
}

/// Returns whether an entry is an argument of `Map.ofEntries`: elsewhere something would be missing without it.
fn is_one_of_entries(file: &File, entry: Node) -> bool {
    let tree = &file.tree;
    let taker =
        tree.parent(entry).filter(|list| tree.kind(*list) == "argument_list").and_then(|list| tree.parent(list));
    taker.and_then(|call| file.lang.call(tree, call)).is_some_and(|parts| tree.text(parts.name) == "ofEntries")
}

/// Returns what a flag's definition gives, which is its default variant; nothing if it is no definition.
fn defined(file: &File, set: Node) -> Option<Given> {
    let tree = &file.tree;
    let text = |node: Node| file.lang.string(tree, node);
    let (variant, variants, depends) = match tree.language {
        Language::Python => {
            let parts = file.lang.call(tree, set).filter(|parts| tree.text(parts.name) == "InMemoryFlag")?;
            let by = |position: usize, keyword: &str| {
                let named = parts.arguments.iter().find(|it| it.keyword.is_some_and(|name| tree.text(name) == keyword));
                let there = parts.arguments.get(position).filter(|it| it.keyword.is_none());
                named.or(there).map(|argument| argument.value)
            };
            let is_off = by(3, "state").is_some_and(|state| !tree.text(state).ends_with("ENABLED"));
            (by(0, "default_variant")?, by(1, "variants")?, is_off || by(4, "context_evaluator").is_some())
        }
        Language::Java => return defined_by_builder(file, set),
        _ => {
            let of = |names: [&str; 2]| names.iter().find_map(|name| member(file, set, name));
            let depends = of(["contextEvaluator", "ContextEvaluator"]).filter(|it| tree.text(*it) != "nil");
            let is_off = member(file, set, "disabled").is_some_and(|disabled| tree.text(disabled) != "false")
                || member(file, set, "State").is_some_and(|state| !tree.text(state).ends_with("Enabled"));
            (of(["defaultVariant", "DefaultVariant"])?, of(["variants", "Variants"])?, is_off || depends.is_some())
        }
    };
    let name = text(variant).filter(|_| !depends);
    Some(Given::of(name.and_then(|name| member(file, variants, &name))))
}

/// `Flag.builder().variant("on", true).defaultVariant("on").build()`.
fn defined_by_builder(file: &File, set: Node) -> Option<Given> {
    let tree = &file.tree;
    let calls = chain(file, set);
    let named = |name: &str| calls.iter().find(|parts| tree.text(parts.name) == name);
    let only = named("defaultVariant")?.arguments.first()?;
    let is_off = named("disabled")
        .is_some_and(|parts| parts.arguments.first().is_none_or(|argument| tree.text(argument.value) != "false"));
    // A flag that is disabled gives what the caller says.
    if is_off || named("contextEvaluator").is_some() {
        return Some(Given::Depends);
    }
    let wanted = file.lang.string(tree, only.value);
    let given = calls.iter().filter(|parts| tree.text(parts.name) == "variant").find_map(|parts| {
        let [name, value] = parts.arguments.as_slice() else { return None };
        (file.lang.string(tree, name.value) == wanted).then_some(value.value)
    });
    Some(Given::of(given.filter(|_| wanted.is_some())))
}

/// Returns the value of a member of an object, a dictionary or a composite literal.
fn member(file: &File, holder: Node, name: &str) -> Option<Node> {
    let tree = &file.tree;
    let body = match tree.kind(holder) {
        "composite_literal" => tree.field(holder, "body")?,
        "object" | "dictionary" | "literal_value" => holder,
        _ => return None,
    };
    tree.named(body).into_iter().find_map(|part| {
        let (key, value) = match tree.kind(part) {
            "pair" => (tree.field(part, "key")?, tree.field(part, "value")?),
            "keyed_element" => {
                let parts = tree.named(part);
                let [key, value] = parts.as_slice() else { return None };
                (tree.first_named(*key)?, tree.first_named(*value)?)
            }
            _ => return None,
        };
        (tree.text(key) == name || file.lang.string(tree, key).as_deref() == Some(name)).then_some(value)
    })
}

/// Returns whether a map of plain values is handed to a provider: `<TestProvider flagValueMap={{ "key": true }}>`.
fn in_provider(tree: &Tree, node: Node) -> bool {
    let mut pairs = 0;
    let outers = tree.ancestors(node).take(6).take_while(|outer| {
        // A pair around the one of the key makes it a member of another flag's value.
        pairs += usize::from(tree.kind(*outer) == "pair");
        pairs <= 1
    });
    outers.into_iter().any(|outer| {
        let made = tree.field(outer, "constructor").or_else(|| tree.field(outer, "function"));
        let attribute = tree.first_named(outer).filter(|_| tree.kind(outer) == "jsx_attribute");
        made.or(attribute).is_some_and(|name| {
            let name = tree.text(name);
            let name = name.rsplit_once("::").map_or(name, |(path, _)| path);
            PROVIDERS.iter().any(|provider| name.ends_with(provider))
        })
    })
}

/// A statement that sets the flag: `flags.put("key", ...)`, or the stub of a mock in a test.
fn statement(file: &File, path: &str, literal: Node, value: &FlagValue) -> Option<Setting> {
    let tree = &file.tree;
    let mut outers = tree.ancestors(literal);
    let statement = outers.find(|outer| tree.kind(*outer) == "expression_statement")?;
    // The lone body of a branch or a loop must not go: what follows would become the body.
    let may_go = tree.parent(statement).is_some_and(|list| file.lang.is_list(tree, list));
    let calls = chain(file, awaited(file, tree.first_named(statement)?));
    // What a function inside of the statement does is another matter.
    let inside = tree.ancestors(literal).take_while(|outer| *outer != statement);
    if inside.into_iter().any(|outer| file.lang.shape(tree, outer) == Shape::Closure) {
        return None;
    }
    let put = calls.first().filter(|parts| matches!(tree.text(parts.name), "put" | "set"));
    if let Some([key, set]) = put.map(|parts| parts.arguments.as_slice())
        && key.value == literal
        && let Some(given) = defined(file, set.value)
    {
        let same = may_go && given.is(file, value);
        return Some(Setting { key: literal, first: statement, last: statement, same, rule: rules::STUB });
    }
    let named = |names: &'static [&str]| {
        let calls = calls.iter();
        calls.filter(move |parts| names.contains(&tree.text(parts.name)))
    };
    let is_in_test = is_test(path) || in_test_module(tree, literal);
    let expected = calls.iter().any(|parts| tree.text(parts.name).starts_with(EXPECTED));
    let answer = named(&ANSWERS).next().filter(|_| is_in_test && (expected || named(&STUBBED).next().is_some()))?;
    let makes_double = named(&DOUBLES).next().is_some();
    let is_one = named(&ANSWERS).nth(1).is_none() && named(&OTHERWISE).next().is_none();
    let given = match answer.arguments.as_slice() {
        [only] if is_one => Given::Always(resolved(file, only.value)),
        [first, error] if is_one && tree.text(error.value) == "nil" => Given::Always(first.value),
        _ => Given::Depends,
    };
    let same = may_go && !makes_double && given.is(file, value);
    Some(Setting { key: literal, first: statement, last: statement, same, rule: rules::STUB })
}

fn awaited(file: &File, node: Node) -> Node {
    if let Shape::Await(inner) = file.lang.shape(&file.tree, node) { inner } else { node }
}

/// Returns the value that an answer comes to: `Promise.resolve(true)` is what a call that is awaited answers, and a closure
/// of Rust that only gives a value gives it each time.
fn resolved(file: &File, node: Node) -> Node {
    if file.tree.language == Language::Rust {
        let body = file.tree.field(node, "body").filter(|_| file.tree.kind(node) == "closure_expression");
        return bare(file, body.unwrap_or(node));
    }
    let parts = file.lang.call(&file.tree, node).filter(|parts| file.tree.text(parts.name) == "resolve");
    let only = parts.and_then(|parts| parts.arguments.first().map(|argument| argument.value));
    only.unwrap_or(node)
}

/// Returns the calls of `a().b().c()`, the last first.
fn chain(file: &File, node: Node) -> Vec<CallParts> {
    let next = |parts: &CallParts| file.lang.call(&file.tree, parts.receiver?);
    std::iter::successors(file.lang.call(&file.tree, node), next).collect()
}

/// Returns whether a literal is a flag's value; nothing if it is no literal.
fn is_value(file: &File, node: Node, value: &FlagValue) -> Option<bool> {
    let written = file.tree.text(node);
    if let Some(text) = file.lang.string(&file.tree, node) {
        return Some(matches!(value, FlagValue::String(value) if **value == *text));
    }
    let number = written.trim_end_matches(['L', 'l', 'd', 'f', 'D', 'F']);
    match (written, value) {
        ("true" | "True", _) => Some(matches!(value, FlagValue::Boolean(true))),
        ("false" | "False", _) => Some(matches!(value, FlagValue::Boolean(false))),
        (_, FlagValue::Integer(value)) => number.parse::<i64>().ok().map(|number| number == *value),
        (_, FlagValue::Float(value)) => number.parse::<f64>().ok().map(|number| number.to_bits() == value.to_bits()),
        _ => number.parse::<f64>().ok().map(|_| false),
    }
}
