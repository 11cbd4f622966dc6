//! Evidence about a metric that is counted in both arms: errors, affected units, conversions.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::limits::STAGES_MAX;

use super::flush::{CountFlush, FlushFault};
use super::grid::{Direction, Grid, SIZES};
use super::kernel;
use super::mixture::{Mixture, StoredMixture, Sums};
use super::over::Over;
use super::stakes::Stakes;
use super::version::Version;

/// Units of both arms from which the pooled probability is learned before anything is scored.
const LEARNING_UNITS: f64 = 50.0;
/// What the pooled probability starts from: half a success in one unit.
const PRIOR_SUCCESSES: f64 = 0.5;
/// See [`PRIOR_SUCCESSES`].
const PRIOR_UNITS: f64 = 1.0;
/// Pooled probability from which failures say so much that the proportion kernel is used.
const PROPORTION_FROM: f64 = 0.1;

/// What a unit of `n` can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CountKind {
    /// Any number of events: errors per request. Scored by the count kernel.
    Rate,
    /// One event or none: conversions. Nothing is scored before 50 units were seen. From a pooled probability of 10 % on
    /// the proportion kernel is used, if the margin is 1; the count kernel otherwise. Which one is settled by earlier
    /// flushes alone, so the evidence stays valid.
    Proportion,
}

/// What a count is tested for. Constant over a rollout, but for `noninferiority`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CountTest {
    /// What a unit can have.
    pub kind: CountKind,
    /// The sizes of harm that are looked for.
    pub grid: Grid,
    /// Which way harm lies.
    pub direction: Direction,
    /// Times worse that the treatment may be without being harmful: 1 for "not worse at all".
    pub margin: f64,
    /// Times worse that the treatment must be shown not to be before the stage is left. Another value, as another stage
    /// may have, starts the evidence of safety anew: that it is not twice as bad does not say that it is not 1.2 times.
    pub noninferiority: Option<f64>,
}

/// What both arms had in one stage.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct StageTotals {
    /// Position of the stage.
    pub stage: u32,
    /// Both arms, added up.
    #[serde(flatten)]
    pub counts: CountFlush,
}

/// Evidence from a count of both arms, compared flush by flush. About 700 bytes as JSON.
///
/// Every flush is a stratum of its own, so evidence of stages with other allocations multiplies without Simpson's
/// paradox, and an outage that hits both arms says nothing.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(try_from = "Stored")]
pub struct CountEvidence {
    /// Layout 1 said nothing of stakes. Whoever knows only that one would go on with others, so it must not read this one.
    version: Version<2>,
    /// Of harm, with restarts.
    restarts: Mixture<SIZES>,
    /// Of harm, without restarts, so that it can be tempered afterwards; where stays are told apart, of the present one.
    plain: Sums<SIZES>,
    /// Of safety.
    safe: Safety,
    /// What was counted, for people and for ratios.
    stages: Vec<StageTotals>,
    /// What stays that are over have left; nothing where stays are not told apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    over: Option<Over>,
}

/// The evidence as it is stored, in this layout or the one before.
#[derive(Deserialize)]
struct Stored {
    version: u64,
    restarts: StoredMixture<SIZES>,
    plain: Sums<SIZES>,
    safe: Safety,
    stages: Vec<StageTotals>,
    #[serde(default)]
    over: Option<Over>,
}

/// Why stored evidence is not read.
#[derive(Debug, Error)]
enum StoredFault {
    #[error("version {0} of stored evidence; expected layout 2, or layout 1 from before it")]
    Layout(u64),
    #[error("restarts.stakes is missing, which layout 2 of stored evidence always has")]
    Stakes,
}

impl TryFrom<Stored> for CountEvidence {
    type Error = StoredFault;

    fn try_from(stored: Stored) -> Result<Self, StoredFault> {
        let Stored { version, restarts, plain, safe, stages, over } = stored;
        match version {
            1 => {}
            2 if restarts.stakes.is_some() => {}
            2 => return Err(StoredFault::Stakes),
            other => return Err(StoredFault::Layout(other)),
        }
        Ok(Self { version: Version, restarts: restarts.into(), plain, safe, stages, over })
    }
}

