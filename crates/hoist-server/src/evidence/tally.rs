//! How often exposures and events came to what, for `/metrics`.

use hoist_lifecycle::intake::Outcome;
use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;

use super::refused::{Refusal, RefusedLabels, Way};

/// What something taken in is counted under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct TallyLabels {
    kind: Kind,
    outcome: Came,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelValue)]
#[expect(non_camel_case_types, reason = "the names are label values")]
enum Kind {
    exposure,
    event,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelValue)]
#[expect(non_camel_case_types, reason = "the names are label values")]
enum Came {
    counted,
    repeated,
    not_sampled,
    waits,
    unattributed,
    superseded,
    irrelevant,
    dropped,
    refused,
}

/// What a record of an export is counted under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct RecordLabels {
    signal: Signal,
    outcome: Exported,
}

/// A kind of telemetry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelValue)]
#[expect(non_camel_case_types, reason = "the names are label values")]
pub enum Signal {
    /// Log records.
    logs,
    /// Data points of metrics.
    metrics,
}

/// What became of a record of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelValue)]
#[expect(non_camel_case_types, reason = "the names are label values")]
pub enum Exported {
    /// It was an evaluation, an event or a sum.
    taken,
    /// It is about something else.
    passed_over,
    /// It cannot be read, or breaks a rule.
    rejected,
}

/// Counts what was taken in. Cloning is cheap.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    taken: Family<TallyLabels, Counter>,
    records: Family<RecordLabels, Counter>,
    refused: Family<RefusedLabels, Counter>,
}

impl Tally {
    /// Returns the counters, to be registered.
    pub fn family(&self) -> Family<TallyLabels, Counter> {
        self.taken.clone()
    }

    /// Returns the counters of exported records, to be registered.
    pub fn records(&self) -> Family<RecordLabels, Counter> {
        self.records.clone()
    }

    /// Returns the counters of what was refused, to be registered.
    pub fn refusals(&self) -> Family<RefusedLabels, Counter> {
        self.refused.clone()
    }

    /// Counts what was refused.
    pub(super) fn refused(&self, way: Way, cause: Refusal, count: u64) {
        self.refused.get_or_create(&RefusedLabels { way, cause }).inc_by(count);
        if way == Way::track {
            self.taken.get_or_create(&TallyLabels { kind: Kind::event, outcome: Came::refused }).inc_by(count);
        }
    }

    /// Counts records of an export.
    pub(crate) fn exported(&self, signal: Signal, outcome: Exported, count: u64) {
        self.records.get_or_create(&RecordLabels { signal, outcome }).inc_by(count);
    }

    /// Counts an exposure.
    pub(super) fn exposure(&self, outcome: Outcome) {
        self.count(Kind::exposure, outcome, 1);
    }

    /// Counts events.
    pub(super) fn events(&self, outcome: Outcome, count: u64) {
        self.count(Kind::event, outcome, count);
    }

    /// Counts exposures that found the queue full.
    pub(super) fn dropped(&self, count: u64) {
        if count > 0 {
            self.taken.get_or_create(&TallyLabels { kind: Kind::exposure, outcome: Came::dropped }).inc_by(count);
        }
    }

    fn count(&self, kind: Kind, outcome: Outcome, count: u64) {
        let outcome = match outcome {
            Outcome::Counted => Came::counted,
            Outcome::Repeated => Came::repeated,
            Outcome::NotSampled => Came::not_sampled,
            Outcome::Waits => Came::waits,
            Outcome::Unattributed => Came::unattributed,
            Outcome::Superseded => Came::superseded,
            Outcome::Irrelevant => Came::irrelevant,
        };
        self.taken.get_or_create(&TallyLabels { kind, outcome }).inc_by(count);
    }
}
