//! The bounds of this crate.

/// A source file longer than this is not read: people do not write such files, and generated ones are not cleaned.
pub const SOURCE_BYTES_MAX: usize = 4 * 1024 * 1024;

/// A syntax tree deeper than this is not walked, because the walks are recursive.
pub const DEPTH_MAX: usize = 400;

/// A configuration file longer than this is not read.
pub const CONFIG_BYTES_MAX: usize = 256 * 1024;

/// The most keys and aliases that one automaton looks for.
pub const PATTERNS_MAX: usize = 200_000;

/// Constants are followed through at most this many names, so that a cycle ends.
pub const RESOLUTION_DEPTH_MAX: usize = 8;

/// A file is rewritten at most this often: each round removes something, and real files need two to four.
pub const ROUNDS_MAX: usize = 24;

/// Of a file that is no code, at most so many lines that name the flag are reported: who reads the first knows the file.
pub const TEXT_LINES_MAX: usize = 20;

/// What does not pass the checks is looked for with at most this many runs: enough to halve 800 uses, and to leave out a few.
pub const RETRIES_MAX: usize = 16;