/// Evidence that the treatment is not `boundary` times as bad.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
struct Safety {
    /// The ratio that is tested.
    boundary: Option<f64>,
    sums: Sums<SIZES>,
}

impl CountEvidence {
    /// Returns evidence without counts, begun with these stakes.
    pub fn new(stakes: Stakes) -> Self {
        Self { restarts: Mixture::new(stakes), ..Self::default() }
    }

    /// Returns evidence without counts that tells stays apart, begun with these stakes. What it is tempered by is the
    /// present stay's alone, and a stage is left on what it has shown itself: whoever moves to another stay says so by
    /// [`CountEvidence::end_stay`].
    pub fn by_stays(stakes: Stakes) -> Self {
        Self { over: Some(Over::new(stakes)), ..Self::new(stakes) }
    }

    /// Returns whether stays are told apart.
    pub fn tells_stays_apart(&self) -> bool {
        self.over.is_some()
    }

    /// Ends a stay whose events varied `dispersion` times as much as independent ones, at least 1. `moves` says whether the
    /// next stay is one of another stage, which has to show anew that it is safe. Nothing where stays are not told apart.
    pub fn end_stay(&mut self, dispersion: f64, moves: bool) {
        let Some(over) = &mut self.over else { return };
        over.end(&std::mem::take(&mut self.plain), dispersion.max(1.0));
        let safe = std::mem::take(&mut self.safe.sums);
        if moves {
            over.safe = Sums::default();
        } else {
            over.safe.merge(&safe.tempered(dispersion));
        }
    }

    /// Counts one flush of stage `stage` in restart epoch `epoch`, which is never an earlier one than before.
    /// `dispersion` is what the flushes before this one say about clustering, at least 1; 1 for independent events.
    ///
    /// A flush that is refused changes nothing. A flush without units in both arms is counted and says nothing.
    pub fn absorb(
        &mut self,
        test: &CountTest,
        stage: u32,
        epoch: u64,
        flush: &CountFlush,
        dispersion: f64,
    ) -> Result<(), FlushFault> {
        let harm = self.harm(test, flush)?;
        self.restarts.restart_until(epoch);
        if let Some(harm) = harm {
            self.plain.observe(harm);
            self.restarts.observe(harm.map(|increment| increment / dispersion.max(1.0)));
        }
        if let Some(safe) = self.safety(test, flush) {
            self.safe.sums.observe(safe);
        }
        self.add_totals(stage, flush);
        Ok(())
    }

    /// Does the same for a flush of a stay that is over. Where stays are told apart `dispersion` is what that stay had in the
    /// end, and what the flush says of safety counts if it `is_here`: of the stage of the present stay.
    pub fn absorb_late(
        &mut self,
        test: &CountTest,
        stage: u32,
        epoch: u64,
        flush: &CountFlush,
        dispersion: f64,
        is_here: bool,
    ) -> Result<(), FlushFault> {
        let Some(mut over) = self.over else {
            return self.absorb(test, stage, epoch, flush, dispersion);
        };
        let harm = self.harm(test, flush)?;
        self.restarts.restart_until(epoch);
        let tempered = |increments: [f64; SIZES]| increments.map(|increment| increment / dispersion.max(1.0));
        if let Some(harm) = harm.map(tempered) {
            over.late(harm);
            self.restarts.observe(harm);
        }
        if is_here && let Some(safe) = self.safety(test, flush) {
            over.safe.observe(tempered(safe));
        }
        self.over = Some(over);
        self.add_totals(stage, flush);
        Ok(())
    }

    /// Returns what a flush says of harm; nothing while it only teaches.
    fn harm(&self, test: &CountTest, flush: &CountFlush) -> Result<Option<[f64; SIZES]>, FlushFault> {
        flush.check(test.kind == CountKind::Proportion)?;
        let (past, units) = self.learned();
        if test.kind == CountKind::Proportion && units < LEARNING_UNITS {
            return Ok(None);
        }
        let boundary = test.direction.boundary(test.margin);
        let rate = (PRIOR_SUCCESSES + past) / (PRIOR_UNITS + units);
        let equal = boundary.total_cmp(&1.0).is_eq();
        let is_proportion = test.kind == CountKind::Proportion && rate >= PROPORTION_FROM && equal;
        Ok(Some(if is_proportion {
            kernel::proportions(flush, test.grid, test.direction, rate)
        } else {
            kernel::counts(flush, test.grid, test.direction, boundary)
        }))
    }

