//! Comparing versions by semantic versioning, read as tolerantly as flagd does: a leading `v`, one or two numbers
//! instead of three, and build metadata are accepted; build metadata never counts. Fewer than three numbers go with
//! neither a prerelease nor build metadata, because there flagd's own evaluators disagree.

use std::cmp::Ordering;
use std::fmt;

use semver::{BuildMetadata, Prerelease, Version};

use crate::limits::{INTEGER_MAX, VERSION_BYTES_MAX};

/// A comparison of versions.
#[derive(Debug)]
pub(crate) enum VersionCheck {
    OneOf(Box<[Version]>),
    Less(Limit),
    LessOrEqual(Limit),
    Greater(Limit),
    GreaterOrEqual(Limit),
    Between(Box<(Version, Version)>),
    Ranges(Box<[Range]>),
}

/// What versions are compared with. Most limits are plain releases, which lie in the test itself.
#[derive(Debug)]
pub(crate) enum Limit {
    Release([u32; 3]),
    Full(Box<Version>),
}

impl Limit {
    pub(crate) fn new(version: Version) -> Self {
        let numbers = [version.major, version.minor, version.patch].map(u32::try_from);
        match numbers {
            [Ok(major), Ok(minor), Ok(patch)] if version.pre.is_empty() && version.build.is_empty() => {
                Self::Release([major, minor, patch])
            }
            _ => Self::Full(Box::new(version)),
        }
    }

    /// Returns where the version stands: less is below this limit.
    #[inline]
    fn place(&self, version: &Version) -> Ordering {
        match self {
            Self::Release(release) => {
                let numbers = [version.major, version.minor, version.patch].cmp(&release.map(u64::from));
                // A prerelease comes before its release.
                numbers.then_with(|| if version.pre.is_empty() { Ordering::Equal } else { Ordering::Less })
            }
            Self::Full(limit) => version.cmp_precedence(limit),
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Release([major, minor, patch]) => write!(f, "{major}.{minor}.{patch}"),
            Self::Full(version) => version.fmt(f),
        }
    }
}

/// A range of versions. As in flagd, these compare numbers only: `^1.2.3` includes 1.0.0.
#[derive(Debug)]
pub(crate) enum Range {
    /// `^`: the same major number.
    Major(u64),
    /// `~`: the same major and minor number.
    Minor(u64, u64),
}

impl VersionCheck {
    /// Returns whether the text is a version that satisfies the comparison.
    pub(crate) fn text_holds(&self, text: &str) -> bool {
        parse(text).is_some_and(|version| self.holds(&version))
    }

    pub(crate) fn holds(&self, version: &Version) -> bool {
        match self {
            Self::OneOf(versions) => versions.iter().any(|one| version.cmp_precedence(one) == Ordering::Equal),
            Self::Less(limit) => limit.place(version).is_lt(),
            Self::LessOrEqual(limit) => limit.place(version).is_le(),
            Self::Greater(limit) => limit.place(version).is_gt(),
            Self::GreaterOrEqual(limit) => limit.place(version).is_ge(),
            Self::Between(bounds) => {
                let (low, high) = &**bounds;
                version.cmp_precedence(low).is_ge() && version.cmp_precedence(high).is_le()
            }
            Self::Ranges(ranges) => ranges.iter().any(|range| range.contains(version)),
        }
    }
}

impl Range {
    /// Reads `^1.2.3` or `~1.2.3`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if let Some(version) = text.strip_prefix('^').and_then(parse) {
            return Some(Self::Major(version.major));
        }
        let version = text.strip_prefix('~').and_then(parse)?;
        Some(Self::Minor(version.major, version.minor))
    }

    fn contains(&self, version: &Version) -> bool {
        match *self {
            Self::Major(major) => version.major == major,
            Self::Minor(major, minor) => (version.major, version.minor) == (major, minor),
        }
    }
}

/// Reads a version. Most have no suffix and take one pass over the bytes.
pub(crate) fn parse(text: &str) -> Option<Version> {
    if text.len() > VERSION_BYTES_MAX {
        return None;
    }
    let mut rest = text.strip_prefix(['v', 'V']).unwrap_or(text).as_bytes();
    let mut numbers = [0; 3];
    let mut count = 0;
    for slot in &mut numbers {
        (*slot, rest) = leading_number(rest)?;
        count += 1;
        match rest {
            [b'.', next @ ..] if count < 3 => rest = next,
            _ => break,
        }
    }
    let [major, minor, patch] = numbers;
    let version = Version::new(major, minor, patch);
    match rest {
        [] => Some(version),
        suffix if count == numbers.len() => with_suffix(version, suffix),
        _ => None,
    }
}

/// Splits off a number without leading zeros.
#[inline]
fn leading_number(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let digit = |byte: u8| Some(u64::from(byte.wrapping_sub(b'0'))).filter(|digit| *digit < 10);
    let (first, mut rest) = bytes.split_first()?;
    let mut number = digit(*first)?;
    while let [next, tail @ ..] = rest
        && let Some(digit) = digit(*next)
    {
        number = number * 10 + digit;
        // Also keeps the next round from overflowing.
        if *first == b'0' || number > INTEGER_MAX.unsigned_abs() {
            return None;
        }
        rest = tail;
    }
    Some((number, rest))
}

/// Reads `-prerelease`, `+build` or both.
fn with_suffix(mut version: Version, suffix: &[u8]) -> Option<Version> {
    let suffix = str::from_utf8(suffix).ok()?;
    let (suffix, build) = suffix.split_once('+').map_or((suffix, None), |(suffix, build)| (suffix, Some(build)));
    if build.is_some_and(|build| BuildMetadata::new(build).is_err() || build.is_empty()) {
        return None;
    }
    if !suffix.is_empty() {
        let prerelease = suffix.strip_prefix('-')?;
        version.pre = Prerelease::new(prerelease).ok().filter(|pre| !pre.is_empty())?;
    }
    Some(version)
}
