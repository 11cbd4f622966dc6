//! Evaluation: rules first, then the rollout's allocation, then the default.
//!
//! Nothing here allocates, locks or fails on the way to a boolean or a percentage. Recursion and work are bounded; an
//! evaluation that runs into a bound answers `GENERAL`.

mod condition;
mod observer;

use crate::condition::{Bucket, FlagServes, Outcome};
use crate::context::EvaluationContext;
use crate::flag::{Allocation, Body, Flag, Serve, Targeting, VariantIndex};
use crate::limits::{EVALUATION_DEPTH_MAX, EVALUATION_STEPS_MAX};
use crate::resolution::{ErrorCode, Reason, Resolution};
use crate::segment::Segment;
use crate::snapshot::{FlagIndex, Snapshot};
use crate::trace::{DecidedBy, Trace};

use observer::{Observer, Silent, Tracer};

/// Returns what the flag is worth for this context.
pub fn evaluate<'s>(snapshot: &'s Snapshot, key: &str, context: &EvaluationContext<'_>) -> Resolution<'s> {
    match snapshot.flag_index(key) {
        Some(index) => evaluate_index(snapshot, index, context),
        None => Resolution::error(ErrorCode::FlagNotFound, 0),
    }
}

/// Returns what the flag at that position is worth; the position must come from the same snapshot.
pub fn evaluate_index<'s>(snapshot: &'s Snapshot, index: FlagIndex, context: &EvaluationContext<'_>) -> Resolution<'s> {
    let Some(flag) = snapshot.flag_at(index) else { return Resolution::error(ErrorCode::FlagNotFound, 0) };
    if let Body::Fixed(variant, reason) = flag.body {
        return resolution(flag, Ok(Choice { variant, reason, entry: None }));
    }
    let choice = Run::new(snapshot, context, Silent).flag(flag);
    resolution(flag, choice)
}

/// Returns what the flag is worth and why. Slower than [`evaluate`], and equal to it in every answer.
pub fn evaluate_traced<'s>(
    snapshot: &'s Snapshot,
    key: &str,
    context: &EvaluationContext<'_>,
) -> (Resolution<'s>, Trace) {
    let mut run = Run::new(snapshot, context, Tracer::new(key, snapshot.generation()));
    let resolution = if let Some(flag) = snapshot.flag_index(key).and_then(|index| snapshot.flag_at(index)) {
        let choice = run.flag(flag);
        resolution(flag, choice)
    } else {
        run.observer.decided(|| DecidedBy::UnknownFlag);
        Resolution::error(ErrorCode::FlagNotFound, 0)
    };
    (resolution, run.observer.finish(&resolution))
}

/// A variant and why it was chosen.
#[derive(Debug, Clone, Copy)]
struct Choice {
    variant: VariantIndex,
    reason: Reason,
    entry: Option<u8>,
}

fn resolution(flag: &Flag, choice: Result<Choice, ErrorCode>) -> Resolution<'_> {
    let choice = match choice {
        Ok(choice) => choice,
        Err(code) => return Resolution::error(code, flag.version),
    };
    // Compilation has checked every index; a wrong one would be a defect of ours and is answered, not a panic.
    let Some(variant) = flag.variant(choice.variant) else {
        return Resolution::error(ErrorCode::General, flag.version);
    };
    let (value, variant, place) = (Some(&variant.value), Some(&variant.key), Some(choice.variant));
    let Choice { reason, entry, .. } = choice;
    Resolution { value, variant, place, reason, error: None, entry, version: flag.version }
}

/// The state of one evaluation.
struct Run<'r, 'c, O> {
    snapshot: &'r Snapshot,
    context: &'r EvaluationContext<'c>,
    /// Steps and levels of nesting that are left.
    steps: u32,
    depth: u32,
    /// Whether a bound was reached; then no answer of this run may be used.
    exhausted: bool,
    observer: O,
}

impl<'r, 'c, O: Observer> Run<'r, 'c, O> {
    fn new(snapshot: &'r Snapshot, context: &'r EvaluationContext<'c>, observer: O) -> Self {
        let (steps, depth) = (EVALUATION_STEPS_MAX, EVALUATION_DEPTH_MAX);
        Self { snapshot, context, steps, depth, exhausted: false, observer }
    }

    /// Takes one step, or returns false when none is left.
    fn step(&mut self) -> bool {
        match self.steps.checked_sub(1) {
            Some(rest) => self.steps = rest,
            None => self.exhausted = true,
        }
        !self.exhausted
    }

