//! Which declaration a name means. Names are never compared as text outside this file.
//!
//! A language says which nodes open a scope and which nodes declare names; the rules of looking a name up are here, once.

use std::collections::HashMap;

use crate::lang::Lang;
use crate::tree::{Node, Tree};

/// What a scope is, as far as looking names up is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ScopeKind {
    Module,
    Function,
    Block,
    Class,
}

/// What was declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum BindingKind {
    Variable,
    Parameter,
    Function,
    Method,
    Field,
    Type,
    Import,
    /// Loop variables, patterns, caught errors: values that come from somewhere else.
    Pattern,
}

/// Which scope a declaration belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// The scope that the declaring node stands in.
    Around,
    /// The scope that the declaring node opens.
    Inside,
    /// The nearest function.
    Function,
    /// The nearest class.
    Class,
}

/// One declared name.
#[derive(Debug, Clone)]
pub(crate) struct Decl {
    pub(crate) name: Node,
    /// The name, where it is not the text of the node.
    pub(crate) text: Option<String>,
    pub(crate) kind: BindingKind,
    pub(crate) place: Place,
    /// The offset from which the name is known; 0 if it is known in the whole scope.
    pub(crate) from: usize,
}

impl Decl {
    /// Returns a declaration that is known in the whole of the scope that its node stands in.
    pub(crate) fn around(name: Node, kind: BindingKind) -> Self {
        Self { name, text: None, kind, place: Place::Around, from: 0 }
    }

    /// Returns a declaration in another scope.
    pub(crate) fn place(self, place: Place) -> Self {
        Self { place, ..self }
    }

    /// Returns a declaration that is known from an offset only.
    pub(crate) fn from(self, from: usize) -> Self {
        Self { from, ..self }
    }
}

/// What a name is at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// It means a variable, function or type.
    Use,
    /// It calls a method or function in the language's name space of methods.
    MethodUse,
    /// It means a variable, in a place whose meaning is not known, such as the arguments of a macro.
    Opaque,
    /// It is a member of the object itself: `this.name`.
    OwnMember,
    /// It is a member of another object: `x.name`.
    Member,
    /// It is a key, a label, or something else that means no variable.
    Nothing,
}

/// A place in [`Scopes::bindings`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct BindingId(pub(crate) u32);

/// A declared name with all its uses.
#[derive(Debug, Clone)]
pub(crate) struct Binding {
    pub(crate) text: String,
    pub(crate) kind: BindingKind,
    pub(crate) name: Node,
    pub(crate) scope: usize,
    pub(crate) from: usize,
    pub(crate) uses: Vec<Node>,
    /// Places that assign it after its declaration, or declare it again.
    pub(crate) writes: Vec<Node>,
    /// Uses whose meaning is not known, or that reach the name through another object.
    pub(crate) opaque: Vec<Node>,
}

/// A scope.
#[derive(Debug, Clone)]
pub(crate) struct Scope {
    pub(crate) kind: ScopeKind,
    pub(crate) node: Node,
    pub(crate) parent: Option<usize>,
    names: HashMap<String, Vec<BindingId>>,
    /// Names that `global` and `nonlocal` send elsewhere: whether to the module.
    redirected: HashMap<String, bool>,
}

/// All scopes and bindings of a file.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scopes {
    pub(crate) list: Vec<Scope>,
    pub(crate) bindings: Vec<Binding>,
    /// For each node, what it means.
    meaning: Vec<Option<BindingId>>,
    opened: HashMap<Node, usize>,
    /// Names that mean nothing in this file.
    pub(crate) unresolved: Vec<Node>,
}

impl Scopes {
    /// Resolves every name of a file.
    pub(crate) fn resolve(tree: &Tree, lang: &dyn Lang) -> Self {
        let mut scopes = Self { meaning: vec![None; tree.len()], ..Self::default() };
        let mut walk = Walk { tree, lang, out: &mut scopes, names: vec![] };
        walk.node(tree.root(), None);
        let names = std::mem::take(&mut walk.names);
        for (node, scope, role) in names {
            // Declarations mean themselves already.
            if scopes.meaning(node).is_none() {
                scopes.look_up(tree, lang, node, scope, role);
            }
        }
        scopes
    }

