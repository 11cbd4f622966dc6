//! Evaluations of flags that nobody has defined: calls of an SDK, or of a declared wrapper, whose key is none of the
//! known ones.

use std::panic::{AssertUnwindSafe, catch_unwind};

use aho_corasick::AhoCorasick;

use crate::config::HoistToml;
use crate::file::{File, Via};
use crate::language::Language;
use crate::references::{CodeReference, KeySet, KeySetError, ReferenceKind, is_test};
use crate::sites::{self, Asked};

/// What files with evaluations have in them: one of these, or the name of a declared call.
const SIGNS: [&str; 15] = [
    "openfeature",
    "open-feature",
    "open_feature",
    "FlagValue(",
    "FlagDetails(",
    "useFlag(",
    "useSuspenseFlag(",
    "get_boolean_",
    "get_string_",
    "get_integer_",
    "get_float_",
    "get_object_",
    "get_bool_",
    "getBooleanValue",
    "getBooleanDetails",
];

/// Looks for evaluations whose keys are not known.
#[derive(Debug, Clone)]
pub struct UnknownKeys {
    signs: AhoCorasick,
}

impl UnknownKeys {
    /// Returns what looks for the calls of SDKs and those that `config` declares.
    pub fn new(config: &HoistToml) -> Result<Self, KeySetError> {
        let declared = config.wrappers.iter().chain(&config.sdks).map(|call| call.name.as_str());
        let signs = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .build(SIGNS.into_iter().chain(declared.filter(|name| !name.is_empty())))
            .map_err(|error| KeySetError::Automaton(error.to_string()))?;
        Ok(Self { signs })
    }

    /// Returns whether a file may evaluate a flag at all: the text pass on its own.
    pub fn may_occur_in(&self, file: &str, source: &str) -> bool {
        Language::of_path(file).is_some() && self.signs.is_match(source)
    }

    /// Returns the evaluations of a file whose keys are constant and not in `known`. Calls that may not be an SDK's
    /// are left out, and so are tests: those make up keys.
    pub fn find(&self, file: &str, source: &str, known: &KeySet, config: &HoistToml) -> Vec<CodeReference> {
        // Whatever goes wrong in one file stays there.
        catch_unwind(AssertUnwindSafe(|| self.look(file, source, known, config))).unwrap_or_default()
    }

    fn look(&self, file: &str, source: &str, known: &KeySet, config: &HoistToml) -> Vec<CodeReference> {
        let Some(language) = Language::of_path(file).filter(|_| self.signs.is_match(source) && !is_test(file)) else {
            return vec![];
        };
        let Ok(parsed) = File::parse(language, source) else { return vec![] };
        let tree = &parsed.tree;
        // Names such as `getBooleanValue` are common in browsers' code: there something else must speak of OpenFeature.
        let common = matches!(language, Language::TypeScript | Language::Tsx | Language::JavaScript);
        let spoken_of = !common || source.to_ascii_lowercase().contains("openfeature");
        let unknown = sites::sites(&parsed, config, &known.externals(file)).into_iter().filter_map(|site| {
            let (key, via) = site.key.filter(|(key, _)| !known.contains(key) && !key.is_empty())?;
            let (kind, via) = match site.asked {
                Asked::Sdk(_) if site.doubtful || !spoken_of => return None,
                Asked::Sdk(_) => (ReferenceKind::Evaluation, via),
                Asked::Configured(_) if via == Via::Literal => (ReferenceKind::WrapperCall, Via::Wrapper),
                Asked::Configured(_) => (ReferenceKind::WrapperCall, via),
            };
            let range = tree.range(site.key_node);
            let symbol = tree.ancestors(site.key_node).find_map(|outer| parsed.lang.named_function(tree, outer));
            Some(CodeReference {
                file: file.to_owned(),
                line: tree.line(range.start),
                column: tree.column(range.start),
                end_column: tree.column(range.start) + range.len() as u32,
                key,
                kind,
                via,
                symbol: symbol.map(|name| tree.text(name).to_owned()),
            })
        });
        let mut found: Vec<CodeReference> = unknown.collect();
        found.sort();
        found
    }
}
