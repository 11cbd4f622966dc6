//! How long each guard takes at each stage: the planner of the count kernel, the one-sample kernel of absolute limits,
//! and polls beyond a limit.

use hoist_eval::Span;

use crate::limits::{ALPHA_RATE_DEFAULT, ALPHA_VALUE_DEFAULT, RATIO_MAX, RELAXED_ALPHA};
use crate::metric::{Direction as Worse, Metric};
use crate::plan::{Guard, GuardMode, LimitDraft, Stage};
use crate::rollout::state::StageIndex;
use crate::rollout::{RolloutSpec, ruled_out};
use crate::sequential::{Breaches, Direction, information_rate, requests_to_decide};

use super::facts::Rates;
use super::guard::GuardPreview;
use super::metric::{self, Metrics};
use super::stage::{Detection, GuardAtStage, Judged};

/// Polls after which a guard on one value that has not decided never will.
const POLLS_MAX: u64 = 1_000;
/// Halvings of the interval in which the smallest regression is looked for: to a thousandth of the ratio.
const HALVINGS: u32 = 24;
/// Largest regression that is looked for.
const REGRESSION_MAX: f64 = 100.0;

/// What times are told from.
pub(super) struct Times<'a> {
    spec: &'a RolloutSpec,
    metrics: &'a Metrics,
    guards: &'a [GuardPreview],
    /// How many times worse the treatment is assumed to be, at least 1.
    pub(super) regression: f64,
    /// What the weights of the guards against control add up to.
    weights: f64,
}

/// One guard at one stage.
struct Case<'a> {
    guard: &'a Guard,
    metric: &'a Metric,
    /// The share of those who are compared that is treated.
    share: f64,
    /// The share of the audience that is treated: smaller where the rollout keeps to a part of the units.
    reached: f64,
    rates: Rates,
    alpha: f64,
}

impl<'a> Times<'a> {
    pub(super) fn of(spec: &'a RolloutSpec, metrics: &'a Metrics, guards: &'a [GuardPreview], regression: f64) -> Self {
        let sound = if regression.is_finite() && regression > 0.0 { regression } else { 2.0 };
        Self { spec, metrics, guards, regression: sound.max(1.0 / sound), weights: metric::weights(spec, metrics) }
    }

    /// Returns the times of every guard that watches the stage at `index`, as if all traffic were in its audience.
    pub(super) fn at(&self, index: usize, stage: &Stage) -> Vec<GuardAtStage> {
        let guards = self.spec.plan().guards().iter().zip(self.guards);
        let share = self.spec.treated_share(StageIndex(index));
        guards
            .filter(|(guard, _)| guard.watches(index))
            .map(|(guard, seen)| self.guard(guard, seen, stage, share))
            .collect()
    }

    fn guard(&self, guard: &Guard, seen: &GuardPreview, stage: &Stage, share: Option<f64>) -> GuardAtStage {
        let reached = f64::from(stage.share().weight()) / f64::from(hoist_eval::limits::SPLIT_TOTAL);
        let compares = matches!(guard.limit(), LimitDraft::Control(_));
        if compares && reached >= 1.0 {
            return GuardAtStage::without(guard, Judged::NoControl);
        }
        let Some(metric) = self.metrics.get(guard.metric()) else {
            return GuardAtStage::without(guard, Judged::Unknown);
        };
        if !metric.source().counts() && !compares {
            let detection = polls(guard).map(|polls| Detection {
                regression: self.regression,
                treated: None,
                time: guard.interval().saturating_mul(polls),
            });
            return GuardAtStage { detection, ..GuardAtStage::without(guard, Judged::Polls) };
        }
        let Some(rates) = seen.base.rates().filter(|rates| rates.rate > 0.0) else {
            return GuardAtStage::without(guard, Judged::Unknown);
        };
        let case =
            Case { guard, metric, share: share.unwrap_or(reached), reached, rates, alpha: self.alpha(guard, metric) };
        let maximum = stage.maximum_time();
        GuardAtStage {
            guard: guard.key().clone(),
            judged: if compares { Judged::AgainstControl } else { Judged::AgainstLimit },
            detection: case.detection(self.regression),
            smallest: case.smallest_within(maximum),
            noninferiority: compares.then(|| case.ruled_out(stage, self.spec.plan().beta())).flatten(),
        }
    }

    /// Returns the false-alarm probability that the guard may spend: guards against control share the plan's by weight.
    fn alpha(&self, guard: &Guard, metric: &Metric) -> f64 {
        match guard.limit() {
            LimitDraft::Control(_) if self.weights > 0.0 => self.spec.plan().alpha() * metric.weight() / self.weights,
            LimitDraft::Control(_) => self.spec.plan().alpha(),
            LimitDraft::Above(_) | LimitDraft::Below(_) => guard.alpha.unwrap_or(ALPHA_RATE_DEFAULT),
        }
    }
}

