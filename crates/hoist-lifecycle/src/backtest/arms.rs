//! Past traffic, split into pseudo-arms: what a guard would have read if part of the traffic had had the treatment.
//!
//! Nobody had the treatment, so each opportunity is given to the treated arm with the probability of the stage's share,
//! whatever came of it. Both arms then have the same true rate in every interval, however it moved. A regression is put on
//! top: events of the treated arm become so many times as frequent, or as rare where less is harm.

use hoist_eval::Timestamp;

use crate::metric::MetricSource;
use crate::plan::LimitDraft;
use crate::rollout::Watch;
use crate::rollout::evidence::{ArmSums, Dispersion, Reading};
use crate::sequential::Direction;

use super::chance::Chance;
use super::history::{Interval, Series};
use super::values::Values;

/// How a guard's readings are made of the past.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// Cumulative counters of some other system.
    Sums,
    /// Cumulative sums that begin with each stay.
    SumsOfStay,
    /// Opportunities are those of the interval, without the units that had their event in it.
    AtRisk,
    /// Opportunities are those of the interval.
    Present,
    /// The same as sums of a stay, once a threshold is frozen that the control teaches.
    Quantile,
    /// Sums over groups of units that begin with each stay.
    Groups,
    /// One number.
    Value,
}

/// One guard's part of a replay.
#[derive(Debug)]
pub(super) struct Arms<'h> {
    series: &'h Series,
    form: Form,
    compared: bool,
    /// Which way harm lies.
    direction: Direction,
    /// Whether the query tells the treatment from everyone.
    apart: bool,
    treatment: ArmSums,
    control: ArmSums,
    /// Both arms of a metric of values.
    groups: Values,
    /// Opportunities of the treatment in this stay: the sum, or the most at a time where units are counted.
    pub(super) treated: f64,
    /// Events of the treatment that only the regression has brought, or taken away, since the replay began.
    pub(super) excess: f64,
    /// What the last interval of values said.
    value: Option<f64>,
    /// Whether something was recorded in the last interval.
    heard: bool,
}

/// The circumstances of an interval.
#[derive(Debug, Clone, Copy)]
pub(super) struct Split {
    /// The share of the traffic that has the treatment.
    pub(super) share: f64,
    /// How many times worse the treatment is: 1 for not at all.
    pub(super) regression: f64,
}

impl<'h> Arms<'h> {
    /// Returns the guard's part; `None` if its past is not known, or says nothing about guards of its kind.
    pub(super) fn new(watch: &Watch, series: &'h Series) -> Option<Self> {
        let form = form(watch, series)?;
        let (compared, guard) = (watch.is_compared(), watch.guard());
        let direction = match (guard.limit(), watch.direction()) {
            (LimitDraft::Above(_), _) => Direction::Higher,
            (LimitDraft::Below(_), _) => Direction::Lower,
            (LimitDraft::Control(_), direction) => direction.unwrap_or(Direction::Higher),
        };
        let apart = watch.source().names_variant();
        let (treatment, control) = (ArmSums::default(), ArmSums::default());
        let (treated, excess) = (0.0, 0.0);
        Some(Self {
            series,
            form,
            compared,
            direction,
            apart,
            treatment,
            control,
            groups: Values::default(),
            treated,
            excess,
            value: None,
            heard: false,
        })
    }

    /// Returns whether there are opportunities that are counted.
    pub(super) fn counts(&self) -> bool {
        self.form != Form::Value
    }

    /// Returns whether these are events, of which a regression brings more or fewer.
    pub(super) fn counts_events(&self) -> bool {
        !matches!(self.form, Form::Value | Form::Groups)
    }

    /// Begins a stay.
    pub(super) fn enter(&mut self, chance: &mut Chance) {
        self.treated = 0.0;
        if self.form == Form::Groups {
            self.groups.enter(chance);
        }
        if self.form != Form::Sums {
            (self.treatment, self.control) = (ArmSums::default(), ArmSums::default());
        }
    }

    /// Lets an interval pass.
    pub(super) fn pass(&mut self, index: usize, split: Split, chance: &mut Chance) {
        match self.series {
            Series::Counts(all) | Series::Clusters(all, _) => {
                let interval = all.get(index).copied().flatten();
                self.heard = interval.is_some();
                if let Some(interval) = interval {
                    self.draw(interval, split, chance);
                }
            }
            Series::Sums(all) => {
                let interval = all.get(index).copied().flatten();
                self.heard = interval.is_some();
                if let Some(interval) = interval {
                    self.treated += self.groups.draw(interval, split, self.direction, chance);
                }
            }
            Series::Values(all) => {
                self.value = all.get(index).copied().flatten().map(|value| self.worse(value, split));
                self.heard = self.value.is_some();
            }
            Series::Unknown(_) => self.heard = false,
        }
    }

    /// Returns how many times worse a number is that tells the treatment apart, or sees everyone.
    fn worse(&self, value: f64, split: Split) -> f64 {
        let treated = if self.apart { 1.0 } else { split.share };
        match self.direction {
            Direction::Higher => value * (1.0 + treated * (split.regression - 1.0)),
            Direction::Lower => value * (1.0 - treated + treated / split.regression),
        }
    }

