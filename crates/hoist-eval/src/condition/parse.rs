//! From drafts to conditions. Every problem is reported; a condition comes out only when there is none.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use super::parse_check::{Operands, parse_check, parse_time};
use super::{Asks, Attribute, Bucket, Combine, Condition, FlagServes, Operator, Test};
use crate::draft::{Absent, BucketRangeDraft, ConditionDraft, FlagDraft, PrerequisiteDraft, TestDraft};
use crate::flag::BooleanVariants;
use crate::key::{FlagKey, VariantKey};
use crate::limits::{CONDITION_DEPTH_MAX, CONDITION_NODES_MAX, LITERALS_MAX, SPLIT_TOTAL, VARIANTS_MAX};
use crate::problem::{Path, ProblemCode, Problems};
use crate::segment::Segment;
use crate::split::Draw;

/// What conditions may refer to.
pub(crate) struct World<'w> {
    /// Flags by key.
    pub flags: HashMap<&'w str, &'w FlagDraft>,
    /// Segments by key; `None` for one that has problems and no earlier form.
    pub segments: HashMap<&'w str, Option<Arc<Segment>>>,
    /// Attributes parsed so far, by path.
    pub attributes: RefCell<HashMap<String, Arc<Attribute>>>,
    /// Variants of the flags parsed so far.
    pub variants: BooleanVariants,
}

impl World<'_> {
    /// Returns the attribute of that path; the error is the rule that the path breaks.
    fn attribute(&self, path: &str) -> Result<Arc<Attribute>, &'static str> {
        if let Some(known) = self.attributes.borrow().get(path) {
            return Ok(Arc::clone(known));
        }
        let attribute = Arc::new(Attribute::parse(path)?);
        self.attributes.borrow_mut().insert(path.to_owned(), Arc::clone(&attribute));
        Ok(attribute)
    }
}

/// Parses the condition of a flag or, when `flags_allowed` is false, of a segment. `nodes` counts all conditions of it.
pub(crate) fn parse(
    draft: &ConditionDraft,
    path: &Path<'_>,
    world: &World<'_>,
    flags_allowed: bool,
    nodes: &mut usize,
    problems: &mut Problems,
) -> Option<Condition> {
    Parser { world, flags_allowed, nodes, problems }.condition(draft, path, 1)
}

struct Parser<'p, 'w> {
    world: &'p World<'w>,
    flags_allowed: bool,
    nodes: &'p mut usize,
    problems: &'p mut Problems,
}

impl Parser<'_, '_> {
    fn condition(&mut self, draft: &ConditionDraft, path: &Path<'_>, depth: usize) -> Option<Condition> {
        *self.nodes += 1;
        if *self.nodes == CONDITION_NODES_MAX + 1 {
            let limit = format_args!("must have at most {CONDITION_NODES_MAX} conditions altogether");
            self.problems.report(path, ProblemCode::TooMany, limit);
        }
        if *self.nodes > CONDITION_NODES_MAX {
            return None;
        }
        if depth > CONDITION_DEPTH_MAX {
            let limit = format_args!("must be nested at most {CONDITION_DEPTH_MAX} levels deep");
            self.problems.report(path, ProblemCode::TooDeep, limit);
            return None;
        }
        let (combine, name, members) = match draft {
            ConditionDraft::Test(test) => return self.test(test, path).map(Condition::Test),
            ConditionDraft::All { all } => (Combine::All, "all", all),
            ConditionDraft::Any { any } => (Combine::Any, "any", any),
            ConditionDraft::None { none } => (Combine::None, "none", none),
        };
        let path = path.field(name);
        let parsed: Vec<Option<Condition>> = members
            .iter()
            .enumerate()
            .map(|(index, member)| self.condition(member, &path.index(index), depth + 1))
            .collect();
        Some(Condition::Group(combine, parsed.into_iter().collect::<Option<_>>()?))
    }

