//! Go: a variable that nothing reads any more does not compile, so it becomes `_` or goes from its clause.

use crate::clean::round::Round;
use crate::clean::rules;
use crate::tree::Node;

impl Round<'_> {
    /// Takes a name out of `for i, v := range`, `case v := <-c`, `switch y := x.(type)` or `a, b := f()`.
    pub(crate) fn blank_out(&mut self, name: Node) {
        let tree = &self.file.tree;
        let Some(list) = tree.parent(name).filter(|list| tree.kind(*list) == "expression_list") else { return };
        let Some(clause) = tree.parent(list) else { return };
        let names = tree.named(list);
        let blank = |node: &Node| tree.text(*node) == "_" || self.is_unread(*node);
        let all = names.iter().all(blank);
        let end = match tree.kind(clause) {
            "range_clause" if all => tree.token(clause, "range"),
            "receive_statement" if all => tree.field(clause, "right"),
            "type_switch_statement" => tree.field(clause, "value"),
            "range_clause" | "receive_statement" => None,
            "short_var_declaration" if names.len() > 1 => {
                return self.blank_pairs(clause, name, &names);
            }
            _ => return,
        };
        self.change(rules::UNUSED, name);
        let tree = &self.file.tree;
        match (end, names.as_slice()) {
            (Some(end), _) => self.edits.delete(tree.start(list)..tree.start(end)),
            (None, [first, second]) if *second == name => self.edits.delete(tree.end(*first)..tree.end(*second)),
            _ => self.write_blank(name),
        }
    }

    /// `a, b := f()`: the values stay together, and `:=` needs a name that is new.
    fn blank_pairs(&mut self, declaration: Node, name: Node, names: &[Node]) {
        let tree = &self.file.tree;
        let is_new = |node: &Node| self.file.scopes.meant(*node).is_some_and(|binding| binding.name == *node);
        let declares = names.iter().any(|node| tree.text(*node) != "_" && is_new(node) && !self.is_unread(*node));
        let first = names.iter().copied().find(|node| is_new(node) && self.is_unread(*node));
        let sign = tree.token(declaration, ":=").filter(|_| !declares && first == Some(name));
        self.change(rules::UNUSED, name);
        if let Some(sign) = sign {
            let start = self.file.tree.start(sign);
            self.edits.delete(start..start + 1);
        }
        self.write_blank(name);
    }

    fn write_blank(&mut self, name: Node) {
        let range = self.file.tree.range(name);
        self.edits.insert(range.start, "_");
        self.edits.delete(range);
    }

    /// Returns whether a name is declared here, and nothing reads it.
    fn is_unread(&self, name: Node) -> bool {
        let binding = self.file.scopes.meant(name).filter(|binding| binding.name == name);
        binding.is_some_and(|it| it.uses.is_empty() && it.writes.is_empty() && it.opaque.is_empty())
    }
}
