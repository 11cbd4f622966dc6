//! Fields that only the constructor of their class sets.
//!
//! Such a field has the value from the start for everybody who reads it later. What runs before the constructor sets it may
//! not read it, and may not call anything of the object that could.

use crate::clean::round::Round;
use crate::language::Language;
use crate::scope::{Binding, BindingKind, Role};
use crate::tree::{Node, Tree};

/// Where a private field gets its only value.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Construction {
    /// The assignment in the constructor.
    pub(crate) statement: Node,
    pub(crate) value: Node,
    /// The name where it is assigned.
    pub(crate) target: Node,
}

impl Round<'_> {
    /// Returns where the only constructor of a class sets a field that nothing else sets or reads earlier.
    pub(crate) fn construction(&self, binding: &Binding) -> Option<Construction> {
        let tree = &self.file.tree;
        if binding.kind != BindingKind::Field {
            return None;
        }
        let in_declaration = self.file.lang.role(tree, binding.name) == Role::OwnMember;
        let target = match binding.writes.as_slice() {
            // Python declares a field where it is first assigned.
            [] if in_declaration => binding.name,
            [only] if !in_declaration && self.starts_unset(binding) => *only,
            _ => return None,
        };
        let found = self.assigned(target)?;
        let constructor = tree.parent(tree.parent(found.statement)?)?;
        let class = self.file.scopes.list.get(binding.scope)?.node;
        let body = tree.field(class, "body").unwrap_or(class);
        let members = tree.named(body);
        let mut constructors = members.iter().filter(|member| self.file.lang.is_constructor(tree, **member));
        if constructors.next() != Some(&constructor) || constructors.next().is_some() {
            return None;
        }
        let earlier = self.earlier(&members, constructor, found.statement);
        let read = |node: &Node| {
            earlier.iter().any(|part| tree.contains(*part, *node))
                || (tree.contains(constructor, *node) && tree.start(*node) < tree.start(found.statement))
        };
        let reaches = |node: Node| self.may_leave(node) || reaches_itself(tree, node);
        (!binding.uses.iter().any(read) && !earlier.iter().any(|part| reaches(*part))).then_some(found)
    }

    /// Returns whether a field is declared without a value, for each object.
    fn starts_unset(&self, binding: &Binding) -> bool {
        let tree = &self.file.tree;
        let Some(owner) = self.file.lang.owner(tree, binding.name) else { return false };
        let declaration = tree.children(owner).iter().find(|part| tree.kind(**part) == "modifiers").unwrap_or(&owner);
        let valued = tree.parent(binding.name).is_some_and(|parent| tree.field(parent, "value").is_some());
        !valued && !tree.has_token(*declaration, "static") && !tree.has_token(owner, "static")
    }

    /// Returns the assignment of a field, if it is a statement of its own.
    fn assigned(&self, target: Node) -> Option<Construction> {
        let tree = &self.file.tree;
        let member = tree.parent(target).filter(|parent| self.file.lang.member(tree, *parent).is_some());
        let left = member.unwrap_or(target);
        if let Some((object, _)) = member.and_then(|member| self.file.lang.member(tree, member))
            && !is_itself(tree, object)
        {
            return None;
        }
        let assignment =
            tree.parent(left).filter(|parent| tree.is(*parent, &["assignment", "assignment_expression"]))?;
        let plain = tree.field(assignment, "left") == Some(left) && tree.has_token(assignment, "=");
        let value = tree.field(assignment, "right").filter(|_| plain)?;
        let statement = tree.parent(assignment).filter(|parent| tree.kind(*parent) == "expression_statement")?;
        Some(Construction { statement, value, target })
    }

    /// Returns what runs before a statement of a constructor: what fields start with, and the statements in front.
    fn earlier(&self, members: &[Node], constructor: Node, statement: Node) -> Vec<Node> {
        let tree = &self.file.tree;
        let is_method = |node: &Node| {
            let inner = tree.field(*node, "definition").unwrap_or(*node);
            self.file.lang.named_function(tree, inner).is_some()
        };
        let mut earlier: Vec<Node> =
            members.iter().copied().filter(|node| *node != constructor && !is_method(node)).collect();
        let list = tree.parent(statement).unwrap_or(statement);
        earlier.extend(tree.named(list).into_iter().take_while(|node| *node != statement));
        earlier
    }

    /// Returns whether a constructor may end in a statement.
    fn may_leave(&self, node: Node) -> bool {
        self.file.tree.descend(node).any(|part| self.file.tree.kind(part) == "return_statement")
    }

    /// Removes a field with the assignment that sets it.
    pub(crate) fn remove_constructed(&mut self, binding: &Binding, set: Construction) {
        let tree = &self.file.tree;
        self.removed.insert(set.statement);
        if set.target == binding.name {
            return;
        }
        let (Some(declarator), Some(owner)) = (tree.parent(binding.name), self.file.lang.owner(tree, binding.name))
        else {
            return;
        };
        if self.language() == Language::Java && tree.fields(owner, "declarator").len() > 1 {
            self.parts.insert(declarator);
        } else {
            self.removed.insert(owner);
        }
    }
}

/// Returns whether a name is the object whose method runs.
pub(crate) fn is_itself(tree: &Tree, node: Node) -> bool {
    tree.kind(node) == "this"
        || (tree.language == Language::Python && tree.kind(node) == "identifier" && tree.text(node) == "self")
}

/// Returns whether code hands its own object on, or calls one of its methods.
fn reaches_itself(tree: &Tree, node: Node) -> bool {
    tree.descend(node).any(|part| {
        if tree.kind(part) == "method_invocation" && tree.field(part, "object").is_none() {
            return true;
        }
        if !is_itself(tree, part) {
            return false;
        }
        let member =
            tree.parent(part).filter(|parent| tree.is(*parent, &["field_access", "member_expression", "attribute"]));
        let Some(member) = member else { return true };
        let called = tree.parent(member).filter(|call| tree.is(*call, &["call", "call_expression"]));
        called.is_some_and(|call| tree.field(call, "function") == Some(member))
    })
}
