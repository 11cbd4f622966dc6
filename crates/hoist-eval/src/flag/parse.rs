//! From drafts to flags. Every problem is reported; a flag comes out only when there is none.

use std::collections::HashSet;
use std::sync::Arc;

use super::parse_serve::{Weights, find_variant, parse_serve, parse_weights};
use super::parse_value::parse_value;
use super::{Allocation, Body, Entry, Flag, Rule, Serve, Targeting, Variant};
use crate::condition::{self, FlagServes, World};
use crate::draft::{AllocationDraft, FlagDraft, RuleDraft};
use crate::key;
use crate::limits::{ALLOCATION_ENTRIES_MAX, DESCRIPTION_BYTES_MAX, PREREQUISITES_MAX, RULES_MAX, VARIANTS_MAX};
use crate::problem::{Path, ProblemCode, Problems};
use crate::resolution::Reason;

/// Parses a flag completely, whether its kill switch is on or off.
pub(crate) fn parse(draft: &FlagDraft, world: &World<'_>, problems: &mut Problems) -> Option<Flag> {
    let mut flag = parse_off(draft, problems);
    let targeting = &draft.targeting;
    let prerequisites = parse_prerequisites(draft, world, problems);
    let rules = parse_rules(draft, world, problems);
    let allocation = draft.allocation.as_ref();
    let allocation = allocation.map(|allocation| parse_allocation(allocation, draft, world, problems));
    let default = parse_serve(&targeting.default, &Path::at("default"), &draft.variants, problems);
    if !problems.is_empty() {
        return None;
    }
    let (flag_ref, default) = (flag.as_mut()?, default?);
    flag_ref.variants = world.variants.share(&flag_ref.variants);
    if targeting.enabled {
        let keyless = if let Serve::Variant(variant) = default { variant } else { flag_ref.off };
        let targeting =
            Targeting { prerequisites, rules, allocation: allocation.flatten().map(Box::new), default, keyless };
        flag_ref.body = match targeting {
            Targeting { prerequisites, rules, allocation: None, default: Serve::Variant(variant), .. }
                if prerequisites.is_empty() && rules.is_empty() =>
            {
                Body::Fixed(variant, Reason::Static)
            }
            targeting => Body::Targeted(Arc::new(targeting)),
        };
    }
    flag
}

/// Parses only what a flag needs whose kill switch is off: variants and off variant.
pub(crate) fn parse_off(draft: &FlagDraft, problems: &mut Problems) -> Option<Flag> {
    let key = draft.key.parse();
    if let Err(rule) = &key {
        problems.report(&Path::at("key"), ProblemCode::InvalidKey, rule);
    }
    let variants = parse_variants(draft, problems);
    let path = Path::at("off_variant");
    let off = find_variant(&draft.targeting.off_variant, &path, &draft.variants, problems);
    let (key, off, version) = (key.ok()?, off?, draft.version);
    let body = Body::Fixed(off, Reason::Disabled);
    problems.is_empty().then(|| Flag { key, kind: draft.kind, version, variants: variants.into(), off, body })
}

fn parse_variants(draft: &FlagDraft, problems: &mut Problems) -> Vec<Variant> {
    let path = Path::at("variants");
    if draft.variants.is_empty() {
        problems.report(&path, ProblemCode::ValueCount, "must hold at least one variant");
    }
    if !problems.bounded(&path, draft.variants.len(), VARIANTS_MAX, "variants") {
        return Vec::new();
    }
    let mut seen = HashSet::new();
    let mut variants = Vec::with_capacity(draft.variants.len());
    for (index, variant) in draft.variants.iter().enumerate() {
        let path = path.index(index);
        let key = variant.key.parse();
        if let Err(rule) = &key {
            problems.report(&path.field("key"), ProblemCode::InvalidKey, rule);
        }
        if !seen.insert(variant.key.as_str()) {
            problems.report(&path.field("key"), ProblemCode::DuplicateKey, "must differ from the other variants' keys");
        }
        let value = parse_value(&variant.value, draft.kind, &path.field("value"), problems);
        if let (Ok(key), Some(value)) = (key, value) {
            variants.push(Variant { key, value });
        }
    }
    variants
}

