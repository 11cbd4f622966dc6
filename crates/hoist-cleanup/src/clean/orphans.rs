//! Declarations that lost their last use to this change. What nobody used before stays: it is none of our business.

use crate::clean::fields::Construction;
use crate::clean::outcome::Level;
use crate::clean::round::Round;
use crate::clean::rules;
use crate::language::Language;
use crate::scope::{Binding, BindingKind};
use crate::shape::Shape;
use crate::tree::Node;

impl Round<'_> {
    /// Decides for every name that lost a use whether it goes.
    pub(crate) fn remove_orphans(&mut self) {
        let mut names: Vec<Node> = self.bereft.iter().copied().collect();
        names.sort();
        for name in names {
            self.remove_orphan(name);
        }
        self.widen_parts();
    }

    fn remove_orphan(&mut self, name: Node) {
        let file = self.file;
        let Some(binding) = file.scopes.meant(name) else { return };
        let set = self.construction(binding);
        if binding.name != name || !(binding.writes.is_empty() || set.is_some()) || !binding.opaque.is_empty() {
            return;
        }
        let owner = file.lang.owner(&file.tree, name);
        let by_others = binding.uses.iter().any(|node| {
            !owner.is_some_and(|owner| {
                matches!(binding.kind, BindingKind::Function | BindingKind::Method) && file.tree.contains(owner, *node)
            })
        });
        if by_others {
            return;
        }
        let scope = file.scopes.list.get(binding.scope);
        // What is looked up by its name may be used all the same, as with `globals()[name]`.
        if binding.kind != BindingKind::Import
            && scope.is_some_and(|scope| file.lang.reads_unseen(&file.tree, scope.node))
        {
            return;
        }
        match binding.kind {
            BindingKind::Import => self.remove_import(name),
            BindingKind::Variable | BindingKind::Field => match set {
                Some(set) => self.remove_field(binding, set),
                None => self.remove_variable(binding),
            },
            BindingKind::Function | BindingKind::Method | BindingKind::Type => self.remove_function(binding, owner),
            BindingKind::Pattern if self.language() == Language::Go => self.blank_out(name),
            BindingKind::Parameter | BindingKind::Pattern => {}
        }
    }

    fn remove_field(&mut self, binding: &Binding, set: Construction) {
        if self.level == Level::Deep && self.is_private(binding) && self.effect_free(set.value) {
            self.change(rules::UNUSED, binding.name);
            self.remove_constructed(binding, set);
        }
    }

    fn remove_variable(&mut self, binding: &Binding) {
        let tree = &self.file.tree;
        let local = self.is_local(binding);
        let Some(declared) = self.file.lang.declared(tree, binding.name) else {
            if self.language() == Language::Go {
                self.blank_out(binding.name);
            }
            return;
        };
        if self.removed.contains(&declared.statement) {
            return;
        }
        let holds_key = self.file.lang.string(tree, declared.value).as_deref() == Some(self.key);
        let allowed =
            local || (self.is_private(binding) && self.level >= if holds_key { Level::Fold } else { Level::Deep });
        if !allowed {
            if holds_key && self.folds {
                self.refuse(crate::clean::outcome::Reason::ExportedDefinition, binding.name);
            }
            return;
        }
        if self.effect_free(declared.value) {
            self.change(rules::UNUSED, binding.name);
            match declared.element {
                Some(element) => drop(self.parts.insert(element)),
                None => drop(self.removed.insert(declared.statement)),
            }
            return;
        }
        let called = matches!(self.shape(declared.value), Shape::Call | Shape::Await(_));
        // In Rust the value would be dropped earlier, and what it guards with it.
        if called && declared.element.is_none() && local && self.language() != Language::Rust {
            self.change(rules::UNUSED, binding.name);
            let start = self.file.tree.start(declared.statement);
            let value = self.file.tree.start(declared.value);
            // Go: a conversion looks like a call, but is no statement.
            if self.language() == Language::Go && !self.calls_function(declared.value) {
                self.edits.insert(start, "_ = ");
            }
            self.edits.delete(start..value);
        }
    }

    /// Returns whether a call is surely one of a function, and not a conversion to a type.
    fn calls_function(&self, call: Node) -> bool {
        let tree = &self.file.tree;
        let Some(parts) = self.file.lang.call(tree, call) else { return false };
        let kind = |name: Node| self.file.scopes.meant(name).map(|binding| binding.kind);
        match parts.receiver {
            Some(receiver) => matches!(kind(receiver), Some(BindingKind::Variable | BindingKind::Parameter)),
            None => kind(parts.name) == Some(BindingKind::Function),
        }
    }

    fn remove_function(&mut self, binding: &Binding, owner: Option<Node>) {
        let overloads = self.file.scopes.own(binding.scope, &binding.text).len();
        let removable = self.level == Level::Deep && self.is_private(binding) && overloads == 1;
        if let Some(owner) = owner.filter(|_| removable) {
            self.change(rules::ORPHAN, binding.name);
            self.removed.insert(owner);
        }
    }

    fn remove_import(&mut self, name: Node) {
        let tree = &self.file.tree;
        let statement_kinds = self.file.lang.imports();
        let mut part = name;
        for outer in tree.ancestors(name) {
            let kind = tree.kind(outer);
            if matches!(kind, "export_statement") {
                return;
            }
            let list = matches!(
                kind,
                "named_imports" | "import_clause" | "use_list" | "import_from_statement" | "import_spec_list"
            ) || (kind == "import_statement" && self.language() == Language::Python);
            if list {
                break;
            }
            part = outer;
            if statement_kinds.contains(&kind) || kind == "import_declaration" {
                break;
            }
        }
        let quiet = tree.slice(tree.line_start(tree.start(part))..tree.line_end(tree.end(part)));
        if quiet.contains("noqa") || self.python_keeps(name) {
            return;
        }
        self.change(rules::IMPORT, name);
        // A statement that is not in a list of imports goes as a whole.
        let lone =
            matches!(tree.parent_kind(part), "program" | "module" | "source_file" | "import_declaration" | "block");
        if lone && tree.kind(part) != "import_spec" {
            self.removed.insert(part);
        } else {
            self.parts.insert(part);
        }
    }

    /// Python: whether a text such as `__all__ = ["name"]` or an annotation names an import, or it is there for types only.
    fn python_keeps(&self, name: Node) -> bool {
        let tree = &self.file.tree;
        if self.language() != Language::Python {
            return false;
        }
        let word = |text: &str| {
            text.split(|sign: char| !sign.is_alphanumeric() && sign != '_').any(|word| word == tree.text(name))
        };
        let for_types = |node: Node| {
            tree.kind(node) == "if_statement"
                && tree.field(node, "condition").is_some_and(|condition| tree.text(condition).contains("TYPE_CHECKING"))
        };
        tree.ancestors(name).any(for_types)
            || tree.descend(tree.root()).any(|node| tree.kind(node) == "string_content" && word(tree.text(node)))
    }

    /// A list whose every element goes, goes itself.
    fn widen_parts(&mut self) {
        let tree = &self.file.tree;
        let mut open: Vec<Node> = self.parts.iter().copied().collect();
        while let Some(part) = open.pop() {
            let Some(parent) = tree.parent(part) else { continue };
            let elements: Vec<Node> = match tree.kind(parent) {
                "import_from_statement" | "import_statement" if self.language() == Language::Python => {
                    tree.fields(parent, "name")
                }
                "local_variable_declaration" | "field_declaration" => tree.fields(parent, "declarator"),
                "named_imports"
                | "import_clause"
                | "use_list"
                | "import_spec_list"
                | "lexical_declaration"
                | "variable_declaration"
                | "expression_list"
                | "var_spec_list" => tree.named(parent),
                "import_declaration" | "scoped_use_list" | "use_declaration" | "var_declaration"
                | "const_declaration" => vec![part],
                "import_statement" => vec![part],
                _ => continue,
            };
            let several =
                matches!(tree.kind(parent), "const_declaration" | "var_declaration") && tree.named(parent).len() > 1;
            if several || !elements.iter().all(|element| self.parts.contains(element)) {
                continue;
            }
            let statement = tree.kind(parent).ends_with("_declaration") || tree.kind(parent).ends_with("_statement");
            if tree.kind(parent) == "expression_list" {
                if let Some(statement) = tree.parent(parent).filter(|s| tree.kind(*s) == "short_var_declaration") {
                    self.removed.insert(statement);
                }
            } else if statement {
                self.removed.insert(parent);
            } else if self.parts.insert(parent) {
                open.push(parent);
            }
        }
    }
}
