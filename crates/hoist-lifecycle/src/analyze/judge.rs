//! The decision at one moment, in a fixed order: the first rule that applies.

use crate::limits::{
    ALPHA_ABSOLUTE, ALPHA_SAMPLE_RATIO_DEFAULT, CLEAR_SHARE, RECORDING_STALENESS_SECONDS_MIN,
    RECORDING_STALENESS_WINDOWS, SUSPECT_MIN,
};

use super::look::Outcome;
use super::recording::{Flush, Recording};
use super::track::Track;

/// What is known of harm at a moment.
#[derive(Clone, Copy)]
pub(super) struct Harm<'r> {
    /// Natural logarithm of the evidence.
    pub(super) log: f64,
    /// Whether it is, or was, enough to roll back.
    pub(super) is_proven: bool,
    /// The metric that contributes most.
    pub(super) decisive: Option<&'r str>,
}

/// Decides, and remembers what stands.
pub(super) struct Judge<'r> {
    recording: &'r Recording,
    /// How long data stay fresh, in seconds.
    staleness: f64,
    /// Natural logarithm of how many times the evidence it takes to hold one of several treatments.
    log_one: f64,
    /// The same of a limit that any of several treatments may break.
    log_limits: f64,
    /// Set once rolled back: the metric that decided.
    rolled_back: Option<&'r str>,
    /// When the present suspicion began.
    suspected_at: Option<f64>,
}

impl<'r> Judge<'r> {
    /// Returns a judge of one of `one_of` treatments, beside limits that `count` treatments have.
    pub(super) fn new(recording: &'r Recording, one_of: usize, count: usize) -> Self {
        Self {
            recording,
            staleness: staleness(&recording.flushes),
            log_one: (one_of as f64).ln(),
            log_limits: (count as f64).ln(),
            rolled_back: None,
            suspected_at: None,
        }
    }

    /// Returns what should be done at a moment, and the metric that decides.
    pub(super) fn decide<'t>(
        &mut self,
        at: f64,
        harm: Harm<'r>,
        log_srm: f64,
        tracks: impl Iterator<Item = &'t Track<'r>> + Clone,
    ) -> (Outcome, Option<&'r str>)
    where
        'r: 't,
    {
        let limit = -ALPHA_ABSOLUTE.ln() + self.log_limits;
        let is_broken = |track: &&Track<'r>| track.has_limit() && track.guard.weight > 0.0 && track.log_harm() >= limit;
        self.rolled_back = self
            .rolled_back
            .or_else(|| tracks.clone().find(is_broken).map(Track::metric))
            .or_else(|| harm.decisive.filter(|_| harm.is_proven));
        self.suspect(at, harm.log);
        if let Some(metric) = self.rolled_back {
            return (Outcome::Rollback, Some(metric));
        }
        if log_srm >= -ALPHA_SAMPLE_RATIO_DEFAULT.ln() + self.log_one {
            return (Outcome::Unhealthy, None);
        }
        let mut required = tracks.filter(|track| track.guard.weight > 0.0);
        let is_fresh = |track: &Track<'_>| track.last_data.is_some_and(|last| at - last <= self.staleness);
        if let Some(silent) = required.clone().find(|track| !is_fresh(track)) {
            return (Outcome::NoData, Some(silent.metric()));
        }
        if self.suspected_at.is_some() {
            return (Outcome::Hold, harm.decisive);
        }
        // Without a guard that counts nothing was shown.
        let is_safe =
            required.clone().count() > 0 && required.all(|track| track.log_safe() >= -self.recording.beta.ln());
        (if is_safe { Outcome::Proceed } else { Outcome::Collecting }, None)
    }

    /// A suspicion lasts at least five minutes, and until the evidence has fallen well below what raised it.
    fn suspect(&mut self, at: f64, log_harm: f64) {
        let log_hold = self.recording.hold.ln() + self.log_one;
        let is_over = log_harm < (CLEAR_SHARE * self.recording.hold).ln() + self.log_one;
        match self.suspected_at {
            None if log_harm >= log_hold => self.suspected_at = Some(at),
            Some(since) if is_over && at - since >= SUSPECT_MIN.as_seconds_f64() => self.suspected_at = None,
            _ => {}
        }
    }
}

/// Returns how long data stay fresh, in seconds: three windows, at least a minute. A window is the shortest time between
/// two moments.
fn staleness(flushes: &[Flush]) -> f64 {
    let gaps = flushes.iter().zip(flushes.iter().skip(1)).map(|(flush, next)| next.at - flush.at);
    let window = gaps.filter(|gap| *gap > 0.0).fold(f64::INFINITY, f64::min);
    let windows = if window.is_finite() { window * RECORDING_STALENESS_WINDOWS } else { 0.0 };
    windows.max(RECORDING_STALENESS_SECONDS_MIN)
}
