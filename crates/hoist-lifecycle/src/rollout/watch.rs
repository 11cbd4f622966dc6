//! A guard together with the metric that it watches: what is asked, and how the answers are judged.

use std::sync::Arc;

use hoist_eval::Span;

use crate::limits::{ALPHA_RATE_DEFAULT, ALPHA_VALUE_DEFAULT};
use crate::metric::{self, Metric, MetricDraft, MetricSource};
use crate::plan::{ControlLimitDraft, Guard, GuardMode, Leave, LimitDraft, Plan, Stage};
use crate::problem::{Problem, Problems};
use crate::sequential::{CountKind, CountTest, Direction, Effects, Grid, MeanTest, Stakes};

use super::compare::ControlTest;
use super::method::Method;
use super::rationale::ShareFacts;

/// A guard together with the metric that it watches.
#[derive(Debug, Clone, PartialEq)]
pub struct Watch {
    pub(crate) guard: Guard,
    pub(crate) source: MetricSource,
    pub(crate) unit: Arc<str>,
    /// Whether opportunities are the units that have had no event yet, to which those with one are to be added.
    pub(crate) at_risk: bool,
    /// ln(1/alpha) for a sequential guard with a limit of its own.
    pub(crate) log_needed: Option<f64>,
    /// How the treatment is compared with the control; absent for a limit that is a number.
    pub(crate) comparison: Option<Comparison>,
    /// The service that the guard came from; absent for one of the plan's own.
    pub(crate) service: Option<Arc<str>>,
    /// The part that the guard has in the combined evidence; absent where it has none.
    pub(crate) share: Option<f64>,
    /// After how long the outcome of a unit is known for good; nothing where outcomes count at once.
    pub(crate) ripens_in: Span,
    /// Which choices it is judged by.
    pub(crate) method: Method,
}

/// How the treatment is compared with the control.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Comparison {
    /// What is tested, but for what must be ruled out, which depends on the stage.
    pub(crate) test: ControlTest,
    /// How many times worse must be ruled out, by stage.
    pub(crate) noninferiority: Vec<f64>,
    /// The ratio that lets a stage be left although that is not shown, by stage; absent where there is none.
    pub(crate) relaxed: Vec<Option<f64>>,
    /// What the metric counts for beside others; nothing for a goal.
    pub(crate) weight: f64,
    /// Whether it decides nothing.
    pub(crate) is_goal: bool,
    /// Whether a stage may only be left once it is shown that the treatment is not much worse.
    pub(crate) must_convince: bool,
    /// How long outcomes take.
    pub(crate) maturity: Span,
    /// How the evidence of counts divides its stake.
    pub(crate) stakes: Stakes,
    /// How the interval of their ratio divides its alpha.
    pub(crate) ends: Stakes,
    /// The treated share of the arms at each stage, for a metric whose events are held against the allocation; empty for
    /// another.
    pub(crate) allocated: Vec<Option<f64>>,
    /// The treated share of the arms at each stage; `None` for a stage without a control.
    pub(crate) shares: Vec<Option<f64>>,
    /// Whether the evidence of counts tells stays apart.
    pub(crate) by_stays: bool,
}

impl Watch {
    /// Returns the guard.
    pub fn guard(&self) -> &Guard {
        &self.guard
    }

    /// Returns where the metric's number comes from.
    pub fn source(&self) -> &MetricSource {
        &self.source
    }

    /// Returns the service that the guard came from; `None` for one of the plan's own.
    pub fn service(&self) -> Option<&str> {
        self.service.as_deref()
    }

    /// Returns whether the treatment is compared with the control.
    pub fn is_compared(&self) -> bool {
        self.comparison.is_some()
    }

    /// Returns whether the metric is only shown, and decides nothing.
    pub fn is_goal(&self) -> bool {
        self.comparison.as_ref().is_some_and(|comparison| comparison.is_goal)
    }

