//! What a treatment must be shown not to be before a stage is left.

/// Margins by treated share, in ascending order: the larger the stage, the more it can show and the more is at risk.
const MARGINS: [(f64, f64); 2] = [(0.01, 2.0), (0.05, 1.5)];
/// Margin of every larger stage.
const MARGIN_LARGE: f64 = 1.2;

/// Returns how many times worse the treatment must be shown not to be at a stage that treats `share` of the units: 2 up
/// to 1 %, 1.5 up to 5 %, 1.2 beyond.
pub fn default_noninferiority(share: f64) -> f64 {
    MARGINS.iter().find(|(up_to, _)| share <= *up_to).map_or(MARGIN_LARGE, |(_, margin)| *margin)
}