    fn flag(&mut self, flag: &Flag) -> Result<Choice, ErrorCode> {
        let choice = match &flag.body {
            Body::Fixed(variant, reason) => {
                let by = if *reason == Reason::Disabled { DecidedBy::KillSwitch } else { DecidedBy::Default };
                self.observer.decided(|| by);
                Choice { variant: *variant, reason: *reason, entry: None }
            }
            Body::Targeted(targeting) => self.targeting(flag, targeting),
            Body::Broken => {
                self.observer.decided(|| DecidedBy::BrokenFlag);
                return Err(ErrorCode::ParseError);
            }
        };
        if self.exhausted {
            self.observer.decided(|| DecidedBy::Bounds);
            return Err(ErrorCode::General);
        }
        Ok(choice)
    }

    fn targeting(&mut self, flag: &Flag, targeting: &Targeting) -> Choice {
        for (index, prerequisite) in targeting.prerequisites.iter().enumerate() {
            if !self.prerequisite(prerequisite) {
                self.observer.decided(|| DecidedBy::Prerequisite { index });
                return Choice { variant: flag.off, reason: Reason::Default, entry: None };
            }
        }
        for (index, rule) in targeting.rules.iter().enumerate() {
            let outcome = self.condition(&rule.when);
            self.observer.rule(index, &rule.id, outcome);
            if outcome == Outcome::True {
                self.observer.decided(|| DecidedBy::Rule { index, id: rule.id.to_string() });
                return self.serve(flag, targeting, &rule.serve, Reason::TargetingMatch);
            }
        }
        if let Some(allocation) = &targeting.allocation
            && let Some((entry, serve)) = self.allocated(allocation)
        {
            let choice = self.serve(flag, targeting, serve, Reason::TargetingMatch);
            return Choice { entry: entry.filter(|_| choice.reason != Reason::Default), ..choice };
        }
        self.observer.decided(|| DecidedBy::Default);
        self.serve(flag, targeting, &targeting.default, Reason::Default)
    }

    fn allocated<'t>(&mut self, allocation: &'t Allocation) -> Option<(Option<u8>, &'t Serve)> {
        for (index, entry) in allocation.entries.iter().enumerate() {
            let outcome = match &entry.audience {
                Some(segment) => self.segment(segment),
                None => Outcome::True,
            };
            let outcome = match &entry.part {
                Some(part) if outcome == Outcome::True => self.within(part),
                _ => outcome,
            };
            self.observer.entry(index, entry, outcome, self.context);
            if outcome == Outcome::True {
                self.observer.decided(|| DecidedBy::Allocation { index, rollout: allocation.rollout.to_string() });
                return Some((u8::try_from(index).ok(), &entry.serve));
            }
        }
        None
    }

    /// Returns whether the unit belongs to the part; absent without a targeting key.
    fn within(&self, part: &Bucket) -> Outcome {
        self.context.targeting_key().map_or(Outcome::Absent, |key| part.holds(part.draw.bucket(key)).into())
    }

    fn serve(&mut self, flag: &Flag, targeting: &Targeting, serve: &Serve, outright: Reason) -> Choice {
        let (variant, reason) = match serve {
            Serve::Variant(variant) => (*variant, outright),
            Serve::Split(split) => {
                let bucket = self.context.targeting_key().map(|key| split.draw.bucket(key));
                self.observer.split(flag, split, bucket);
                match bucket.and_then(|bucket| split.variant(bucket)) {
                    Some(variant) => (variant, Reason::Split),
                    None => (targeting.keyless, Reason::Default),
                }
            }
        };
        Choice { variant, reason, entry: None }
    }

    fn prerequisite(&mut self, prerequisite: &FlagServes) -> bool {
        let served = self.served(prerequisite);
        let met = served.is_some_and(|(_, met)| met);
        self.observer.prerequisite(prerequisite, served.map(|(variant, _)| variant), met);
        met
    }

    /// Returns what the other flag serves and whether that is one of the listed variants; `None` if it has an error.
    fn served(&mut self, asked: &FlagServes) -> Option<(&'r str, bool)> {
        if !self.step() || !self.enter() {
            return None;
        }
        let snapshot = self.snapshot;
        let flag = snapshot.flag_index(asked.flag.as_str()).and_then(|index| snapshot.flag_at(index));
        let mut inner = Run {
            snapshot,
            context: self.context,
            steps: self.steps,
            depth: self.depth,
            exhausted: self.exhausted,
            observer: Silent,
        };
        let choice = flag.and_then(|flag| Some((flag, inner.flag(flag).ok()?)));
        (self.steps, self.exhausted) = (inner.steps, inner.exhausted);
        self.leave();
        let (flag, choice) = choice?;
        let variant = &flag.variant(choice.variant)?.key;
        Some((variant.as_str(), asked.variants.contains(variant)))
    }
}
