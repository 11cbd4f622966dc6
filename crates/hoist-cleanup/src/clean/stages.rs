//! One file through the three stages.

use std::collections::HashMap;
use std::rc::Rc;

use crate::clean::constant::Born;
use crate::clean::edits::{Applied, Edits, Mark, Memory};
use crate::clean::outcome::{Change, Level, Reason, Refusal, Risk, Rule};
use crate::clean::project::Request;
use crate::clean::round::Round;
use crate::clean::seeds::Seeds;
use crate::clean::test_settings::{self, Setting};
use crate::clean::{mentions, retries, rules, semicolons, verify};
use crate::config::Visibility;
use crate::file::{Externals, File};
use crate::language::Language;
use crate::limits::{RETRIES_MAX, ROUNDS_MAX};
use crate::references::is_test;
use crate::scope::Binding;
use crate::sites;
use crate::tree::{Node, ParseError};

/// The risk that a file has no code any more.
pub(crate) const EMPTY_FILE: &str = "empty-file";

/// Why what sets the flag to its value stays.
pub(crate) const STILL_ASKED: &str = "something may still ask for the flag";

/// What became of one file.
#[derive(Debug, Clone, Default)]
pub(crate) struct Staged {
    /// The text after each stage.
    pub(crate) texts: [String; 3],
    pub(crate) changes: Vec<Change>,
    pub(crate) refusals: Vec<Refusal>,
    pub(crate) risks: Vec<Risk>,
    pub(crate) replaced: usize,
    /// How many places are left that may ask for the flag.
    pub(crate) left: usize,
    /// How many settings of tests went.
    pub(crate) settings: usize,
    /// Whether no code and no import is left of a file that had some.
    pub(crate) has_nothing: bool,
    /// What the names that this file exports give, for files that import them.
    pub(crate) exports: Vec<(String, Born)>,
}

/// What one file is cleaned with.
pub(crate) struct Job<'a> {
    pub(crate) path: &'a str,
    pub(crate) source: &'a str,
    pub(crate) language: Language,
    pub(crate) request: &'a Request<'a>,
    pub(crate) externals: &'a Externals,
    pub(crate) elsewhere: &'a dyn Fn(&str) -> bool,
    pub(crate) imported: &'a HashMap<String, Born>,
    /// Whether what sets the flag in tests stays, because something still asks for it.
    pub(crate) keeps_settings: bool,
}

/// A file between two stages.
#[derive(Clone)]
pub(crate) struct State {
    pub(crate) applied: Applied,
    /// The text, parsed.
    pub(crate) file: Rc<File>,
    changes: Vec<Change>,
    refusals: Vec<Refusal>,
}

/// A function whose calls stay, and why.
type Skipped = (Node, Refusal);

