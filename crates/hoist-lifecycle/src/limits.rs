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
/// How far ahead a start may lie: a plan that waits for longer meets a flag that nobody remembers.
pub const START_AHEAD_MAX: Span = Span::from_hours(24 * 365);
/// How long ago a start may lie, because a request takes a while. An earlier one is a mistake in the date.
pub const START_LATE_MAX: Span = Span::from_minutes(1);
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
/// Share of a guard's intervals that may be refused before its stage is held: beyond it what is counted cannot be trusted.
pub const REFUSED_SHARE_MAX: f64 = 0.01;
/// Least number of intervals that the share is taken of, so that one refused interval among the first few holds nothing for
/// long, and a second one does.
pub const REFUSED_OF_MIN: u64 = 100;
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
/// Most stays that are over whose late events are still judged.
pub const LATE_STAYS_MAX: usize = 8;
/// Most metrics of one rollout that are counted from events.
pub const TRACKED_METRICS_MAX: usize = 32;
/// Most events of one rollout that wait for the exposure of their unit.
pub const WAITING_EVENTS_MAX: usize = 16_384;
/// How long an event waits for the exposure of its unit.
pub const WAITING_TIME_MAX: Span = Span::from_seconds(60);
/// How much earlier than its unit's exposure an event may be dated and still follow it: clocks differ.
pub const EVENT_SKEW_MAX: Span = Span::from_seconds(5);
/// How long after a stage has begun, or after one was last seen to be late, evaluators elsewhere may not have heard of it: what
/// they say of units until then counts for neither arm. One that goes on serving the stage before would put treated units into
/// the control.
pub const EVALUATOR_LAG: Span = Span::from_seconds(5);
/// How long after a stage has begun evaluators elsewhere are waited for, at most: twice what providers that poll take.
pub const EVALUATOR_LAG_MAX: Span = Span::from_seconds(60);
/// Longest name of a tracked event, in bytes: an OTLP instrument's name has at most 255 characters.
pub const EVENT_BYTES_MAX: usize = 256;
/// Quantile of a latency metric that does not say.
pub const QUANTILE_DEFAULT: f64 = 0.95;
/// Largest ratio to control that anything may name: a margin, or what must be ruled out.
pub const RATIO_MAX: f64 = 10.0;
/// How many times worse than control is no harm, where nothing is said.
pub const MARGIN_DEFAULT: f64 = 1.05;
/// The same for conversions, whose exact test knows no other margin.
pub const MARGIN_CONVERSION_DEFAULT: f64 = 1.0;
/// Largest weight of one metric beside others.
pub const WEIGHT_MAX: f64 = 1_000.0;
/// Longest time after an exposure for which its outcomes are waited for.
pub const MATURITY_MAX: Span = Span::from_hours(24 * 30);
/// False-alarm probability of a whole rollout, for all limits against control together, where the plan does not say.
pub const ALPHA_CONTROL_DEFAULT: f64 = 0.01;
/// Probability of leaving a stage although the treatment is as much worse as must be ruled out, where the plan does not
/// say.
pub const BETA_DEFAULT: f64 = 0.05;
/// Least evidence of harm at which a plan may hold a rollout.
pub const HOLD_EVIDENCE_MIN: f64 = 2.0;
/// A suspicion is cleared once the evidence of harm is below this share of what raised it.
pub const CLEAR_SHARE: f64 = 0.3;
/// Least observed time for which a suspicion stands.
pub const SUSPECT_MIN: Span = Span::from_minutes(5);
/// Most goals of one plan.
pub const GOALS_MAX: usize = 32;
/// False-alarm probability of the test of the sample ratio over a whole rollout, where the plan does not say.
pub const ALPHA_SAMPLE_RATIO_DEFAULT: f64 = 0.001;
/// What must be ruled out before a stage is left, as ratios to control, by the largest share for which it is enough.
/// The first shares are small, and what they may cost is small with them.
pub const NONINFERIORITY_DEFAULTS: [(f64, f64); 3] = [(1.0, 2.0), (5.0, 1.5), (100.0, 1.2)];
/// What a stage for everyone is recommended, by the largest share in percent for which it is enough: its bake, its treated
/// units and its maximum time. Plans name these numbers by a word, so they stay what they are; others need another word.
pub const RECOMMENDED_STAGES: [(f64, Span, u64, Span); 4] = [
    (1.0, Span::from_minutes(10), 500, Span::from_hours(24)),
    (5.0, Span::from_minutes(15), 2_000, Span::from_hours(24)),
    (25.0, Span::from_minutes(30), 10_000, Span::from_hours(48)),
    (100.0, Span::from_minutes(60), 0, Span::from_hours(48)),
];
/// The same for a stage that reaches a segment.
pub const RECOMMENDED_AUDIENCE: (Span, u64, Span) = (Span::from_minutes(10), 1, Span::from_hours(24));
/// Evaluations in a second below which minutes without any are nothing remarkable.
pub const QUIET_PER_SECOND: f64 = 1.0;
/// Grace for silence that is recommended where a flag is asked for less often than that.
pub const GRACE_QUIET: Span = Span::from_hours(24);
/// How likely the confidence sequence by which a relaxed limit lets a stage be left is ever to miss the truth: half of it at
/// the end that says harm.
pub const RELAXED_ALPHA: f64 = 0.05;
/// Opportunities that must be missing of an arm before it counts as unheard, and events that wait for them are dropped: that
/// nobody came of so many that were to be expected is chance once in 20,000 times.
pub const MISSED_OPPORTUNITIES_MIN: f64 = 10.0;
/// Largest holdback of a plan, in percent of everyone.
pub const HOLDBACK_MAX: f64 = 20.0;
/// Control values of a latency metric after which its threshold is frozen.
pub const QUANTILE_CONTROL_VALUES: f64 = 1_000.0;
/// Longest address of a page about a service, a feature or a pull request, in characters.
pub const URL_CHARS_MAX: usize = 1_000;
/// Unchanged time after which a flag that serves one value to everyone has done its work.
pub const SETTLED_AFTER: Span = Span::from_hours(24 * 30);
/// The same where a rollout that watched its guards to the end brought the value: its last stage was watched already.
pub const SETTLED_AFTER_ROLLOUT: Span = Span::from_hours(24 * 7);
/// Time without an evaluation after which a flag counts as not evaluated.
pub const UNEVALUATED_AFTER: Span = Span::from_hours(24 * 30);
/// Time after its expiry date at which a flag that is still there is an error.
pub const EXPIRED_GRACE: Span = Span::from_hours(24 * 30);
/// Age at which a flag without an expiry date deserves a warning.
pub const EXPIRY_WANTED_AFTER: Span = Span::from_hours(24 * 14);
/// Age of a flag at which it should occur in code.
pub const REFERENCES_WANTED_AFTER: Span = Span::from_hours(24 * 14);
/// Longest age of a scan of code that still says something.
pub const SCAN_FRESH: Span = Span::from_hours(24 * 7);
/// Time without an evaluation after which a flag may be archived.
pub const QUIET_BEFORE_ARCHIVE: Span = Span::from_hours(24 * 7);
/// Longest of the times above that may be configured.
pub const STALE_SPAN_MAX: Span = Span::from_hours(24 * 365);
/// Most overrides by people that a rollout keeps in mind; older ones are in its history.
pub const OVERRIDES_KEPT_MAX: usize = 32;
/// Most flushes of one recording: a week of 30 metrics at one flush every 10 s.
pub const FLUSHES_MAX: usize = 2_000_000;
/// Largest margin, weight or evidence that a recording may ask for.
pub const RECORDING_NUMBER_MAX: f64 = 1e6;
/// Latest time of a flush of a recording, in seconds from its start: a year.
pub const RECORDING_SECONDS_MAX: f64 = 31_536_000.0;
/// Longest name of a metric in a recording, in characters.
pub const RECORDING_METRIC_CHARS_MAX: usize = 128;
/// Most treatments of one flag that are judged beside each other: each of them needs as many times the evidence.
pub const TREATMENTS_MAX: usize = 16;
/// Most stays of one guard on values that a look keeps: the present one and those before it, which change by what comes late.
pub const RECORDED_STAYS_MAX: usize = 4;
/// Windows after which a guard of a recording has no fresh data.
pub const RECORDING_STALENESS_WINDOWS: f64 = 3.0;
/// Shortest time after which a guard of a recording has no fresh data, in seconds.
pub const RECORDING_STALENESS_SECONDS_MIN: f64 = 60.0;
/// False-alarm probability of a guard with a limit of its own, which rolls back whatever the others say.
pub const ALPHA_ABSOLUTE: f64 = 0.001;
/// Share of answers and of streams that may still be behind after a rollback, where the plan does not say.
pub const SAFETY_TOLERANCE_DEFAULT: f64 = 0.001;
/// Largest share that a plan may tolerate.
pub const SAFETY_TOLERANCE_MAX: f64 = 0.1;
/// Time after which people are told that a rollback is not verified yet, where the plan does not say.
pub const SAFETY_DEADLINE_DEFAULT: Span = Span::from_seconds(60);
/// Shortest such time: servers need some seconds to report.
pub const SAFETY_DEADLINE_MIN: Span = Span::from_seconds(5);
/// Longest time for which a rollback is watched, and longest deadline.
pub const SAFETY_WATCHED_MAX: Span = Span::from_hours(1);
/// Time after a rollback before which nothing is called safe: a server that hears of it only by looking has reported by
/// then.
pub const SAFETY_SETTLE: Span = Span::from_seconds(4);
/// Time without a report after which a server counts as silent.
pub const SAFETY_SILENT: Span = Span::from_seconds(15);
/// Most stragglers that are named.
pub const SAFETY_STRAGGLERS_MAX: usize = 20;
/// Most replays of one back-test.
pub const BACKTEST_REPLAYS_MAX: u64 = 2_000;
/// Steps of rollouts after which a back-test begins no other replay: some ten seconds of one core.
pub const BACKTEST_STEPS_MAX: u64 = 2_000_000;
/// Most intervals of the past of one back-test: a fortnight, minute by minute.
pub const BACKTEST_INTERVALS_MAX: usize = 20_160;
/// Most moments of alarms that a back-test tells for one guard.
pub const BACKTEST_MOMENTS_MAX: usize = 5;
