//! Flags, checked and ready to evaluate.

mod parse;
mod parse_serve;
mod parse_value;

use std::sync::Arc;

use crate::condition::{Condition, FlagServes};
use crate::key::{FlagKey, VariantKey};
use crate::resolution::Reason;
use crate::segment::Segment;
use crate::split::Salt;
use crate::value::{FlagValue, ValueKind};

pub(crate) use parse::{parse, parse_off};

/// A position in the flag's list of variants.
pub(crate) type VariantIndex = usize;

/// A flag in a snapshot.
#[derive(Debug)]
pub(crate) struct Flag {
    pub key: FlagKey,
    pub kind: ValueKind,
    pub version: u64,
    pub variants: Arc<[Variant]>,
    pub off: VariantIndex,
    pub body: Body,
}

#[derive(Debug)]
pub(crate) struct Variant {
    pub key: VariantKey,
    pub value: FlagValue,
}

/// How the flag finds its variant.
#[derive(Debug)]
pub(crate) enum Body {
    /// Everyone gets one variant: the kill switch is off, or there is nothing to decide.
    Fixed(VariantIndex, Reason),
    /// The context decides.
    Targeted(Box<Targeting>),
    /// The draft has problems and there is no earlier form.
    Broken,
}

#[derive(Debug)]
pub(crate) struct Targeting {
    pub prerequisites: Box<[FlagServes]>,
    pub rules: Box<[Rule]>,
    pub allocation: Option<Allocation>,
    pub default: Serve,
    /// What a split serves that needs a targeting key and finds none.
    pub keyless: VariantIndex,
}

#[derive(Debug)]
pub(crate) struct Rule {
    pub id: Box<str>,
    pub when: Condition,
    pub serve: Serve,
}

#[derive(Debug)]
pub(crate) struct Allocation {
    pub rollout: Box<str>,
    pub entries: Box<[Entry]>,
}

#[derive(Debug)]
pub(crate) struct Entry {
    pub audience: Option<Arc<Segment>>,
    pub serve: Serve,
}

#[derive(Debug)]
pub(crate) enum Serve {
    Variant(VariantIndex),
    Split(Split),
}

/// A division of units: the first share whose end exceeds the bucket is the unit's. Invariant: the last end is
/// [`crate::limits::SPLIT_TOTAL`], and no share is empty.
#[derive(Debug)]
pub(crate) struct Split {
    pub salt: Salt,
    pub shares: Box<[Share]>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Share {
    pub end: u32,
    pub variant: VariantIndex,
}

impl Flag {
    /// Returns this flag with its kill switch off.
    pub(crate) fn switched_off(&self) -> Self {
        let body = match self.body {
            Body::Broken => Body::Broken,
            Body::Fixed(..) | Body::Targeted(_) => Body::Fixed(self.off, Reason::Disabled),
        };
        let (key, variants) = (self.key.clone(), Arc::clone(&self.variants));
        Self { key, kind: self.kind, version: self.version, variants, off: self.off, body }
    }
}
