//! One treatment of a recording: what all guards have gathered about it.

use hoist_eval::Span;

use crate::sequential::{Combined, Epochs, SrmEvidence, combine};

use super::judge::{Harm, Judge};
use super::look::Outcome;
use super::recording::{Flush, Recording};
use super::track::Track;

/// One treatment with its evidence.
pub(super) struct Strand<'r> {
    /// Empty for the one treatment of a recording that has no other.
    pub(super) name: &'r str,
    pub(super) tracks: Vec<Track<'r>>,
    pub(super) srm: SrmEvidence,
    clock: Clock,
    judge: Judge<'r>,
    combined: Option<Combined>,
}

impl<'r> Strand<'r> {
    /// Returns treatment `index` of `count`, about which nothing is known.
    pub(super) fn new(recording: &'r Recording, index: usize, count: usize) -> Self {
        Self {
            name: recording.treatments.get(index).map(String::as_str).unwrap_or_default(),
            tracks: (recording.guards.iter().enumerate())
                .map(|(index, guard)| Track::new(guard, recording.stakes, recording.tells_stays_apart(index)))
                .collect(),
            srm: SrmEvidence::default(),
            clock: Clock::default(),
            judge: Judge::new(recording, count, count),
            combined: None,
        }
    }

    /// Counts the flushes of one moment.
    pub(super) fn absorb<'f>(&mut self, moment: impl Iterator<Item = &'f Flush>) {
        let mut counted = None;
        for flush in moment {
            // The evidence of values has no restarts, and a stay that is over may have a flush at any time.
            let epoch = if flush.values.is_some() { 0 } else { self.clock.epoch(flush) };
            if let Some(track) = self.tracks.get_mut(flush.guard) {
                track.absorb(flush, epoch);
            }
            if let Some(exposures) = flush.exposures.filter(|_| *counted.get_or_insert(flush.guard) == flush.guard) {
                self.srm.absorb(exposures.share, exposures.treatment, exposures.control);
            }
        }
        let weighted: Vec<_> = self.tracks.iter().map(|track| (track.log_harm(), track.guard.weight)).collect();
        self.combined = combine(&weighted);
    }

    /// Returns the natural logarithm of the evidence that the treatment harms.
    pub(super) fn log_harm(&self) -> f64 {
        self.combined.map_or(0.0, |combined| combined.log_evidence)
    }

    /// Returns the metric that contributes most to it.
    pub(super) fn decisive(&self) -> Option<&'r str> {
        let track = self.tracks.get(self.combined?.decisive)?;
        Some(track.guard.metric.as_str())
    }

    /// Returns what should be done with the treatment by itself.
    pub(super) fn decide(&mut self, at: f64, is_proven: bool) -> Outcome {
        let harm = Harm { log: self.log_harm(), is_proven, decisive: self.decisive() };
        self.judge.decide(at, harm, self.srm.log_evidence(), self.tracks.iter()).0
    }
}

/// Knows which stay at a stage a flush belongs to, and when it began.
#[derive(Debug, Default)]
struct Clock {
    epochs: Epochs,
    stage: Option<u32>,
    stay: u64,
    since: f64,
}

impl Clock {
    fn epoch(&mut self, flush: &Flush) -> u64 {
        if self.stage.is_some_and(|stage| stage != flush.stage) {
            self.stay += 1;
            self.since = flush.at;
        }
        self.stage = Some(flush.stage);
        self.epochs.at(self.stay, Span::from_micros(((flush.at - self.since).max(0.0) * 1e6) as u64))
    }
}
