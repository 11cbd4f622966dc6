//! The treatment against the control: from the sums of both arms to evidence.
//!
//! Both arms are read for the same instant and compared interval by interval. Whatever happens to both alike, an outage or
//! a busy evening, says nothing; a share that grows from stage to stage mixes nothing up, because every interval lies in
//! one stay. An interval in which a sum went back is dropped in both arms: dropping it in one would favour the other.
//!
//! Units that count once are another matter. What two servers counted at the same time one of them takes back, and a
//! controller that takes over knows of other servers only what they have stored. In a large arm that disappears in what came
//! meanwhile, in a small one it stands alone; were it passed over there, what was counted twice would stay in that arm only.
//! So what was judged is judged once: later events fill the gap first, in either arm.

use hoist_eval::{Span, Timestamp};
use serde::{Deserialize, Serialize};

use crate::limits::{LATE_STAYS_MAX, MISSED_OPPORTUNITIES_MIN, RELAXED_ALPHA};
use crate::metric::MetricSource;
use crate::sequential::{
    CountEvidence, CountFlush, CountKind, CountTest, Direction, MeanTest, Overdispersion, Stakes, guard_dispersion,
    settled_dispersion, settled_log_harm, worst_ratio,
};

use super::cause::NoDataCause;
use super::evidence::{ArmSums, Dispersion, EarlierArms};
use super::state::EntryId;

/// What a guard against control is tested for.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ControlTest {
    /// Events per opportunity.
    Count(CountTest),
    /// Values: a mean, or a ratio of sums.
    Value(MeanTest),
}

impl ControlTest {
    /// Returns which way harm lies.
    pub fn direction(&self) -> Direction {
        match self {
            Self::Count(test) => test.direction,
            Self::Value(test) => test.direction,
        }
    }

    /// Returns how many times worse is still no harm.
    pub fn margin(&self) -> f64 {
        match self {
            Self::Count(test) => test.margin,
            Self::Value(test) => test.margin,
        }
    }

    /// Returns how many times worse must be ruled out, if anything is.
    pub fn noninferiority(&self) -> Option<f64> {
        match self {
            Self::Count(test) => test.noninferiority,
            Self::Value(test) => test.noninferiority,
        }
    }
}

/// Added to the position of a stage in what was counted there before the rollout was kept to a part of the units: the arms are
/// others since, and are not pooled with those.
pub(super) const BEFORE_PARTING: u32 = 1 << 16;

/// What a guard against control has counted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Compared {
    /// The sums of treatment and control that the next ones are compared with: those that were read last, with as many events
    /// as were judged where units count once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last: Option<(ArmSums, ArmSums)>,
    /// Since when events of an arm wait for their opportunities.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    waits_since: Option<Timestamp>,
    /// The restart epoch in which this stay began.
    epoch: u64,
    /// The threshold of a quantile, once it is frozen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) threshold: Option<f64>,
    /// How much more events vary than independent ones would, at least 1; 1 while nobody measures it.
    #[serde(default = "independent", skip_serializing_if = "is_independent")]
    pub(super) dispersion: f64,
    /// The same at the end of the stay before.
    #[serde(default = "independent", skip_serializing_if = "is_independent")]
    former: f64,
    /// Whether that is because few units of the treatment have many of its events.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) stands_out: bool,
    /// Where the sums above were read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    place: Option<Place>,
    /// The last sums of stays that are over, the latest last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    earlier: Vec<Earlier>,
    /// Events that came after their stay was over.
    #[serde(default, skip_serializing_if = "Late::is_none")]
    pub(super) late: Late,
    /// The evidence.
    pub(super) evidence: CountEvidence,
}

/// A stay, and the position of its stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Place {
    pub(crate) entry: EntryId,
    pub(crate) stage: u32,
}

/// What was read last of a stay that is over.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Earlier {
    place: Place,
    last: (ArmSums, ArmSums),
    /// How much more its events varied in the end than independent ones would.
    #[serde(default = "independent", skip_serializing_if = "is_independent")]
    dispersion: f64,
}

