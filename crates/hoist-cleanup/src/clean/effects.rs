//! Whether running an expression can be noticed: only what cannot be noticed may vanish.

use crate::config::HoistToml;
use crate::file::File;
use crate::scope::BindingKind;
use crate::sdk;
use crate::shape::Shape;
use crate::tree::Node;

/// Calls that make something and do nothing else: clients, evaluation contexts, plain conversions.
const HARMLESS: [&str; 44] = [
    "getClient",
    "get_client",
    "getInstance",
    "create_client",
    "create_named_client",
    "NewClient",
    "NewDefaultClient",
    "singleton",
    "EvaluationContext",
    "NewEvaluationContext",
    "NewTargetlessEvaluationContext",
    "ImmutableContext",
    "MutableContext",
    "ImmutableStructure",
    "with_targeting_key",
    "with_custom_field",
    "Background",
    "TODO",
    "Some",
    "Ok",
    "len",
    "bool",
    "str",
    "String",
    "Number",
    "Boolean",
    "valueOf",
    "toString",
    "to_string",
    "to_owned",
    "clone",
    "from",
    "into",
    "as_str",
    "default",
    "Of",
    "of",
    "emptyMap",
    "emptyList",
    "booleanValue",
    "Sprintf",
    "use_client",
    "useOpenFeatureClient",
    "Context",
];

/// Returns whether an expression has no effect.
pub(crate) fn effect_free(file: &File, config: &HoistToml, node: Node) -> bool {
    let tree = &file.tree;
    if tree.is_broken(node) {
        return false;
    }
    let children = |node: Node| tree.named(node).into_iter().all(|child| effect_free(file, config, child));
    match file.lang.shape(tree, node) {
        Shape::Literal | Shape::Boolean(_) | Shape::Name | Shape::Closure => true,
        Shape::Pure if config.strict && is_read(tree.kind(node)) => false,
        Shape::Not(_)
        | Shape::And(..)
        | Shape::Or(..)
        | Shape::Nullish(..)
        | Shape::Comparison
        | Shape::Pure
        | Shape::Ternary { .. }
        | Shape::Paren(_)
        | Shape::Hole(_) => children(node),
        Shape::Equal { left, right, .. } => {
            !config.strict && effect_free(file, config, left) && effect_free(file, config, right)
        }
        Shape::Same(inner) => effect_free(file, config, inner),
        Shape::Await(inner) => is_evaluation(file, inner) && effect_free(file, config, inner),
        Shape::Call => harmless_call(file, config, node),
        Shape::Other => {
            let made = tree.is(node, &["object_creation_expression", "new_expression"])
                && tree
                    .field(node, "type")
                    .or_else(|| tree.field(node, "constructor"))
                    .is_some_and(|kind| tree.text(kind).ends_with("Context") || tree.text(kind).ends_with("Structure"));
            // Words of the grammar such as the names of members do nothing.
            let leaf = tree.named(node).is_empty() && !tree.is(node, &["yield", "yield_expression", "super"]);
            leaf && !tree.text(node).is_empty()
                || (made && children(node))
                || (is_list(tree.kind(node)) && children(node))
        }
        _ => false,
    }
}

fn is_list(kind: &str) -> bool {
    matches!(kind, "arguments" | "argument_list" | "keyword_argument" | "type_arguments" | "dictionary_splat")
}

fn is_read(kind: &str) -> bool {
    matches!(
        kind,
        "member_expression"
            | "subscript_expression"
            | "attribute"
            | "subscript"
            | "field_access"
            | "array_access"
            | "selector_expression"
            | "index_expression"
            | "field_expression"
    )
}

/// Evaluating a flag changes nothing that the program can see.
fn is_evaluation(file: &File, node: Node) -> bool {
    file.lang.call(&file.tree, node).is_some_and(|parts| {
        sdk::evaluation(file.tree.language, file.tree.text(parts.name)).is_some_and(|api| api.certainty > 0)
    })
}

fn harmless_call(file: &File, config: &HoistToml, node: Node) -> bool {
    let Some(parts) = file.lang.call(&file.tree, node) else { return false };
    let name = file.tree.text(parts.name);
    // A function of this very file does what it likes, whatever it is called.
    let own = file.scopes.meant(parts.name).is_some_and(|binding| binding.kind != BindingKind::Import);
    let known = (HARMLESS.contains(&name) && !own) || is_evaluation(file, node);
    known
        && parts.receiver.is_none_or(|receiver| effect_free(file, config, receiver))
        && parts.arguments.iter().all(|argument| effect_free(file, config, argument.value))
}
