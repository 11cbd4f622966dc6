//! Means, ratios and the normal mixture.

use hoist_lifecycle::sequential::{
    Direction, Estimate, NormalMixture, PairedSums, RatioSums, clustered_ratio, difference, mean_log_evidence,
    mean_lower_bound, stratified, t_to_z, variance_of_ratio,
};
use serde_json::Value;

use super::{close, number, numbers};

pub(super) fn normal(input: &Value, output: &Value) {
    let (s, v, alpha) = (number(input, "s"), number(input, "v"), number(input, "alpha_opt"));
    let one = NormalMixture::tuned(number(input, "v_opt"), 2.0 * alpha);
    let two = NormalMixture::tuned(number(input, "v_opt"), alpha);
    close(one.one_sided(s, v), number(output, "log_e_one_sided"));
    close(two.two_sided(s, v), number(output, "log_e_two_sided"));
    close(one.one_sided_bound(v, 0.05), number(output, "bound_one_sided_a05"));
    close(two.two_sided_bound(v, 0.05), number(output, "bound_two_sided_a05"));
    close(one.one_sided_bound(v, 0.01), number(output, "bound_one_sided_a01"));
}

pub(super) fn mean_difference(input: &Value, output: &Value) {
    let (se, tau) = (number(input, "se"), number(input, "tau"));
    let estimate = Estimate { value: number(input, "diff"), variance: se * se };
    let log = mean_log_evidence(estimate, tau);
    close(log, number(output, "log_e"));
    close(log.exp(), number(output, "e_value"));
    let information = 1.0 / estimate.variance;
    let two = NormalMixture::of_effect(tau).two_sided(information * estimate.value, information);
    close(two, number(output, "log_e_two_sided"));
    close(mean_lower_bound(estimate, tau, 0.05), number(output, "lower_bound_a05"));
    close(mean_lower_bound(estimate, tau, 0.01), number(output, "lower_bound_a01"));
}

pub(super) fn delta(input: &Value, output: &Value) {
    let sums = RatioSums {
        n: number(input, "n"),
        numerator: number(input, "sum_num"),
        denominator: number(input, "sum_den"),
        numerator_squares: number(input, "sum_num_sq"),
        denominator_squares: number(input, "sum_den_sq"),
        products: number(input, "sum_num_den"),
    };
    let estimate = sums.estimate().unwrap();
    close(estimate.value, number(output, "ratio"));
    close(sums.covariance(), number(output, "cov"));
    close(estimate.variance * sums.n, number(output, "variance_unit"));
    close(estimate.variance.sqrt(), number(output, "se"));
}

pub(super) fn variance_of_ratios(input: &Value, output: &Value) {
    let numerator = (number(input, "mean_num"), number(input, "var_num"));
    let denominator = (number(input, "mean_den"), number(input, "var_den"));
    let estimate = variance_of_ratio(numerator, denominator, number(input, "cov")).unwrap();
    close(estimate.value, number(output, "ratio"));
    close(estimate.variance, number(output, "variance"));
}

pub(super) fn cuped(input: &Value, output: &Value) {
    let sums = PairedSums {
        n: number(input, "n"),
        before: number(input, "pre_sum"),
        before_squares: number(input, "pre_sum_sq"),
        after: number(input, "post_sum"),
        after_squares: number(input, "post_sum_sq"),
        products: number(input, "post_pre_sum_products"),
    };
    close(sums.covariance(), number(output, "covariance"));
    close(sums.slope(), number(output, "theta"));
    let (mean, variance) = sums.adjusted(sums.slope());
    close(mean, number(output, "adjusted_mean"));
    close(variance, number(output, "adjusted_variance"));
    close(sums.adjusted(0.0).1, number(output, "unadjusted_variance"));
}

pub(super) fn strata(input: &Value, output: &Value) {
    let direction = if number(input, "harm_sign") > 0.0 { Direction::Higher } else { Direction::Lower };
    let strata = input["strata"].as_array().unwrap().iter().map(|stratum| {
        let arm = |name: &str| Estimate {
            value: number(stratum, &format!("mean_{name}")),
            variance: number(stratum, &format!("var_{name}")) / number(stratum, &format!("n_{name}")),
        };
        difference(arm("treat"), arm("control"), direction, 1.0, number(input, "margin_abs"))
    });
    let estimate = stratified(strata).unwrap();
    close(estimate.value, number(output, "diff"));
    close(estimate.variance.sqrt(), number(output, "se"));
}

pub(super) fn clustered(input: &Value, output: &Value) {
    let buckets = numbers(&input["numerators"]).into_iter().zip(numbers(&input["denominators"]));
    let estimate = clustered_ratio(buckets.collect::<Vec<_>>().into_iter()).unwrap();
    close(estimate.value, number(output, "ratio"));
    close(estimate.variance.sqrt(), number(output, "cluster_se"));
}

pub(super) fn student(input: &Value, output: &Value) {
    close(t_to_z(number(input, "t"), number(input, "df")), number(output, "z"));
}
