//! The decision at one moment, in a fixed order: the first rule that applies.

use crate::limits::{ALPHA_ABSOLUTE, ALPHA_SAMPLE_RATIO_DEFAULT, CLEAR_SHARE, SUSPECT_MIN};
use crate::sequential::Combined;

use super::look::Outcome;
use super::recording::Recording;
use super::track::Track;

/// Decides, and remembers what stands.
pub(super) struct Judge<'r> {
    recording: &'r Recording,
    /// How long data stay fresh, in seconds.
    staleness: f64,
    /// Set once rolled back: the position of the guard that decided.
    rolled_back: Option<usize>,
    /// When the present suspicion began.
    suspected_at: Option<f64>,
}

impl<'r> Judge<'r> {
    pub(super) fn new(recording: &'r Recording, staleness: f64) -> Self {
        Self { recording, staleness, rolled_back: None, suspected_at: None }
    }

    /// Returns what should be done at a moment, and the metric that decides.
    pub(super) fn decide(
        &mut self,
        at: f64,
        combined: Option<Combined>,
        log_srm: f64,
        tracks: &[Track<'r>],
    ) -> (Outcome, Option<&'r str>) {
        let metric = |index: usize| tracks.get(index).map(|track| track.guard.metric.as_str());
        let log_harm = combined.map_or(0.0, |combined| combined.log_evidence);
        let decisive = combined.map(|combined| combined.decisive);
        self.rolled_back = self
            .rolled_back
            .or_else(|| broken_limit(tracks))
            .or_else(|| decisive.filter(|_| log_harm >= -self.recording.alpha.ln()));
        self.suspect(at, log_harm);
        if let Some(index) = self.rolled_back {
            return (Outcome::Rollback, metric(index));
        }
        if log_srm >= -ALPHA_SAMPLE_RATIO_DEFAULT.ln() {
            return (Outcome::Unhealthy, None);
        }
        let mut required = tracks.iter().filter(|track| track.guard.weight > 0.0);
        let is_fresh = |track: &Track<'_>| track.last_data.is_some_and(|last| at - last <= self.staleness);
        if let Some(silent) = required.clone().find(|track| !is_fresh(track)) {
            return (Outcome::NoData, Some(&silent.guard.metric));
        }
        if self.suspected_at.is_some() {
            return (Outcome::Hold, decisive.and_then(metric));
        }
        // Without a guard that counts nothing was shown.
        let is_safe =
            required.clone().count() > 0 && required.all(|track| track.log_safe() >= -self.recording.beta.ln());
        (if is_safe { Outcome::Proceed } else { Outcome::Collecting }, None)
    }

    /// A suspicion lasts at least five minutes, and until the evidence has fallen well below what raised it.
    fn suspect(&mut self, at: f64, log_harm: f64) {
        let is_over = log_harm < (CLEAR_SHARE * self.recording.hold).ln();
        match self.suspected_at {
            None if log_harm >= self.recording.hold.ln() => self.suspected_at = Some(at),
            Some(since) if is_over && at - since >= SUSPECT_MIN.as_seconds_f64() => self.suspected_at = None,
            _ => {}
        }
    }
}

/// Returns a guard that is beyond a limit of its own, by evidence of its own.
fn broken_limit(tracks: &[Track<'_>]) -> Option<usize> {
    let is_broken =
        |track: &Track<'_>| track.has_limit() && track.guard.weight > 0.0 && track.log_harm() >= -ALPHA_ABSOLUTE.ln();
    tracks.iter().position(is_broken)
}
