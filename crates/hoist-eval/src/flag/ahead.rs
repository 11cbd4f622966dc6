//! Reading ahead. A flag with rules lies in several places of memory, each found through the one before. Evaluated one after
//! another, many flags wait for memory at every place; looked at together, they wait once for all.

use std::hint::black_box;

use super::{Body, Flag, Serve, Targeting};
use crate::condition::Condition;

/// Rules of a flag that are looked at. Most units are served by one of the first.
const RULES: usize = 8;

/// Reads a word of each place in memory that evaluating the flags is likely to need, so that all of them are in the cache
/// afterwards. Changes nothing, and answers nothing.
pub(crate) fn read_ahead(flags: &[Flag]) {
    let mut seen = 0;
    for targeting in targeted(flags) {
        seen ^= targeting.rules.len() ^ usize::from(targeting.keyless);
    }
    for targeting in targeted(flags) {
        if let Serve::Split(split) = &targeting.default {
            seen ^= split.draw.glance() as usize ^ split.near[0].end as usize;
        }
        for rule in targeting.rules.iter().take(RULES) {
            seen ^= usize::from(matches!(rule.when, Condition::Test(_))) ^ rule.id.len();
        }
    }
    for rule in targeted(flags).flat_map(|targeting| targeting.rules.iter().take(RULES)) {
        if let Condition::Group(_, members) = &rule.when {
            for member in members.iter().take(RULES) {
                seen ^= usize::from(matches!(member, Condition::Test(_)));
            }
        }
    }
    black_box(seen);
}

fn targeted(flags: &[Flag]) -> impl Iterator<Item = &Targeting> {
    flags.iter().filter_map(|flag| match &flag.body {
        Body::Targeted(targeting) => Some(&**targeting),
        Body::Fixed(..) | Body::Broken => None,
    })
}
