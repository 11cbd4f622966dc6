//! Values that travel through names: variables that are always the value, and functions that only return it.

use crate::clean::constant::{Born, Constant, written_in_text};
use crate::clean::fields::is_itself;
use crate::clean::outcome::{Level, Reason};
use crate::clean::round::Round;
use crate::clean::rules;
use crate::config::Visibility;
use crate::language::Language;
use crate::scope::{Binding, BindingId, BindingKind, ScopeKind};
use crate::shape::{Reach, Shape, UseSite};
use crate::tree::Node;

/// Reads of a member of an object.
const FIELDS: [&str; 5] = ["member_expression", "attribute", "field_access", "selector_expression", "field_expression"];

impl Round<'_> {
    /// Returns the value of a name, if the name always has it.
    pub(crate) fn named_value(&self, node: Node) -> Option<Born> {
        let tree = &self.file.tree;
        let name = match self.file.lang.member(tree, node) {
            // `this.on`: the member is the name.
            Some((object, member)) => {
                is_itself(tree, object).then_some(())?;
                member
            }
            None => node,
        };
        let id = self.file.scopes.meaning(name)?;
        if let Some(known) = self.bindings.borrow().get(&id) {
            return known.clone();
        }
        let binding = self.file.scopes.binding(id)?;
        if binding.kind == BindingKind::Import {
            let value = self.imported.get(&binding.text).cloned();
            return value.filter(|_| self.file.lang.use_site(tree, name) == UseSite::Value);
        }
        self.bindings.borrow_mut().insert(id, None);
        let value = self.variable_value(binding);
        self.bindings.borrow_mut().insert(id, value.clone());
        value
    }

    /// Returns the expression that a variable starts with: of a declaration, of a constructor, or of `name := value`.
    fn start_value(&self, binding: &Binding) -> Option<Node> {
        let tree = &self.file.tree;
        if let Some(declared) = self.file.lang.declared(tree, binding.name) {
            return Some(declared.value);
        }
        if let Some(set) = self.construction(binding) {
            return Some(set.value);
        }
        let parent = tree.parent(binding.name)?;
        match self.shape(parent) {
            Shape::Bind { name, value } if name == binding.name => Some(value),
            _ => None,
        }
    }

    fn variable_value(&self, binding: &Binding) -> Option<Born> {
        if !matches!(binding.kind, BindingKind::Variable | BindingKind::Field) {
            return None;
        }
        let value = self.value(self.start_value(binding)?)?;
        if !binding.writes.is_empty() && self.construction(binding).is_none() {
            self.refuse(Reason::Reassigned, binding.name);
            return None;
        }
        if !self.is_private(binding) {
            // Where a constructor sets a field, the assignment is reported.
            if self.file.lang.declared(&self.file.tree, binding.name).is_some() || binding.kind != BindingKind::Field {
                self.refuse(self.why_kept(binding), binding.name);
            }
            return None;
        }
        let tree = &self.file.tree;
        let scope = self.file.scopes.list.get(binding.scope)?;
        if self.file.lang.reads_unseen(tree, scope.node) {
            self.refuse(Reason::ScopeChange, binding.name);
            return None;
        }
        if let Some(macro_use) = binding.opaque.first() {
            let in_macro = tree.ancestors(*macro_use).any(|outer| tree.kind(outer) == "token_tree");
            self.refuse(if in_macro { Reason::InsideMacro } else { Reason::UnsupportedShape }, *macro_use);
            return None;
        }
        if self.is_named_in_format(binding) {
            self.refuse(Reason::InsideMacro, binding.name);
            return None;
        }
        let Some(value) = self.typed_as(binding.name, value) else {
            self.refuse(Reason::UnsupportedShape, binding.name);
            return None;
        };
        if let Some(unsafe_use) = binding.uses.iter().find(|node| !self.takes_literal(**node, &value)) {
            self.refuse(Reason::UnsupportedShape, *unsafe_use);
            return None;
        }
        Some(value)
    }

    /// Rust: `println!("{on}")` reads a variable that is only named in a text.
    fn is_named_in_format(&self, binding: &Binding) -> bool {
        let tree = &self.file.tree;
        if self.language() != Language::Rust {
            return false;
        }
        let Some(scope) = self.file.scopes.list.get(binding.scope) else { return true };
        let hole = format!("{{{}", binding.text);
        tree.descend(scope.node).any(|node| tree.kind(node) == "string_content" && tree.text(node).contains(&hole))
    }

    /// Returns whether a literal means the same where a name is used.
    fn takes_literal(&self, node: Node, value: &Born) -> bool {
        let tree = &self.file.tree;
        let around = tree.parent(node);
        if around.is_some_and(|around| self.shape(around) == Shape::Same(node)) {
            return true;
        }
        match self.file.lang.use_site(tree, node) {
            UseSite::Unsafe => {
                around.is_some_and(|around| matches!(self.shape(around), Shape::Same(_) | Shape::Not(_)))
                    && around.is_some_and(|around| self.value(around).is_some())
            }
            UseSite::Value | UseSite::Shorthand => match self.language() {
                Language::Rust => self.fits_in_rust(node, value),
                Language::Java => self.is_wide_beside(node, value),
                Language::Go => self.file.go_takes(node, &value.constant),
                Language::Python => written_in_text(tree, node, value).is_some(),
                Language::JavaScript | Language::TypeScript | Language::Tsx => self.is_comparable(node, value),
            },
            UseSite::Receiver => match (&value.constant, self.language()) {
                (Constant::Text(_), Language::Rust) => false,
                (Constant::Text(_), _) => true,
                (Constant::Bool(_), Language::JavaScript | Language::TypeScript | Language::Tsx | Language::Python) => {
                    true
                }
                (Constant::Bool(_), Language::Rust) => true,
                (Constant::Bool(_), Language::Java) => {
                    // `on.equals(x)` of a boxed boolean is decided as a whole or not at all.
                    around.and_then(|around| tree.parent(around)).is_some()
                        && around.is_some_and(|a| self.value(a).is_some())
                }
                _ => false,
            },
        }
    }

    /// Rust: an owned text may be compared; moved or borrowed it is another thing in each place.
    fn fits_in_rust(&self, node: Node, value: &Born) -> bool {
        if !matches!(value.constant, Constant::Text(_)) {
            return true;
        }
        let parent = self.file.tree.parent(node);
        parent.is_some_and(|parent| matches!(self.shape(parent), Shape::Equal { .. }))
    }

    /// Returns whether nothing outside of the file uses a name.
    pub(crate) fn is_private(&self, binding: &Binding) -> bool {
        let kind = self.file.scopes.list.get(binding.scope).map(|scope| scope.kind);
        let member = matches!(binding.kind, BindingKind::Field | BindingKind::Method | BindingKind::Type);
        if !member
            && !matches!(kind, Some(ScopeKind::Module | ScopeKind::Class))
            && binding.kind != BindingKind::Function
        {
            return true;
        }
        if self.is_set_by_function(binding) {
            return false;
        }
        match self.file.lang.reach(&self.file.tree, binding) {
            Reach::File => true,
            Reach::Package => !(self.elsewhere)(&binding.text),
            Reach::Public => {
                let member = matches!(binding.kind, BindingKind::Method | BindingKind::Field);
                let member = member && !self.is_private_by_custom(binding);
                let local = self.config.visibility == Visibility::Application && !member && !self.is_entry(binding);
                local && !(self.elsewhere)(&binding.text) && self.file.tree.language != Language::Java
            }
        }
    }

    /// Python: whether a name of the module is there only after a function with `global` ran.
    fn is_set_by_function(&self, binding: &Binding) -> bool {
        let tree = &self.file.tree;
        self.language() == Language::Python
            && binding.kind == BindingKind::Variable
            && binding.scope == 0
            && tree.ancestors(binding.name).any(|outer| tree.kind(outer) == "function_definition")
    }

    /// Python: whether nothing but the class of a field `_name` says that name.
    fn is_private_by_custom(&self, binding: &Binding) -> bool {
        let scopes = &self.file.scopes;
        let unknown = || scopes.unresolved.iter().any(|node| self.file.tree.text(*node) == binding.text);
        let same = || scopes.bindings.iter().filter(|other| other.text == binding.text).count() > 1;
        self.language() == Language::Python
            && binding.kind == BindingKind::Field
            && binding.text.starts_with('_')
            && !unknown()
            && !same()
    }

    /// Returns why a name that others can see stays.
    fn why_kept(&self, binding: &Binding) -> Reason {
        match binding.kind {
            BindingKind::Field => Reason::EscapesToPublicAttribute,
            BindingKind::Method if self.file.lang.is_overridable(&self.file.tree, binding.name) => {
                Reason::PublicOverridableMethod
            }
            _ => Reason::ExportedDefinition,
        }
    }

    /// Reports a born constant that is assigned to a field which others can see, or which has other values too.
    pub(crate) fn note_escape(&self, node: Node) {
        let tree = &self.file.tree;
        let assigned =
            tree.ancestors(node).find(|outer| !tree.is(*outer, &["parenthesized_expression", "expression_list"]));
        let Some(assignment) = assigned.filter(|outer| {
            let right = tree.field(*outer, "right");
            tree.is(*outer, &["assignment_expression", "assignment", "assignment_statement"])
                && right.is_some_and(|right| tree.contains(right, node))
        }) else {
            return;
        };
        let Some(left) = tree.field(assignment, "left") else { return };
        let targets = if tree.kind(left) == "expression_list" { tree.named(left) } else { vec![left] };
        let reason = |target: &Node| {
            let member = tree.is(*target, &FIELDS);
            let field =
                tree.field(*target, "field").or_else(|| self.file.lang.member(tree, *target).map(|(_, name)| name));
            let name = if member { field? } else { *target };
            let binding = self.file.scopes.meant(name).filter(|binding| member || binding.kind == BindingKind::Field);
            let hidden = tree.kind(name) == "private_property_identifier"
                || (self.language() == Language::Python && tree.text(name).starts_with("__"));
            match binding {
                Some(binding) if hidden || self.is_private(binding) => {
                    let kept = (!self.is_private(binding)).then_some(Reason::EscapesToPublicAttribute);
                    if self.construction(binding).is_some() { kept } else { Some(Reason::Reassigned) }
                }
                None if hidden || !member => None,
                _ => Some(Reason::EscapesToPublicAttribute),
            }
        };
        if let Some(reason) = targets.iter().find_map(reason) {
            self.refuse(reason, node);
        }
    }

    /// Returns whether a runtime or a framework may call a name without writing it down.
    fn is_entry(&self, binding: &Binding) -> bool {
        let name = binding.text.as_str();
        let by_name = matches!(name, "main" | "init" | "default" | "handler")
            || name.starts_with("test")
            || name.starts_with("Test");
        let exported =
            self.file.tree.ancestors(binding.name).any(|outer| self.file.tree.kind(outer) == "export_statement");
        by_name || exported || name.starts_with("__")
    }

    /// Returns the value of a call of a function that only returns the value.
    pub(crate) fn called_value(&self, call: Node, awaited: bool) -> Option<Born> {
        let tree = &self.file.tree;
        let parts = self.file.lang.call(tree, call)?;
        if parts.receiver.is_some_and(|receiver| !is_itself(tree, receiver)) {
            return None;
        }
        if self.file.lang.use_site(tree, call) == UseSite::Unsafe && self.language() == Language::Java {
            return None;
        }
        if !parts.arguments.iter().all(|argument| self.effect_free(argument.value)) {
            return None;
        }
        let id = self.file.scopes.meaning(parts.name)?;
        let binding = self.file.scopes.binding(id)?;
        if binding.kind == BindingKind::Import {
            let value = self.imported.get(&format!("{}()", binding.text))?;
            return (!awaited).then(|| value.clone());
        }
        let (function, returned) = self.wrapper(id)?;
        let inside = tree.contains(function, call);
        if inside || returned.is_async != awaited || !self.is_private(binding) {
            return None;
        }
        self.typed_as(binding.name, self.value(returned.value)?)
    }

    /// Returns the function that a name is, and what it returns, if that is a constant.
    fn wrapper(&self, id: BindingId) -> Option<(Node, crate::lang::Returned)> {
        let tree = &self.file.tree;
        let binding = self.file.scopes.binding(id)?;
        let only = self.file.scopes.own(binding.scope, &binding.text).len() == 1;
        if !binding.writes.is_empty() || !only {
            return None;
        }
        let function = match binding.kind {
            BindingKind::Function | BindingKind::Method => tree.parent(binding.name)?,
            BindingKind::Variable => {
                let declared = self.file.lang.declared(tree, binding.name)?;
                (self.shape(declared.value) == Shape::Closure).then_some(declared.value)?
            }
            _ => return None,
        };
        let returned = self.file.lang.returned(tree, function)?;
        let value = self.value(returned.value)?;
        self.typed_as(binding.name, value)?;
        Some((function, returned))
    }

    /// Decides for every name whether it goes because all its uses become the value.
    pub(crate) fn inline_names(&mut self) {
        if !self.folds {
            return;
        }
        for id in self.file.scopes.ids() {
            let Some(binding) = self.file.scopes.binding(id) else { continue };
            let used = !binding.uses.is_empty();
            match binding.kind {
                BindingKind::Variable | BindingKind::Field
                    if self.start_value(binding).is_some_and(|v| self.value(v).is_some()) =>
                {
                    self.inline_variable(id, used);
                }
                BindingKind::Function | BindingKind::Method | BindingKind::Variable => self.inline_function(id),
                _ => {}
            }
        }
    }

    fn inline_variable(&mut self, id: BindingId, used: bool) {
        let tree = &self.file.tree;
        let Some(binding) = self.file.scopes.binding(id) else { return };
        let constant = self.named_value(binding.name).is_some();
        // A name that a person left unused stays, unless its only value came from the flag.
        if !constant || !(used || self.is_local(binding)) {
            return;
        }
        let Some(declared) = self.file.lang.declared(tree, binding.name) else {
            if let Some(set) = self.construction(binding) {
                self.change(rules::VARIABLE, binding.name);
                self.remove_constructed(binding, set);
                return;
            }
            if let Some(parent) = tree.parent(binding.name)
                && let Shape::Bind { value, .. } = self.shape(parent)
            {
                self.reduced.insert(parent, value);
            }
            return;
        };
        self.change(rules::VARIABLE, binding.name);
        match declared.element {
            Some(element) => drop(self.parts.insert(element)),
            None => drop(self.removed.insert(declared.statement)),
        }
    }

    pub(crate) fn is_local(&self, binding: &Binding) -> bool {
        let scope = self.file.scopes.list.get(binding.scope);
        scope.is_some_and(|scope| matches!(scope.kind, ScopeKind::Function | ScopeKind::Block))
    }

    fn inline_function(&mut self, id: BindingId) {
        let tree = &self.file.tree;
        let Some(binding) = self.file.scopes.binding(id) else { return };
        let Some((function, returned)) = self.wrapper(id) else { return };
        if !self.is_private(binding) {
            self.refuse(self.why_kept(binding), binding.name);
            return;
        }
        if binding.uses.is_empty() {
            return;
        }
        let replaced = binding.uses.iter().all(|node| {
            let call =
                tree.parent(*node).filter(|parent| self.file.lang.call(tree, *parent).is_some_and(|c| c.name == *node));
            let call = call.or_else(|| {
                tree.ancestors(*node)
                    .nth(1)
                    .filter(|outer| self.file.lang.call(tree, *outer).is_some_and(|parts| parts.name == *node))
            });
            let whole = call.and_then(|call| if returned.is_async { tree.parent(call) } else { Some(call) });
            whole.is_some_and(|whole| self.value(whole).is_some()) && !tree.contains(function, *node)
        });
        if !replaced || !binding.opaque.is_empty() || self.level == Level::Constant {
            return;
        }
        let scope = self.file.scopes.list.get(binding.scope);
        if scope.is_some_and(|scope| self.file.lang.reads_unseen(tree, scope.node)) {
            return;
        }
        if let Some(owner) = self.file.lang.owner(tree, binding.name) {
            let alone = self.file.lang.declared(tree, binding.name).is_none_or(|declared| declared.element.is_none());
            if alone {
                self.change(rules::WRAPPER, binding.name);
                self.removed.insert(owner);
            }
        }
    }
}

impl Round<'_> {
    /// Returns the exported variables that are the value, and the exported functions that only return it.
    pub(crate) fn exports(&self) -> Vec<(String, Born)> {
        let tree = &self.file.tree;
        let mut found = vec![];
        for id in self.file.scopes.ids() {
            let Some(binding) = self.file.scopes.binding(id) else { continue };
            let module = self.file.scopes.list.get(binding.scope).is_some_and(|s| s.kind == ScopeKind::Module);
            if !module || !binding.writes.is_empty() || self.file.lang.reach(tree, binding) != Reach::Public {
                continue;
            }
            if let Some((_, returned)) = self.wrapper(id) {
                let value = self.value(returned.value).filter(|_| !returned.is_async);
                found.extend(value.map(|value| (format!("{}()", binding.text), value)));
            } else if binding.kind == BindingKind::Variable {
                let value = self.start_value(binding).and_then(|start| self.value(start));
                found.extend(value.map(|value| (binding.text.clone(), value)));
            }
        }
        found
    }
}