fn parse_prerequisites(draft: &FlagDraft, world: &World<'_>, problems: &mut Problems) -> Box<[FlagServes]> {
    let path = Path::at("prerequisites");
    let drafts = &draft.targeting.prerequisites;
    if !problems.bounded(&path, drafts.len(), PREREQUISITES_MAX, "prerequisites") {
        return Box::default();
    }
    let parse = |(index, prerequisite)| condition::find_flag(world, prerequisite, &path.index(index), problems);
    drafts.iter().enumerate().filter_map(parse).collect()
}

fn parse_rules(draft: &FlagDraft, world: &World<'_>, problems: &mut Problems) -> Box<[Rule]> {
    let path = Path::at("rules");
    let drafts = &draft.targeting.rules;
    if !problems.bounded(&path, drafts.len(), RULES_MAX, "rules") {
        return Box::default();
    }
    let mut seen = HashSet::new();
    let mut nodes = 0;
    let mut rules = Vec::with_capacity(drafts.len());
    for (index, rule) in drafts.iter().enumerate() {
        let path = path.index(index);
        if let Err(error) = key::parse(&rule.id, "rule id") {
            problems.report(&path.field("id"), ProblemCode::InvalidKey, error);
        }
        if !seen.insert(rule.id.as_str()) {
            problems.report(&path.field("id"), ProblemCode::DuplicateKey, "must differ from the other rules' ids");
        }
        rules.extend(parse_rule(rule, draft, &path, world, &mut nodes, problems));
    }
    rules.into()
}

fn parse_rule(
    rule: &RuleDraft,
    draft: &FlagDraft,
    path: &Path<'_>,
    world: &World<'_>,
    nodes: &mut usize,
    problems: &mut Problems,
) -> Option<Rule> {
    if rule.description.len() > DESCRIPTION_BYTES_MAX {
        let limit = format_args!("must be at most {DESCRIPTION_BYTES_MAX} bytes");
        problems.report(&path.field("description"), ProblemCode::TooLarge, limit);
    }
    let when = condition::parse(&rule.when, &path.field("when"), world, true, nodes, problems);
    let serve = parse_serve(&rule.serve, &path.field("serve"), &draft.variants, problems);
    Some(Rule { id: rule.id.as_str().into(), when: when?, serve: serve? })
}

fn parse_allocation(
    allocation: &AllocationDraft,
    draft: &FlagDraft,
    world: &World<'_>,
    problems: &mut Problems,
) -> Option<Allocation> {
    let path = Path::at("allocation");
    if let Err(error) = key::parse(&allocation.rollout, "rollout id") {
        problems.report(&path.field("rollout"), ProblemCode::InvalidKey, error);
    }
    let salt = allocation.salt.parse();
    if let Err(rule) = &salt {
        problems.report(&path.field("salt"), ProblemCode::InvalidSalt, rule);
    }
    let list = path.field("entries");
    if !problems.bounded(&list, allocation.entries.len(), ALLOCATION_ENTRIES_MAX, "entries") {
        return None;
    }
    let mut entries = Vec::with_capacity(allocation.entries.len());
    for (index, entry) in allocation.entries.iter().enumerate() {
        let path = list.index(index);
        let segment = |key: &String| condition::find_segment(world, key, &path.field("audience"), problems);
        let audience = entry.audience.as_ref().map(segment);
        let part = entry.part.as_ref().map(|part| condition::parse_bucket(part, &path.field("part"), problems));
        let weights = Weights { draft: &entry.weights, salt: salt.ok() };
        let serve = parse_weights(&weights, &path.field("weights"), &draft.variants, problems);
        // What has a problem is reported, and so nothing of the flag is served.
        let (false, false, Some(serve)) = (matches!(audience, Some(None)), matches!(part, Some(None)), serve) else {
            continue;
        };
        entries.push(Entry { audience: audience.flatten(), part: part.flatten().map(Box::new), serve });
    }
    Some(Allocation { rollout: allocation.rollout.as_str().into(), entries: entries.into() })
}
