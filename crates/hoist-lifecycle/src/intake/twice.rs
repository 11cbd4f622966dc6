//! Units that two servers counted at the same time: each counted one in before it heard of the other.
//!
//! When their flushes meet, one of the two keeps what it counted and the other takes its own back, so that over both servers
//! the unit counts once. Two things stay as they were counted: a unit that both moved to another stay was counted out twice of
//! the one that it left, which has one unit without an event too few; and a maturity that was over before the flushes met
//! was counted by both. Nothing is taken back for a server of an earlier version, which does not say what it counted: a unit
//! without its event would be worse than both twice.

use std::collections::BTreeMap;

use crate::rollout::state::EntryId;

use super::batch::Record;
use super::ledger::{Exposure, Stay, bit};
use super::measure::TrackedMetric;
use super::unit::Unit;

/// Takes back what this ledger counted of a unit that the teller of the record counted, too: the unit, its first events, and
/// that it was heard of again.
pub(super) fn take_back(
    stays: &mut BTreeMap<EntryId, Stay>,
    metrics: &[TrackedMetric],
    unit: Unit,
    known: &mut Exposure,
    record: &Record,
) {
    if (known.stay, known.arm) != (record.stay, record.arm) {
        return;
    }
    let Some(counted) = record.counted else { return };
    let (events, came) = (known.counted & counted, known.owned && record.owned);
    let Some(stay) = stays.get_mut(&known.stay).filter(|_| came || events != 0) else { return };
    stay.fresh = true;
    if came {
        stay.exposed.take_back(known.arm, known.first);
    }
    for (position, (book, metric)) in stay.books.iter_mut().zip(metrics).enumerate() {
        let book = book.arm_mut(known.arm);
        if events & bit(position) != 0 {
            if metric.measure.is_once_per_unit() {
                book.at_risk += 1;
                book.events = book.events.saturating_sub(1);
            } else {
                book.reporting = book.reporting.saturating_sub(1);
            }
        }
        // Where there is no maturity, the bit says that the unit came with its event behind it.
        if came && known.matured & bit(position) == 0 {
            book.at_risk -= 1;
        }
        if came && metric.measure.counts_units() {
            book.opportunities = book.opportunities.saturating_sub(1);
            book.bucketed(unit.bucket(), -1.0, 0.0);
        }
    }
    known.counted &= !events;
    if came {
        (known.owned, known.matured, known.fresh) = (false, u32::MAX, true);
    }
}
