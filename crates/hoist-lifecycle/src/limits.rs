//! Every bound of this crate, in one place.

use hoist_eval::Span;

/// Most stages of one plan.
pub const STAGES_MAX: usize = 32;
/// Most guards of one plan.
pub const GUARDS_MAX: usize = 32;
/// Most windows of one stage.
pub const WINDOWS_MAX: usize = 14;
/// Longest title or name, in characters.
pub const TITLE_CHARS_MAX: usize = 64;
/// Longest unit of a metric, in characters.
pub const UNIT_CHARS_MAX: usize = 16;
/// Longest description or reason, in characters.
pub const DESCRIPTION_CHARS_MAX: usize = 2_000;
/// Longest metric query, in bytes, before and after its placeholders are filled.
pub const QUERY_BYTES_MAX: usize = 4 * 1024;
/// Shortest time between two ticks of one rollout, and between two readings of one guard.
pub const TICK_MIN: Span = Span::from_millis(100);
/// Longest time between two ticks of one rollout.
pub const TICK_MAX: Span = Span::from_seconds(60);
/// Ticks for which one observation may be credited; more time than that between two observations went unobserved.
pub const CREDIT_TICKS_MAX: u64 = 2;
/// Ticks in which the shortest bake of a plan is observed, so that one missed tick does not lengthen it much.
pub const TICKS_PER_BAKE: u64 = 4;
/// Longest bake of one stage.
pub const BAKE_MAX: Span = Span::from_hours(24 * 90);
/// Longest maximum time of one stage.
pub const MAXIMUM_TIME_MAX: Span = Span::from_hours(24 * 365);
/// Maximum time of a stage that does not say.
pub const MAXIMUM_TIME_DEFAULT: Span = Span::from_hours(24);
/// Most distinct treated units that a stage may ask for.
pub const MINIMUM_TREATED_MAX: u64 = 1_000_000_000_000;
/// Longest time between two readings of one guard.
pub const INTERVAL_MAX: Span = Span::from_hours(24);
/// Time between two readings of a guard that does not say.
pub const INTERVAL_DEFAULT: Span = Span::from_seconds(30);
/// Longest age at which a sample may still count.
pub const STALENESS_MAX: Span = Span::from_hours(24 * 7);
/// Shortest default for the age at which a sample may still count.
pub const STALENESS_DEFAULT_MIN: Span = Span::from_seconds(60);
/// Intervals in the default for the age at which a sample may still count.
pub const STALENESS_DEFAULT_INTERVALS: u64 = 3;
/// How far ahead of the controller's clock a sample may lie before it counts as one from the future.
pub const CLOCK_SKEW_MAX: Span = Span::from_seconds(5);
/// Longest grace for silence.
pub const GRACE_MAX: Span = Span::from_hours(24 * 30);
/// Shortest default for the grace for silence.
pub const GRACE_DEFAULT_MIN: Span = Span::from_minutes(10);
/// Intervals in the default for the grace for silence.
pub const GRACE_DEFAULT_INTERVALS: u64 = 4;
/// Intervals in the shortest grace for silence: the first reading of a stay is due after one.
pub const GRACE_INTERVALS_MIN: u64 = 2;
/// False-alarm probabilities lie strictly below this.
pub const ALPHA_END: f64 = 0.5;
/// False-alarm probability of a sequential guard on one value that does not say.
pub const ALPHA_VALUE_DEFAULT: f64 = 0.01;
/// False-alarm probability of a sequential guard on two counters that does not say.
pub const ALPHA_RATE_DEFAULT: f64 = 0.001;
/// Evidence of harm at which a sequential guard holds the rollout: at most one healthy rollout in ten gets there.
pub const HOLD_EVIDENCE: f64 = 10.0;
/// Time between two restarts of a rate guard's mixture.
pub const RESTART_EVERY: Span = Span::from_minutes(5);
/// Largest count of one flush: up to it every whole number is exact.
pub const FLUSH_COUNT_MAX: f64 = 9_007_199_254_740_992.0;
/// Most units that a ledger knows at a time, of one rollout on one server: seven eighths of 2^18, which is what a hash
/// table of 2^18 places of 33 bytes takes, so 8.3 MiB.
pub const INTAKE_UNITS_MAX: usize = 229_376;
/// Most stays of one rollout that events can still belong to.
pub const INTAKE_STAYS_MAX: usize = 64;
/// Most metrics of one rollout that are counted from events.
pub const TRACKED_METRICS_MAX: usize = 32;
/// Most events of one rollout that wait for the exposure of their unit.
pub const WAITING_EVENTS_MAX: usize = 16_384;
/// How long an event waits for the exposure of its unit.
pub const WAITING_TIME_MAX: Span = Span::from_seconds(60);
/// How much earlier than its unit's exposure an event may be dated and still follow it: clocks differ.
pub const EVENT_SKEW_MAX: Span = Span::from_seconds(5);
