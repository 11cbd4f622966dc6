//! What a treatment must be shown not to be before a stage is left.

use crate::limits::NONINFERIORITY_DEFAULTS;

/// Returns how many times worse the treatment must be shown not to be at a stage that treats `share` of the units: 2 up
/// to 1 %, 1.5 up to 5 %, 1.2 beyond. The larger the stage, the more it can show and the more is at risk.
pub fn default_noninferiority(share: f64) -> f64 {
    let [.., (_, beyond)] = NONINFERIORITY_DEFAULTS;
    let enough = NONINFERIORITY_DEFAULTS.iter().find(|(percentage, _)| 100.0 * share <= *percentage);
    enough.map_or(beyond, |(_, ratio)| *ratio)
}