    pub(crate) fn binding(&self, id: BindingId) -> Option<&Binding> {
        self.bindings.get(id.0 as usize)
    }

    /// Returns what a name means, at its declaration or at a use.
    pub(crate) fn meaning(&self, node: Node) -> Option<BindingId> {
        self.meaning.get(node.0 as usize).copied().flatten()
    }

    pub(crate) fn meant(&self, node: Node) -> Option<&Binding> {
        self.binding(self.meaning(node)?)
    }

    pub(crate) fn ids(&self) -> impl Iterator<Item = BindingId> + use<> {
        (0..self.bindings.len() as u32).map(BindingId)
    }

    /// Returns the scope that a node stands in, its own if it opens one.
    pub(crate) fn scope_at(&self, tree: &Tree, node: Node) -> usize {
        std::iter::once(node).chain(tree.ancestors(node)).find_map(|node| self.opened.get(&node).copied()).unwrap_or(0)
    }

    /// Returns the scopes from one outwards, itself first.
    pub(crate) fn outwards(&self, scope: usize) -> impl Iterator<Item = usize> + '_ {
        std::iter::successors(Some(scope), |scope| self.list.get(*scope)?.parent)
    }

    /// Returns the bindings of a name that a scope declares itself.
    pub(crate) fn own(&self, scope: usize, name: &str) -> &[BindingId] {
        self.list.get(scope).and_then(|scope| scope.names.get(name)).map_or(&[], Vec::as_slice)
    }

    fn mean(&mut self, node: Node, id: BindingId) {
        if let Some(meaning) = self.meaning.get_mut(node.0 as usize) {
            *meaning = Some(id);
        }
    }

    fn look_up(&mut self, tree: &Tree, lang: &dyn Lang, node: Node, scope: usize, role: Role) {
        let name = tree.text(node);
        match role {
            Role::Nothing => {}
            Role::Member => {
                // Another object's member may be our private field or method all the same.
                let same = |binding: &&mut Binding| {
                    let reachable = [BindingKind::Field, BindingKind::Method, BindingKind::Function, BindingKind::Type];
                    reachable.contains(&binding.kind) && binding.text == name
                };
                self.bindings.iter_mut().filter(same).for_each(|binding| binding.opaque.push(node));
            }
            Role::OwnMember | Role::Use | Role::MethodUse | Role::Opaque => {
                let found = self.find(tree, name, scope, tree.start(node), role);
                let Some(id) = found else {
                    self.unresolved.push(node);
                    return;
                };
                self.mean(node, id);
                let Some(binding) = self.bindings.get_mut(id.0 as usize) else { return };
                if role == Role::Opaque {
                    binding.opaque.push(node);
                } else if lang.is_write(tree, node) {
                    binding.writes.push(node);
                } else {
                    binding.uses.push(node);
                }
            }
        }
    }

    fn find(&self, tree: &Tree, name: &str, from: usize, at: usize, role: Role) -> Option<BindingId> {
        let mut inner = true;
        for index in self.outwards(from) {
            let scope = self.list.get(index)?;
            // What a Python class declares is not known inside its methods.
            let hidden = scope.kind == ScopeKind::Class
                && !inner
                && tree.language == crate::Language::Python
                && role != Role::OwnMember;
            if scope.kind == ScopeKind::Function {
                inner = false;
            }
            if let Some(module) = scope.redirected.get(name) {
                let outside = if *module { Some(0) } else { scope.parent };
                return outside.and_then(|scope| self.find(tree, name, scope, usize::MAX, role));
            }
            if hidden {
                continue;
            }
            let fits = |id: &&BindingId| {
                let Some(binding) = self.binding(**id) else { return false };
                let method = binding.kind == BindingKind::Method;
                let own = matches!(binding.kind, BindingKind::Field | BindingKind::Method);
                binding.from <= at
                    && match role {
                        Role::MethodUse => method,
                        Role::OwnMember => own,
                        // JavaScript: members are known by their object alone, and `on = on` in a class means two things.
                        _ if tree.language.is_script() => !own,
                        _ => !method,
                    }
            };
            if let Some(id) = scope.names.get(name).and_then(|ids| ids.iter().rev().find(fits)) {
                return Some(*id);
            }
            // Another class has other members, however deep it stands in this one.
            if role == Role::OwnMember && scope.kind == ScopeKind::Class {
                return None;
            }
        }
        None
    }
}