    /// Returns which way harm lies, for a limit against control.
    pub(crate) fn direction(&self) -> Option<Direction> {
        self.comparison.as_ref().map(|comparison| comparison.test.direction())
    }

    /// Returns whether units are compared once their outcome is known for good.
    pub(crate) fn closes_cohorts(&self) -> bool {
        let test = self.comparison.as_ref().map(|comparison| comparison.test);
        matches!(test, Some(ControlTest::Count(CountTest { kind: CountKind::Proportion, .. })))
    }

    /// Returns whether harm may be nothing but units that are missing, as `shares` say, because events are held against the
    /// allocation: treated ones where less is harm, those of the control where more is.
    pub(super) fn may_owe_harm_to(&self, shares: &ShareFacts) -> bool {
        self.may_owe_to(shares, Direction::Lower)
    }

    /// The same of health: the other way round.
    pub(super) fn may_owe_health_to(&self, shares: &ShareFacts) -> bool {
        self.may_owe_to(shares, Direction::Higher)
    }

    /// Returns whether the units that are missing could make evidence up: treated ones where harm lies `this` way, units of the
    /// control where it lies the other way.
    fn may_owe_to(&self, shares: &ShareFacts, this: Direction) -> bool {
        let Some(comparison) = self.comparison.as_ref().filter(|comparison| !comparison.allocated.is_empty()) else {
            return false;
        };
        // Methods that did not ask who is missing doubted both.
        !self.method.tells_who_is_missing() || shares.is_deficit == (comparison.test.direction() == this)
    }

    /// Has the guard judge by a method, at stages that treat these shares of both arms.
    pub(super) fn judge_by(&mut self, method: Method, shares: &[Option<f64>]) {
        self.method = method;
        let Some(comparison) = &mut self.comparison else { return };
        let test = match &mut comparison.test {
            ControlTest::Count(test) => *test,
            ControlTest::Value(test) => {
                test.effects = method.effects();
                return;
            }
        };
        comparison.stakes = method.stakes(&self.source, test.grid);
        comparison.ends = method.ends(comparison.stakes);
        comparison.by_stays = method.tells_stays_apart();
        comparison.shares = shares.to_vec();
        if method.holds_against_allocation(&self.source, &test) {
            comparison.allocated = shares.to_vec();
        }
    }

    /// Returns what the evidence counts for beside that of other guards; none for a guard that spends its own alpha, and
    /// for a goal.
    pub(super) fn weight(&self) -> Option<f64> {
        self.comparison.as_ref().filter(|comparison| !comparison.is_goal).map(|comparison| comparison.weight)
    }
}

impl Comparison {
    fn new(metric: &Metric, plan: &Plan, limit: LimitDraft, is_goal: bool) -> Self {
        let limit = match limit {
            LimitDraft::Control(limit) => limit,
            LimitDraft::Above(_) | LimitDraft::Below(_) => ControlLimitDraft::default(),
        };
        let (direction, grid) = match metric.direction() {
            metric::Direction::HigherIsWorse => (Direction::Higher, Grid::Error),
            metric::Direction::LowerIsWorse => (Direction::Lower, Grid::Product),
        };
        let margin = limit.margin.unwrap_or_else(|| metric.margin());
        let at = |stage: &Stage| ruled_out(&limit, metric, stage).max(margin);
        let noninferiority: Vec<f64> = plan.stages().iter().map(at).collect();
        let relaxed = noninferiority.iter().map(|ratio| limit.relaxed.filter(|relaxed| relaxed > ratio)).collect();
        let kind = if metric.closes_cohorts() { CountKind::Proportion } else { CountKind::Rate };
        let test = if metric.source().has_values() {
            ControlTest::Value(MeanTest {
                direction,
                margin,
                effect: None,
                effects: Effects::default(),
                noninferiority: None,
            })
        } else {
            ControlTest::Count(CountTest { kind, grid, direction, margin, noninferiority: None })
        };
        Self {
            test,
            noninferiority,
            relaxed,
            weight: if is_goal { 0.0 } else { metric.weight() },
            is_goal,
            must_convince: !is_goal && plan.leave() == Leave::Evidence,
            maturity: metric.maturity(),
            stakes: Stakes::default(),
            ends: Stakes::default(),
            allocated: Vec::new(),
            shares: Vec::new(),
            by_stays: false,
        }
    }

