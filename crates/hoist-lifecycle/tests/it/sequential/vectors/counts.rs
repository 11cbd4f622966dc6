//! Kernels and mixtures of counts.

use hoist_lifecycle::plan::LimitDraft;
use hoist_lifecycle::sequential::{
    Breaches, CountEvidence, CountFlush, CountKind, CountTest, Direction, Grid, Rate, kernel as increments,
};
use serde_json::Value;

use super::{close, number, numbers};

pub(super) fn flush(value: &Value) -> CountFlush {
    CountFlush {
        n_treatment: number(value, "n_treat"),
        n_control: number(value, "n_control"),
        x_treatment: value["x_treat"].as_f64().unwrap_or_default(),
        x_control: value["x_control"].as_f64().unwrap_or_default(),
    }
}

fn direction(value: &Value) -> Direction {
    if value["direction"] == "higher" { Direction::Higher } else { Direction::Lower }
}

fn test(kind: CountKind, grid: Grid, direction: Direction, margin: f64) -> CountTest {
    CountTest { kind, grid, direction, margin, noninferiority: None }
}

fn gathered(test: &CountTest, input: &Value) -> CountEvidence {
    let mut evidence = CountEvidence::default();
    for each in input["flushes"].as_array().unwrap() {
        evidence.absorb(test, 0, 0, &flush(each), 1.0).unwrap();
    }
    evidence
}

pub(super) fn kernel(input: &Value, output: &Value) {
    let log = increments::count(&flush(input), number(input, "r0"), number(input, "r1"));
    close(log, number(output, "log_e"));
    close(log.exp(), number(output, "e_value"));
}

/// The expectation follows from what one event in either arm and none at all say.
pub(super) fn null_expectation(input: &Value, output: &Value) {
    let (r0, r1) = (number(input, "r0"), number(input, "r1"));
    let log = |x_treatment, x_control| {
        increments::count(&CountFlush { x_treatment, x_control, ..flush(input) }, r0, r1).exp_m1()
    };
    let (control_rate, ratio) = (number(input, "control_rate"), number(input, "true_ratio"));
    let treated = ratio * control_rate * log(1.0, 0.0);
    let control = control_rate * log(0.0, 1.0);
    let (n_treat, n_control) = (number(input, "n_treat"), number(input, "n_control"));
    let bernoulli = n_treat * treated.ln_1p() + n_control * control.ln_1p();
    close(bernoulli.exp(), number(output, "exact_expectation_bernoulli"));
    close((n_treat * treated + n_control * control).exp(), number(output, "exact_expectation_poisson"));
}

pub(super) fn mixture(input: &Value, output: &Value) {
    let test = test(CountKind::Rate, Grid::Error, direction(input), number(input, "margin"));
    let log = gathered(&test, input).log_harm_plain(&test, number(input, "phi"));
    close(log, number(output, "log_e"));
    close(log.exp(), number(output, "e_value"));
    close((-log).exp().min(1.0), number(output, "anytime_p"));
}

pub(super) fn restarts(input: &Value, output: &Value) {
    let test = test(CountKind::Rate, Grid::Error, direction(input), number(input, "margin"));
    let mut evidence = CountEvidence::default();
    let expected = numbers(&output["log_e_after_each_flush"]);
    for (each, expected) in input["flushes"].as_array().unwrap().iter().zip(expected) {
        evidence.absorb(&test, 0, each["epoch"].as_u64().unwrap(), &flush(each), 1.0).unwrap();
        close(evidence.log_harm(&test), expected);
    }
}

pub(super) fn noninferiority(input: &Value, output: &Value) {
    let mut test = test(CountKind::Rate, Grid::Error, Direction::Higher, 1.0);
    test.noninferiority = Some(number(input, "r_ni"));
    let log = gathered(&test, input).log_safe(&test, 1.0).unwrap();
    close(log, number(output, "log_e_safe"));
    close(log.exp(), number(output, "e_safe"));
}

pub(super) fn proportion_kernel(input: &Value, output: &Value) {
    let (rate, ratio) = (number(input, "pooled_rate"), number(input, "ratio"));
    let flush = flush(input);
    close(increments::proportion(&flush, rate, ratio), number(output, "log_e"));
    // One unit without the event says ln((1-theta)/(1-rate)), one with it ln(theta/rate).
    let log =
        |x_treatment, x_control| increments::proportion(&CountFlush { x_treatment, x_control, ..flush }, rate, ratio);
    let none = log(0.0, 0.0);
    let (treated, control) = (log(1.0, 0.0) - none, log(0.0, 1.0) - none);
    let expectation = |rate: f64| {
        let arms =
            flush.n_treatment * (rate * treated.exp_m1()).ln_1p() + flush.n_control * (rate * control.exp_m1()).ln_1p();
        (none + arms).exp()
    };
    close(expectation(rate), number(output, "null_expectation_at_pooled_rate"));
    close(expectation(0.2), number(output, "null_expectation_at_0_2"));
}

/// The reference mixes the proportion kernel at every pooled probability, so it is assembled from the increments here.
/// Where the probability is at least 10 % in every flush the evidence itself must agree, too.
fn proportions(input: &Value, output: &Value, grid: Grid) {
    let direction = direction(input);
    let (mut successes, mut units) = (number(input, "prior_successes"), number(input, "prior_trials"));
    let mut sums = hoist_lifecycle::sequential::Sums::default();
    let mut is_common = true;
    for each in input["flushes"].as_array().unwrap() {
        let flush = flush(each);
        if units - 1.0 >= 50.0 {
            is_common &= successes / units >= 0.1;
            sums.observe(increments::proportions(&flush, grid, direction, successes / units));
        }
        successes += flush.x_treatment + flush.x_control;
        units += flush.n_treatment + flush.n_control;
    }
    close(sums.log_evidence(grid.weights(), 1.0), number(output, "log_e"));
    if is_common {
        let test = test(CountKind::Proportion, grid, direction, 1.0);
        close(gathered(&test, input).log_harm_plain(&test, 1.0), number(output, "log_e"));
    }
}

pub(super) fn proportion_mixture(input: &Value, output: &Value) {
    proportions(input, output, Grid::Error);
}

pub(super) fn proportion_mixture_product(input: &Value, output: &Value) {
    proportions(input, output, Grid::Product);
}

/// The vectors know no restarts. Within the first epoch the process is `E = mixture/2 + 1/2`.
pub(super) fn absolute(input: &Value, output: &Value) {
    let threshold = number(input, "threshold");
    let limit = match direction(input) {
        Direction::Higher => LimitDraft::Above(threshold),
        Direction::Lower => LimitDraft::Below(threshold),
    };
    let mut rate = Rate::default();
    for flush in input["flushes"].as_array().unwrap() {
        rate.observe(number(flush, "x"), number(flush, "n"), limit, 0);
    }
    close((2.0 * rate.log_evidence().exp() - 1.0).ln(), number(output, "log_e"));
}

pub(super) fn breaches(input: &Value, output: &Value) {
    let mut breaches = Breaches::default();
    let mut logs = Vec::new();
    for poll in input["polls"].as_str().unwrap().chars() {
        breaches.observe(poll == '1');
        logs.push(breaches.log_evidence());
    }
    close(*logs.last().unwrap(), number(output, "log_e_last"));
    close(logs.iter().copied().fold(f64::MIN, f64::max), number(output, "log_e_max"));
    let first = logs.iter().position(|log| *log >= 100_f64.ln()).map(|index| index as u64 + 1);
    assert_eq!(first, output["first_poll_at_ln100"].as_u64());
}
