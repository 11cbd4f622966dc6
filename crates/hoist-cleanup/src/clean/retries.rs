//! What does not pass the checks is left alone, and not the whole file with it.
//!
//! A fault is traced to the function or member that it stands in. What the flag became there is no longer folded, or not
//! even written, and the file is tried again. A fault that comes from elsewhere is found by halving.

use crate::clean::edits::Memory;
use crate::clean::outcome::{Level, Refusal};
use crate::clean::stages::{Job, State};
use crate::file::File;
use crate::limits::RETRIES_MAX;
use crate::tree::{Node, ParseError};

/// The stages of a file, and how far they passed the checks.
pub(crate) struct Tried {
    pub(crate) states: Vec<State>,
    /// The last stage that passed.
    pub(crate) good: Option<usize>,
    /// What is wrong with the first stage that did not.
    pub(crate) fault: Option<Refusal>,
    /// The functions whose constants were left as they are.
    pub(crate) held: Vec<Refusal>,
}

impl Tried {
    fn is_whole(&self) -> bool {
        self.good.is_some_and(|good| good + 1 == self.states.len())
    }
}

impl Job<'_> {
    /// Runs the stages; where one does not pass the checks, without what made it fail.
    pub(crate) fn stages(&self, before: &File, constant: State) -> Result<Tried, ParseError> {
        let first = self.attempt(before, &constant)?;
        if first.is_whole() || first.good.is_none() {
            return Ok(first);
        }
        let mut runs = RETRIES_MAX;
        let (mut rest, mut held) = (constant, vec![]);
        let mut fault = first.fault.clone();
        while let Some(found) = fault.take() {
            let Some(region) = self.faulty(before, &rest, &found, &mut runs)? else { return Ok(first) };
            held.push(about(&rest, region, &found));
            hold(&mut rest, &[region]);
            let Some(tried) = self.again(before, &rest, &mut runs)? else { return Ok(first) };
            if tried.is_whole() {
                return Ok(Tried { held, ..tried });
            }
            fault = tried.fault;
        }
        Ok(first)
    }

    fn attempt(&self, before: &File, constant: &State) -> Result<Tried, ParseError> {
        let mut states = vec![self.settle(constant.clone(), Level::Constant)?];
        for level in [Level::Fold, Level::Deep] {
            let from = states.last().cloned();
            let Some(from) = from.filter(|_| self.request.level >= level) else { break };
            states.push(self.settle(from, level)?);
        }
        let (good, fault) = self.good(before, &states);
        Ok(Tried { states, good, fault, held: vec![] })
    }

    /// Runs the stages once more; nothing if that was done often enough.
    fn again(&self, before: &File, constant: &State, runs: &mut usize) -> Result<Option<Tried>, ParseError> {
        let Some(left) = runs.checked_sub(1) else { return Ok(None) };
        *runs = left;
        self.attempt(before, constant).map(Some)
    }

    /// Returns the function that a fault comes from.
    fn faulty(
        &self,
        before: &File,
        state: &State,
        fault: &Refusal,
        runs: &mut usize,
    ) -> Result<Option<Node>, ParseError> {
        let mut regions = regions(state);
        let line = state.applied.origins.iter().position(|origin| origin + 1 == fault.line);
        let at = line.and_then(|line| region_of_line(&state.file, line));
        if let Some(region) = at.filter(|region| regions.contains(region)) {
            return Ok(Some(region));
        }
        while regions.len() > 1 {
            let second = regions.split_off(regions.len() / 2);
            let mut half = state.clone();
            hold(&mut half, &second);
            let Some(tried) = self.again(before, &half, runs)? else { return Ok(None) };
            if tried.is_whole() {
                regions = second;
            }
        }
        Ok(regions.first().copied())
    }
}

/// Says which function was left as it is, and why.
fn about(state: &State, region: Node, fault: &Refusal) -> Refusal {
    let tree = &state.file.tree;
    let origin = state.applied.origins.get(tree.line_index(tree.start(region)));
    let line = origin.map_or(fault.line, |origin| origin + 1);
    Refusal { line, level: Some(Level::Constant), note: noted(&state.file, region, fault), ..fault.clone() }
}

/// Returns what is wrong with a function, with its name.
pub(crate) fn noted(file: &File, region: Node, fault: &Refusal) -> String {
    let names = file.tree.descend(region).filter_map(|node| file.lang.named_function(&file.tree, node));
    match names.take(1).last() {
        Some(name) => format!("in `{}`: {}", file.tree.text(name), fault.note),
        None => fault.note.clone(),
    }
}

/// Returns the function or member that starts on a line or stands around it.
pub(crate) fn region_of_line(file: &File, line: usize) -> Option<Node> {
    let tree = &file.tree;
    let start = tree.start_of(line)?;
    let indent = tree.indent(start).len();
    let node = tree.covering(&(start + indent..start + indent + 1));
    region(file, node)
}

/// Returns the outermost function, member or statement around a node that is no class.
pub(crate) fn region(file: &File, node: Node) -> Option<Node> {
    let tree = &file.tree;
    let is_holder = |node: &Node| {
        let kind = tree.kind(*node);
        let words =
            ["class", "interface_", "enum_", "record_", "impl_", "mod_item", "trait_", "export_", "declaration_list"];
        let body = kind == "block" && tree.parent_kind(*node).contains("class");
        *node == tree.root()
            || words.iter().any(|word| kind.starts_with(word))
            || body
            || kind == "decorated_definition"
    };
    let outer = std::iter::once(node).chain(tree.ancestors(node));
    outer.take_while(|node| !is_holder(node)).last()
}

/// Returns the functions and members that have a constant of ours.
fn regions(state: &State) -> Vec<Node> {
    let born = state.applied.marks.iter().filter(|mark| matches!(mark.memory, Memory::Born(_)));
    let mut found: Vec<Node> =
        born.filter_map(|mark| region(&state.file, state.file.tree.covering(&mark.range))).collect();
    found.dedup();
    found
}

/// Makes the constants of some functions like those that a person wrote.
fn hold(state: &mut State, regions: &[Node]) {
    let tree = &state.file.tree;
    let ranges: Vec<_> = regions.iter().map(|region| tree.range(*region)).collect();
    state.applied.marks.retain(|mark| {
        let inside = ranges.iter().any(|range| range.start <= mark.range.start && mark.range.end <= range.end);
        !(inside && matches!(mark.memory, Memory::Born(_)))
    });
}
