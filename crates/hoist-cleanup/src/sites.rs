//! Finds the calls that ask for a flag, and says how sure it is that they do.

use crate::config::{Call, CallType, HoistToml, KeyArgument};
use crate::file::{Externals, File, Via};
use crate::lang::{Argument, CallParts};
use crate::scope::BindingKind;
use crate::sdk::{self, Api};
use crate::tree::Node;

/// What kind of call it is.
#[derive(Debug, Clone)]
pub(crate) enum Asked {
    /// A call of an OpenFeature SDK.
    Sdk(Api),
    /// A call that `hoist.toml` declares.
    Configured(Call),
}

/// A call that asks for a flag.
#[derive(Debug, Clone)]
pub(crate) struct Site {
    pub(crate) call: Node,
    /// The argument that is the key.
    pub(crate) key_node: Node,
    /// The key, or nothing if it is not known before the program runs.
    pub(crate) key: Option<(String, Via)>,
    pub(crate) asked: Asked,
    pub(crate) parts: CallParts,
    /// Whether the receiver may be something else than an SDK.
    pub(crate) doubtful: bool,
}

/// What certainty a call needs to count as the SDK's.
const CERTAIN: i32 = 2;

impl Site {
    pub(crate) fn kind(&self) -> CallType {
        match &self.asked {
            Asked::Sdk(api) => api.kind,
            Asked::Configured(call) => call.kind,
        }
    }
}

/// Returns every call in a file that asks for some flag.
pub(crate) fn sites(file: &File, config: &HoistToml, externals: &Externals) -> Vec<Site> {
    let imports_sdk = imports_sdk(file);
    let calls = file.tree.all().filter(|node| file.tree.is_named(*node));
    calls.filter_map(|node| site(file, config, externals, node, imports_sdk)).collect()
}

fn site(file: &File, config: &HoistToml, externals: &Externals, call: Node, imports_sdk: bool) -> Option<Site> {
    let parts = file.lang.call(&file.tree, call)?;
    let name = file.tree.text(parts.name);
    if let Some(configured) = configured(file, config, &parts, name) {
        let key = argument(file, &parts, &configured.key_arg, &[])?;
        let text = file.constant_text(key.value, externals);
        return Some(Site {
            call,
            key_node: key.value,
            key: text,
            asked: Asked::Configured(configured.clone()),
            parts,
            doubtful: false,
        });
    }
    let api = sdk::evaluation(file.tree.language, name)?;
    let key = argument(file, &parts, &KeyArgument::Position(api.key), &sdk::KEY_KEYWORDS)?;
    let text = file.constant_text(key.value, externals);
    let certainty = api.certainty
        + i32::from(text.is_some() && has_default(file, &parts, &api))
        + i32::from(imports_sdk)
        + receiver_certainty(file, &parts);
    let doubtful = certainty < CERTAIN;
    Some(Site { call, key_node: key.value, key: text, asked: Asked::Sdk(api), parts, doubtful })
}

/// Returns the wrapper or the call of another SDK that `hoist.toml` declares for a call.
fn configured<'c>(file: &File, config: &'c HoistToml, parts: &CallParts, name: &str) -> Option<&'c Call> {
    config.wrappers.iter().chain(&config.sdks).find(|call| {
        let receiver = parts.receiver.map(|receiver| file.tree.text(receiver));
        let receiver_fits = match (&call.receiver, receiver) {
            (None, _) => true,
            (Some(expected), Some(text)) => text.rsplit(['.', ':']).next() == Some(expected.as_str()),
            (Some(_), None) => false,
        };
        call.name == name && receiver_fits && (parts.receiver.is_some() || imported_from(file, parts.name, call))
    })
}

/// Returns whether a function can be the one of a module: imported from it, or not declared in this file.
fn imported_from(file: &File, name: Node, call: &Call) -> bool {
    let Some(binding) = file.scopes.meant(name) else { return true };
    if binding.kind == BindingKind::Parameter || binding.kind == BindingKind::Pattern {
        return false;
    }
    let (Some(module), BindingKind::Import) = (&call.module, binding.kind) else { return true };
    let tree = &file.tree;
    let statement = tree.ancestors(binding.name).find(|outer| file.lang.imports().contains(&tree.kind(*outer)));
    statement.is_none_or(|statement| tree.text(statement).contains(module.as_str()))
}

/// Returns an argument by position or name.
pub(crate) fn argument(file: &File, parts: &CallParts, wanted: &KeyArgument, keywords: &[&str]) -> Option<Argument> {
    let by_name = |names: &[&str]| {
        parts
            .arguments
            .iter()
            .copied()
            .find(|argument| argument.keyword.is_some_and(|keyword| names.contains(&file.tree.text(keyword))))
    };
    match wanted {
        KeyArgument::Name(name) => by_name(&[name.as_str()]),
        KeyArgument::Position(position) => {
            let positional = parts.arguments.get(*position).copied().filter(|argument| argument.keyword.is_none());
            positional.or_else(|| by_name(keywords))
        }
    }
}