/// Events that came after their stay was over, and were judged with it.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Late {
    /// Of treated units.
    pub treatment: f64,
    /// Of units of the control.
    pub control: f64,
}

impl Late {
    pub(super) fn is_none(&self) -> bool {
        self.treatment <= 0.0 && self.control <= 0.0
    }

    /// Counts the events that came between two readings of a stay that is over.
    pub(super) fn add(&mut self, treatment: f64, control: f64) {
        self.treatment += treatment.max(0.0);
        self.control += control.max(0.0);
    }
}

pub(super) fn independent() -> f64 {
    1.0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks by reference")]
pub(super) fn is_independent(dispersion: &f64) -> bool {
    *dispersion <= 1.0
}

/// What a reading of both arms came to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Taken {
    /// There is nothing to compare with yet, or a counter was reset.
    Nothing,
    /// What was read cannot be. The interval is dropped in both arms.
    Refused(NoDataCause),
    /// Nothing has moved in one of the arms, or in neither. What was said before stands while it is fresh.
    Unmoved,
    /// There were events without the opportunities for them. The interval is dropped in both arms.
    Dropped,
    /// It was judged, although nothing was heard of one of the arms: the allocation says what to expect of it.
    Judged,
    /// It was judged. The share of events in the treatment, or what its values come to.
    Counted(f64),
}

impl Default for Compared {
    fn default() -> Self {
        Self {
            last: None,
            waits_since: None,
            epoch: 0,
            threshold: None,
            dispersion: 1.0,
            former: 1.0,
            stands_out: false,
            place: None,
            earlier: Vec::new(),
            late: Late::default(),
            evidence: CountEvidence::default(),
        }
    }
}

/// How long events may wait for their opportunities.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    pub(super) now: Timestamp,
    pub(super) most: Span,
    /// The treated share of the arms at the present stage, where it is known.
    pub(super) share: Option<f64>,
}

impl Patience {
    fn is_over(self, since: Timestamp) -> bool {
        // A wait that lies in the future began by a clock that has since gone back.
        since > self.now || self.now.since(since) > self.most
    }

    /// Returns whether an arm of which no opportunity was heard should have had some, by those of the other. Where few are
    /// treated it is chance that nobody new of them came; were their events dropped for it, and their opportunities kept, a
    /// treatment that does harm would look well.
    ///
    /// Of two shares, that of the allocation and that of the opportunities `before`, the one counts by which fewer are missing:
    /// a control may have requests of units that are not drawn at all.
    fn misses(self, flush: CountFlush, before: CountFlush) -> bool {
        let allocated = self.share.map(|share| share / (1.0 - share));
        let counted = before.has_both_arms().then(|| before.n_treatment / before.n_control);
        let missing =
            |odds: f64| if flush.n_treatment <= 0.0 { flush.n_control * odds } else { flush.n_treatment / odds };
        // Where nothing says what to expect there is time alone.
        [allocated, counted].into_iter().flatten().all(|odds| missing(odds) >= MISSED_OPPORTUNITIES_MIN)
    }
}

/// How counts of both arms become evidence.
#[derive(Debug, Clone, Copy)]
pub(super) struct Counting<'w> {
    pub(super) source: &'w MetricSource,
    pub(super) test: CountTest,
    pub(super) stakes: Stakes,
    /// The treated share of the arms at each stage, where events are held against the allocation; empty otherwise.
    pub(super) allocated: &'w [Option<f64>],
    /// Whether the evidence tells stays apart.
    pub(super) by_stays: bool,
    /// How long events wait for their opportunities; for ever by methods that had no end of it.
    pub(super) patience: Option<Patience>,
}