    /// Returns what is tested at the stage at `position`.
    pub(super) fn test_at(&self, position: usize) -> ControlTest {
        let noninferiority = self.noninferiority.get(position).copied();
        match self.test {
            ControlTest::Count(test) => ControlTest::Count(CountTest { noninferiority, ..test }),
            ControlTest::Value(test) => ControlTest::Value(MeanTest { noninferiority, ..test }),
        }
    }

    /// Returns the ratio of the treatment to the control that lets the stage at `position` be left although what must be ruled
    /// out is not; `None` where there is none.
    pub(super) fn relaxed_at(&self, position: usize) -> Option<f64> {
        let relaxed = self.relaxed.get(position).copied().flatten().filter(|_| self.must_convince)?;
        Some(self.test.direction().boundary(relaxed))
    }
}

/// Returns what is wrong between a plan's guards and goals and the metrics of its project: names of no known metric, and
/// limits that the kind of metric cannot have. For use when a plan is saved; a start checks the same.
pub fn check_guards(plan: &Plan, metrics: &[Metric]) -> Vec<Problem> {
    let mut problems = Problems::default();
    watches(plan, metrics, "", &mut problems);
    problems.finish::<()>(None).err().unwrap_or_default()
}

/// Parses the metrics of a specification.
pub(super) fn metrics(drafts: &[MetricDraft], problems: &mut Problems) -> Vec<Metric> {
    let mut metrics: Vec<Metric> = Vec::new();
    for (index, draft) in drafts.iter().enumerate() {
        let path = format!("metrics[{index}]");
        if drafts.iter().take(index).any(|earlier| earlier.key == draft.key) {
            problems.add(format!("{path}.key"), "another metric has this key");
        }
        match Metric::parse(draft) {
            Ok(metric) => metrics.push(metric),
            Err(faults) => problems.absorb(&path, faults),
        }
    }
    metrics
}

/// Returns the guards of a plan, then its goals, each with what it watches.
pub(super) fn watches(plan: &Plan, metrics: &[Metric], prefix: &str, problems: &mut Problems) -> Vec<Watch> {
    let mut watches = Vec::new();
    for (position, guard) in plan.guards().iter().enumerate() {
        let Some(metric) = metrics.iter().find(|metric| metric.key() == guard.metric()) else {
            problems.add(format!("{prefix}guards[{position}].metric"), "no metric has this key; create it first");
            continue;
        };
        let path = format!("{prefix}guards[{position}].limit");
        limit(&path, guard, metric, problems);
        let watch = watch(plan, guard.clone(), metric, false);
        relaxes(&path, &watch, plan, problems);
        watches.push(watch);
    }
    for (position, goal) in plan.goals().iter().enumerate() {
        let path = format!("{prefix}goals[{position}]");
        let Some(metric) = metrics.iter().find(|metric| metric.key() == goal) else {
            problems.add(path, "no metric has this key; create it first");
            continue;
        };
        let Some(guard) = problems.keep(&path, Guard::of_goal(goal)) else { continue };
        limit(&path, &guard, metric, problems);
        watches.push(watch(plan, guard, metric, true));
    }
    let whole: f64 = watches.iter().filter_map(Watch::weight).sum();
    for watch in &mut watches {
        watch.share = watch.weight().map(|weight| weight / whole);
    }
    watches
}

