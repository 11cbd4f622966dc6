//! Flags, checked and ready to evaluate.

mod ahead;
mod parse;
mod parse_serve;
mod parse_value;
mod share;

use std::sync::Arc;

use crate::condition::{Bucket, Condition, FlagServes};
use crate::key::{FlagKey, VariantKey};
use crate::resolution::Reason;
use crate::segment::Segment;
use crate::split::Draw;
use crate::value::{FlagValue, ValueKind};

pub(crate) use ahead::read_ahead;
pub(crate) use parse::{parse, parse_off};
pub(crate) use share::BooleanVariants;

/// A position in the flag's list of variants.
pub(crate) type VariantIndex = u8;

const _: () = assert!(crate::limits::VARIANTS_MAX <= VariantIndex::MAX as usize, "every variant must have an index");

/// A flag in a snapshot: one cache line, so that reading all flags in order costs little. Cloning is cheap.
#[derive(Debug, Clone)]
pub(crate) struct Flag {
    pub key: FlagKey,
    pub kind: ValueKind,
    pub version: u64,
    /// Shared with every flag of the snapshot that has the same boolean variants.
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
#[derive(Debug, Clone)]
pub(crate) enum Body {
    /// Everyone gets one variant: the kill switch is off, or there is nothing to decide.
    Fixed(VariantIndex, Reason),
    /// The context decides.
    Targeted(Arc<Targeting>),
    /// The draft has problems and there is no earlier form.
    Broken,
}

#[derive(Debug)]
pub(crate) struct Targeting {
    pub prerequisites: Box<[FlagServes]>,
    pub rules: Box<[Rule]>,
    pub allocation: Option<Box<Allocation>>,
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
    pub part: Option<Box<Bucket>>,
    pub serve: Serve,
}

#[derive(Debug)]
pub(crate) enum Serve {
    Variant(VariantIndex),
    Split(Box<Split>),
}

/// A division of units: the first share whose end exceeds the bucket is the unit's. Invariant: the last end is
/// [`crate::limits::SPLIT_TOTAL`], and no share is empty.
#[derive(Debug)]
pub(crate) struct Split {
    pub draw: Draw,
    /// The first two shares: a split has no fewer, and most have no more, so that nothing else need be read.
    near: [Share; 2],
    far: Box<[Share]>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Share {
    pub end: u32,
    pub variant: VariantIndex,
}

impl Split {
    /// Returns the split, or `None` for fewer than two shares: everyone would get the same.
    pub(crate) fn new(draw: Draw, shares: &[Share]) -> Option<Self> {
        let (near, far) = shares.split_first_chunk::<2>()?;
        Some(Self { draw, near: *near, far: far.into() })
    }

    /// Returns the shares in bucket order.
    pub(crate) fn shares(&self) -> impl Iterator<Item = &Share> {
        self.near.iter().chain(&self.far)
    }

    /// Returns the variant whose share holds the bucket.
    pub(crate) fn variant(&self, bucket: u32) -> Option<VariantIndex> {
        self.shares().find(|share| bucket < share.end).map(|share| share.variant)
    }
}

impl Flag {
    /// Returns the variant at that position.
    pub(crate) fn variant(&self, index: VariantIndex) -> Option<&Variant> {
        self.variants.get(usize::from(index))
    }

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

/// What evaluation reads in order must stay small, or a bulk evaluation waits for memory.
const _: () = {
    assert!(size_of::<Flag>() <= 64, "a flag is one cache line");
    assert!(size_of::<Rule>() <= 80, "a rule with a single test holds the test itself");
    assert!(size_of::<Entry>() <= 32, "a part is kept elsewhere: few entries have one");
};