impl Case<'_> {
    fn direction(&self) -> Direction {
        match self.metric.direction() {
            Worse::HigherIsWorse => Direction::Higher,
            Worse::LowerIsWorse => Direction::Lower,
        }
    }

    /// Opportunities in a second that tell something about the treatment.
    fn treated_per_second(&self) -> f64 {
        self.rates.per_second * self.reached
    }

    /// Returns when a treatment `regression` times worse is found; `None` if never.
    fn detection(&self, regression: f64) -> Option<Detection> {
        let nats = match self.guard.limit() {
            LimitDraft::Control(limit) => {
                let margin = limit.margin.unwrap_or_else(|| self.metric.margin());
                let worse = self.direction().boundary(regression);
                let boundary = self.direction().boundary(margin);
                let is_beyond = regression > margin;
                if is_beyond { information_rate(self.share, self.rates.rate, worse, boundary) } else { 0.0 }
            }
            limit => self.nats_against(limit, regression),
        };
        let treated = requests_to_decide(nats, self.alpha)?;
        let time = self.time(treated)?;
        Some(Detection { regression, treated: Some(treated.ceil()), time })
    }

    /// Returns the evidence per treated opportunity against a fixed limit `t`, at the rate `q` that would be seen: the
    /// divergence of Poisson counts, `q ln(q/t) - q + t`. Where the query sees everyone, what is seen is a mixture of
    /// both arms, and every opportunity counts.
    fn nats_against(&self, limit: LimitDraft, regression: f64) -> f64 {
        let (threshold, worse) = match limit {
            LimitDraft::Above(threshold) => (threshold, regression),
            LimitDraft::Below(threshold) => (threshold, 1.0 / regression),
            LimitDraft::Control(_) => return 0.0,
        };
        let apart = self.metric.source().names_variant();
        let seen = self.rates.rate * if apart { worse } else { 1.0 + self.reached * (worse - 1.0) };
        if !limit.is_broken_by(seen) || threshold <= 0.0 || seen <= 0.0 {
            return 0.0;
        }
        let nats = seen * (seen / threshold).ln() - seen + threshold;
        if apart { nats } else { nats / self.reached }
    }

    /// Returns the smallest regression that is found within `time`, to a thousandth; `None` if none is.
    fn smallest_within(&self, time: Span) -> Option<f64> {
        let found = |regression: f64| self.detection(regression).is_some_and(|found| found.time <= time);
        let (mut missed, mut enough) = (1.0, REGRESSION_MAX);
        if !found(enough) {
            return None;
        }
        for _ in 0..HALVINGS {
            let middle = f64::midpoint(missed, enough);
            if found(middle) { enough = middle } else { missed = middle }
        }
        Some((enough * 1_000.0).ceil() / 1_000.0)
    }

    /// Returns when a treatment that is as good as the control is shown not to be much worse, or not to be worse than a relaxed
    /// limit allows, whichever is sooner.
    fn ruled_out(&self, stage: &Stage, beta: f64) -> Option<Detection> {
        let LimitDraft::Control(limit) = self.guard.limit() else { return None };
        let ratio = ruled_out(&limit, self.metric, stage).clamp(1.0, RATIO_MAX);
        let relaxed = limit.relaxed.filter(|relaxed| *relaxed > ratio);
        let relaxed = relaxed.and_then(|relaxed| self.excluded(relaxed, RELAXED_ALPHA / 2.0));
        self.excluded(ratio, beta).into_iter().chain(relaxed).min_by_key(|found| found.time)
    }

    /// Returns when it is shown that a treatment as good as the control is not `ratio` times worse, with this chance of error.
    fn excluded(&self, ratio: f64, chance: f64) -> Option<Detection> {
        let boundary = self.direction().boundary(ratio);
        let treated = requests_to_decide(information_rate(self.share, self.rates.rate, 1.0, boundary), chance)?;
        Some(Detection { regression: ratio, treated: Some(treated.ceil()), time: self.time(treated)? })
    }

    /// Returns the time in which so many treated opportunities come, at least one interval of the guard.
    fn time(&self, treated: f64) -> Option<Span> {
        let seconds = treated / self.treated_per_second();
        let longest = crate::limits::MAXIMUM_TIME_MAX.as_seconds_f64();
        let span = (seconds <= longest).then(|| Span::from_micros((seconds * 1e6).ceil() as u64));
        span.map(|span| span.max(self.guard.interval()))
    }
}

/// Returns how many polls beyond the limit in a row it takes, from the start.
fn polls(guard: &Guard) -> Option<u64> {
    if guard.mode() == GuardMode::Immediate {
        return Some(1);
    }
    let needed = -guard.alpha.unwrap_or(ALPHA_VALUE_DEFAULT).ln();
    let mut breaches = Breaches::default();
    (1..=POLLS_MAX).find(|_| {
        breaches.observe(true);
        breaches.log_evidence() >= needed
    })
}
