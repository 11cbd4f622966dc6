//! What two numbers that grow say about a limit that is a number: events, and the opportunities for them.
//!
//! Counters are judged interval by interval. Units are not: one that came long ago may have its event now, so the events of an
//! interval do not belong to the units of that interval. There the rate is that of the whole stay, units with the event out of
//! units exposed, and evidence begins anew with the stay alone: a part that began later would count events and not the units
//! that had them. Counted so, each unit is charged when it comes, which can only be earlier than its event, and the evidence
//! stays valid at every moment.

use super::cause::NoDataCause;
use super::decision::Verdict;
use super::guard::{Stay, is_plausible, weigh};
use super::state::{GuardProcess, GuardState};
use super::watch::Watch;
use crate::sequential::Rate;

/// Returns what two counters say; `None` if neither has moved, which is what a source says that was asked twice between
/// two samples. The verdict before then stands for as long as its own sample is fresh, and no longer.
pub(super) fn take_counters(
    watch: &Watch,
    state: &mut GuardState,
    events: f64,
    total: f64,
    stay: Stay,
) -> Option<Verdict> {
    let (last, units, epoch, mut sums) = match &state.process {
        GuardProcess::Rate { last, units, epoch, sums } => (*last, *units, *epoch, *sums),
        _ => (None, None, 0, Rate::default()),
    };
    // A state that was kept before shares of a whole stay were has the units of the stay so far in its last reading.
    let units = units.or(last).filter(|_| watch.at_risk);
    // What Hoist tracks itself begins at nothing with the stay; the counters of another system began some day.
    let last = last.or_else(|| watch.source.is_tracked().then_some((0.0, 0.0)));
    if last == Some((events, total)) {
        return None;
    }
    let mut keep = |last, units, sums| state.process = GuardProcess::Rate { last, units, epoch, sums };
    let difference = last.map(|(last_events, last_total)| (events - last_events, total - last_total));
    // Units that two servers counted at the same time are taken back by one of them, and with them what they said.
    let judged = if watch.at_risk { difference } else { since_of_counters(difference) };
    let Some((events_since, total_since)) = judged else {
        // There is nothing to judge. After the first reading of a stay and after a reset this reading is what the next
        // one is compared with. While only the total stands still the one before remains it, so that no event is lost.
        let waits = difference.is_some_and(|(events, total)| events >= 0.0 && total == 0.0);
        let unheard = waits && events > last.map_or(0.0, |(events, _)| events);
        keep(if waits { last } else { Some((events, total)) }, units, sums);
        if unheard {
            state.cause = Some(NoDataCause::WithoutTotal);
        }
        return Some(Verdict::NoData);
    };
    let (whole, rate) = if watch.at_risk {
        let (events_before, total_before) = units.unwrap_or_default();
        let (events, total) = (events_before + events_since, total_before + total_since);
        (Some((events, total)), events / total)
    } else {
        (None, events_since / total_since)
    };
    if !rate.is_finite() || !is_plausible(watch, rate) {
        // Events of an interval that cannot be judged are gone with it. Units are not: they come with the next reading.
        keep(if watch.at_risk { last } else { Some((events, total)) }, units, sums);
        if rate.is_finite() {
            if !watch.at_risk {
                state.intervals.refuse();
            }
            state.cause = Some(NoDataCause::Implausible);
        }
        return Some(Verdict::NoData);
    }
    if watch.log_needed.is_some() {
        let restarts = if watch.at_risk { 0 } else { stay.restarts() };
        sums.observe(events_since, total_since, watch.guard.limit, epoch.saturating_add(restarts));
    }
    keep(Some((events, total)), whole, sums);
    state.last_value = Some(rate);
    state.intervals.judge();
    Some(weigh(watch, state, watch.guard.limit.is_broken_by(rate)))
}

/// Returns events and opportunities of an interval; `None` without a reading before, after a reset, and while no opportunity
/// came.
fn since_of_counters(difference: Option<(f64, f64)>) -> Option<(f64, f64)> {
    difference.filter(|(events, total)| *events >= 0.0 && *total > 0.0)
}
