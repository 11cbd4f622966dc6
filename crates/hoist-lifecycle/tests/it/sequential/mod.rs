//! The statistics: reference vectors, laws, and the figures that the documentation states.

mod documented;
mod kinds;
mod laws;
mod limits;
mod merging;
mod stakes;
mod treatments;
mod vectors;

/// Panics unless both agree to a relative 1e-9, or absolutely where zero is expected.
fn close(actual: f64, expected: f64) {
    let error = (actual - expected).abs();
    let allowed = if expected == 0.0 { 1e-12 } else { 1e-9 * expected.abs() };
    assert!(error <= allowed, "{actual} is not {expected}");
}
