//! Where order does not matter, parts of the traffic add up to the whole.

use hoist_lifecycle::sequential::{
    CountFlush, Histogram, MeanEvidence, MeanFlush, MeanTest, Moments, RatioEvidence, RatioFlush, RatioSums,
    SrmEvidence, TelemetryEvidence,
};
use hoist_lifecycle::sequential::{Direction, Effects, PairedSums};
use proptest::prelude::*;

fn agrees(left: f64, right: f64) -> Result<(), TestCaseError> {
    prop_assert!((left - right).abs() <= 1e-9 * (1.0 + left.abs()), "{} is not {}", left, right);
    Ok(())
}

fn values() -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(0.0..100.0_f64, 0..60)
}

const TEST: MeanTest = MeanTest {
    direction: Direction::Higher,
    margin: 1.0,
    effect: Some(5.0),
    effects: Effects::One,
    noninferiority: None,
};

proptest! {
    #[test]
    fn moments_of_parts_are_moments_of_the_whole(left in values(), right in values()) {
        let whole = Moments::of(left.iter().chain(&right).copied(), 90.0);
        let mut parts = Moments::of(left.iter().copied(), 90.0);
        parts.merge(&Moments::of(right.iter().copied(), 90.0));
        agrees(whole.n, parts.n)?;
        agrees(whole.mean, parts.mean)?;
        agrees(whole.variance(), parts.variance())?;
        prop_assert!((whole.skewness() - parts.skewness()).abs() < 1e-6);
    }

    #[test]
    fn histograms_add_up(left in values(), right in values(), quantile in 0.0..1.0_f64) {
        let of = |values: &[f64]| {
            let mut histogram = Histogram::default();
            for value in values {
 histogram.record(*value);
}
            histogram
        };
        let mut all = left.clone();
        all.extend(&right);
        let mut merged = of(&right);
        merged.merge(&of(&left));
        prop_assert_eq!(&of(&all), &merged);
        prop_assert_eq!(merged.len() as usize, all.len());
        prop_assume!(!all.is_empty());
        let edge = merged.quantile(quantile).unwrap();
        let above = all.iter().filter(|value| **value > edge.value()).count() as u64;
        prop_assert_eq!(merged.above(edge), above);
        prop_assert!(above as f64 <= (1.0 - quantile) * all.len() as f64 + 1e-9);
    }

    /// The relative error that the layout promises.
    #[test]
    fn an_edge_is_close_to_its_values(value in 1e-5..1e8_f64) {
        let mut histogram = Histogram::default();
        histogram.record(value);
        let edge = histogram.quantile(0.5).unwrap().value();
        prop_assert!(value <= edge * (1.0 + 1e-9) && edge <= value * 1.0409, "{} in a bucket up to {}", value, edge);
    }

    #[test]
    fn sample_ratios_add_up(flushes in prop::collection::vec((0_u32..500, 0_u32..5_000, 0.01..0.5_f64), 2..8)) {
        let (mut whole, mut first, mut second) = (SrmEvidence::default(), SrmEvidence::default(), SrmEvidence::default());
        let (mut reports, mut reported) = (TelemetryEvidence::default(), TelemetryEvidence::default());
        for (index, (treated, control, share)) in flushes.iter().enumerate() {
            let (treated, control) = (f64::from(*treated), f64::from(*control));
            whole.absorb(*share, treated, control);
            if index % 2 == 0 { &mut first } else { &mut second }.absorb(*share, treated, control);
            let flush = CountFlush { n_treatment: treated, n_control: control, x_treatment: treated / 2.0, x_control: control / 2.0 };
            reports.absorb(&flush);
            let mut part = TelemetryEvidence::default();
            part.absorb(&flush);
            reported.merge(&part);
        }
        first.merge(&second);
        agrees(whole.log_evidence(), first.log_evidence())?;
        prop_assert_eq!(whole.is_deficit(), first.is_deficit());
        agrees(reports.log_evidence(), reported.log_evidence())?;
    }

    #[test]
    fn means_and_ratios_add_up(windows in prop::collection::vec((values(), values(), 0_u32..3), 2..6)) {
        let (mut means, mut ratios) = (MeanEvidence::default(), RatioEvidence::default());
        let mut parts = [(MeanEvidence::default(), RatioEvidence::default()), (MeanEvidence::default(), RatioEvidence::default())];
        for (index, (treatment, control, stage)) in windows.iter().enumerate() {
            // Enough of them, so that there is evidence to compare.
            let many = |values: &[f64]| values.iter().copied().cycle().take(values.len() * 40).collect::<Vec<_>>();
            let (treatment, control) = (many(treatment), many(control));
            let flush = MeanFlush { treatment: Moments::of(treatment.clone(), 99.0), control: Moments::of(control.clone(), 99.0) };
            let sums = |values: &[f64]| {
                let mut sums = RatioSums::default();
                for value in values {
 sums.add(*value, 1.0 + value.sqrt());
}
                sums
            };
            let ratio = RatioFlush { treatment: sums(&treatment), control: sums(&control) };
            means.absorb(*stage, &flush);
            ratios.absorb(*stage, &ratio);
            parts[index % 2].0.absorb(*stage, &flush);
            parts[index % 2].1.absorb(*stage, &ratio);
        }
        let [(mut mean, mut ratio), (other_mean, other_ratio)] = parts;
        mean.merge(&other_mean);
        ratio.merge(&other_ratio);
        for (whole, merged) in [(means.log_harm(&TEST), mean.log_harm(&TEST)), (ratios.log_harm(&TEST), ratio.log_harm(&TEST))] {
            match (whole, merged) {
                (Ok(whole), Ok(merged)) => prop_assert!((whole - merged).abs() <= 1e-6 * (1.0 + whole.abs())),
                (whole, merged) => prop_assert_eq!(whole.is_err(), merged.is_err()),
            }
        }
    }
}

/// What was known of a unit before explains what it does now: the same difference with less noise.
#[test]
fn values_from_before_take_out_noise() {
    let mut sums = PairedSums::default();
    for unit in 0..100 {
        let before = f64::from(unit % 10);
        let after = before + f64::from(unit % 3);
        sums.n += 1.0;
        sums.before += before;
        sums.before_squares += before * before;
        sums.after += after;
        sums.after_squares += after * after;
        sums.products += before * after;
    }
    let (_, with) = sums.adjusted(sums.slope());
    let (_, without) = sums.adjusted(0.0);
    assert!(with < without / 10.0, "{with} instead of {without}");
}
