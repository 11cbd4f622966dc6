//! Several treatments of one flag, each compared with the same control.

use crate::limits::TREATMENTS_MAX;

use super::numeric::log_mean;

/// The evidence of harm of each of several treatments, and what is decided by it: the flag, and each treatment.
///
/// Two questions, and two answers at the same `alpha`:
///
/// - *Does any treatment harm?* The mean of the evidence is evidence against "none does", whatever the treatments have to do
///   with one another (they share a control, so they do have to): the mean of e-processes is one (Vovk and Wang, "E-values:
///   calibration, combination and applications", 2021). The flag is rolled back at `1/alpha`.
/// - *Which one does?* A treatment is rolled back by itself at `k/alpha`. By Ville's inequality each of the `k` harmless ones
///   gets there with a chance of at most `alpha/k`, so any of them with at most `alpha`.
///
/// A treatment that is proven harmful by itself makes the mean reach `1/alpha`, too: there is a choice then, between taking it
/// away alone and rolling back the flag. The mean may get there sooner, without saying which of the treatments it is.
///
/// How many treatments there are is fixed before data arrive: another number is another process.
#[derive(Debug, Clone, PartialEq)]
pub struct Treatments {
    alpha: f64,
    evidence: Vec<f64>,
    harmful: Vec<bool>,
    is_flag_harmful: bool,
}

impl Treatments {
    /// Returns `treatments` treatments about which nothing is known, where the flag spends `alpha`; `None` without any, and
    /// with more than [`TREATMENTS_MAX`].
    pub fn new(alpha: f64, treatments: usize) -> Option<Self> {
        let known = (1..=TREATMENTS_MAX).contains(&treatments);
        let (evidence, harmful) = (vec![0.0; treatments], vec![false; treatments]);
        known.then_some(Self { alpha, evidence, harmful, is_flag_harmful: false })
    }

    /// Returns the natural logarithm of the evidence at which one of `treatments` treatments is rolled back by itself, where
    /// the flag spends `alpha`.
    pub fn log_needed_of_one(alpha: f64, treatments: usize) -> f64 {
        (treatments.max(1) as f64).ln() - alpha.ln()
    }

    /// Takes note of the evidence of harm of one treatment so far, as a natural logarithm. What is no number is left out, and
    /// so is a treatment that is not there.
    pub fn observe(&mut self, treatment: usize, log_evidence: f64) {
        if let Some(evidence) = self.evidence.get_mut(treatment).filter(|_| !log_evidence.is_nan()) {
            *evidence = log_evidence;
        }
    }

    /// Decides by what was observed, of all treatments up to the same moment. What was decided stands.
    pub fn decide(&mut self) {
        let needed = Self::log_needed_of_one(self.alpha, self.evidence.len());
        for (harmful, evidence) in self.harmful.iter_mut().zip(&self.evidence) {
            *harmful |= *evidence >= needed;
        }
        self.is_flag_harmful |= self.log_evidence() >= -self.alpha.ln() || self.harmful.contains(&true);
    }

    /// Returns the natural logarithm of the evidence that any treatment harms: the mean of theirs.
    pub fn log_evidence(&self) -> f64 {
        let share = 1.0 / self.evidence.len() as f64;
        log_mean(self.evidence.iter().map(|evidence| (*evidence, share)))
    }

    /// Returns whether the flag is to be rolled back.
    pub fn is_flag_harmful(&self) -> bool {
        self.is_flag_harmful
    }

    /// Returns whether a treatment is to be rolled back by itself.
    pub fn is_harmful(&self, treatment: usize) -> bool {
        self.harmful.get(treatment).copied().unwrap_or_default()
    }
}
