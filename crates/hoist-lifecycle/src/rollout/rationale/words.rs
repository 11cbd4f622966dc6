//! Numbers as people read them.

use std::fmt;

use hoist_eval::{Span, Timestamp};

/// A number with its unit; a ratio is shown in percent.
pub(super) struct Quantity<'a>(pub(super) f64, pub(super) &'a str);

impl fmt::Display for Quantity<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.1 {
            "ratio" => write!(f, "{} %", Significant(self.0 * 100.0)),
            "" => write!(f, "{}", Significant(self.0)),
            unit => write!(f, "{} {unit}", Significant(self.0)),
        }
    }
}

/// Four significant digits, without trailing zeros.
pub(super) struct Significant(pub(super) f64);

impl fmt::Display for Significant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let size = self.0.abs();
        if size != 0.0 && !(1e-4..1e7).contains(&size) {
            return write!(f, "{:.3e}", self.0);
        }
        let decimals = if size >= 1_000.0 {
            0
        } else if size >= 1.0 {
            2
        } else {
            5
        };
        let text = format!("{:.decimals$}", self.0);
        let short = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
        f.write_str(short)
    }
}

/// Evidence as "so many to one", from its natural logarithm. Large numbers are rounded to the power that matters.
pub(super) struct Odds(pub(super) f64);

impl fmt::Display for Odds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 <= 16.0 {
            return write!(f, "{}", Significant(self.0.exp()));
        }
        // By way of logarithms, for the number itself may be beyond what a float holds.
        let power = self.0 / std::f64::consts::LN_10;
        let digit = 10f64.powf(power.fract()).round();
        if digit < 10.0 { write!(f, "{digit}e{}", power.floor()) } else { write!(f, "1e{}", power.floor() + 1.0) }
    }
}

/// A span without the digits that nobody reads.
pub(super) struct Brief(pub(super) Span);

impl fmt::Display for Brief {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let micros = self.0.as_micros();
        let grain = if micros >= 1_000_000 { 1_000_000 } else { 1_000 };
        write!(f, "{}", Span::from_micros(micros / grain * grain))
    }
}

/// A moment, to the second, in UTC.
pub(super) struct Moment(pub(super) Timestamp);

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_second(self.0.as_seconds()) {
            Ok(moment) => write!(f, "{moment}"),
            Err(_) => f.write_str("a time beyond the calendar"),
        }
    }
}

/// A count, with separators between thousands.
pub(super) struct Count(pub(super) f64);

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = format!("{:.0}", self.0.clamp(0.0, 1e15));
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index) % 3 == 0 {
                f.write_str(",")?;
            }
            write!(f, "{digit}")?;
        }
        Ok(())
    }
}

/// `40 of 2,000 units (2 %)`: how many, out of how many, and of what.
pub(super) struct Part(pub(super) f64, pub(super) f64, pub(super) &'static str);

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}{}", Count(self.0), Count(self.1), self.2)?;
        if self.1 > 0.0 { write!(f, " ({} %)", Significant(100.0 * self.0 / self.1)) } else { Ok(()) }
    }
}
