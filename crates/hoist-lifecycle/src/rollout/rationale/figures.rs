//! The figures behind a comparison with the control: stored as they were counted, and worked out for whoever reads them.

use std::fmt;

use hoist_eval::Span;
use serde::{Deserialize, Serialize, Serializer};

use crate::limits::{CLEAR_SHARE, HOLD_EVIDENCE};
use crate::plan::GuardKey;
use crate::sequential::{
    Clusters, CountFlush, CountTest, Direction, Ends, RatioInterval, StageTotals, Stakes, information_rate,
    log_harm_of, ratio_estimate, requests_to_decide, tempered_ratio_sequence,
};

use super::super::compare::{ControlTest, Late, independent, is_independent};
use super::super::state::EntryId;
use super::clusters::ClusterFacts;
use super::values::ValueFacts;
use super::words::{Brief, Count, Odds, Part, Significant};

/// What one guard against control has counted.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct ComparedFacts {
    /// Position of the stage, counted from 0.
    pub stage: u32,
    /// What is tested at this stage.
    pub test: ControlTest,
    /// What both arms counted, stage by stage; empty for values.
    pub strata: Vec<StageTotals>,
    /// The units of this stay and how many of them had the event, for a metric that counts units. The `n` of the strata are
    /// then sums over intervals, in each of which a unit is at risk anew.
    #[serde(default)]
    pub units: Option<CountFlush>,
    /// The treated share of the units that are sent at this stage, where events are held against it.
    #[serde(default)]
    pub sent: Option<f64>,
    /// How events come in clusters; absent where they do not, or nobody measures it.
    #[serde(default)]
    pub clusters: Option<ClusterFacts>,
    /// What both arms had at this stage, for a metric of values.
    #[serde(default)]
    pub values: Option<ValueFacts>,
    /// Events that came after their stay was over, and were judged with it.
    #[serde(default)]
    pub late: Late,
    /// Natural logarithm of the evidence that the treatment is worse than the margin allows.
    pub log_harm: f64,
    /// Natural logarithm of the evidence that it is not as much worse as must be ruled out.
    pub log_safe: f64,
    /// What that must reach before the stage is left: ln(1/beta). Absent where nothing need be shown.
    #[serde(default)]
    pub log_safe_needed: Option<f64>,
    /// How near the guard is to its relaxed limit; absent where it has none at this stage.
    #[serde(default)]
    pub relaxed: Option<RelaxedFacts>,
    /// What the guard counts for beside others; 0 for a goal.
    pub weight: f64,
    /// The part of the combined evidence that is this guard's, 0 to 1; absent where nothing is combined.
    #[serde(default)]
    pub contribution: Option<f64>,
    /// How likely the interval of the ratio is ever to miss the truth.
    pub alpha: f64,
    /// Observed time in the stay.
    pub observed: Span,
    /// How much of that outcomes need.
    pub maturity: Span,
    /// How the interval of a ratio of counts divides `alpha` between its ends.
    #[serde(default)]
    pub ends: Stakes,
    /// How much more events of this stay vary than independent ones would, at least 1: what the evidence is tempered by.
    #[serde(default = "independent")]
    pub dispersion: f64,
    /// The threshold of a quantile, once it is frozen.
    #[serde(default)]
    pub threshold: Option<f64>,
    /// The latest stays of a metric of values, the present one last: what its evidence is made of.
    #[serde(default)]
    pub stays: Vec<StayFacts>,
}

/// What both arms had of a metric of values in one stay.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct StayFacts {
    /// The stay.
    pub stay: EntryId,
    /// Position of its stage, counted from 0.
    pub stage: u32,
    /// The treatment.
    pub treatment: Clusters,
    /// The control.
    pub control: Clusters,
}

/// What lets a stage be left although it is not shown that the treatment is not as much worse as must be ruled out.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct RelaxedFacts {
    /// The ratio to the control that the plan takes for enough: at most this where more is harm, at least this where less is.
    pub limit: f64,
    /// The end of the 95 % confidence sequence of the ratio on the side of harm; absent while nothing is excluded.
    pub end: Option<f64>,
}

impl RelaxedFacts {
    /// Returns whether the sequence ends within the limit.
    pub fn is_met(&self, harm: Direction) -> bool {
        self.end.is_some_and(|end| match harm {
            Direction::Higher => end <= self.limit,
            Direction::Lower => end >= self.limit,
        })
    }
}

