//! The rules of other systems, as their sources and documentation say.

use hoist_lifecycle::sequential::Direction;

use crate::method::{Counted, Method, Row};
use crate::trace::{Arm, Look};

/// A fixed threshold, looked at once a minute on the last minute.
///
/// Argo Rollouts fails a run when more than `failureLimit` measurements failed; Flagger rolls back when `threshold` checks
/// failed. Both are told the true base rate, which nobody knows.
pub struct Threshold {
    name: String,
    limit: f64,
    failures_needed: u32,
    failures: u32,
}

impl Threshold {
    pub fn argo(base: f64, failure_limit: u32) -> Counted {
        let name = format!("Fixed threshold 2x base, failureLimit {failure_limit} (Argo-like)");
        Box::new(Self { name, limit: 2.0 * base, failures_needed: failure_limit + 1, failures: 0 })
    }

    pub fn flagger(base: f64) -> Counted {
        let name = "Fixed threshold 1.5x base, 5 failed checks (Flagger-like)".to_owned();
        Box::new(Self { name, limit: 1.5 * base, failures_needed: 5, failures: 0 })
    }
}

impl Method<Look<'_>> for Threshold {
    fn rows(&self) -> Vec<Row> {
        vec![Row::other(&self.name)]
    }

    fn begin(&mut self) {
        self.failures = 0;
    }

    fn look(&mut self, look: &Look<'_>, alarms: &mut Vec<bool>) {
        if look.minute.is_some_and(|minute| minute.treatment.rate() > self.limit) {
            self.failures += 1;
        }
        alarms.push(self.failures >= self.failures_needed);
    }
}

/// An estimate of a difference with its standard error; positive is harm.
fn difference(treatment: Arm, control: Arm, direction: Direction) -> (f64, f64) {
    let variance = |arm: Arm| arm.rate() * (1.0 - arm.rate()) / arm.n;
    let gap = treatment.rate() - control.rate();
    let sign = if direction == Direction::Higher { 1.0 } else { -1.0 };
    (sign * gap, (variance(treatment) + variance(control)).sqrt())
}

/// A one-sided z-test at 5 %, repeated at every look.
pub struct Repeated(pub Direction);

/// The 95th percentile of the normal distribution.
pub const Z_95: f64 = 1.644_853_626_951_472_7;

impl Method<Look<'_>> for Repeated {
    fn rows(&self) -> Vec<Row> {
        vec![Row::other("Repeated z-test, 5 %")]
    }

    fn begin(&mut self) {}

    fn look(&mut self, look: &Look<'_>, alarms: &mut Vec<bool>) {
        let (treatment, control) = (look.total.treatment, look.total.control());
        let pooled = (treatment.x + control.x) / (treatment.n + control.n);
        let error = (pooled * (1.0 - pooled) * (1.0 / treatment.n + 1.0 / control.n)).sqrt();
        let (gap, _) = difference(treatment, control, self.0);
        alarms.push(error > 0.0 && gap / error > Z_95);
    }
}

/// GrowthBook's sequential test: the asymptotic confidence sequence of its statistics package, one-sided at 5 %, tuned to
/// 5,000 units.
pub struct GrowthBook {
    pub name: &'static str,
    /// Events that the larger arm must have, both having some; none for no minimum.
    pub minimum: Option<f64>,
    /// Whether the control is as small as the treatment.
    pub balanced: bool,
    pub direction: Direction,
}

/// Half the width of GrowthBook's one-sided sequence for an estimate with standard error `error` from `n` units.
pub fn growthbook_width(error: f64, n: f64, alpha: f64) -> f64 {
    let log = -2.0 * (2.0 * alpha).ln();
    let rho = (log + (log + 1.0).ln()) / 5_000.0;
    let spread = n * rho + 1.0;
    error * n.sqrt() * (2.0 * spread * (1.0 + spread.sqrt() / (2.0 * alpha)).ln() / (n * n * rho)).sqrt()
}

impl GrowthBook {
    pub fn boxed(name: &'static str, minimum: Option<f64>, balanced: bool, direction: Direction) -> Counted {
        Box::new(Self { name, minimum, balanced, direction })
    }

    pub fn alarms(&self, treatment: Arm, control: Arm) -> bool {
        if let Some(minimum) = self.minimum
            && (treatment.x.max(control.x) < minimum || treatment.x <= 0.0 || control.x <= 0.0)
        {
            return false;
        }
        let (gap, error) = difference(treatment, control, self.direction);
        error > 0.0 && gap > growthbook_width(error, treatment.n + control.n, 0.05)
    }
}