/// Returns whether the default is there and has the type that the name of the call says.
fn has_default(file: &File, parts: &CallParts, api: &Api) -> bool {
    let Some(position) = api.default else { return parts.arguments.len() == 3 };
    let default = argument(file, parts, &KeyArgument::Position(position), &sdk::DEFAULT_KEYWORDS);
    let Some(default) = default else { return false };
    let kind = file.tree.kind(default.value);
    let is_literal = kind.contains("literal") || matches!(kind, "true" | "false" | "string" | "number" | "integer");
    let is_boolean = matches!(kind, "true" | "false" | "boolean_literal");
    !is_literal || is_boolean == (api.kind == CallType::Boolean)
}

/// Returns whether a file imports an OpenFeature SDK.
fn imports_sdk(file: &File) -> bool {
    let imports = file.lang.imports();
    file.tree
        .all()
        .filter(|node| imports.contains(&file.tree.kind(*node)))
        .any(|node| mentions_sdk(file.tree.text(node)))
}

fn mentions_sdk(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    ["openfeature", "open-feature", "open_feature"].iter().any(|name| text.contains(name))
}

/// Returns how much the object of a call says that it is an SDK's client, or that it is not.
fn receiver_certainty(file: &File, parts: &CallParts) -> i32 {
    let Some(receiver) = parts.receiver else { return 0 };
    let text = file.tree.text(receiver);
    if mentions_sdk(text) || text.contains("getClient") || text.contains("get_client") || text.contains("NewClient") {
        return 2;
    }
    let name = std::iter::once(receiver)
        .chain(file.tree.descend(receiver))
        .filter(|node| file.scopes.meaning(*node).is_some());
    let Some(name) = name.last() else { return 0 };
    let Some(binding) = file.scopes.meant(name) else { return 0 };
    let declared = file.tree.parent(binding.name).map_or("", |declaration| file.tree.text(declaration));
    if ["getClient", "get_client", "NewClient", "create_client"].iter().any(|maker| declared.contains(maker)) {
        return 2;
    }
    if let Some((_, member)) = file.lang.member(&file.tree, receiver).filter(|(_, member)| *member != name) {
        return member_certainty(file, member);
    }
    let made = file.lang.definition(&file.tree, binding.name).map(|made| made.value);
    let literal = ["object", "dictionary", "composite_literal", "struct_expression"];
    if made.is_some_and(|made| file.tree.is(made, &literal) || makes_own_class(file, made)) {
        return -3;
    }
    receiver_type(file, binding.name).map_or(0, |declared| type_certainty(file, &declared))
}

/// Returns how much the name of a type says.
fn type_certainty(file: &File, name: &str) -> i32 {
    match name {
        "Client" | "IClient" | "FeatureClient" | "IFeatureClient" | "Features" | "OpenFeatureClient"
        | "OpenFeatureAPI" => 2,
        // A class of this very file is not the SDK's.
        other => {
            let own = file.scopes.bindings.iter().any(|b| b.kind == BindingKind::Type && b.text == other);
            if own { -3 } else { 0 }
        }
    }
}

/// Returns how much a member of another object says: `deps.flags` is what a declaration of `flags` in this file says it is.
fn member_certainty(file: &File, member: Node) -> i32 {
    let tree = &file.tree;
    let name = tree.text(member);
    let declares = |node: &Node| {
        let names = ["name", "pattern", "declarator"].iter().filter_map(|role| tree.field(*node, role));
        let named = names.flat_map(|role| std::iter::once(role).chain(tree.descend(role)));
        tree.field(*node, "type").is_some() && named.into_iter().any(|part| tree.text(part) == name)
    };
    let types = tree.all().filter(declares).filter_map(|node| tree.field(node, "type"));
    types.map(|node| type_certainty(file, &last_of_type(tree.text(node)))).max().unwrap_or(0)
}

/// Returns whether an expression makes an object of a class of this very file.
fn makes_own_class(file: &File, made: Node) -> bool {
    let class = ["function", "constructor", "type"].iter().find_map(|field| file.tree.field(made, field));
    class.and_then(|class| file.scopes.meant(class)).is_some_and(|binding| binding.kind == BindingKind::Type)
}

/// Returns the last part of the type that a name is declared with.
fn receiver_type(file: &File, name: Node) -> Option<String> {
    let declaration = file.tree.ancestors(name).take(3).find(|outer| file.tree.field(*outer, "type").is_some())?;
    Some(last_of_type(file.tree.text(file.tree.field(declaration, "type")?)))
}

fn last_of_type(text: &str) -> String {
    let text = text.trim_start_matches([':', '*', '&', ' ']).trim_start_matches("mut ");
    text.rsplit(['.', ':']).next().unwrap_or(text).trim().to_owned()
}