    fn test(&mut self, draft: &TestDraft, path: &Path<'_>) -> Option<Test> {
        let Some(operator) = Operator::from_name(&draft.operator) else {
            self.unknown_operator(&draft.operator, &path.field("operator"));
            return None;
        };
        self.modifiers(draft, operator, path);
        let values = path.field("values");
        if !self.problems.bounded(&values, draft.values.len(), LITERALS_MAX, "values; put more into a segment") {
            return None;
        }
        let asks = match operator {
            Operator::InSegment => self.segments(draft, &values),
            Operator::FlagServes => self.flags(draft, &values),
            Operator::InPercentage => self.bucket(draft, &values),
            _ => self.attribute(draft, operator, path, &values),
        }?;
        let absent_matches = draft.absent == Absent::Match;
        Some(Test { operator, negate: draft.negate, absent_matches, asks })
    }

    fn unknown_operator(&mut self, name: &str, path: &Path<'_>) {
        let meant = Operator::nearest(name).map(|operator| format!("; did you mean {}?", operator.as_str()));
        let meant = meant.unwrap_or_else(|| ";".to_owned());
        let message = format_args!("there is no such operator{meant} all of them are in docs/operators.md");
        self.problems.report(path, ProblemCode::UnknownOperator, message);
    }

    fn modifiers(&mut self, draft: &TestDraft, operator: Operator, path: &Path<'_>) {
        if draft.case_insensitive && !operator.takes_case_insensitive() {
            let message = "applies only to operators that compare text";
            self.problems.report(&path.field("case_insensitive"), ProblemCode::NotApplicable, message);
        }
        if draft.absent == Absent::Match && operator == Operator::Exists {
            let message = "exists asks about absence itself; use negate";
            self.problems.report(&path.field("absent"), ProblemCode::NotApplicable, message);
        }
        if operator.takes_no_attribute() && draft.attribute.is_some() {
            let message = "must be left out: the operator tests no attribute";
            self.problems.report(&path.field("attribute"), ProblemCode::InvalidAttribute, message);
        }
    }

    fn attribute(&mut self, draft: &TestDraft, operator: Operator, path: &Path<'_>, values: &Path<'_>) -> Option<Asks> {
        let mut operands =
            Operands { values: &draft.values, fold: draft.case_insensitive, path: values, problems: self.problems };
        let Some(name) = &draft.attribute else {
            if operator.may_test_now() {
                return parse_time(operator, &mut operands).map(Asks::Now);
            }
            let message = "must name the attribute to test";
            self.problems.report(&path.field("attribute"), ProblemCode::InvalidAttribute, message);
            return None;
        };
        let check = parse_check(operator, &mut operands);
        match self.world.attribute(name) {
            Ok(attribute) => Some(Asks::Attribute(attribute, check?)),
            Err(rule) => {
                self.problems.report(&path.field("attribute"), ProblemCode::InvalidAttribute, rule);
                None
            }
        }
    }

    fn segments(&mut self, draft: &TestDraft, values: &Path<'_>) -> Option<Asks> {
        if draft.values.is_empty() {
            self.problems.report(values, ProblemCode::ValueCount, "must name at least one segment");
            return None;
        }
        let mut found = Vec::with_capacity(draft.values.len());
        for (index, value) in draft.values.iter().enumerate() {
            let path = values.index(index);
            let Some(key) = value.as_str() else {
                self.problems.report(&path, ProblemCode::InvalidValue, "must be the key of a segment");
                continue;
            };
            found.extend(find_segment(self.world, key, &path, self.problems));
        }
        (found.len() == draft.values.len()).then(|| Asks::Segments(found.into()))
    }