    fn draw(&mut self, interval: Interval, split: Split, chance: &mut Chance) {
        let without = (interval.total - interval.events).max(0.0);
        let x = chance.clustered(interval.events, split.share, self.dispersion());
        // Events beyond the opportunities: they are thinned by themselves.
        let bounded = interval.events <= interval.total;
        let n = if bounded {
            x + chance.binomial(without, split.share)
        } else {
            chance.binomial(interval.total, split.share)
        };
        let harmed = match self.direction {
            Direction::Higher if split.regression > 1.0 && bounded => {
                let odds = interval.events / without.max(f64::MIN_POSITIVE);
                x + chance.binomial(n - x, ((split.regression - 1.0) * odds).min(1.0))
            }
            Direction::Higher if split.regression > 1.0 => {
                x + chance.poisson((split.regression - 1.0) * interval.events * split.share)
            }
            Direction::Lower if split.regression > 1.0 => chance.binomial(x, 1.0 / split.regression),
            _ => x,
        };
        self.excess += harmed - x;
        let rest = Interval { total: interval.total - n, events: interval.events - x };
        if self.apart {
            self.count(Interval { total: n, events: harmed }, rest);
        } else {
            let everyone = Interval { total: interval.total, events: rest.events + harmed };
            self.count(everyone, Interval { total: 0.0, events: 0.0 });
        }
        let counts_units = matches!(self.form, Form::AtRisk | Form::Present);
        self.treated = if counts_units { self.treated.max(n) } else { self.treated + n };
    }

    fn count(&mut self, treatment: Interval, control: Interval) {
        for (arm, interval) in [(&mut self.treatment, treatment), (&mut self.control, control)] {
            arm.x += interval.events;
            arm.n = match self.form {
                Form::AtRisk => (interval.total - interval.events).max(0.0),
                Form::Present => interval.total,
                Form::Sums | Form::SumsOfStay | Form::Quantile | Form::Groups | Form::Value => arm.n + interval.total,
            };
        }
    }

    /// Returns how much more events vary than independent ones, at least 1.
    fn dispersion(&self) -> f64 {
        self.series.counts().map_or(1.0, |(_, dispersion)| dispersion)
    }

    /// Returns what the guard reads at the end of the last interval. `is_frozen` says whether a quantile has its threshold.
    pub(super) fn reading(&self, sampled_at: Timestamp, is_frozen: bool) -> Reading {
        let (treatment, control) = match self.form {
            Form::Groups => self.groups.sums(),
            _ => (self.treatment, self.control),
        };
        let level = self.dispersion();
        let dispersion =
            (level > 1.0).then_some(Dispersion { control: level, treatment: level, treatment_sd: 0.0, events: None });
        match (self.heard, self.form) {
            (false, _) => Reading::Missing,
            // Which value it is, is no matter: how many were beyond it was recorded.
            (true, Form::Quantile) if !is_frozen => Reading::Quantile { control_n: control.n, value: 1.0, sampled_at },
            (true, Form::Value) => self.value.map_or(Reading::Missing, |value| Reading::Value { value, sampled_at }),
            (true, Form::Sums) if !self.compared => {
                Reading::Counters { events: treatment.x, total: treatment.n, sampled_at }
            }
            (true, _) => Reading::Arms { treatment, control, sampled_at, dispersion, earlier: Vec::new() },
        }
    }
}

/// Returns whether a guard on what Hoist counts itself is played from a recording that has its metric.
pub(crate) fn is_recorded(source: &MetricSource, compared: bool) -> bool {
    compared || matches!(source, MetricSource::EventRate { per: Some(_), .. })
}

/// Returns how a guard's readings are made of the past. Nothing for what the past does not say: values of units where it has
/// counts, and units as they come and go, which a limit on their share needs.
fn form(watch: &Watch, series: &Series) -> Option<Form> {
    let counted = series.counts().is_some();
    let units = || (counted && is_recorded(watch.source(), watch.is_compared())).then_some(());
    match watch.source() {
        MetricSource::PromqlValue { .. } => matches!(series, Series::Values(_)).then_some(Form::Value),
        MetricSource::PromqlCounts { .. } => counted.then_some(Form::Sums),
        MetricSource::EventRate { per: Some(_), .. } => counted.then_some(Form::SumsOfStay),
        MetricSource::Conversion { .. } if watch.closes_cohorts() => units().map(|()| Form::SumsOfStay),
        MetricSource::AffectedUnits { .. } | MetricSource::Conversion { .. } => units().map(|()| Form::AtRisk),
        MetricSource::EventRate { per: None, .. } => units().map(|()| Form::Present),
        MetricSource::LatencyQuantile { .. } => units().map(|()| Form::Quantile),
        MetricSource::Mean { .. } | MetricSource::Ratio { .. } => {
            let told = matches!(series, Series::Sums(_)) && is_recorded(watch.source(), watch.is_compared());
            told.then_some(Form::Groups)
        }
    }
}