impl Counting<'_> {
    /// Returns evidence without counts.
    fn blank(&self) -> CountEvidence {
        if self.by_stays { CountEvidence::by_stays(self.stakes) } else { CountEvidence::new(self.stakes) }
    }

    /// Returns whether the opportunities are those of now rather than a sum, and whether each of them is gone once it had its
    /// event.
    fn levels(&self) -> (bool, bool) {
        let levels = self.source.counts_units() && !matches!(self.test.kind, CountKind::Proportion);
        (levels, levels && !matches!(self.source, MetricSource::EventRate { .. }))
    }

    /// Returns what happened between two readings of a stay. Where a sum went back, so did the difference.
    fn flush(
        &self,
        (treatment, control): (ArmSums, ArmSums),
        (last_treatment, last_control): (ArmSums, ArmSums),
    ) -> CountFlush {
        let (levels, once) = self.levels();
        let since = |now: ArmSums, last: ArmSums| {
            let x = now.x - last.x;
            // Fewer than were judged: nothing happened that was not judged before.
            let x = if once { x.max(0.0) } else { x };
            let n = match (levels, once) {
                (true, true) => now.n + x.max(0.0),
                (true, false) => now.n,
                (false, _) => now.n - last.n,
            };
            (n, x)
        };
        let ((n_treatment, x_treatment), (n_control, x_control)) =
            (since(treatment, last_treatment), since(control, last_control));
        CountFlush { n_treatment, n_control, x_treatment, x_control }
    }

    /// Returns a flush of a stage as it is judged: as it was counted, or held against the allocation of that stage, in which
    /// its units were drawn.
    fn judged(&self, stage: u32, flush: CountFlush) -> CountFlush {
        let share = self.allocated.get(stage as usize).copied().flatten();
        share.map_or(flush, |share| flush.allocated(share))
    }

    /// Returns what the next reading is compared with. Where units count once, as many events of an arm as were ever judged;
    /// its units at risk are those of now, not a sum, so there is no gap in them to fill.
    fn mark(&self, now: (ArmSums, ArmSums), last: (ArmSums, ArmSums)) -> (ArmSums, ArmSums) {
        let (_, once) = self.levels();
        let arm = |now: ArmSums, last: ArmSums| if once { ArmSums { x: now.x.max(last.x), ..now } } else { now };
        (arm(now.0, last.0), arm(now.1, last.1))
    }
}

impl Compared {
    /// Returns what goes on into another stay: the evidence, in a new epoch. What was read in the stay before is no longer
    /// compared with: no interval spans two allocations. It is kept for events that belong there and come late. `moves` says
    /// whether the stay is one of another stage.
    pub(super) fn carried(&self, moves: bool) -> Self {
        let mut earlier = self.earlier.clone();
        if let (Some(last), Some(place)) = (self.last, self.place) {
            if earlier.len() >= LATE_STAYS_MAX {
                earlier.remove(0);
            }
            earlier.push(Earlier { place, last, dispersion: self.dispersion });
        }
        let mut evidence = self.evidence.clone();
        evidence.end_stay(self.dispersion, moves);
        let epoch = evidence.epoch().saturating_add(1);
        Self {
            last: None,
            waits_since: None,
            place: None,
            earlier,
            epoch,
            evidence,
            former: self.dispersion,
            ..self.clone()
        }
    }

    /// Returns what goes on among other arms at the same stage. What is yet to come of the stays before is left out, in both
    /// arms: units of their control that are another rollout's now have no newer stay to which their events would belong.
    pub(super) fn parted(&self) -> Self {
        let mut parted = Self { earlier: Vec::new(), ..self.carried(true) };
        parted.evidence.set_apart(BEFORE_PARTING);
        parted
    }

