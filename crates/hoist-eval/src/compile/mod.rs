//! From a draft to a snapshot, reporting every problem at once. What is sound is served; what is broken keeps its
//! earlier form, or says so.

mod graph;
mod metadata;

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use crate::condition::{References, World};
use crate::draft::{FlagDraft, SegmentDraft, SnapshotDraft};
use crate::flag::{self, Body, BooleanVariants, Flag};
use crate::key::{FlagKey, SegmentKey};
use crate::limits::{FLAGS_MAX, PREREQUISITE_DEPTH_MAX, SEGMENT_DEPTH_MAX, SEGMENTS_MAX};
use crate::problem::{Path, Problem, ProblemCode, Problems};
use crate::segment;
use crate::snapshot::{Generation, Snapshot};

use graph::{Chain, chains};

/// A snapshot and what was wrong with its draft.
#[derive(Debug)]
pub struct Compiled {
    /// What can be served.
    pub snapshot: Snapshot,
    /// What was wrong; empty if all is well.
    pub problems: Vec<Problem>,
}

/// Compiles a draft. A flag or segment with problems keeps the form it had in `previous`; without one, the flag answers
/// `PARSE_ERROR`, except that a flag whose kill switch is off still serves its off variant if that much is sound.
pub fn compile(draft: &SnapshotDraft, generation: Generation, previous: Option<&Snapshot>) -> Compiled {
    let mut found = Vec::new();
    let world = world(draft, None, previous, &mut found);
    let chains = flag_chains(&draft.flags.iter().collect::<Vec<_>>());
    let doubled = doubled(draft.flags.iter().map(|flag| flag.key.as_str()));
    let mut flags = Vec::with_capacity(draft.flags.len());
    // In the order of the keys, in which bulk evaluation will read them: so neighbours are neighbours in memory too.
    let mut ordered: Vec<(usize, &FlagDraft)> = draft.flags.iter().enumerate().collect();
    ordered.sort_by(|(_, left), (_, right)| left.key.cmp(&right.key));
    for (index, flag) in ordered {
        let key = flag.key.parse::<FlagKey>().ok();
        let first = doubled.get(flag.key.as_str());
        let mut problems = Problems::of_flag(key.as_ref().map(FlagKey::as_str));
        let parsed = parse_flag(flag, chains.get(index).copied(), first.is_some(), &world, &mut problems);
        found.extend(located(problems, "flags", index, key.is_some()));
        if let Some(key) = key.filter(|_| first.is_none_or(|first| *first == index)) {
            let earlier = previous.and_then(|previous| previous.flag_of(&flag.key));
            flags.push(parsed.unwrap_or_else(|| fall_back(flag, key, first.is_some(), earlier)));
        }
    }
    report_too_many(draft, &mut found);
    let metadata = metadata::parse(&draft.metadata, &mut found);
    let segments = world.segments.into_values().flatten();
    Compiled { snapshot: Snapshot::new(generation, flags, segments, metadata), problems: found }
}

/// Returns everything wrong with a flag that is about to be written, given everything else in the environment; `others`
/// may hold its present form. Problems that other flags would get from the change are reported under their names.
pub fn check_flag(flag: &FlagDraft, others: &SnapshotDraft) -> Vec<Problem> {
    let mut ignored = Vec::new();
    let mut world = world(others, None, None, &mut ignored);
    world.flags.insert(&flag.key, flag);
    let mut flags: Vec<&FlagDraft> = vec![flag];
    flags.extend(others.flags.iter().filter(|other| other.key != flag.key));
    let chain = flag_chains(&flags).first().copied();
    let mut problems = Problems::of_flag(Some(&flag.key));
    parse_flag(flag, chain, false, &world, &mut problems);
    let mut found = problems.into_list();
    for other in flags.into_iter().skip(1) {
        if References::of_flag(other).flags.contains(&flag.key.as_str()) {
            found.extend(new_problems(other, others, &world));
        }
    }
    found
}

/// Returns everything wrong with a segment that is about to be written; as [`check_flag`].
pub fn check_segment(segment: &SegmentDraft, others: &SnapshotDraft) -> Vec<Problem> {
    let mut found = Vec::new();
    world(others, Some(segment), None, &mut found);
    found.retain(|problem| problem.segment.as_ref() == Some(&segment.key));
    found
}

/// Problems of another flag that it has in the changed world and had not before.
fn new_problems(flag: &FlagDraft, before: &SnapshotDraft, world: &World<'_>) -> Vec<Problem> {
    let problems_in = |world: &World<'_>| {
        let mut problems = Problems::of_flag(Some(&flag.key));
        parse_flag(flag, None, false, world, &mut problems);
        problems.into_list()
    };
    let flags = before.flags.iter().map(|flag| (flag.key.as_str(), flag)).collect();
    let segments = world.segments.clone();
    let (attributes, variants) = (RefCell::default(), BooleanVariants::default());
    let had = problems_in(&World { flags, segments, attributes, variants });
    problems_in(world).into_iter().filter(|problem| !had.contains(problem)).collect()
}

fn parse_flag(
    draft: &FlagDraft,
    chain: Option<Chain>,
    is_double: bool,
    world: &World<'_>,
    problems: &mut Problems,
) -> Option<Flag> {
    if is_double {
        problems.report(&Path::at("key"), ProblemCode::DuplicateKey, "must differ from the other flags' keys");
    }
    report_chain(chain, PREREQUISITE_DEPTH_MAX, &Path::at("prerequisites"), "flags", problems);
    flag::parse(draft, world, problems)
}