/// All guards against control together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CombinedFacts {
    /// Natural logarithm of the combined evidence of harm.
    pub log_evidence: f64,
    /// What makes a breach: ln(1/alpha).
    pub log_needed: f64,
    /// What holds the rollout.
    pub log_hold: f64,
    /// Whether the rollout is held for suspicion.
    pub suspect: bool,
    /// Whether there would be a breach, if units were sure to arrive in the shares that are sent.
    #[serde(default)]
    pub withheld: bool,
    /// The guard of the stage that contributes most.
    pub guard: Option<GuardKey>,
}

/// What a guard still needs before its stage may be left.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Outlook {
    /// About how many more treated opportunities (units, where units are counted), if the treatment is as good as the control.
    pub treated: f64,
    /// How long that takes at the traffic of this stay so far; absent while there was none.
    pub time: Option<Span>,
}

impl ComparedFacts {
    /// Returns what both arms counted at this stage; nothing for a metric of values.
    pub fn here(&self) -> CountFlush {
        let here = self.strata.iter().find(|stratum| stratum.stage == self.stage);
        here.map(|stratum| stratum.counts).unwrap_or_default()
    }

    /// Returns the ratio of the treatment to the control at this stage, with its confidence sequence at `1 - alpha`: it
    /// covers the truth at all times at once, so it may be looked at as often as one likes. Other stages are left out: what
    /// comes with a larger share would be hidden behind what was fine with a small one. So it speaks of one stage at a time: that
    /// any of those of `s` stages ever misses has a chance of `s alpha` at most.
    pub fn ratio(&self) -> RatioInterval {
        match (&self.test, &self.values) {
            (ControlTest::Count(test), _) => {
                let ends = Ends::of(self.ends, test.direction, self.alpha);
                tempered_ratio_sequence(&[self.here()], test.grid, ends, self.dispersion())
            }
            (ControlTest::Value(test), Some(values)) => values.ratio(test, self.alpha),
            (ControlTest::Value(_), None) => RatioInterval::default(),
        }
    }

    fn dispersion(&self) -> f64 {
        self.clusters.map_or(1.0, |clusters| clusters.dispersion)
    }

    /// Returns what both arms had at each other stage.
    fn elsewhere(&self) -> Vec<CountFlush> {
        let others = self.strata.iter().filter(|stratum| stratum.stage != self.stage);
        others.map(|stratum| stratum.counts).filter(CountFlush::has_both_arms).collect()
    }

    /// Returns whether most of the evidence of harm is not of this stage, by what its totals say alone.
    fn is_shown_elsewhere(&self) -> bool {
        let ControlTest::Count(test) = &self.test else { return false };
        let here = log_harm_of(self.here(), test, self.dispersion());
        self.log_harm >= (HOLD_EVIDENCE * CLEAR_SHARE).ln() && 2.0 * here < self.log_harm
    }

    /// Returns whether it is shown that the treatment is not as much worse as must be ruled out.
    pub fn is_safe(&self) -> bool {
        self.log_safe_needed.is_none_or(|needed| self.log_safe >= needed)
    }

    /// Returns whether nothing but the relaxed limit lets the stage be left.
    pub fn is_relaxed(&self) -> bool {
        !self.is_safe() && self.relaxed.is_some_and(|relaxed| relaxed.is_met(self.test.direction()))
    }

    /// Returns what is still needed until it is shown, if the treatment is as good as the control; `None` if nothing is,
    /// or if nothing can be said because no event was counted yet.
    pub fn outlook(&self) -> Option<Outlook> {
        let needed = self.log_safe_needed.filter(|needed| self.log_safe < *needed)?;
        let (mut treated, so_far) = match (&self.test, &self.values) {
            (ControlTest::Count(test), _) => (self.treated_needed(test, needed)?, self.here().n_treatment),
            (ControlTest::Value(test), Some(values)) => {
                (values.treated_needed(test, self.log_safe, needed)?, values.treatment.units)
            }
            (ControlTest::Value(_), None) => return None,
        };
        let seconds = self.observed.as_seconds_f64() * treated / so_far;
        if let Some(units) = &self.units {
            treated = (treated * units.n_treatment / so_far).max(1.0);
        }
        let time = Some(seconds).filter(|seconds| seconds.is_finite() && *seconds > 0.0 && *seconds < 1e9);
        Some(Outlook { treated, time: time.map(|seconds| Span::from_seconds(seconds.ceil() as u64)) })
    }