fn watch(plan: &Plan, guard: Guard, metric: &Metric, is_goal: bool) -> Watch {
    let compared = matches!(guard.limit, LimitDraft::Control(_));
    let default = if metric.source().counts() { ALPHA_RATE_DEFAULT } else { ALPHA_VALUE_DEFAULT };
    let log_needed = match guard.mode {
        GuardMode::Sequential if !compared => Some(-guard.alpha.unwrap_or(default).ln()),
        _ => None,
    };
    let comparison = compared.then(|| Comparison::new(metric, plan, guard.limit, is_goal));
    let (unit, at_risk) = (Arc::clone(metric.unit()), metric.counts_at_risk());
    let source = metric.source().clone();
    let ripens_in = if metric.closes_cohorts() { metric.maturity() } else { Span::ZERO };
    let method = Method::default();
    Watch { guard, source, unit, at_risk, log_needed, comparison, service: None, share: None, ripens_in, method }
}

/// Returns how many times worse a limit asks to be ruled out at a stage: what it says itself, or else the metric, or else the
/// stage.
pub(crate) fn ruled_out(limit: &ControlLimitDraft, metric: &Metric, stage: &Stage) -> f64 {
    limit.noninferiority.or_else(|| metric.noninferiority(stage.percentage)).unwrap_or(stage.noninferiority)
}

/// Checks that a relaxed limit lets some stage be left that would not be left without it.
fn relaxes(path: &str, watch: &Watch, plan: &Plan, problems: &mut Problems) {
    let (LimitDraft::Control(limit), Some(comparison)) = (watch.guard.limit, &watch.comparison) else { return };
    if limit.relaxed.is_none() {
        return;
    }
    if plan.leave() == Leave::Time {
        let message = "this plan leaves its stages on time, so that nothing is to be relaxed; leave it out, or let `leave` be \
                       evidence";
        problems.add(format!("{path}.control.relaxed"), message);
    } else if !(0..comparison.relaxed.len())
        .any(|stage| watch.guard.watches(stage) && comparison.relaxed_at(stage).is_some())
    {
        let message = "is no more than what must be ruled out at every stage that the guard watches (`noninferiority` of the \
                       guard, the metric or the stage), so that it changes nothing; choose a larger ratio, or leave it out";
        problems.add(format!("{path}.control.relaxed"), message);
    }
}

/// Checks that the metric of a guard can be held against its limit.
fn limit(path: &str, guard: &Guard, metric: &Metric, problems: &mut Problems) {
    let source = metric.source();
    let one_value = matches!(source, MetricSource::PromqlValue { .. });
    match guard.limit {
        LimitDraft::Control(_) if one_value => {
            let message = "one number knows no control; count events out of a total with kind promql_counts";
            problems.add(path, message);
        }
        LimitDraft::Control(_) if source.has_values() && metric.cap().is_none() => {
            let message = "a metric of values needs a cap, so that no single value decides; give the metric the largest \
                           value that is plausible";
            problems.add(path, message);
        }
        LimitDraft::Control(_) if !source.has_arms() => {
            let message = "both counters of the metric must name {{variant}}, so that each arm can be asked for";
            problems.add(path, message);
        }
        LimitDraft::Control(_) => {}
        LimitDraft::Above(_) | LimitDraft::Below(_) if !one_value && !source.counts() => {
            problems.add(path, "a metric of this kind can only be compared with control");
        }
        LimitDraft::Above(_) | LimitDraft::Below(_) if matches!(source, MetricSource::EventRate { per: None, .. }) => {
            let message = "events per unit grow for as long as units stay, so that no number limits them; count units with \
                           kind affected_units, name the event that is an opportunity in per, or compare with control";
            problems.add(path, message);
        }
        LimitDraft::Below(_) if metric.counts_at_risk() => {
            let message = "a unit that has just come has had no time to do it, so that no share of units is a lower limit; \
                           give a conversion a maturity, or compare with control";
            problems.add(path, message);
        }
        LimitDraft::Above(limit) | LimitDraft::Below(limit) => {
            if source.counts() && guard.mode == GuardMode::Sequential && limit <= 0.0 {
                let message = "a sequential guard on counters needs a limit greater than 0: no rate is below it";
                problems.add(path, message);
            }
        }
    }
}