    fn flags(&mut self, draft: &TestDraft, values: &Path<'_>) -> Option<Asks> {
        if !self.flags_allowed {
            let message = "a segment must not depend on flags; use the operator in a rule";
            self.problems.report(values, ProblemCode::NotApplicable, message);
            return None;
        }
        if draft.values.is_empty() {
            self.problems.report(values, ProblemCode::ValueCount, "must name at least one flag and its variants");
            return None;
        }
        let mut found = Vec::with_capacity(draft.values.len());
        for (index, value) in draft.values.iter().enumerate() {
            let path = values.index(index);
            if let Ok(draft) = serde_json::from_value::<PrerequisiteDraft>(value.clone()) {
                found.extend(find_flag(self.world, &draft, &path, self.problems));
            } else {
                let message = r#"must be an object {"flag": key, "variants": [keys]}"#;
                self.problems.report(&path, ProblemCode::InvalidValue, message);
            }
        }
        (found.len() == draft.values.len()).then(|| Asks::Flags(found.into()))
    }

    fn bucket(&mut self, draft: &TestDraft, values: &Path<'_>) -> Option<Asks> {
        let [value] = draft.values.as_slice() else {
            self.problems.report(values, ProblemCode::ValueCount, "must hold exactly one range of buckets");
            return None;
        };
        let path = values.index(0);
        let Ok(range) = serde_json::from_value::<BucketRangeDraft>(value.clone()) else {
            let message = r#"must be an object {"salt": text, "from": number, "to": number}"#;
            self.problems.report(&path, ProblemCode::InvalidValue, message);
            return None;
        };
        parse_bucket(&range, &path, self.problems).map(Box::new).map(Asks::Bucket)
    }
}

/// Parses a range of buckets, or reports what is wrong with it.
pub(crate) fn parse_bucket(range: &BucketRangeDraft, path: &Path<'_>, problems: &mut Problems) -> Option<Bucket> {
    let salt = range.salt.parse();
    if let Err(rule) = &salt {
        problems.report(&path.field("salt"), ProblemCode::InvalidSalt, rule);
    }
    let ordered = range.from < range.to && range.to <= SPLIT_TOTAL;
    if !ordered {
        let message = format_args!("must be greater than from and at most {SPLIT_TOTAL}");
        problems.report(&path.field("to"), ProblemCode::InvalidValue, message);
    }
    let salt = salt.ok().filter(|_| ordered)?;
    Some(Bucket { draw: Draw::new(salt), from: range.from, to: range.to })
}

/// Returns the segment of that key, or reports why there is none.
pub(crate) fn find_segment(
    world: &World<'_>,
    key: &str,
    path: &Path<'_>,
    problems: &mut Problems,
) -> Option<Arc<Segment>> {
    match world.segments.get(key) {
        Some(Some(segment)) => return Some(Arc::clone(segment)),
        Some(None) => problems.report(path, ProblemCode::BrokenSegment, "the segment has problems of its own"),
        None => problems.report(path, ProblemCode::UnknownSegment, "there is no such segment"),
    }
    None
}

/// Checks a reference to another flag and its variants.
pub(crate) fn find_flag(
    world: &World<'_>,
    draft: &PrerequisiteDraft,
    path: &Path<'_>,
    problems: &mut Problems,
) -> Option<FlagServes> {
    let Some(other) = world.flags.get(draft.flag.as_str()) else {
        problems.report(&path.field("flag"), ProblemCode::UnknownFlag, "there is no such flag");
        return None;
    };
    let variants = path.field("variants");
    if draft.variants.is_empty() {
        problems.report(&variants, ProblemCode::ValueCount, "must name at least one variant");
        return None;
    }
    if !problems.bounded(&variants, draft.variants.len(), VARIANTS_MAX, "variants") {
        return None;
    }
    let mut keys: Vec<VariantKey> = Vec::with_capacity(draft.variants.len());
    for (index, key) in draft.variants.iter().enumerate() {
        let known = other.variants.iter().any(|variant| variant.key == *key);
        match key.parse() {
            Ok(key) if known => keys.push(key),
            _ => {
                let message = "the other flag has no such variant";
                problems.report(&variants.index(index), ProblemCode::UnknownVariant, message);
            }
        }
    }
    let flag: FlagKey = draft.flag.parse().ok()?;
    (keys.len() == draft.variants.len()).then(|| FlagServes { flag, variants: keys.into() })
}
