//! What the counts take in memory as units become more.

use anyhow::Result;
use hoist_lifecycle::intake::{Arm, Ledger};

use crate::{Told, bodies, count, metrics};

const UNITS: [u64; 4] = [10_000, 100_000, 1_000_000, 10_000_000];
/// Metrics of the fuller of two ledgers, whose difference is what metrics take.
const METRICS: usize = 17;

/// Prints the table. Returns whether a metric takes the same however many units there were.
pub(crate) fn report() -> Result<bool> {
    println!("{:<14}{:>18}{:>22}{:>20}", "units seen", "bytes a metric", "table of units, KiB", "share in the sample");
    let mut per_metric = Vec::new();
    for units in UNITS {
        let (one, sampled) = kept(1, units)?;
        let (many, _) = kept(METRICS, units)?;
        let metric = (many - one) / (METRICS as i64 - 1);
        println!("{units:<14}{metric:>18}{:>22}{:>19.1}%", (one - metric) / 1_024, 100.0 * sampled);
        per_metric.push(metric);
    }
    let (least, most) = (per_metric.iter().min(), per_metric.iter().max());
    // Names and map nodes may be placed otherwise; units may not show.
    Ok(least.zip(most).is_some_and(|(least, most)| *most <= *least + 256))
}

/// Returns the bytes that a ledger holds after as many units came and had an event each, and the share it knows of.
fn kept(count_of_metrics: usize, units: u64) -> Result<(i64, f64)> {
    let metrics = metrics(count_of_metrics)?;
    let mut held = None;
    let allocated = allocation_counter::measure(|| {
        let mut ledger = Ledger::new(metrics.clone());
        for unit in 0..units {
            let unit = format!("user-{unit}");
            let arm = if unit.ends_with('7') { Arm::Treatment } else { Arm::Control };
            count(&mut ledger, &Told { unit: &unit, event: Err(arm) });
            count(&mut ledger, &Told { unit: &unit, event: Ok(bodies::EVENT) });
        }
        held = Some(ledger);
    });
    let sampled = held.as_ref().map_or(1.0, Ledger::sampled);
    Ok((allocated.bytes_current, sampled))
}