/// What a flag with problems serves. Which of several flags with one key is meant cannot be known.
fn fall_back(draft: &FlagDraft, key: FlagKey, is_double: bool, earlier: Option<&Flag>) -> Flag {
    if !draft.targeting.enabled && !is_double {
        if let Some(off) = flag::parse_off(draft, &mut Problems::default()) {
            return off;
        }
        if let Some(earlier) = earlier {
            return earlier.switched_off();
        }
    }
    let (kind, version) = (draft.kind, draft.version);
    let broken = || Flag { key, kind, version, variants: Arc::new([]), off: 0, body: Body::Broken };
    earlier.cloned().unwrap_or_else(broken)
}

/// Gathers what conditions may refer to, compiling segments before those that refer to them. `replacement` stands in
/// for the segment of the same key.
fn world<'d>(
    draft: &'d SnapshotDraft,
    replacement: Option<&'d SegmentDraft>,
    previous: Option<&Snapshot>,
    found: &mut Vec<Problem>,
) -> World<'d> {
    let kept = |segment: &&SegmentDraft| replacement.is_none_or(|replacement| replacement.key != segment.key);
    let drafts: Vec<&SegmentDraft> = replacement.into_iter().chain(draft.segments.iter().filter(kept)).collect();
    let doubled = doubled(drafts.iter().map(|segment| segment.key.as_str()));
    let edges = edges(&drafts, |segment| &segment.key, |segment| References::of_segment(segment).segments);
    let (chains, order) = chains(&edges);
    let flags = draft.flags.iter().map(|flag| (flag.key.as_str(), flag)).collect();
    let segments = drafts.iter().map(|segment| (segment.key.as_str(), None)).collect();
    let (attributes, variants) = (RefCell::default(), BooleanVariants::default());
    let mut world = World { flags, segments, attributes, variants };
    for index in order {
        let Some(segment) = drafts.get(index) else { continue };
        let key_is_known = segment.key.parse::<SegmentKey>().is_ok();
        let mut problems = Problems::of_segment(key_is_known.then_some(segment.key.as_str()));
        if doubled.contains_key(segment.key.as_str()) {
            problems.report(&Path::at("key"), ProblemCode::DuplicateKey, "must differ from the other segments' keys");
        }
        report_chain(chains.get(index).copied(), SEGMENT_DEPTH_MAX, &Path::at("when"), "segments", &mut problems);
        let parsed = segment::parse(segment, &world, &mut problems).map(Arc::new);
        let earlier = || previous.and_then(|previous| previous.shared_segment(&segment.key)).cloned();
        world.segments.insert(&segment.key, parsed.or_else(earlier));
        found.extend(located(problems, "segments", index, key_is_known));
    }
    world
}

/// Returns the keys that occur more than once, with the place of the first.
fn doubled<'k>(keys: impl Iterator<Item = &'k str>) -> HashMap<&'k str, usize> {
    let mut seen: HashMap<&str, (usize, usize)> = HashMap::new();
    for (index, key) in keys.enumerate() {
        seen.entry(key).or_insert((index, 0)).1 += 1;
    }
    seen.into_iter().filter(|(_, (_, count))| *count > 1).map(|(key, (first, _))| (key, first)).collect()
}

/// Returns, for each draft, the places of those it refers to; unknown references are left out.
fn edges<'d, T>(
    drafts: &[&'d T],
    key: impl Fn(&'d T) -> &'d str,
    references: impl Fn(&'d T) -> Vec<&'d str>,
) -> Vec<Vec<usize>> {
    let places: HashMap<&str, usize> = drafts.iter().enumerate().map(|(at, draft)| (key(draft), at)).collect();
    let targets = |draft: &&'d T| references(draft).iter().filter_map(|key| places.get(key).copied()).collect();
    drafts.iter().map(targets).collect()
}

fn flag_chains(flags: &[&FlagDraft]) -> Vec<Chain> {
    chains(&edges(flags, |flag| &flag.key, |flag| References::of_flag(flag).flags)).0
}

fn report_chain(chain: Option<Chain>, limit: usize, path: &Path<'_>, what: &str, problems: &mut Problems) {
    match chain {
        Some(Chain { on_cycle: true, .. }) => {
            problems.report(path, ProblemCode::Cycle, format_args!("refers to itself through other {what}"));
        }
        Some(Chain { length, .. }) if length > limit => {
            let message = format_args!("must start a chain of at most {limit} {what}");
            problems.report(path, ProblemCode::TooDeep, message);
        }
        _ => {}
    }
}

/// A flag whose key is no key can only be named by its place in the draft.
fn located(problems: Problems, list: &str, index: usize, key_is_known: bool) -> Vec<Problem> {
    let mut problems = problems.into_list();
    if !key_is_known {
        for problem in &mut problems {
            problem.path = format!("{list}[{index}].{}", problem.path);
        }
    }
    problems
}

fn report_too_many(draft: &SnapshotDraft, found: &mut Vec<Problem>) {
    let mut problems = Problems::default();
    problems.bounded(&Path::at("flags"), draft.flags.len(), FLAGS_MAX, "flags");
    problems.bounded(&Path::at("segments"), draft.segments.len(), SEGMENTS_MAX, "segments");
    found.extend(problems.into_list());
}