impl Method<Look<'_>> for GrowthBook {
    fn rows(&self) -> Vec<Row> {
        vec![Row::other(self.name)]
    }

    fn begin(&mut self) {}

    fn look(&mut self, look: &Look<'_>, alarms: &mut Vec<bool>) {
        let control = if self.balanced { look.total.balanced } else { look.total.control() };
        alarms.push(self.alarms(look.total.treatment, control));
    }
}

/// Statsig's mixture sequential probability ratio test as documented, one-sided at 5 %, on balanced arms.
pub struct Statsig;

impl Method<Look<'_>> for Statsig {
    fn rows(&self) -> Vec<Row> {
        vec![Row::other("Statsig mSPRT, 1 % vs 1 %")]
    }

    fn begin(&mut self) {}

    fn look(&mut self, look: &Look<'_>, alarms: &mut Vec<bool>) {
        let (treatment, control) = (look.total.treatment, look.total.balanced);
        let unit = |arm: Arm| arm.rate() * (1.0 - arm.rate());
        let (gap, error) = difference(treatment, control, Direction::Higher);
        let variance = error * error;
        let tau = Z_95 * Z_95 * (unit(treatment) + unit(control)) / (treatment.n + control.n);
        let needed = (variance + tau) / tau * (((variance + tau) / variance).ln() - 2.0 * 0.05_f64.ln());
        alarms.push(variance > 0.0 && gap / error > needed.sqrt());
    }
}

/// The test that knows both rates: nothing is faster at the same alpha.
pub struct Floor {
    pub control: f64,
    pub treatment: f64,
}

impl Method<Look<'_>> for Floor {
    fn rows(&self) -> Vec<Row> {
        vec![Row::other("(floor: SPRT that knows both rates, alpha 0.05)")]
    }

    fn begin(&mut self) {}

    fn look(&mut self, look: &Look<'_>, alarms: &mut Vec<bool>) {
        let Arm { n, x } = look.total.treatment;
        // An event that the control never has proves itself; a finite number keeps the arithmetic in bounds.
        let control = self.control.max(1e-12);
        let log =
            x * (self.treatment.max(1e-12) / control).ln() + (n - x) * ((1.0 - self.treatment) / (1.0 - control)).ln();
        alarms.push(log >= 20_f64.ln());
    }
}

/// Kayenta's judge: every five minutes from the tenth, a Mann-Whitney interval at 98 % over one point a minute, against a
/// baseline as small as the treatment. High if its lower end is beyond a quarter of the shift.
#[derive(Default)]
pub struct Kayenta {
    treatment: Vec<f64>,
    control: Vec<f64>,
    alarmed: bool,
}

/// Two-sided 98 %.
const Z_98: f64 = 2.326_347_874_040_841;

impl Method<Look<'_>> for Kayenta {
    fn rows(&self) -> Vec<Row> {
        vec![Row::other("Kayenta-like Mann-Whitney, every 5 min")]
    }

    fn begin(&mut self) {
        self.treatment.clear();
        self.control.clear();
        self.alarmed = false;
    }

    fn look(&mut self, look: &Look<'_>, alarms: &mut Vec<bool>) {
        if let Some(minute) = look.minute {
            self.treatment.push(minute.treatment.rate());
            self.control.push(minute.balanced.rate());
            let minutes = self.treatment.len();
            if minutes >= 10 && minutes % 5 == 0 && !self.alarmed {
                self.alarmed = self.judge();
            }
        }
        alarms.push(self.alarmed);
    }
}

impl Kayenta {
    fn judge(&self) -> bool {
        let mut shifts: Vec<f64> =
            self.treatment.iter().flat_map(|t| self.control.iter().map(move |c| t - c)).collect();
        shifts.sort_unstable_by(f64::total_cmp);
        let n = self.treatment.len() as f64;
        let deviation = (n * n * (2.0 * n + 1.0) / 12.0).sqrt();
        let rank = (n * n / 2.0 - Z_98 * deviation - 0.5).floor();
        let lower = if rank >= 0.0 { shifts.get(rank as usize).copied() } else { None };
        let middle = shifts.len() / 2;
        let shift = shifts.get(middle).copied().unwrap_or_default();
        lower.is_some_and(|lower| lower > 0.25 * shift.abs())
    }
}
