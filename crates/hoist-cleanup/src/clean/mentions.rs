//! Where the key is left when the rules are done, and what it is there.

use crate::clean::outcome::Reason;
use crate::file::File;
use crate::shape::Shape;
use crate::tree::Node;

/// Methods of the OpenFeature SDKs that are handed a function to call when something changes.
const HANDLERS: [&str; 4] = ["addHandler", "add_handler", "AddHandler", "onProviderConfigurationChanged"];

/// What the SDKs call the list of the flags that changed.
const CHANGED: [&str; 5] = ["flagsChanged", "flags_changed", "FlagsChanged", "FlagChanges", "flagChanges"];

/// Words with which a comment says what a preprocessor is to leave out.
const CONDITIONS: [&str; 6] = ["go:build ", "+build ", "#if ", "#ifdef ", "#ifndef ", "#elif "];

/// Nodes of what is said about a declaration, for a framework to read.
const DECORATIONS: [&str; 4] = ["decorator", "annotation", "attribute_item", "annotation_argument_list"];

/// Files that are written out with values filled in, which no rule reads.
const TEMPLATES: [&str; 24] = [
    "vue",
    "svelte",
    "astro",
    "html",
    "htm",
    "xhtml",
    "ejs",
    "hbs",
    "handlebars",
    "mustache",
    "jinja",
    "jinja2",
    "j2",
    "njk",
    "liquid",
    "twig",
    "pug",
    "jsp",
    "ftl",
    "tmpl",
    "gohtml",
    "erb",
    "cshtml",
    "razor",
];

/// Files that say something and ask for nothing.
const PROSE_AND_DATA: [&str; 18] = [
    "md", "mdx", "txt", "rst", "adoc", "json", "jsonc", "json5", "jsonl", "yaml", "yml", "toml", "csv", "tsv", "lock",
    "svg", "ini", "log",
];

/// Returns the offsets at which a key stands alone in a text, and not as a part of a longer one.
pub(crate) fn places<'t>(text: &'t str, key: &'t str) -> impl Iterator<Item = usize> + 't {
    let in_key = |byte: Option<&u8>| byte.is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
    let bytes = text.as_bytes();
    let alone = move |at: usize| {
        let before = at.checked_sub(1).and_then(|at| bytes.get(at));
        !in_key(before) && !in_key(bytes.get(at + key.len()))
    };
    text.match_indices(key).map(|(at, _)| at).filter(move |at| alone(*at))
}

/// Returns the literal that is the key and nothing else, around a node of its text. The outermost, because a part of a literal
/// is no literal of its own.
pub(crate) fn literal(file: &File, node: Node, key: &str) -> Option<Node> {
    let around = std::iter::once(node).chain(file.tree.ancestors(node)).take(3);
    around.filter(|node| file.lang.string(&file.tree, *node).as_deref() == Some(key)).last()
}

pub(crate) fn extension(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().and_then(|name| name.rsplit_once('.')).map_or("", |(_, end)| end)
}

/// Returns whether a file is prose or data by its name, so that nothing in it asks for a flag.
pub(crate) fn is_prose_or_data(path: &str) -> bool {
    let name = path.rsplit(['/', '\\']).next().unwrap_or_default();
    PROSE_AND_DATA.contains(&extension(path)) || matches!(name, "README" | "CHANGELOG" | "CODEOWNERS" | "LICENSE")
}

/// Returns what the key is in a file that no rule reads, by the file's name.
pub(crate) fn in_other_file(path: &str) -> Reason {
    if TEMPLATES.contains(&extension(path)) { Reason::TemplateFile } else { Reason::TextReference }
}

/// Returns what the key is at a node of code.
pub(crate) fn in_code(file: &File, node: Node) -> Reason {
    let tree = &file.tree;
    if is_condition(file, node) {
        return Reason::Preprocessor;
    }
    if tree.is_comment(node) {
        return Reason::TextReference;
    }
    if tree.ancestors(node).any(|outer| tree.kind(outer) == "token_tree") {
        return Reason::InsideMacro;
    }
    if is_subscription(file, node) {
        return Reason::Subscription;
    }
    match () {
        () if is_inline_template(file, node) => Reason::TemplateFile,
        () if is_decoration(file, node) => Reason::DecoratorOrAnnotation,
        () => Reason::TextReference,
    }
}

/// Returns whether a node stands in a decorator, an annotation or an attribute.
pub(crate) fn is_decoration(file: &File, node: Node) -> bool {
    file.tree.ancestors(node).any(|outer| DECORATIONS.contains(&file.tree.kind(outer)))
}

/// Returns whether a preprocessor or the compiler decides by the key what is part of the program.
fn is_condition(file: &File, node: Node) -> bool {
    let tree = &file.tree;
    if tree.is_comment(node) {
        let words = tree.text(node).trim_start_matches(['/', '*', ' ', '\t']);
        return CONDITIONS.iter().any(|start| words.starts_with(start));
    }
    tree.ancestors(node).any(|outer| match tree.kind(outer) {
        "attribute_item" | "inner_attribute_item" => tree.text(outer).contains("[cfg"),
        "macro_invocation" => tree.field(outer, "macro").is_some_and(|name| tree.text(name) == "cfg"),
        _ => false,
    })
}

/// Returns whether a place asks which flags changed, or is told of it.
fn is_subscription(file: &File, node: Node) -> bool {
    let tree = &file.tree;
    if tree.text(node).trim_start_matches(['"', '\'', '`']).starts_with("change:") {
        return true;
    }
    let mut outers = tree.ancestors(node);
    let function = outers.find(|outer| {
        file.lang.shape(tree, *outer) == Shape::Closure || file.lang.named_function(tree, *outer).is_some()
    });
    let asks = |outer: Node| CHANGED.iter().any(|name| tree.text(outer).contains(name));
    let told = |outer: Node| file.lang.call(tree, outer).is_some_and(|parts| HANDLERS.contains(&tree.text(parts.name)));
    function.is_some_and(asks) || tree.ancestors(node).any(told)
}

/// Returns whether a text is the template of a component: `template: "..."` in its decorator.
fn is_inline_template(file: &File, node: Node) -> bool {
    let tree = &file.tree;
    let pair = tree.ancestors(node).take(3).find(|outer| tree.kind(*outer) == "pair");
    pair.and_then(|pair| tree.field(pair, "key")).is_some_and(|key| tree.text(key) == "template")
}
