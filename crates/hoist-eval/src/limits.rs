//! Every bound of this crate, in one place. Writing and loading use the same numbers, so what was accepted loads.

/// Longest key, in bytes.
pub const KEY_BYTES_MAX: usize = 128;
/// Most variants of one flag.
pub const VARIANTS_MAX: usize = 64;
/// Most rules of one flag.
pub const RULES_MAX: usize = 100;
/// Most condition nodes of one flag or segment.
pub const CONDITION_NODES_MAX: usize = 1_000;
/// Deepest nesting of conditions.
pub const CONDITION_DEPTH_MAX: usize = 32;
/// Most literals of one condition; more belong in a segment.
pub const LITERALS_MAX: usize = 1_000;
/// Most prerequisites of one flag.
pub const PREREQUISITES_MAX: usize = 32;
/// Longest chain of prerequisites.
pub const PREREQUISITE_DEPTH_MAX: usize = 16;
/// Most flags of one snapshot.
pub const FLAGS_MAX: usize = 20_000;
/// Most targeting keys listed by one segment.
pub const SEGMENT_KEYS_MAX: usize = 100_000;
/// Longest regular expression, in bytes.
pub const REGEX_PATTERN_BYTES_MAX: usize = 256;
/// Largest compiled regular expression, in bytes.
pub const REGEX_COMPILED_BYTES_MAX: usize = 64 * 1024;
/// Deepest nesting of a regular expression.
pub const REGEX_NESTING_MAX: u32 = 20;
/// Longest text that a regular expression is run on, in bytes.
pub const REGEX_SUBJECT_BYTES_MAX: usize = 8 * 1024;
/// Most attributes of one evaluation context, nested ones included.
pub const CONTEXT_ATTRIBUTES_MAX: usize = 256;
/// Longest attribute value, in bytes.
pub const CONTEXT_VALUE_BYTES_MAX: usize = 8 * 1024;
/// Deepest nesting of an evaluation context.
pub const CONTEXT_DEPTH_MAX: usize = 32;
/// Largest variant value, in bytes of JSON.
pub const VARIANT_VALUE_BYTES_MAX: usize = 64 * 1024;
/// Largest integer that every OpenFeature client reads exactly: 2^53 - 1.
pub const INTEGER_MAX: i64 = 9_007_199_254_740_991;
/// The total weight of every split: 100,000, so one unit is 0.001 %.
pub const SPLIT_TOTAL: u32 = 100_000;
/// Length of a salt: 32 lower-case hexadecimal characters.
pub const SALT_CHARS: usize = 32;
/// Longest chain of segments that refer to segments.
pub const SEGMENT_DEPTH_MAX: usize = 8;
/// Most segments of one snapshot.
pub const SEGMENTS_MAX: usize = 5_000;
/// Longest text literal of a condition, in bytes.
pub const LITERAL_BYTES_MAX: usize = 1_024;
/// Longest version, in bytes; flagd's evaluators read no longer ones.
pub const VERSION_BYTES_MAX: usize = 256;
/// Longest attribute path of a condition, in bytes.
pub const ATTRIBUTE_PATH_BYTES_MAX: usize = 512;
/// Longest description of a rule, in bytes.
pub const DESCRIPTION_BYTES_MAX: usize = 1_000;
/// Most entries of one allocation.
pub const ALLOCATION_ENTRIES_MAX: usize = 16;
/// Most problems reported for one flag or one segment.
pub const PROBLEMS_MAX: usize = 200;
/// Most steps (rules, tests, groups) of one evaluation, prerequisites included.
pub const EVALUATION_STEPS_MAX: u32 = 10_000;
/// Deepest nesting of one evaluation: groups, segments and prerequisites together.
pub const EVALUATION_DEPTH_MAX: u32 = 512;
/// Longest attribute name, in bytes.
pub const CONTEXT_KEY_BYTES_MAX: usize = 128;
/// Most list elements of one evaluation context, all lists together.
pub const CONTEXT_ELEMENTS_MAX: usize = 1_000;
/// Deepest nesting of an object variant.
pub const VARIANT_VALUE_DEPTH_MAX: usize = 32;
/// Characters of the targeting key that take part in bucketing: the last 64.
pub const BUCKETING_WINDOW_CHARS: usize = 64;
/// Names that no attribute and no served object may have: they reach into the prototypes of JavaScript objects.
pub const RESERVED_NAMES: [&str; 3] = ["__proto__", "constructor", "prototype"];
/// Flags that are read ahead together in a bulk evaluation: enough to wait for memory once instead of many times, and few
/// enough to stay in the nearest cache.
pub const READ_AHEAD_FLAGS: usize = 32;
