//! From drafts to what is served.

use std::collections::HashSet;

use super::{Serve, Share, Split, VariantIndex};
use crate::draft::{ServeDraft, VariantDraft, WeightDraft};
use crate::limits::{SPLIT_TOTAL, VARIANTS_MAX};
use crate::problem::{Path, ProblemCode, Problems};
use crate::split::{Draw, Salt};

/// Shares and the salt they are drawn with; the salt is `None` when it has been reported as malformed.
pub(super) struct Weights<'d> {
    pub draft: &'d [WeightDraft],
    pub salt: Option<Salt>,
}

pub(super) fn parse_serve(
    draft: &ServeDraft,
    path: &Path<'_>,
    variants: &[VariantDraft],
    problems: &mut Problems,
) -> Option<Serve> {
    match draft {
        ServeDraft::Variant(key) => find_variant(key, &path.field("variant"), variants, problems).map(Serve::Variant),
        ServeDraft::Split(split) => {
            let path = path.field("split");
            let salt = split.salt.parse();
            if let Err(rule) = &salt {
                problems.report(&path.field("salt"), ProblemCode::InvalidSalt, rule);
            }
            let weights = Weights { draft: &split.weights, salt: salt.ok() };
            parse_weights(&weights, &path.field("weights"), variants, problems)
        }
    }
}

/// Parses shares. A share of everything is no split: it needs no salt and no targeting key.
pub(super) fn parse_weights(
    weights: &Weights<'_>,
    path: &Path<'_>,
    variants: &[VariantDraft],
    problems: &mut Problems,
) -> Option<Serve> {
    if !problems.bounded(path, weights.draft.len(), VARIANTS_MAX, "shares") {
        return None;
    }
    let mut seen = HashSet::new();
    let mut total: u64 = 0;
    let mut shares = Vec::with_capacity(weights.draft.len());
    for (index, weight) in weights.draft.iter().enumerate() {
        let path = path.index(index);
        let path = path.field("variant");
        if !seen.insert(weight.variant.as_str()) {
            problems.report(&path, ProblemCode::DuplicateKey, "must have one share only");
        }
        let variant = find_variant(&weight.variant, &path, variants, problems);
        total += u64::from(weight.weight);
        if let (Some(variant), 1..) = (variant, weight.weight) {
            shares.push(Share { end: u32::try_from(total).unwrap_or(u32::MAX), variant });
        }
    }
    if total != u64::from(SPLIT_TOTAL) {
        let message = format_args!("must add up to {SPLIT_TOTAL}, and add up to {total}");
        problems.report(path, ProblemCode::InvalidWeights, message);
        return None;
    }
    match *shares {
        [only] => Some(Serve::Variant(only.variant)),
        _ => Split::new(Draw::new(weights.salt?), &shares).map(Box::new).map(Serve::Split),
    }
}

/// Returns the position of the variant, or reports that the flag has none of that key.
pub(super) fn find_variant(
    key: &str,
    path: &Path<'_>,
    variants: &[VariantDraft],
    problems: &mut Problems,
) -> Option<VariantIndex> {
    let found = variants.iter().position(|variant| variant.key == key);
    if found.is_none() {
        problems.report(path, ProblemCode::UnknownVariant, "must be the key of one of the flag's variants");
    }
    // A position beyond the bound is reported where the variants are.
    found.and_then(|at| VariantIndex::try_from(at).ok())
}
