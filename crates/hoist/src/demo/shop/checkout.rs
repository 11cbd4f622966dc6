//! One checkout: which one it is, and whether the payment goes through.

use std::time::Duration;

/// The checkout that a shopper gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Checkout {
    /// The one that has always been there.
    Old,
    /// The one behind the flag.
    New,
}

/// What became of a checkout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    /// Whether the payment went through.
    pub paid: bool,
    /// How long it took. It is counted and not waited for.
    pub took: Duration,
}

/// Payments in a thousand that fail for reasons of their own, such as an empty account.
const FAILING_ANYWAY: u64 = 20;
/// Payments in a thousand of the new checkout that fail while the bug is there.
const FAILING_WITH_BUG: u64 = 400;

/// Runs a checkout, given a random number.
pub fn pay(checkout: Checkout, bug: bool, draw: u64) -> Outcome {
    let failing = if bug && checkout == Checkout::New { FAILING_WITH_BUG } else { FAILING_ANYWAY };
    let base = if checkout == Checkout::New { 120 } else { 150 };
    Outcome { paid: draw % 1_000 >= failing, took: Duration::from_millis(base + (draw >> 32) % 120) }
}