impl Job<'_> {
    pub(crate) fn run(&self) -> Result<Staged, ParseError> {
        let before = Rc::new(File::parse(self.language, self.source)?);
        if let Some(line) = generated(self.source) {
            let left = usize::from(self.source.contains(self.request.key));
            let refusal = self.refusal(line, Reason::GeneratedFile, None);
            let refusals = if left > 0 { vec![refusal] } else { vec![] };
            return Ok(Staged { refusals, left, ..self.untouched() });
        }
        let mut skipped: Vec<Skipped> = vec![];
        loop {
            let (mut staged, fault) = self.run_without(&before, &skipped)?;
            let found = fault.filter(|_| skipped.len() < RETRIES_MAX).and_then(|fault| {
                let region = retries::region_of_line(&before, fault.line as usize - 1)?;
                let tree = &before.tree;
                let lines = tree.line(tree.start(region))..=tree.line(tree.end(region));
                let asked = staged.changes.iter().any(|change| lines.contains(&change.line));
                let note = retries::noted(&before, region, &fault);
                let refusal = Refusal { line: *lines.start(), note, ..fault };
                (asked && skipped.iter().all(|(known, _)| *known != region)).then_some((region, refusal))
            });
            let Some(found) = found else {
                if staged.texts.iter().all(|text| text == self.source) {
                    staged.changes.clear();
                }
                staged.sort();
                return Ok(staged);
            };
            skipped.push(found);
        }
    }

    fn untouched(&self) -> Staged {
        Staged { texts: [(); 3].map(|()| self.source.to_owned()), ..Staged::default() }
    }

    /// Cleans the file, but for some functions. Says what is wrong if not even a smaller change passes the checks.
    fn run_without(&self, before: &Rc<File>, skipped: &[Skipped]) -> Result<(Staged, Option<Refusal>), ParseError> {
        let mut staged = self.untouched();
        let constant = self.plant(before, skipped, &mut staged);
        if staged.replaced + staged.settings == 0 && self.imported.is_empty() {
            self.report_texts(before, &constant.origins, &mut staged);
            return Ok((staged, None));
        }
        let tried = self.stages(before, planted(before, constant)?)?;
        let (states, fault) = (tried.states, tried.fault);
        staged.refusals.extend(tried.held);
        let Some(good) = tried.good else {
            let line = staged.changes.first().map_or(1, |change| change.line);
            let fault = fault.unwrap_or_else(|| self.refusal(line, Reason::VerifyFailed, None));
            staged.refusals.push(fault.clone());
            staged.risks.clear();
            staged.left += staged.replaced;
            (staged.replaced, staged.settings) = (0, 0);
            return Ok((staged, Some(fault)));
        };
        if good + 1 < states.len() {
            let level = if good == 0 { Level::Constant } else { Level::Fold };
            let fault = fault.unwrap_or_else(|| self.refusal(1, Reason::VerifyFailed, None));
            staged.refusals.push(Refusal { level: Some(level), ..fault });
        }
        for (index, text) in staged.texts.iter_mut().enumerate() {
            if let Some(state) = states.get(index.min(good)) {
                text.clone_from(&state.applied.text);
            }
        }
        if let Some(state) = states.into_iter().nth(good) {
            staged.changes.extend(state.changes);
            staged.refusals.extend(state.refusals);
            self.report_texts(&state.file, &state.applied.origins, &mut staged);
            staged.exports = self.exports(&state.file, &state.applied);
            if has_code(before) && !has_code(&state.file) {
                staged.risks.push(Risk { file: self.path.to_owned(), line: 1, code: EMPTY_FILE });
                staged.has_nothing = good == Level::Deep as usize && !imports_something(&state.file);
            }
        }
        Ok((staged, None))
    }

    /// Returns the last stage whose text passes the checks, and what is wrong with the first one that does not.
    pub(crate) fn good(&self, before: &File, states: &[State]) -> (Option<usize>, Option<Refusal>) {
        let mut refusal = None;
        let good = states.iter().rposition(|state| {
            debug_assert!(
                File::parse(self.language, &state.applied.text).is_ok_and(|whole| whole.tree.equals(&state.file.tree)),
                "a text has one tree, however it was parsed"
            );
            let Some(fault) = verify::fault(before, &state.file) else { return true };
            let tree = &state.file.tree;
            let origin = fault.node.and_then(|node| state.applied.origins.get(tree.line_index(tree.start(node))));
            let line = origin.map_or(1, |origin| origin + 1);
            refusal = Some(Refusal { note: fault.note, ..self.refusal(line, Reason::VerifyFailed, None) });
            false
        });
        (good, refusal)
    }

    fn refusal(&self, line: u32, code: Reason, level: Option<Level>) -> Refusal {
        Refusal { file: self.path.to_owned(), line, code, level, note: String::new() }
    }

    fn change(&self, line: u32, rule: Rule, stage: Level) -> Change {
        Change { file: self.path.to_owned(), line, rule, stage }
    }

    /// Replaces the calls by the value.
    fn plant(&self, before: &File, skipped: &[Skipped], staged: &mut Staged) -> Applied {
        let request = self.request;
        let mut seeds = Seeds {
            file: before,
            config: request.config,
            key: request.key,
            value: request.value,
            edits: Edits::default(),
            risks: vec![],
            replaced: 0,
        };
        let line = |node: Node| before.tree.line(before.tree.start(node));
        let mentioned = self.source.contains(request.key);
        let settings =
            if mentioned { test_settings::settings(before, self.path, request.key, request.value) } else { vec![] };
        let pinned = settings.iter().any(|setting| !setting.same);
        self.set_in_tests(before, &settings, &mut seeds.edits, staged);
        for site in sites::sites(before, request.config, self.externals) {
            match &site.key {
                // The call of a stub asks nothing, and a test of another value is left as it is.
                Some((key, _))
                    if key == request.key && settings.iter().any(|it| it.covers(&before.tree, site.call)) => {}
                Some((key, _)) if key == request.key && pinned && self.in_test(before, site.call) => {}
                Some((key, _))
                    if key == request.key && skipped.iter().any(|(it, _)| before.tree.contains(*it, site.call)) =>
                {
                    staged.left += 1;
                }
                Some((key, _)) if key == request.key => {
                    let saved = (seeds.edits.clone(), seeds.risks.len());
                    match seeds.plant(&site) {
                        Ok(()) => staged.changes.push(self.change(line(site.call), rules::CALL, Level::Constant)),
                        Err(reason) => {
                            seeds.edits = saved.0;
                            seeds.risks.truncate(saved.1);
                            staged.left += 1;
                            let note =
                                if reason == Reason::UnsupportedShape { seeds.note(&site) } else { String::new() };
                            staged.refusals.push(Refusal { note, ..self.refusal(line(site.call), reason, None) });
                        }
                    }
                }
                None if mentioned && !site.doubtful => {
                    staged.left += 1;
                    staged.refusals.push(self.refusal(line(site.call), Reason::DynamicKey, None));
                }
                _ => {}
            }
        }
        staged.replaced = seeds.replaced;
        staged.refusals.extend(skipped.iter().map(|(_, refusal)| refusal.clone()));
        staged.risks = seeds
            .risks
            .iter()
            .map(|(node, code)| Risk { file: self.path.to_owned(), line: line(*node), code })
            .collect();
        let lines = before.tree.source().matches('\n').count() + 1;
        let origins: Vec<u32> = (0..lines as u32).collect();
        semicolons::separate(&before.tree, &mut seeds.edits);
        let marks = bereft(before, &seeds.edits);
        seeds.edits.apply(&before.tree, &marks, &origins)
    }

    /// Takes out what sets the flag to its value in tests, and reports what sets it to another one.
    fn set_in_tests(&self, before: &File, settings: &[Setting], edits: &mut Edits, staged: &mut Staged) {
        let tree = &before.tree;
        let pinned = settings.iter().any(|setting| !setting.same);
        for setting in settings {
            let line = tree.line(tree.start(setting.key));
            let function = tree.ancestors(setting.key).find_map(|outer| before.lang.named_function(tree, outer));
            let name = function.map_or("", |name| tree.text(name));
            let (code, note) = match (setting.same, self.keeps_settings) {
                (false, _) if name.is_empty() => (Reason::TestPinsOtherValue, String::new()),
                (false, _) => (Reason::TestPinsOtherValue, format!("in `{name}`")),
                (true, true) => (Reason::TextReference, STILL_ASKED.to_owned()),
                (true, false) if pinned && is_test(self.path) => continue,
                (true, false) => {
                    setting.remove(tree, edits, self.request.key);
                    staged.settings += 1;
                    staged.changes.push(self.change(line, setting.rule, Level::Constant));
                    continue;
                }
            };
            staged.refusals.push(Refusal { note, ..self.refusal(line, code, None) });
        }
    }

    /// Returns whether a node belongs to a test.
    fn in_test(&self, file: &File, node: Node) -> bool {
        is_test(self.path) || test_settings::in_test_module(&file.tree, node)
    }

    /// Runs rounds of one level until nothing changes.
    pub(crate) fn settle(&self, from: State, level: Level) -> Result<State, ParseError> {
        let mut state = from;
        // A call that became a literal may leave imports that Go does not compile with.
        if level == Level::Constant && self.language != Language::Go {
            return Ok(state);
        }
        for _ in 0..ROUNDS_MAX {
            let file = Rc::clone(&state.file);
            let request = self.request;
            let marks = &state.applied.marks;
            let mut round = Round::new(&file, request.config, level, request.key, marks, self.elsewhere, self.imported);
            round.inline_names();
            round.remove_orphans();
            round.drop_mut();
            round.write(file.tree.root());
            semicolons::separate(&file.tree, &mut round.edits);
            let line = |node: Node| {
                let origin = state.applied.origins.get(file.tree.line_index(file.tree.start(node)));
                origin.copied().unwrap_or(0) + 1
            };
            let refusals = round.refusals.borrow();
            let refused =
                refusals.iter().map(|(reason, node)| self.refusal(line(*node), *reason, Some(Level::Constant)));
            let refused: Vec<Refusal> = refused.collect();
            drop(refusals);
            if round.edits.is_empty() {
                state.refusals = refused;
                return Ok(state);
            }
            let changes = round.changes.iter().map(|(rule, node)| self.change(line(*node), *rule, level));
            let changes: Vec<Change> = changes.collect();
            let mut marks = state.applied.marks.clone();
            marks.extend(bereft(&file, &round.edits));
            let applied = round.edits.apply(&file.tree, &marks, &state.applied.origins);
            if applied.text == state.applied.text {
                state.refusals = refused;
                return Ok(state);
            }
            state.file = parsed(&file, &applied)?;
            state.applied = applied;
            state.changes.extend(changes);
        }
        Ok(state)
    }

    /// Reports where the key still occurs.
    fn report_texts(&self, after: &File, origins: &[u32], staged: &mut Staged) {
        let key = self.request.key;
        let is_test = is_test(self.path);
        let set = if is_test { test_settings::settings(after, self.path, key, self.request.value) } else { vec![] };
        for at in mentions::places(after.tree.source(), key) {
            let node = after.tree.covering(&(at..at + key.len()));
            // In a test the key may stand in a title or in what is set; alone in another text, it may be asked for.
            let is_set = || set.iter().any(|setting| setting.covers(&after.tree, node));
            let asks = if is_test {
                mentions::literal(after, node, key).is_some() && !is_set()
            } else {
                !after.tree.is_comment(node)
            };
            staged.left += usize::from(asks);
            let code = match mentions::in_code(after, node) {
                Reason::TextReference | Reason::DecoratorOrAnnotation if is_test => Reason::TestPinsOtherValue,
                code => code,
            };
            let origin = origins.get(after.tree.line_index(at)).copied().unwrap_or(0) + 1;
            let known =
                staged.refusals.iter().any(|refusal| refusal.line == origin && refusal.code != Reason::VerifyFailed);
            if !known {
                staged.refusals.push(self.refusal(origin, code, None));
            }
        }
    }

    /// Returns the exported names that are the value, or functions that only return it.
    fn exports(&self, after: &File, applied: &Applied) -> Vec<(String, Born)> {
        // In a library nobody asks for them.
        if self.request.config.visibility != Visibility::Application
            || applied.marks.iter().all(|mark| mark.memory == Memory::Bereft)
        {
            return vec![];
        }
        let request = self.request;
        let round =
            Round::new(after, request.config, Level::Fold, request.key, &applied.marks, self.elsewhere, self.imported);
        round.exports()
    }
}

