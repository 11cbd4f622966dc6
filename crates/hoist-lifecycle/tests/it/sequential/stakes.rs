//! How a stake is divided among times of onset.

use hoist_lifecycle::sequential::{
    CountEvidence, CountFlush, Direction, Ends, Grid, Mixture, Stakes, Sums, kernel, ratio_sequence,
};
use serde_json::json;

use super::close;

const ALL: [Stakes; 3] = [Stakes::Even, Stakes::Early, Stakes::Foremost];

/// What restart `j` has, written as the documentation has it; the start for 0.
fn documented(stakes: Stakes, j: u64) -> f64 {
    let j = j as f64;
    match stakes {
        Stakes::Even if j > 0.0 => 1.0 / (2.0 * j * (j + 1.0)),
        Stakes::Even => 1.0 / 2.0,
        Stakes::Early if j > 0.0 => 6.0 / (5.0 * (j + 5.0) * (j + 6.0)),
        Stakes::Early => 4.0 / 5.0,
        Stakes::Foremost if j > 0.0 => 3.0 / (5.0 * (j + 5.0) * (j + 6.0)),
        Stakes::Foremost => 9.0 / 10.0,
    }
}

/// The recursion against the sum over all onsets that it stands for, each of which is an e-process.
#[test]
fn restarts_are_a_mixture_over_onsets() {
    let weights = [0.25, 0.75];
    let flushes =
        [(0, [0.3, -0.2]), (0, [1.5, 0.9]), (1, [-2.0, 0.4]), (4, [0.7, 0.7]), (4, [0.1, -0.9]), (9, [2.0, 1.0])];
    for stakes in ALL {
        let mut mixture = Mixture::new(stakes);
        for (index, (epoch, log_ratios)) in flushes.iter().enumerate() {
            mixture.restart_until(*epoch);
            mixture.observe(*log_ratios);
            let shares: f64 = (0..=*epoch).map(|onset| documented(stakes, onset)).sum();
            let mut expected = 1.0 - shares;
            for onset in 0..=*epoch {
                let since = flushes.iter().take(index + 1).filter(|(epoch, _)| *epoch >= onset);
                let [one, other] = since.fold([0.0, 0.0], |sums, (_, logs)| [sums[0] + logs[0], sums[1] + logs[1]]);
                expected += documented(stakes, onset) * (weights[0] * f64::exp(one) + weights[1] * f64::exp(other));
            }
            close(mixture.log_evidence(weights), expected.ln());
        }
    }
}

/// Shares that added up to more than 1 would alarm too often, and to less would waste what is left.
#[test]
fn nothing_but_the_stake_is_spent() {
    for stakes in ALL {
        for restarts in [0, 1, 7, 288, u64::MAX] {
            let mut mixture = Mixture::<1>::new(stakes);
            mixture.restart_until(restarts);
            close(mixture.log_evidence([1.0]), 0.0);
        }
    }
}

#[test]
fn evidence_goes_on_with_the_stakes_that_it_began_with() {
    let stored = |stakes| serde_json::to_value(CountEvidence::new(stakes)).unwrap();
    assert_eq!(stored(Stakes::Early)["restarts"]["stakes"], json!("early"));
    let mut even = stored(Stakes::Even);
    assert_eq!(even["restarts"]["stakes"], json!("even"));
    even["restarts"].as_object_mut().unwrap().remove("stakes");
    assert_eq!(even["version"], json!(2), "who reads layout 1 alone would go on with other stakes");
    let refused = serde_json::from_value::<CountEvidence>(even.clone()).unwrap_err().to_string();
    assert!(refused.contains("restarts.stakes is missing"), "{refused}");
    // Written before there was a choice.
    even["version"] = json!(1);
    let read: CountEvidence = serde_json::from_value(even).unwrap();
    assert_eq!(read, CountEvidence::new(Stakes::Even));
}

/// The end of an interval that says harm lies where the part of the evidence that began at the start rolls back, and both ends
/// together miss no more often than `alpha`.
#[test]
fn an_interval_says_harm_where_the_start_rolls_back() {
    let (grid, alpha) = (Grid::Error, 0.01);
    for (direction, treated) in [(Direction::Higher, 160.0), (Direction::Lower, 40.0)] {
        let flush = CountFlush { n_treatment: 1e4, n_control: 1e4, x_treatment: treated, x_control: 200.0 - treated };
        for stakes in ALL {
            let ends = Ends::of(stakes, direction, alpha);
            close(ends.lower + ends.upper, alpha);
            let interval = ratio_sequence(&[flush], grid, ends);
            let end = if direction == Direction::Higher { interval.lower } else { interval.upper };
            let mut sums = Sums::default();
            sums.observe(kernel::counts(&flush, grid, direction, end.unwrap()));
            close(stakes.at_start().ln() + sums.log_evidence(grid.weights(), 1.0), -alpha.ln());
        }
    }
    assert_eq!(Ends::of(Stakes::Even, Direction::Lower, alpha), Ends::even(alpha));
}
