//! Draws that hang on a seed and on nothing else.

/// A seeded source of draws: SplitMix64 (Steele, Lea and Flood 2014).
#[derive(Debug, Clone)]
pub(super) struct Chance(u64);

/// Mean from which counts are drawn by rejection; below it the sum of probabilities is walked along.
const REJECTION_FROM: f64 = 10.0;
/// Trials that stand for infinitely many where a number of events has no upper end.
const MANY: f64 = 1e12;

impl Chance {
    /// Returns the draws of one replay. Other seeds and other replays have draws of their own.
    pub(super) fn new(seed: u64, replay: u64) -> Self {
        let of_seed = Self(seed).next();
        Self(Self(of_seed.wrapping_add(replay)).next())
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Uniform in the open interval from 0 to 1.
    fn unit(&mut self) -> f64 {
        ((self.next() >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }

    /// Draws how many of `trials` succeed, each with probability `chance`. Trials are a whole number of at least 0.
    pub(super) fn binomial(&mut self, trials: f64, chance: f64) -> f64 {
        // Written so that NaN draws nothing.
        if !(trials >= 1.0 && chance > 0.0) {
            return 0.0;
        }
        if chance >= 1.0 {
            return trials;
        }
        if chance > 0.5 {
            return trials - self.below_half(trials, 1.0 - chance);
        }
        self.below_half(trials, chance)
    }

    /// Draws a number of independent events of this mean.
    pub(super) fn poisson(&mut self, mean: f64) -> f64 {
        self.binomial(MANY.max(2.0 * mean), mean / MANY.max(2.0 * mean))
    }

    /// Draws how many of `events` are of the treatment, which come in clusters of `size` that share a fate: on average as many as
    /// of independent ones, with `size` times the variance.
    pub(super) fn clustered(&mut self, events: f64, chance: f64, size: f64) -> f64 {
        if size <= 1.0 {
            return self.binomial(events, chance);
        }
        let clusters = (events / size).floor();
        let rest = events - clusters * size;
        size * self.binomial(clusters, chance) + rest * self.binomial(1.0, chance)
    }

    /// Draws from the normal distribution of mean 0 and variance 1: Box and Muller 1958.
    pub(super) fn normal(&mut self) -> f64 {
        let radius = (-2.0 * self.unit().ln()).sqrt();
        radius * (std::f64::consts::TAU * self.unit()).cos()
    }

    fn below_half(&mut self, trials: f64, chance: f64) -> f64 {
        if trials * chance < REJECTION_FROM { self.walked(trials, chance) } else { self.rejected(trials, chance) }
    }

    /// Inversion: walks along the probabilities of 0, 1, 2 and so on.
    fn walked(&mut self, trials: f64, chance: f64) -> f64 {
        let odds = chance / (1.0 - chance);
        let mut probability = (trials * (-chance).ln_1p()).exp();
        let (mut left, mut count) = (self.unit(), 0.0);
        while left > probability && count < trials {
            left -= probability;
            count += 1.0;
            probability *= (trials - count + 1.0) / count * odds;
            // Rounding may leave a rest that no probability is left for.
            if probability < f64::MIN_POSITIVE {
                break;
            }
        }
        count
    }

    /// Transformed rejection: algorithm BTRS of W. Hörmann, "The generation of binomial random variates" (1993).
    fn rejected(&mut self, trials: f64, chance: f64) -> f64 {
        let deviation = (trials * chance * (1.0 - chance)).sqrt();
        let b = 1.15 + 2.53 * deviation;
        let a = -0.0873 + 0.0248 * b + 0.01 * chance;
        let centre = trials * chance + 0.5;
        let alpha = (2.83 + 5.1 / b) * deviation;
        let log_odds = (chance / (1.0 - chance)).ln();
        let mode = ((trials + 1.0) * chance).floor();
        let log_factorials = |count: f64| libm::lgamma(count + 1.0) + libm::lgamma(trials - count + 1.0);
        let at_mode = log_factorials(mode);
        loop {
            let (u, v) = (self.unit() - 0.5, self.unit());
            let edge = 0.5 - u.abs();
            let count = ((2.0 * a / edge + b) * u + centre).floor();
            if !(0.0..=trials).contains(&count) {
                continue;
            }
            if edge >= 0.07 && v <= 0.92 - 4.2 / b {
                return count;
            }
            let bound = at_mode - log_factorials(count) + (count - mode) * log_odds;
            if (v * alpha / (a / (edge * edge) + b)).ln() <= bound {
                return count;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Mean and variance of many draws lie within five of their standard errors.
    fn check(trials: f64, chance: f64) {
        let mut draws = Chance::new(7, 1);
        let runs = 40_000;
        let drawn: Vec<f64> = (0..runs).map(|_| draws.binomial(trials, chance)).collect();
        let runs = f64::from(runs);
        assert!(drawn.iter().all(|count| (0.0..=trials).contains(count) && count.fract() == 0.0));
        let mean = drawn.iter().sum::<f64>() / runs;
        let variance = drawn.iter().map(|count| (count - mean).powi(2)).sum::<f64>() / runs;
        let expected = trials * chance * (1.0 - chance);
        assert!((mean - trials * chance).abs() <= 5.0 * (expected / runs).sqrt(), "{trials} {chance}: mean {mean}");
        let excess = 1.0 / expected;
        let error = expected * ((2.0 + excess) / runs).sqrt();
        assert!((variance - expected).abs() <= 5.0 * error, "{trials} {chance}: variance {variance}, not {expected}");
    }

    #[test]
    fn draws_have_the_mean_and_the_spread_of_a_binomial() {
        for (trials, chance) in [
            (1.0, 0.3),
            (20.0, 0.01),
            (20.0, 0.5),
            (1_000.0, 0.009),
            (1_000.0, 0.02),
            (1e6, 0.25),
            (1e9, 1e-7),
            (50.0, 0.97),
        ] {
            check(trials, chance);
        }
        let mut draws = Chance::new(1, 1);
        for (trials, chance, expected) in
            [(0.0, 0.5, 0.0), (5.0, 0.0, 0.0), (f64::NAN, 0.5, 0.0), (5.0, f64::NAN, 0.0), (5.0, 1.0, 5.0)]
        {
            let drawn = draws.binomial(trials, chance);
            assert!(drawn.total_cmp(&expected).is_eq(), "{trials} {chance}: {drawn}");
        }
    }

    #[test]
    fn clusters_and_sums_have_their_mean_and_spread() {
        let check = |what: &str, mean: f64, variance: f64, mut draw: Box<dyn FnMut(&mut Chance) -> f64>| {
            let mut draws = Chance::new(3, 1);
            let drawn: Vec<f64> = (0..40_000).map(|_| draw(&mut draws)).collect();
            let runs = drawn.len() as f64;
            let of = drawn.iter().sum::<f64>() / runs;
            let spread = drawn.iter().map(|one| (one - of).powi(2)).sum::<f64>() / runs;
            assert!((of - mean).abs() < 5.0 * (variance / runs).sqrt(), "{what}: {of} is not {mean}");
            assert!((spread / variance - 1.0).abs() < 0.05, "{what}: {spread} is not {variance}");
        };
        check("normal", 0.0, 1.0, Box::new(Chance::normal));
        check("independent", 10.0, 9.0, Box::new(|draws| draws.clustered(100.0, 0.1, 1.0)));
        check("of four", 10.0, 36.0, Box::new(|draws| draws.clustered(100.0, 0.1, 4.0)));
        // Forty clusters of 2.5, and none is left.
        check("of two and a half", 10.0, 22.5, Box::new(|draws| draws.clustered(100.0, 0.1, 2.5)));
    }

    #[test]
    fn seeds_and_replays_have_draws_of_their_own() {
        let first = |seed, replay| Chance::new(seed, replay).next();
        assert_eq!(first(1, 2), first(1, 2));
        assert_ne!(first(1, 2), first(2, 1));
        assert_ne!(first(1, 2), first(1, 3));
    }
}