impl Staged {
    fn sort(&mut self) {
        self.changes.sort();
        self.changes.dedup();
        self.refusals.sort();
        self.refusals.dedup();
        self.risks.sort();
        self.risks.dedup();
    }
}

/// Parses the text with the calls replaced, which is the one before in most places.
fn planted(before: &Rc<File>, applied: Applied) -> Result<State, ParseError> {
    let file = if applied.rewritten.is_empty() { Rc::clone(before) } else { parsed(before, &applied)? };
    Ok(State { applied, file, changes: vec![], refusals: vec![] })
}

/// Parses a text that was made from a file.
///
/// Where only what is new is parsed, the tree is the same as when all of it is, as long as nothing in it is wrong: pieces of a
/// tree are used again only where the parser stands in the same state with the same text ahead. How it goes on after something
/// wrong depends on where it began, so such a text is parsed as a whole.
fn parsed(before: &File, applied: &Applied) -> Result<Rc<File>, ParseError> {
    let file = before.reparse(&applied.text, &applied.rewritten)?;
    let is_sound = file.tree.broken() == 0;
    Ok(Rc::new(if is_sound { file } else { File::parse(before.tree.language, &applied.text)? }))
}

/// Returns marks for the names that lose a use to some edits.
fn bereft(file: &File, edits: &Edits) -> Vec<Mark> {
    let pieces = edits.merged(&file.tree);
    let gone = |node: &Node| {
        let range = file.tree.range(*node);
        let index = pieces.partition_point(|piece| piece.end < range.end);
        pieces.get(index).is_some_and(|piece| piece.start <= range.start && range.end <= piece.end)
    };
    let bindings = file.scopes.bindings.iter();
    // Rust: a name that loses its last write needs no `mut`.
    let writes = |binding: &Binding| file.tree.language == Language::Rust && binding.writes.iter().any(gone);
    let lost = bindings.filter(|binding| {
        (binding.uses.iter().chain(&binding.opaque).any(gone) || writes(binding)) && !gone(&binding.name)
    });
    lost.map(|binding| Mark { range: file.tree.range(binding.name), memory: Memory::Bereft }).collect()
}

/// Returns whether there is anything in a file but imports, comments and what the file is called.
fn has_code(file: &File) -> bool {
    let tree = &file.tree;
    let head = |node: &Node| {
        let text = tree.only_named(*node).is_some_and(|inner| tree.is(inner, &["string"]));
        file.lang.imports().contains(&tree.kind(*node))
            || tree.is(*node, &["package_declaration", "package_clause", "hash_bang_line"])
            || (tree.kind(*node) == "expression_statement" && text)
    };
    !tree.named(tree.root()).iter().all(head)
}

/// Returns whether a file imports something. Importing runs code, except in Java.
fn imports_something(file: &File) -> bool {
    let imports = file.lang.imports();
    let mut statements = file.tree.named(file.tree.root()).into_iter();
    file.tree.language != Language::Java && statements.any(|node| imports.contains(&file.tree.kind(node)))
}

/// Returns the line of the words that say that a program wrote the file.
fn generated(source: &str) -> Option<u32> {
    let marks = |line: &str| {
        let written = line.contains("Code generated") && line.contains("DO NOT EDIT");
        written || line.contains("@generated") || line.contains("<auto-generated")
    };
    source.lines().take(20).position(marks).map(|line| line as u32 + 1)
}