    fn treated_needed(&self, test: &CountTest, needed: f64) -> Option<f64> {
        let here = self.here();
        let (n, x) = (here.n_treatment + here.n_control, here.x_treatment + here.x_control);
        let boundary = test.direction.boundary(test.noninferiority?);
        let nats = information_rate(here.n_treatment / n, x / n, 1.0, boundary) / self.dispersion();
        let in_all = requests_to_decide(nats, (-needed).exp())?;
        Some((in_all - here.n_treatment).max((needed - self.log_safe) / nats).max(1.0))
    }
}

/// The facts, and beside them what follows from them, for readers that do not have this code.
#[derive(Serialize)]
struct Shown<'f> {
    stage: u32,
    test: &'f ControlTest,
    strata: &'f [StageTotals],
    #[serde(skip_serializing_if = "Option::is_none")]
    units: Option<CountFlush>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sent: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    clusters: Option<ClusterFacts>,
    #[serde(skip_serializing_if = "Option::is_none")]
    values: Option<ShownValues>,
    #[serde(skip_serializing_if = "Late::is_none")]
    late: Late,
    log_harm: f64,
    log_safe: f64,
    log_safe_needed: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    relaxed: Option<RelaxedFacts>,
    weight: f64,
    contribution: Option<f64>,
    alpha: f64,
    observed: Span,
    maturity: Span,
    ends: Stakes,
    #[serde(skip_serializing_if = "is_independent")]
    dispersion: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    threshold: Option<f64>,
    #[serde(skip_serializing_if = "<[StayFacts]>::is_empty")]
    stays: &'f [StayFacts],
    ratio: RatioInterval,
    needs: Option<Outlook>,
}

/// Values as they were added up, and what they come to in each arm.
#[derive(Serialize)]
struct ShownValues {
    #[serde(flatten)]
    facts: ValueFacts,
    treatment_level: f64,
    control_level: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    treatment_capped_share: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    control_capped_share: Option<f64>,
}

impl Serialize for ComparedFacts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { stage, test, strata, log_harm, log_safe, log_safe_needed, weight, contribution, alpha, .. } = self;
        let values = self.values.map(|facts| {
            let (treatment_level, control_level) = facts.levels();
            ShownValues {
                facts,
                treatment_level,
                control_level,
                treatment_capped_share: facts.capped.treatment.share(),
                control_capped_share: facts.capped.control.share(),
            }
        });
        Shown {
            stage: *stage,
            test,
            strata,
            units: self.units,
            sent: self.sent,
            clusters: self.clusters,
            values,
            late: self.late,
            log_harm: *log_harm,
            log_safe: *log_safe,
            log_safe_needed: *log_safe_needed,
            relaxed: self.relaxed,
            weight: *weight,
            contribution: *contribution,
            alpha: *alpha,
            observed: self.observed,
            maturity: self.maturity,
            ends: self.ends,
            dispersion: self.dispersion,
            threshold: self.threshold,
            stays: &self.stays,
            ratio: self.ratio(),
            needs: self.outlook(),
        }
        .serialize(serializer)
    }
}

impl ComparedFacts {
    /// `treated 40 of 2,000 (2 %), control 990 of 99,000 (1 %): 2 times control, 1.4 to 2.8`.
    pub(super) fn words(&self, f: &mut fmt::Formatter<'_>, unit: &str) -> fmt::Result {
        match (&self.values, self.units) {
            (Some(values), _) => values.words(f, unit)?,
            (None, units) => {
                let (counts, of) = units.map_or((self.here(), ""), |units| (units, " units"));
                write!(f, "treated {}, ", Part(counts.x_treatment, counts.n_treatment, of))?;
                write!(f, "control {}", Part(counts.x_control, counts.n_control, of))?;
            }
        }
        self.sent_words(f)?;
        let RatioInterval { estimate, lower, upper } = self.ratio();
        let elsewhere = self.elsewhere();
        if let Some(estimate) = estimate {
            write!(f, ": {} times control", Significant(estimate))?;
            if !elsewhere.is_empty() {
                f.write_str(" at this stage")?;
            }
        }
        match (lower, upper) {
            (Some(lower), Some(upper)) => write!(f, ", {} to {}", Significant(lower), Significant(upper))?,
            (Some(lower), None) => write!(f, ", at least {}", Significant(lower))?,
            (None, Some(upper)) => write!(f, ", at most {}", Significant(upper))?,
            (None, None) => {}
        }
        if let Some(clusters) = self.clusters {
            clusters.words(f)?;
        }
        if !elsewhere.is_empty() && self.is_shown_elsewhere() {
            let sum = |of: fn(&CountFlush) -> f64| Count(elsewhere.iter().map(of).sum());
            write!(
                f,
                "; most of the evidence of harm is of other stages, with {} treated events",
                sum(|s| s.x_treatment)
            )?;
            write!(f, " and {} of the control", sum(|s| s.x_control))?;
            if let Some(estimate) = ratio_estimate(&elsewhere) {
                write!(f, ", {} times control", Significant(estimate))?;
            }
        }
        if self.late.is_none() {
            return Ok(());
        }
        let Late { treatment, control } = self.late;
        write!(f, "; with {} events of earlier stays that came late", Count(treatment + control))?;
        write!(f, ", {} of them treated", Count(treatment))
    }

