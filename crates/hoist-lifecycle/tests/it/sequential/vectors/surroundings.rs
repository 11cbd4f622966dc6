//! What stands around the evidence of one guard.

use hoist_lifecycle::sequential::{
    Ends, Grid, SrmEvidence, anytime_p, combine, dispersion, guard_dispersion, information_rate, ratio_sequence,
};
use serde_json::Value;

use super::{close, counts, number, numbers};

pub(super) fn srm(input: &Value, output: &Value) {
    let mut evidence = SrmEvidence::default();
    for stratum in input["strata"].as_array().unwrap() {
        let (treated, control) = (number(stratum, "treated_units"), number(stratum, "control_units"));
        evidence.absorb(number(stratum, "treated_share"), treated, control);
    }
    close(evidence.log_evidence(), number(output, "log_e"));
}

pub(super) fn combined(input: &Value, output: &Value) {
    let evidence: Vec<_> = numbers(&input["log_e"]).into_iter().zip(numbers(&input["weights"])).collect();
    let log = combine(&evidence).unwrap().log_evidence;
    close(log, number(output, "log_e_combined"));
    close(anytime_p(log), number(output, "p"));
}

pub(super) fn ratios(input: &Value, output: &Value) {
    let strata: Vec<_> = input["strata"].as_array().unwrap().iter().map(counts::flush).collect();
    let interval = ratio_sequence(&strata, Grid::Error, Ends::even(number(input, "alpha")));
    for (actual, expected) in [(interval.lower, &output["lower"]), (interval.upper, &output["upper"])] {
        assert_eq!(actual.is_some(), expected.is_number());
        if let Some(end) = actual {
            close(end, expected.as_f64().unwrap());
        }
    }
}

fn pairs(input: &Value, events: &str, opportunities: &str) -> Vec<(f64, f64)> {
    numbers(&input[events]).into_iter().zip(numbers(&input[opportunities])).collect()
}

pub(super) fn dispersions(input: &Value, output: &Value) {
    let actual = dispersion(pairs(input, "counts", "exposures").into_iter()).unwrap();
    close(actual.dispersion, number(output, "dispersion"));
    close(actual.sampling_deviation, number(output, "sampling_sd"));
}

pub(super) fn guard_dispersions(input: &Value, output: &Value) {
    let arm = |arm: &str| dispersion(pairs(input, &format!("counts_{arm}"), &format!("exposures_{arm}")).into_iter());
    close(guard_dispersion(arm("treat"), arm("control")), number(output, "phi"));
}

pub(super) fn information(input: &Value, output: &Value) {
    let nats =
        information_rate(number(input, "treated_share"), number(input, "base_rate"), number(input, "ratio"), 1.0);
    close(nats, number(output, "nats_per_treated_request"));
    close(100_f64.ln() / nats, number(output, "treated_requests_for_ln100"));
    close(20_f64.ln() / nats, number(output, "treated_requests_for_ln20"));
}
