//! How ledgers are kept in step with the store: one rollout's trouble is its own, and what was told in many flushes becomes few.

use hoist_lifecycle::intake::Measure;
use hoist_store::StoreError;

use crate::limits::EVIDENCE_FOLD;

/// What failed, rollout by rollout.
#[derive(Debug, Default)]
pub(super) struct Faults(Option<StoreError>);

impl Faults {
    /// Returns what went well. What did not is logged, and kept if it is the first.
    pub(super) fn take<T>(&mut self, rollout: &str, result: Result<T, StoreError>) -> Option<T> {
        result
            .map_err(|error| {
                tracing::warn!(rollout, %error, "the evidence of a rollout cannot be kept in step; it is tried again");
                self.0.get_or_insert(error);
            })
            .ok()
    }

    /// Returns the first error, or what was done.
    pub(super) fn settle<T>(self, done: T) -> Result<T, StoreError> {
        self.0.map_or(Ok(done), Err)
    }
}

/// Returns the server that a process belongs to, by its name; a name without a hyphen is one of its own.
pub(super) fn server_of(instance: &str) -> &str {
    instance.split_once('-').map_or(instance, |(server, _)| server)
}

/// Returns whether outcomes are lost with this process: those of units whose maturity is not over, where nothing keeps the
/// server's name, so that no later process knows which units are its own.
pub(super) fn loses_outcomes<'m>(instance: &str, mut measures: impl Iterator<Item = &'m Measure>) -> bool {
    !instance.contains('-') && measures.any(|measure| matches!(measure, Measure::Conversion { maturity: Some(_), .. }))
}

/// Returns after which of its flushes a server folds when it has made this one: after every [`EVIDENCE_FOLD`] those, after
/// every [`EVIDENCE_FOLD`] folds all of them, and so on. So a record is rewritten a handful of times, and of a million
/// flushes some hundred are left.
pub(super) fn folds_after(sequence: u64) -> Option<u64> {
    let mut span = 1_u64;
    while let Some(wider) = span.checked_mul(EVIDENCE_FOLD).filter(|wider| sequence.is_multiple_of(*wider)) {
        span = wider;
    }
    (span > 1 && sequence > 0).then(|| sequence - span)
}

#[cfg(test)]
mod tests {
    use hoist_eval::Span;
    use hoist_lifecycle::intake::Measure;

    use super::{folds_after, loses_outcomes};

    #[test]
    fn outcomes_outlive_a_server_that_keeps_its_name() {
        let bought = |maturity| Measure::Conversion { event: "purchase".parse().unwrap(), maturity };
        let (later, at_once) = (bought(Some(Span::from_hours(1))), bought(None));
        for (instance, measures, expected) in [
            ("4kf0", vec![&at_once, &later], true),
            ("4kf0", vec![&at_once], false),
            ("here-4kf0", vec![&later], false),
            ("4kf0", vec![], false),
        ] {
            assert_eq!(loses_outcomes(instance, measures.iter().copied()), expected, "{instance} {measures:?}");
        }
    }

    #[test]
    fn every_flush_is_folded_a_few_times() {
        let rows: &[(u64, Option<u64>)] = &[
            (0, None),
            (1, None),
            (63, None),
            (64, Some(0)),
            (65, None),
            (128, Some(64)),
            (4_096, Some(0)),
            (4_160, Some(4_096)),
            (8_192, Some(4_096)),
            (262_144, Some(0)),
            (u64::MAX, None),
        ];
        for (sequence, expected) in rows {
            assert_eq!(folds_after(*sequence), *expected, "{sequence}");
        }
        // What is left of a month of flushes every ten seconds.
        let mut left: Vec<u64> = Vec::new();
        for sequence in 1..=259_200 {
            left.push(sequence);
            if let Some(after) = folds_after(sequence) {
                left.retain(|earlier| *earlier <= after || *earlier == sequence);
            }
        }
        assert!(left.len() <= 3 * 64, "{}", left.len());
    }
}
