//! What a simulated rollout looks like, window by window.

use rand::Rng;
use rand_distr::{Binomial, Distribution, Poisson};

/// The random numbers of one run.
pub type Random = rand_xoshiro::Xoshiro256PlusPlus;

/// Length of a window, in seconds.
pub const WINDOW: f64 = 10.0;
/// Windows of a minute.
pub const MINUTE: usize = 6;

/// One arm: opportunities and events.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Arm {
    pub n: f64,
    pub x: f64,
}

impl Arm {
    pub fn add(&mut self, other: Arm) {
        self.n += other.n;
        self.x += other.x;
    }

    pub fn rate(self) -> f64 {
        self.x / self.n
    }
}

/// One window. The control has a part as large as the treatment, for the methods that use no more of it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Window {
    pub treatment: Arm,
    pub balanced: Arm,
    pub rest: Arm,
}

impl Window {
    /// All of the control.
    pub fn control(&self) -> Arm {
        let mut control = self.balanced;
        control.add(self.rest);
        control
    }

    pub fn add(&mut self, other: &Window) {
        self.treatment.add(other.treatment);
        self.balanced.add(other.balanced);
        self.rest.add(other.rest);
    }
}

/// What a method sees at the end of a window.
pub struct Look<'a> {
    /// Number of this window, from 0.
    pub index: usize,
    /// The stage, from 0.
    pub stage: u32,
    /// The window.
    pub window: &'a Window,
    /// Everything so far.
    pub total: &'a Window,
    /// The last minute, at its end.
    pub minute: Option<&'a Window>,
}

impl Look<'_> {
    /// The time of the look, in seconds.
    pub fn at(&self) -> f64 {
        (self.index + 1) as f64 * WINDOW
    }
}

/// Rates of one window.
#[derive(Debug, Clone, Copy)]
pub struct Rates {
    /// Requests of both arms.
    pub requests: f64,
    pub share: f64,
    pub treatment: f64,
    pub control: f64,
    pub stage: u32,
}

/// Draws a window: Poisson traffic, binomial events.
pub fn draw(rates: &Rates, random: &mut Random) -> Window {
    let treated = rates.requests * rates.share;
    let control = rates.requests - treated;
    let balanced = treated.min(control);
    Window {
        treatment: arm(treated, rates.treatment, random),
        balanced: arm(balanced, rates.control, random),
        rest: arm(control - balanced, rates.control, random),
    }
}

pub fn arm(mean: f64, rate: f64, random: &mut Random) -> Arm {
    let n = poisson(mean, random);
    Arm { n, x: binomial(n, rate, random) }
}

pub fn poisson(mean: f64, random: &mut impl Rng) -> f64 {
    if mean <= 0.0 { 0.0 } else { Poisson::new(mean).map_or(0.0, |poisson| poisson.sample(random)) }
}

pub fn binomial(n: f64, rate: f64, random: &mut impl Rng) -> f64 {
    if n <= 0.0 || rate <= 0.0 {
        return 0.0;
    }
    Binomial::new(n as u64, rate.min(1.0)).map_or(0.0, |binomial| binomial.sample(random) as f64)
}
