//! What the languages differ in: for each, a table of nodes and a few functions. Rules are written once, elsewhere.

/// The part of [`Lang`] that each language has in modules of the same names.
macro_rules! in_modules {
    () => {
        fn scope(&self, tree: &Tree, node: Node) -> Option<ScopeKind> {
            names::scope(tree, node)
        }
        fn declare(&self, tree: &Tree, node: Node, out: &mut Vec<Decl>) {
            names::declare(tree, node, out);
        }
        fn role(&self, tree: &Tree, node: Node) -> Role {
            names::role(tree, node)
        }
        fn is_write(&self, tree: &Tree, node: Node) -> bool {
            names::is_write(tree, node)
        }
        fn shape(&self, tree: &Tree, node: Node) -> Shape {
            shapes::shape(tree, node)
        }
        fn chain(&self, tree: &Tree, node: Node) -> Option<Chain> {
            shapes::chain(tree, node)
        }
        fn switch(&self, tree: &Tree, node: Node) -> Option<Switch> {
            switches::switch(tree, node)
        }
        fn is_list(&self, tree: &Tree, node: Node) -> bool {
            shapes::is_list(tree, node)
        }
        fn declared(&self, tree: &Tree, name: Node) -> Option<Declared> {
            declared::declared(tree, name)
        }
        fn use_site(&self, tree: &Tree, node: Node) -> UseSite {
            declared::use_site(tree, node)
        }
        fn reach(&self, tree: &Tree, binding: &Binding) -> Reach {
            declared::reach(tree, binding)
        }
        fn owner(&self, tree: &Tree, name: Node) -> Option<Node> {
            declared::owner(tree, name)
        }
        fn is_overridable(&self, tree: &Tree, method: Node) -> bool {
            declared::is_overridable(tree, method)
        }
        fn returned(&self, tree: &Tree, function: Node) -> Option<Returned> {
            declared::returned(tree, function)
        }
    };
}

mod go;
mod java;
mod python;
mod rust;
mod script;

use std::collections::HashMap;

use crate::language::Language;
use crate::scope::{Binding, Decl, Role, ScopeKind};
use crate::shape::{Chain, Declared, Reach, Shape, Switch, UseSite};
use crate::tree::{Node, Tree};

/// A call: what is called, on what, with what.
#[derive(Debug, Clone)]
pub(crate) struct CallParts {
    /// The name of the function or method.
    pub(crate) name: Node,
    /// The object of a method, or the path of a function.
    pub(crate) receiver: Option<Node>,
    pub(crate) arguments: Vec<Argument>,
    /// Whether the call does nothing when the object is missing: `a?.b()`.
    pub(crate) is_optional: bool,
}

/// One argument of a call.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Argument {
    pub(crate) value: Node,
    /// The name of a keyword argument.
    pub(crate) keyword: Option<Node>,
}

/// A named value that may hold a key: `const NAME = value`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Definition {
    pub(crate) value: Node,
    /// Whether the value can never change.
    pub(crate) is_constant: bool,
}

/// What a function that only returns a value returns.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Returned {
    pub(crate) value: Node,
    pub(crate) is_async: bool,
}

