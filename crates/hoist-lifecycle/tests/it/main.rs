//! Tests of the public surface of `hoist-lifecycle`.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests may panic"
)]

mod absolute_tracked;
mod allocation;
mod analyze;
mod backtest;
mod backtest_values;
mod clocks;
mod comparison_words;
mod control;
mod control_health;
mod control_leaving;
mod control_tracked;
mod control_values;
mod guards;
mod holdback;
mod inherit;
mod intake;
mod latencies;
mod looks;
mod methods;
mod metrics;
mod overlap;
mod part;
mod plans;
mod preview;
mod recorded;
mod recorded_kinds;
mod records;
mod refused;
mod safety;
mod sequential;
mod staleness;
mod steps;
mod support;
mod waiting;
mod windows;