    /// Says what events are held against where that is not the units beside them: people who convert at a higher rate may be
    /// fewer than were sent.
    fn sent_words(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let here = self.here();
        let events = here.x_treatment + here.x_control;
        let Some(sent) = self.sent.filter(|_| events > 0.0) else { return Ok(()) };
        let treated = Significant(100.0 * here.x_treatment / events);
        write!(f, "; {treated} % of the events are treated where {} % of the units are sent", Significant(100.0 * sent))
    }

    /// Says what must still be shown, and how long that will take.
    pub(super) fn needs(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let (ControlTest::Value(test), Some(values)) = (&self.test, &self.values)
            && let Some(lacking) = values.lacks(test)
        {
            write!(f, "; {lacking}")?;
        }
        if let Some((worse, shown)) = self.ruled_out() {
            write!(f, "; evidence that it is not {worse} {shown}")?;
        }
        if let Some(Outlook { treated, time }) = self.outlook() {
            write!(f, ": about {} more treated", Count(treated))?;
            if let Some(time) = time {
                write!(f, ", {} at today's traffic", Brief(time))?;
            }
        }
        if self.observed < self.maturity {
            write!(f, "; outcomes take {}, observed {}", Brief(self.maturity), Brief(self.observed))?;
        }
        if let Some(relaxed) = &self.relaxed {
            write!(f, "; or {}", relaxed.words(self.test.direction()))?;
        }
        Ok(())
    }

    /// Says by what the stage may be left where only the relaxed limit is met, and what that does not promise.
    pub(super) fn relaxation(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(relaxed) = self.relaxed.filter(|_| self.is_relaxed()) else { return Ok(()) };
        write!(f, "; let through by its relaxed limit alone: {}", relaxed.words(self.test.direction()))?;
        match self.ruled_out() {
            Some((worse, shown)) => write!(f, "; that it is not {worse} is not shown: evidence {shown}"),
            None => Ok(()),
        }
    }

    /// Returns what must be ruled out, and how far that is; `None` where nothing must.
    fn ruled_out(&self) -> Option<(String, String)> {
        let (needed, ratio) = self.log_safe_needed.zip(self.test.noninferiority())?;
        let worse = match self.test.direction() {
            Direction::Higher => "times as much",
            Direction::Lower => "times as little",
        };
        let shown = format!("{}, needed {}", Odds(self.log_safe), Odds(needed));
        Some((format!("{} {worse}", Significant(ratio)), shown))
    }
}

impl RelaxedFacts {
    /// `the 95 % sequence ends at 1.7 times control, and at most 1.5 is enough`.
    fn words(self, harm: Direction) -> String {
        let enough = match harm {
            Direction::Higher => "at most",
            Direction::Lower => "at least",
        };
        let end =
            self.end.map_or_else(|| "is open".to_owned(), |end| format!("ends at {} times control", Significant(end)));
        format!("the 95 % sequence {end}, and {enough} {} is enough", Significant(self.limit))
    }
}

impl fmt::Display for CombinedFacts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "evidence of harm {}, needed {}", Odds(self.log_evidence), Odds(self.log_needed))?;
        if self.withheld {
            write!(f, ", not acted on while units may not arrive in the shares that are sent")?;
        }
        Ok(())
    }
}
