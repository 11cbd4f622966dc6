//! Every case of every reference method that ships, compared with a relative tolerance of 1e-9.

mod counts;
mod estimates;
mod surroundings;

use serde_json::Value;

use super::close;

/// Checks one case: what goes in, what must come out.
type Check = fn(&Value, &Value);

/// The methods that ship, each with the function that checks one of its cases.
const SHIPPED: &[(&str, Check)] = &[
    ("absolute_rate_threshold", counts::absolute),
    ("bernoulli_kernel", counts::proportion_kernel),
    ("bernoulli_mixture", counts::proportion_mixture),
    ("bernoulli_mixture_product_grid", counts::proportion_mixture_product),
    ("bucket_cluster_se", estimates::clustered),
    ("combine_metrics", surroundings::combined),
    ("count_kernel", counts::kernel),
    ("count_kernel_null_expectation", counts::null_expectation),
    ("count_mixture", counts::mixture),
    ("count_mixture_with_restarts", counts::restarts),
    ("cuped_adjustment", estimates::cuped),
    ("dispersion", surroundings::dispersions),
    ("guard_phi", surroundings::guard_dispersions),
    ("information_rate", surroundings::information),
    ("mean_difference_e_value", estimates::mean_difference),
    ("non_inferiority", counts::noninferiority),
    ("normal_mixture", estimates::normal),
    ("rate_ratio_confidence_sequence", surroundings::ratios),
    ("ratio_delta_method", estimates::delta),
    ("srm_tilt", surroundings::srm),
    ("stage_stratified_mean_difference", estimates::strata),
    ("t_to_z", estimates::student),
    ("threshold_breach_polls", counts::breaches),
    ("variance_of_ratios", estimates::variance_of_ratios),
];

/// The methods that do not ship, each with the reason.
const NOT_SHIPPED: &[(&str, &str)] = &[
    ("anytime_valid_t", "regression on single units; units are not kept"),
    ("bernoulli_confidence_sequence", "one proportion without control; the one-sample kernel decides there"),
    ("beta_binomial_mixture", "a mixture over all sizes; the grid is tuned to harm and as cheap"),
    ("double_stitching_bound", "needs sorted raw values; quantiles become counts above frozen thresholds"),
    ("empirical_process_lil_bound", "needs the whole distribution; quantiles become counts above frozen thresholds"),
    ("gamma_mixtures", "not needed beside the normal mixture"),
    ("growthbook_sequential_mean", "another product's method, for comparison"),
    ("growthbook_sequential_proportion", "another product's method, for comparison"),
    ("kayenta_mann_whitney", "another product's method, for comparison"),
    ("poly_stitching_bound", "wider than the mixtures at the sizes that matter"),
    ("quantile_ab_p_value", "needs sorted raw values; quantiles become counts above frozen thresholds"),
    ("srm_chi_square", "not valid when looked at more than once"),
    ("srm_dirichlet_multinomial", "does not compose over stages with different shares; the tilt does, and is as fast"),
    ("statsig_msprt", "another product's method, for comparison"),
    ("two_proportion_e_value_safestats", "one block size for a whole run; arms here have any size in every flush"),
];

fn all() -> Value {
    serde_json::from_str(include_str!("../../../data/guard_vectors.json")).unwrap()
}

#[test]
fn every_case_of_every_shipped_method_agrees() {
    let all = all();
    let mut cases = 0;
    for (method, check) in SHIPPED {
        for case in all[method]["cases"].as_array().unwrap() {
            println!("{method}: {}", case["input"]);
            check(&case["input"], &case["output"]);
            cases += 1;
        }
    }
    println!("{} methods, {cases} cases", SHIPPED.len());
    assert!(cases >= SHIPPED.len() * 4, "{cases} cases are too few: the file is not the one meant");
}

#[test]
fn every_method_ships_or_has_a_reason_not_to() {
    let mut listed: Vec<&str> =
        SHIPPED.iter().map(|(method, _)| *method).chain(NOT_SHIPPED.iter().map(|(method, _)| *method)).collect();
    listed.sort_unstable();
    let all = all();
    let mut methods: Vec<&str> = all.as_object().unwrap().keys().map(String::as_str).collect();
    methods.sort_unstable();
    assert_eq!(listed, methods);
}

/// A number of a case.
fn number(value: &Value, name: &str) -> f64 {
    value[name].as_f64().unwrap_or_else(|| panic!("no number {name} in {value}"))
}

/// The numbers of a list.
fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}