/// What one language says about its syntax.
pub(crate) trait Lang: Sync {
    /// Returns whether nodes of this kind are names.
    fn is_name(&self, kind: &str) -> bool;
    /// Returns the scope that a node opens. The block of a function's body belongs to the function's scope.
    fn scope(&self, tree: &Tree, node: Node) -> Option<ScopeKind>;
    /// Adds the names that a node declares.
    fn declare(&self, tree: &Tree, node: Node, out: &mut Vec<Decl>);
    /// Returns what a name is at its place.
    fn role(&self, tree: &Tree, node: Node) -> Role;
    /// Returns whether a name is assigned to, or handed out so that others can assign to it.
    fn is_write(&self, tree: &Tree, node: Node) -> bool;
    /// Returns the names that a function takes from outside, and whether from the module.
    fn redirected(&self, _tree: &Tree, _node: Node) -> HashMap<String, bool> {
        HashMap::new()
    }
    /// Returns whether a second declaration in one scope is another variable.
    fn shadows_in_scope(&self) -> bool {
        false
    }
    /// Returns the parts of a node that is a call of a named function or method.
    fn call(&self, tree: &Tree, node: Node) -> Option<CallParts>;
    /// Returns the text of a literal without its quotes, if it has no holes and no escapes.
    fn string(&self, tree: &Tree, node: Node) -> Option<String>;
    /// Returns the value that a declared name starts with.
    fn definition(&self, tree: &Tree, name: Node) -> Option<Definition>;
    /// Returns the object and the member of `object.member`.
    fn member(&self, tree: &Tree, node: Node) -> Option<(Node, Node)>;
    /// Returns the member of that name, and its value, in what a definition holds: an object, an enum, a class.
    fn member_value(&self, tree: &Tree, holder: Node, name: &str) -> Option<Node>;
    /// Returns whether a part of a function or a loop is evaluated in the scope around it.
    fn belongs_outside(&self, _tree: &Tree, _node: Node) -> bool {
        false
    }
    /// Returns the kinds of nodes that import something.
    fn imports(&self) -> &'static [&'static str];
    /// Returns the name of a node that is a function or a class.
    fn named_function(&self, tree: &Tree, node: Node) -> Option<Node>;
    /// Returns whether a member of a class makes its objects.
    fn is_constructor(&self, _tree: &Tree, _member: Node) -> bool {
        false
    }
    /// Returns the neutral shape of a node.
    fn shape(&self, tree: &Tree, node: Node) -> Shape;
    /// Returns an `if` with all its branches, for its first node.
    fn chain(&self, tree: &Tree, node: Node) -> Option<Chain>;
    /// Returns a switch with its arms.
    fn switch(&self, tree: &Tree, node: Node) -> Option<Switch>;
    /// Returns whether a node is a list of statements or declarations.
    fn is_list(&self, tree: &Tree, node: Node) -> bool;
    /// Returns the members of a list.
    fn statements(&self, tree: &Tree, list: Node) -> Vec<Node> {
        tree.named(list)
    }
    /// Returns how a variable, field or constant is declared with a value.
    fn declared(&self, tree: &Tree, name: Node) -> Option<Declared>;
    /// Returns what stands where a name is used.
    fn use_site(&self, tree: &Tree, node: Node) -> UseSite;
    /// Returns who can use a binding that is not local to a function.
    fn reach(&self, tree: &Tree, binding: &Binding) -> Reach;
    /// Returns whether something in a scope reads names that are not written down, such as `eval`.
    fn reads_unseen(&self, _tree: &Tree, _scope: Node) -> bool {
        false
    }
    /// Returns the whole statement that declares a function, a class, or an import, and is to go with it.
    fn owner(&self, tree: &Tree, name: Node) -> Option<Node>;
    /// Returns whether a class of another file can put another method in the place of the one of that name.
    fn is_overridable(&self, tree: &Tree, method: Node) -> bool;
    /// Returns the only expression that a function returns, if it does nothing else and nobody can replace it.
    fn returned(&self, tree: &Tree, function: Node) -> Option<Returned>;
}

/// Returns what is known about a language.
pub(crate) fn of(language: Language) -> &'static dyn Lang {
    match language {
        Language::JavaScript | Language::TypeScript | Language::Tsx => &script::Script,
        Language::Python => &python::Python,
        Language::Go => &go::Go,
        Language::Java => &java::Java,
        Language::Rust => &rust::Rust,
    }
}

/// Returns the text between one pair of quotes, if nothing in it is escaped.
pub(crate) fn unquoted(text: &str) -> Option<String> {
    let quote = text.chars().next().filter(|quote| matches!(quote, '"' | '\'' | '`'))?;
    let inner = text.strip_prefix(quote)?.strip_suffix(quote)?;
    (!inner.contains(['\\', quote])).then(|| inner.to_owned())
}
