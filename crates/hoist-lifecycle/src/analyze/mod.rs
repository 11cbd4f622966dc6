//! Recorded counts, judged as a rollout would have judged them while they came in.
//!
//! [`RecordingDraft`] is the shape of the file; [`RecordingDraft::check`] proves it; [`analyze()`] answers with one [`Look`]
//! per moment and a [`Summary`]. The evidence is that of [`crate::sequential`], with dispersion 1. What a rollout knows and
//! a recording does not is left out: bakes, minimum units, approvals, maximum times.

mod draft;
mod judge;
mod look;
mod recorded;
mod recording;
mod track;

pub use draft::{FlushDraft, GuardDraft, Kind, RecordingDraft};
pub use look::{Analysis, Look, Outcome, Summary};
pub use recorded::{Recorded, recorded};
pub use recording::Recording;

use std::collections::BTreeMap;

use hoist_eval::Span;

use crate::limits::{RECORDING_STALENESS_SECONDS_MIN, RECORDING_STALENESS_WINDOWS};
use crate::sequential::{Epochs, SrmEvidence, anytime_p, combine};

use judge::Judge;
use recording::Flush;
use track::Track;

/// Judges a recording at each moment that has a flush.
///
/// Restart epochs begin with every stage and every 300 s within one; the first stage begins at 0, every other with its
/// first flush. First exposures say something about units and not about a metric, so each moment's are taken from the
/// flushes of one metric: the first that has any.
pub fn analyze(recording: &Recording) -> Analysis {
    let mut tracks: Vec<Track<'_>> = recording.guards.iter().map(|guard| Track::new(guard, recording.stakes)).collect();
    let mut srm = SrmEvidence::default();
    let mut clock = Clock::default();
    let mut judge = Judge::new(recording, staleness(&recording.flushes));
    let mut looks: Vec<Look> = Vec::new();
    let mut highest = 0.0_f64;
    for moment in recording.flushes.chunk_by(|a, b| a.at.total_cmp(&b.at).is_eq()) {
        let mut counted = None;
        for flush in moment {
            let epoch = clock.epoch(flush);
            if let Some(track) = tracks.get_mut(flush.guard) {
                track.absorb(flush, epoch);
            }
            if let Some(exposures) = flush.exposures.filter(|_| *counted.get_or_insert(flush.guard) == flush.guard) {
                srm.absorb(exposures.share, exposures.treatment, exposures.control);
            }
        }
        let weighted: Vec<_> = tracks.iter().map(|track| (track.log_harm(), track.guard.weight)).collect();
        let combined = combine(&weighted);
        let at = moment.first().map_or(0.0, |flush| flush.at);
        let (outcome, metric) = judge.decide(at, combined, srm.log_evidence(), &tracks);
        let log_e_harm = combined.map_or(0.0, |combined| combined.log_evidence);
        highest = highest.max(log_e_harm);
        looks.push(Look {
            at,
            log_e_harm,
            log_e_safe: tracks.iter().map(|track| (track.guard.metric.clone(), track.log_safe())).collect(),
            log_e_srm: srm.log_evidence(),
            decision: outcome,
            metric: metric.map(str::to_owned),
        });
    }
    let summary = summary(recording, &looks, &tracks, highest);
    Analysis { looks, summary }
}

/// Returns the last decision, with the moment since which it has stood.
fn summary(recording: &Recording, looks: &[Look], tracks: &[Track<'_>], highest: f64) -> Summary {
    let decision = looks.last().map_or(Outcome::NoData, |look| look.decision);
    let since = looks.iter().rev().take_while(|look| look.decision == decision).last();
    let ratios: BTreeMap<_, _> =
        tracks.iter().filter_map(|track| Some((track.guard.metric.clone(), track.ratio(recording.alpha)?))).collect();
    Summary { decision, at: since.map_or(0.0, |look| look.at), anytime_p: anytime_p(highest), ratio: ratios }
}

/// Returns how long data stay fresh, in seconds: three windows, at least a minute. A window is the shortest time between
/// two moments.
fn staleness(flushes: &[Flush]) -> f64 {
    let gaps = flushes.iter().zip(flushes.iter().skip(1)).map(|(flush, next)| next.at - flush.at);
    let window = gaps.filter(|gap| *gap > 0.0).fold(f64::INFINITY, f64::min);
    let windows = if window.is_finite() { window * RECORDING_STALENESS_WINDOWS } else { 0.0 };
    windows.max(RECORDING_STALENESS_SECONDS_MIN)
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
