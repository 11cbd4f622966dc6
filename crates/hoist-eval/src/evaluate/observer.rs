//! Watching an evaluation. The same code evaluates with and without a trace, so the two cannot disagree; watched by
//! [`Silent`], it compiles to nothing more than the evaluation.

use crate::condition::{Asks, Combine, FlagServes, Outcome, Test};
use crate::context::EvaluationContext;
use crate::flag::{Entry, Flag, Split};
use crate::resolution::Resolution;
use crate::snapshot::Generation;
use crate::trace::{
    ConditionTrace, DecidedBy, EntryTrace, PartTrace, PrerequisiteTrace, RuleTrace, ShareTrace, SplitTrace, Trace,
};

/// What an evaluation reports. Every method has an empty body unless it is overridden.
pub(super) trait Observer {
    /// What decided; the last report counts.
    fn decided(&mut self, _by: impl FnOnce() -> DecidedBy) {}
    /// A group begins.
    fn open(&mut self) {}
    /// A group ends.
    fn close(&mut self, _combine: Combine, _outcome: Outcome) {}
    /// What was reported since [`Observer::open`] is of no interest: the inside of a segment.
    fn drop_open(&mut self) {}
    fn test(&mut self, _test: &Test, _outcome: Outcome, _context: &EvaluationContext<'_>) {}
    fn rule(&mut self, _index: usize, _id: &str, _outcome: Outcome) {}
    fn entry(&mut self, _index: usize, _entry: &Entry, _outcome: Outcome, _context: &EvaluationContext<'_>) {}
    fn split(&mut self, _flag: &Flag, _split: &Split, _bucket: Option<u32>) {}
    fn prerequisite(&mut self, _asked: &FlagServes, _served: Option<&str>, _met: bool) {}
}

/// Nobody is watching.
pub(super) struct Silent;

impl Observer for Silent {}

/// Writes down everything.
pub(super) struct Tracer {
    trace: Trace,
    /// Conditions of the groups that are open; the first list belongs to no group.
    open: Vec<Vec<ConditionTrace>>,
}

impl Tracer {
    pub(super) fn new(flag: &str, generation: Generation) -> Self {
        let trace = Trace {
            flag: flag.to_owned(),
            generation,
            decided_by: DecidedBy::Default,
            prerequisites: Vec::new(),
            rules: Vec::new(),
            allocation: Vec::new(),
            split: None,
            variant: None,
        };
        Self { trace, open: vec![Vec::new()] }
    }

    pub(super) fn finish(mut self, resolution: &Resolution<'_>) -> Trace {
        self.trace.variant = resolution.variant.map(ToString::to_string);
        self.trace
    }

    fn add(&mut self, condition: ConditionTrace) {
        if let Some(members) = self.open.last_mut() {
            members.push(condition);
        }
    }
}

impl Observer for Tracer {
    fn decided(&mut self, by: impl FnOnce() -> DecidedBy) {
        self.trace.decided_by = by();
    }

    fn open(&mut self) {
        self.open.push(Vec::new());
    }

    fn close(&mut self, combine: Combine, outcome: Outcome) {
        let members = self.open.pop().unwrap_or_default();
        self.add(ConditionTrace::Group { combine, outcome, members });
    }

    fn drop_open(&mut self) {
        self.open.pop();
    }

    fn test(&mut self, test: &Test, outcome: Outcome, context: &EvaluationContext<'_>) {
        let (mut attribute, mut about, mut bucket) = (None, Vec::new(), None);
        match &test.asks {
            Asks::Attribute(path, _) => attribute = Some(path.name().to_owned()),
            Asks::Now(_) => {}
            Asks::Segments(segments) => about = segments.iter().map(|segment| segment.key.to_string()).collect(),
            Asks::Flags(flags) => about = flags.iter().map(|asked| asked.flag.to_string()).collect(),
            Asks::Bucket(range) => bucket = context.targeting_key().map(|key| range.draw.bucket(key)),
        }
        let (operator, negate) = (test.operator, test.negate);
        self.add(ConditionTrace::Test { attribute, operator, negate, outcome, about, bucket });
    }

    fn rule(&mut self, index: usize, id: &str, outcome: Outcome) {
        let condition = self.open.last_mut().and_then(Vec::pop);
        self.trace.rules.push(RuleTrace { index, id: id.to_owned(), outcome, condition });
    }

    fn entry(&mut self, index: usize, entry: &Entry, outcome: Outcome, context: &EvaluationContext<'_>) {
        let audience = entry.audience.as_ref().map(|segment| segment.key.to_string());
        let part = entry.part.as_ref().map(|part| PartTrace {
            bucket: context.targeting_key().map(|key| part.draw.bucket(key)),
            from: part.from,
            to: part.to,
        });
        self.trace.allocation.push(EntryTrace { index, audience, part, outcome });
    }

    fn split(&mut self, flag: &Flag, split: &Split, bucket: Option<u32>) {
        let mut from = 0;
        let mut shares = Vec::new();
        for share in split.shares() {
            let variant = flag.variant(share.variant).map(|variant| variant.key.to_string()).unwrap_or_default();
            shares.push(ShareTrace { variant, from, to: share.end });
            from = share.end;
        }
        self.trace.split = Some(SplitTrace { bucket, shares });
    }

    fn prerequisite(&mut self, asked: &FlagServes, served: Option<&str>, met: bool) {
        self.trace.prerequisites.push(PrerequisiteTrace {
            flag: asked.flag.to_string(),
            expected: asked.variants.iter().map(ToString::to_string).collect(),
            served: served.map(str::to_owned),
            met,
        });
    }
}