    /// Counts what came of stays that are over since they were read last, each as an interval of its own stage. Stays that
    /// were never read are left out: nobody knows what of theirs was judged.
    pub(super) fn take_late(&mut self, counting: Counting<'_>, place: Place, restarts: u64, told: &[EarlierArms]) {
        let epoch = self.epoch.saturating_add(restarts);
        if counting.by_stays && self.evidence.stages().is_empty() {
            self.evidence = counting.blank();
        }
        for known in &mut self.earlier {
            let Some(now) = told.iter().find(|told| told.entry == known.place.entry) else { continue };
            let now = (now.treatment, now.control);
            let flush = counting.flush(now, known.last);
            let judged = counting.judged(known.place.stage, flush);
            let stage = known.place.stage;
            let dispersion = if counting.by_stays { known.dispersion } else { self.dispersion };
            let is_here = stage == place.stage;
            // Of units at risk of a stay that is over nothing is to be told but their events; they are no opportunities anew.
            let (_, once) = counting.levels();
            if counting.by_stays && once && flush.x_treatment <= 0.0 && flush.x_control <= 0.0 {
                known.last = counting.mark(now, known.last);
                continue;
            }
            // One that is refused is no interval of this stay, and is compared again with what comes later.
            let counted = judged.has_both_arms()
                && self.evidence.absorb_late(&counting.test, stage, epoch, &judged, dispersion, is_here).is_ok();
            if counted {
                self.late.add(flush.x_treatment, flush.x_control);
            }
            // Opportunities that come later are not those of these events.
            let unheard = counting.patience.is_some() && flush.n_treatment <= 0.0 && flush.n_control <= 0.0;
            if counted || flush.has_negative() || unheard {
                known.last = counting.mark(now, known.last);
            }
        }
    }

    /// Counts what happened since the last reading. `restarts` is how often the evidence began anew within the stay;
    /// `plausible` judges the share of events in the treatment.
    pub(super) fn take(
        &mut self,
        counting: Counting<'_>,
        place: Place,
        restarts: u64,
        now: (ArmSums, ArmSums),
        plausible: impl Fn(f64) -> bool,
    ) -> Taken {
        // What Hoist tracks itself begins at nothing with the stay; so does nothing else. A quantile's past before its
        // threshold was known has taught the threshold, and must not be judged by it.
        let Counting { source, test, .. } = counting;
        let from_nothing = source.is_tracked() && !matches!(source, MetricSource::LatencyQuantile { .. });
        let last = self.last.or_else(|| from_nothing.then(Default::default));
        self.place = Some(place);
        let Some(last) = last else {
            self.last = Some(now);
            return Taken::Nothing;
        };
        let flush = counting.flush(now, last);
        let mark = counting.mark(now, last);
        if flush.has_negative() {
            self.last = Some(mark);
            return Taken::Nothing;
        }
        let judged = counting.judged(place.stage, flush);
        if !judged.has_both_arms() {
            return self.wait(counting.patience, place.stage, flush, mark);
        }
        self.last = Some(mark);
        self.waits_since = None;
        // The allocation says what to expect of an arm that nobody of is there yet, and events of the other count.
        let share = if flush.n_treatment > 0.0 { flush.x_treatment / flush.n_treatment } else { 0.0 };
        let epoch = self.epoch.saturating_add(restarts);
        if self.evidence.stages().is_empty() {
            self.evidence = counting.blank();
        }
        if !plausible(share) {
            return Taken::Refused(NoDataCause::Implausible);
        }
        match self.evidence.absorb(&test, place.stage, epoch, &judged, self.dispersion) {
            Err(_) => Taken::Refused(NoDataCause::Impossible),
            Ok(()) if flush.has_both_arms() => Taken::Counted(share),
            Ok(()) => Taken::Judged,
        }
    }

    /// Takes note of an interval that cannot be judged, because nothing was heard of an arm.
    ///
    /// What one arm did while nothing was heard of the other compares with nothing, and must not be held against what the
    /// other does later: it may have been an outage. Events whose opportunities are still to come are kept, for a while and
    /// until some were to be expected: opportunities that come much later, or of which neither arm has any, are not those of
    /// the events, and what share of them each arm has says nothing of what share of the events it should have.
    fn wait(&mut self, patience: Option<Patience>, stage: u32, flush: CountFlush, mark: (ArmSums, ArmSums)) -> Taken {
        let CountFlush { n_treatment, n_control, x_treatment, x_control } = flush;
        let early = (n_treatment <= 0.0 && x_treatment > 0.0) || (n_control <= 0.0 && x_control > 0.0);
        if early {
            let Some(patience) = patience else { return Taken::Unmoved };
            let neither = n_treatment <= 0.0 && n_control <= 0.0;
            let waited = patience.is_over(*self.waits_since.get_or_insert(patience.now));
            let is_gone = neither || (waited && patience.misses(flush, self.counted(stage)));
            if !is_gone {
                return Taken::Unmoved;
            }
        }
        self.last = Some(mark);
        self.waits_since = None;
        if early { Taken::Dropped } else { Taken::Unmoved }
    }