    /// Returns what a flush says of safety, if that is tested. Another boundary starts its sums anew.
    fn safety(&mut self, test: &CountTest, flush: &CountFlush) -> Option<[f64; SIZES]> {
        let boundary = test.noninferiority.map(|margin| test.direction.boundary(margin));
        if boundary != self.safe.boundary {
            self.safe = Safety { boundary, sums: Sums::default() };
            if let Some(over) = &mut self.over {
                over.safe = Sums::default();
            }
        }
        Some(kernel::counts(flush, test.grid, test.direction.reversed(), boundary?))
    }

    fn add_totals(&mut self, stage: u32, flush: &CountFlush) {
        // What was set apart has positions that no stage has, and takes no room from those that count anew.
        let is_apart = |totals: &StageTotals| totals.stage as usize >= STAGES_MAX;
        let most = if self.stages.iter().any(is_apart) { 2 * STAGES_MAX } else { STAGES_MAX };
        let full = self.stages.len() >= most;
        let index = match self.stages.iter().position(|totals| totals.stage == stage) {
            None if !full => {
                self.stages.push(StageTotals { stage, counts: CountFlush::default() });
                self.stages.len() - 1
            }
            None => most - 1,
            Some(index) => index,
        };
        if let Some(totals) = self.stages.get_mut(index) {
            totals.counts.add(flush);
        }
    }

    /// Returns successes and units of both arms so far.
    fn learned(&self) -> (f64, f64) {
        self.stages.iter().fold((0.0, 0.0), |(successes, units), StageTotals { counts, .. }| {
            (successes + counts.x_treatment + counts.x_control, units + counts.n_treatment + counts.n_control)
        })
    }

    /// Returns the restart epoch of the last flush.
    pub fn epoch(&self) -> u64 {
        self.restarts.restarts()
    }

    /// Has what was counted so far stand under positions that are `by` higher, so that a stage counts anew. The evidence stays.
    pub(crate) fn set_apart(&mut self, by: u32) {
        for totals in &mut self.stages {
            totals.stage = totals.stage.saturating_add(by);
        }
    }

    /// Returns what was counted in each stage.
    pub fn stages(&self) -> &[StageTotals] {
        &self.stages
    }

    /// Returns the natural logarithm of the evidence of harm, with restarts.
    pub fn log_harm(&self, test: &CountTest) -> f64 {
        self.restarts.log_evidence(test.grid.weights())
    }

    /// Returns the natural logarithm of the evidence of harm without restarts, tempered by `dispersion`. Where stays are told
    /// apart that is the present one's: those that are over are tempered by their own, and each is a moment at which harm may
    /// begin.
    pub fn log_harm_plain(&self, test: &CountTest, dispersion: f64) -> f64 {
        let (weights, dispersion) = (test.grid.weights(), dispersion.max(1.0));
        match &self.over {
            Some(over) => over.log_harm(&self.plain, dispersion, weights),
            None => self.plain.log_evidence(weights, dispersion),
        }
    }

    /// Returns the largest dispersion that the evidence rests on, given the present stay's: where stays are told apart, also
    /// those that earlier ones ended with.
    pub fn largest_dispersion(&self, present: f64) -> f64 {
        self.over.as_ref().map_or(1.0, |over| over.dispersion).max(present)
    }

    /// Returns the natural logarithm of the evidence that the treatment is not as bad as `noninferiority` says, tempered
    /// by `dispersion`; `None` if nothing of this kind is tested. Where stays are told apart, that of the present stage.
    pub fn log_safe(&self, test: &CountTest, dispersion: f64) -> Option<f64> {
        let boundary = test.direction.boundary(test.noninferiority?);
        let mut sums = Sums::default();
        if self.safe.boundary == Some(boundary) {
            sums = self.safe.sums.tempered(dispersion);
            if let Some(over) = &self.over {
                sums.merge(&over.safe);
            }
        }
        Some(sums.log_evidence(test.grid.weights(), 1.0))
    }
}
