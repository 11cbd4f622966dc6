//! Snapshots: everything one environment serves, immutable.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use foldhash::fast::FixedState;
use serde::{Deserialize, Serialize};

use crate::flag::{Body, Flag, read_ahead};
use crate::key::{FlagKey, SegmentKey, VariantKey};
use crate::limits::READ_AHEAD_FLAGS;
use crate::segment::Segment;
use crate::value::{FlagValue, ValueKind};

/// How often an environment has changed. It only grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Generation(pub u64);

impl std::fmt::Display for Generation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// The position of a flag in one snapshot, for evaluating it without looking it up again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FlagIndex(u32);

impl FlagIndex {
    /// Returns the position as a number: [`Snapshot::flags`] yields the flag after that many others.
    pub fn as_usize(self) -> usize {
        self.0 as usize
    }
}

/// Everything one environment serves. Made by [`crate::compile()`], never changed afterwards.
///
/// The hash of names is fixed: they come from operators, and a name from outside is only ever looked up.
#[derive(Debug, Default)]
pub struct Snapshot {
    generation: Generation,
    flags: Vec<Flag>,
    index: HashMap<FlagKey, u32, FixedState>,
    segments: HashMap<SegmentKey, Arc<Segment>, FixedState>,
    metadata: BTreeMap<String, serde_json::Value>,
}

impl Snapshot {
    pub(crate) fn new(
        generation: Generation,
        mut flags: Vec<Flag>,
        segments: impl Iterator<Item = Arc<Segment>>,
        metadata: BTreeMap<String, serde_json::Value>,
    ) -> Self {
        flags.sort_by(|left, right| left.key.cmp(&right.key));
        let index = flags.iter().enumerate().map(|(at, flag)| (flag.key.clone(), at as u32)).collect();
        let segments = segments.map(|segment| (segment.key.clone(), segment)).collect();
        Self { generation, flags, index, segments, metadata }
    }

    /// Returns how often the environment had changed when this was made.
    pub fn generation(&self) -> Generation {
        self.generation
    }

    /// Returns the position of the flag.
    pub fn flag_index(&self, key: &str) -> Option<FlagIndex> {
        self.index.get(key).copied().map(FlagIndex)
    }

    /// Returns all flags in the order of their keys.
    pub fn flags(&self) -> impl ExactSizeIterator<Item = FlagRef<'_>> {
        self.flags.iter().enumerate().map(|(at, flag)| FlagRef { index: FlagIndex(at as u32), flag })
    }

    /// Returns what [`Snapshot::flags`] returns, for evaluating all of them: it reads ahead, so that evaluating seldom
    /// waits for memory.
    pub fn flags_ahead(&self) -> impl Iterator<Item = FlagRef<'_>> {
        let chunks = self.flags.chunks(READ_AHEAD_FLAGS).inspect(|chunk| read_ahead(chunk));
        let at = |(at, flag)| FlagRef { index: FlagIndex(at as u32), flag };
        chunks.flatten().enumerate().map(at)
    }

    /// Returns the flag of that key.
    pub fn flag(&self, key: &str) -> Option<FlagRef<'_>> {
        let index = self.flag_index(key)?;
        Some(FlagRef { index, flag: self.flag_at(index)? })
    }

    /// Returns the number of flags.
    pub fn len(&self) -> usize {
        self.flags.len()
    }

    /// Returns whether there are no flags.
    pub fn is_empty(&self) -> bool {
        self.flags.is_empty()
    }

    /// Returns the metadata of the whole set.
    pub fn metadata(&self) -> &BTreeMap<String, serde_json::Value> {
        &self.metadata
    }

    pub(crate) fn flag_at(&self, index: FlagIndex) -> Option<&Flag> {
        self.flags.get(index.0 as usize)
    }

    pub(crate) fn all_flags(&self) -> &[Flag] {
        &self.flags
    }

    pub(crate) fn flag_of(&self, key: &str) -> Option<&Flag> {
        self.flags.get(*self.index.get(key)? as usize)
    }

    pub(crate) fn shared_segment(&self, key: &str) -> Option<&Arc<Segment>> {
        self.segments.get(key)
    }
}

/// A look at one flag of a snapshot.
#[derive(Debug, Clone, Copy)]
pub struct FlagRef<'s> {
    index: FlagIndex,
    flag: &'s Flag,
}

impl<'s> FlagRef<'s> {
    /// Returns the position, for [`crate::evaluate_index`].
    pub fn index(self) -> FlagIndex {
        self.index
    }

    /// Returns the key.
    pub fn key(self) -> &'s FlagKey {
        &self.flag.key
    }

    /// Returns the type of every variant.
    pub fn kind(self) -> ValueKind {
        self.flag.kind
    }

    /// Returns the version of the flag in this environment.
    pub fn version(self) -> u64 {
        self.flag.version
    }

    /// Returns whether the flag has problems and no earlier form, so that it answers with an error.
    pub fn is_broken(self) -> bool {
        matches!(self.flag.body, Body::Broken)
    }

    /// Returns the id of the rollout that owns the flag's allocation, while the flag is on and has one.
    pub fn rollout(self) -> Option<&'s str> {
        match &self.flag.body {
            Body::Targeted(targeting) => targeting.allocation.as_ref().map(|allocation| &*allocation.rollout),
            Body::Fixed(..) | Body::Broken => None,
        }
    }

    /// Returns the variants in the order of the draft; none for a broken flag.
    pub fn variants(self) -> impl ExactSizeIterator<Item = (&'s VariantKey, &'s FlagValue)> {
        self.flag.variants.iter().map(|variant| (&variant.key, &variant.value))
    }
}