    /// Returns what was judged of a stage.
    fn counted(&self, stage: u32) -> CountFlush {
        self.evidence.stages().iter().find(|stratum| stratum.stage == stage).map(|here| here.counts).unwrap_or_default()
    }

    /// Returns the units of this stay and how many of them had the event, as they were read last; `None` for a metric of
    /// something else than units. What is judged is another number: a unit is at risk anew in every interval. A unit that was
    /// taken back is among them until another one had its event.
    pub(super) fn units(&self, counting: Counting<'_>) -> Option<CountFlush> {
        let (treatment, control) = self.last.as_ref().filter(|_| counting.source.counts_units())?;
        let (_, once) = counting.levels();
        let exposed = |arm: &ArmSums| if once { arm.n + arm.x + arm.forgotten } else { arm.n };
        Some(CountFlush {
            n_treatment: exposed(treatment),
            n_control: exposed(control),
            x_treatment: treatment.x,
            x_control: control.x,
        })
    }

    /// Takes note of how much events vary, for the intervals after this one.
    pub(super) fn disperse(&mut self, dispersion: Option<Dispersion>) {
        let Some(Dispersion { control, treatment, treatment_sd, events }) = dispersion else { return };
        let arm = |dispersion, sampling_deviation| Some(Overdispersion { dispersion, sampling_deviation });
        let own = guard_dispersion(arm(treatment, treatment_sd), arm(control, 0.0));
        let dispersion = match &self.last {
            Some((treatment, control)) if self.evidence.tells_stays_apart() => {
                settled_dispersion(own, self.former, events.unwrap_or(treatment.x + control.x))
            }
            _ => own,
        };
        if !dispersion.is_finite() {
            return;
        }
        self.dispersion = dispersion;
        // Where it is the stay before that decides, so does what was found there.
        if self.evidence.tells_stays_apart() && dispersion <= own {
            self.stands_out = own > control.max(1.0);
        }
    }

    /// Returns how much more events vary than independent ones at the stage at position `stage`, at which this stay is: the most
    /// of its stays, as far as they are remembered.
    pub(super) fn dispersion_at(&self, stage: u32) -> f64 {
        let earlier = self.earlier.iter().filter(|earlier| earlier.place.stage == stage);
        earlier.map(|earlier| earlier.dispersion).fold(self.dispersion, f64::max)
    }

    /// Returns the natural logarithm of the evidence of harm, tempered where events come in clusters.
    pub(super) fn log_harm(&self, test: &CountTest) -> f64 {
        settled_log_harm(&self.evidence, test, self.dispersion)
    }

    /// Returns how much worse the treatment may be at stage `stage`, as a ratio to the control: the end of the confidence
    /// sequence that a relaxed limit asks for. `None` while nothing is excluded.
    pub(super) fn worst_ratio(&self, test: &CountTest, stage: u32) -> Option<f64> {
        let here = self.evidence.stages().iter().find(|stratum| stratum.stage == stage)?;
        worst_ratio(here.counts, test.grid, test.direction, RELAXED_ALPHA / 2.0, self.dispersion_at(stage))
    }

    /// Returns the natural logarithm of the evidence that the treatment is not as much worse as must be ruled out.
    pub(super) fn log_safe(&self, test: &CountTest) -> f64 {
        self.evidence.log_safe(test, self.dispersion).unwrap_or(0.0)
    }
}