struct Walk<'a> {
    tree: &'a Tree,
    lang: &'a dyn Lang,
    out: &'a mut Scopes,
    names: Vec<(Node, usize, Role)>,
}

impl Walk<'_> {
    fn node(&mut self, node: Node, around: Option<usize>) {
        // Half of a tree is words and signs, which say nothing about names.
        if self.tree.is_token(node) {
            return;
        }
        let opened = self.lang.scope(self.tree, node);
        let inside = match (opened, around) {
            (Some(kind), _) => self.open(node, kind, around),
            (None, Some(scope)) => scope,
            (None, None) => self.open(node, ScopeKind::Module, None),
        };
        let mut declarations = vec![];
        self.lang.declare(self.tree, node, &mut declarations);
        for declaration in declarations {
            self.declare(declaration, around.unwrap_or(inside), inside);
        }
        if self.lang.is_name(self.tree.kind(node)) {
            let role = self.lang.role(self.tree, node);
            if role != Role::Nothing {
                self.names.push((node, inside, role));
            }
        }
        for child in self.tree.children(node) {
            let outside = self.lang.belongs_outside(self.tree, *child);
            let scope = self.out.list.get(inside).and_then(|scope| scope.parent).filter(|_| outside);
            self.node(*child, Some(scope.unwrap_or(inside)));
        }
    }

    fn open(&mut self, node: Node, kind: ScopeKind, parent: Option<usize>) -> usize {
        let redirected = self.lang.redirected(self.tree, node);
        self.out.list.push(Scope { kind, node, parent, names: HashMap::new(), redirected });
        let index = self.out.list.len() - 1;
        self.out.opened.insert(node, index);
        index
    }

    fn declare(&mut self, declaration: Decl, around: usize, inside: usize) {
        let mut scope = match declaration.place {
            Place::Around => around,
            Place::Inside => inside,
            Place::Function => {
                let function =
                    |index: &usize| self.out.list.get(*index).is_some_and(|scope| scope.kind != ScopeKind::Block);
                self.out.outwards(inside).find(function).unwrap_or(0)
            }
            Place::Class => {
                let class =
                    |index: &usize| self.out.list.get(*index).is_some_and(|scope| scope.kind == ScopeKind::Class);
                let Some(class) = self.out.outwards(inside).find(class) else { return };
                class
            }
        };
        let name = declaration.text.unwrap_or_else(|| self.tree.text(declaration.name).to_owned());
        if let Some(module) = self.out.list.get(scope).and_then(|scope| scope.redirected.get(&name)) {
            if !*module {
                return;
            }
            scope = 0;
        }
        let existing = self.out.own(scope, &name).last().copied();
        if let Some(id) = existing.filter(|_| declaration.kind != BindingKind::Method && !self.lang.shadows_in_scope())
        {
            self.out.mean(declaration.name, id);
            if let Some(binding) = self.out.bindings.get_mut(id.0 as usize)
                && binding.kind != BindingKind::Method
            {
                binding.writes.push(declaration.name);
                return;
            }
        }
        let id = BindingId(self.out.bindings.len() as u32);
        self.out.bindings.push(Binding {
            text: name.clone(),
            kind: declaration.kind,
            name: declaration.name,
            scope,
            from: declaration.from,
            uses: vec![],
            writes: vec![],
            opaque: vec![],
        });
        self.out.mean(declaration.name, id);
        if let Some(scope) = self.out.list.get_mut(scope) {
            scope.names.entry(name).or_default().push(id);
        }
    }
}
