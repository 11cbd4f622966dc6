//! Measures what it costs to count events, beside reading the same bodies and doing nothing with them, and what the counts
//! take in memory as units become more.
//!
//! Both sides take turns within one run, on one thread whose processor time is what is compared, so that a busy machine
//! burdens both alike. Figures are medians. Run it with `scripts/bench-intake.sh`. What is left out is HTTP, which
//! `bench/http` measures.

mod bodies;
mod memory;

use std::hint::black_box;

use anyhow::{Context, Result, bail};
use hoist_eval::Timestamp;
use hoist_lifecycle::intake::{Arm, Event, Ledger, Measure, TrackedMetric, Unit};
use hoist_lifecycle::metric::EventName;
use hoist_lifecycle::rollout::state::EntryId;

use bodies::{EVENTS, Form};

const ROUNDS: usize = 15;
/// Bodies of one round.
const BODIES: usize = 40;
const STAY: EntryId = EntryId(1);
const NOW: Timestamp = Timestamp::from_seconds(1_750_000_000);

fn main() -> Result<()> {
    println!(
        "bodies of {EVENTS} events each: nanoseconds an event, medians of {ROUNDS} alternating rounds on one core"
    );
    println!("{:<34}{:>8}{:>9}{:>9}{:>16}", "body", "read", "counted", "ratio", "events/s/core");
    for form in Form::ALL {
        let bodies: Vec<Vec<u8>> = (0..BODIES).map(|number| form.body(number)).collect();
        let mut ledger = Ledger::new(metrics(3)?);
        let (mut read, mut counted) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            read.push(nanos_an_event(|| {
                bodies.iter().try_for_each(|body| {
                    form.read(body, &mut |event| {
                        black_box(event);
                    })
                })
            })?);
            counted.push(nanos_an_event(|| {
                bodies.iter().try_for_each(|body| form.read(body, &mut |event| count(&mut ledger, &event)))
            })?);
        }
        let (read, counted) = (median(&mut read), median(&mut counted));
        let (name, ratio, rate) = (form.name(), counted / read, 1e9 / counted);
        println!("{name:<34}{read:>8.0}{counted:>9.0}{ratio:>8.2}x{rate:>16.0}");
    }
    println!();
    if memory::report()? { Ok(()) } else { bail!("what a metric takes in memory grows with units") }
}

/// One event, or one exposure, as a body tells it.
pub(crate) struct Told<'a> {
    pub(crate) unit: &'a str,
    /// The event's name, or nothing for an exposure to this arm.
    pub(crate) event: Result<&'a str, Arm>,
}

/// Does with an event what the server does with it.
pub(crate) fn count(ledger: &mut Ledger, told: &Told<'_>) {
    let unit = Unit::of(told.unit);
    match told.event {
        Err(arm) => {
            ledger.expose(unit, STAY, arm, NOW);
        }
        Ok(name) => {
            let Some(name) = ledger.event(name) else { return };
            ledger.record(&Event { name, unit, value: None, at: NOW }, NOW);
        }
    }
}

/// Returns as many metrics, all about one event and each in the form that takes most memory.
pub(crate) fn metrics(count: usize) -> Result<Vec<TrackedMetric>> {
    let event: EventName = bodies::EVENT.parse().context("the name of an event")?;
    let metric = |number: usize| {
        let measure = Measure::EventRate { event: event.clone(), per: None };
        let key = format!("metric-{number}").parse().ok().context("the key of a metric")?;
        Ok(TrackedMetric { key, measure })
    };
    (0..count).map(metric).collect()
}

fn nanos_an_event(work: impl FnOnce() -> Result<()>) -> Result<f64> {
    let before = processor_nanos()?;
    work()?;
    Ok((processor_nanos()? - before) / (BODIES * EVENTS) as f64)
}

/// Returns the processor time of this thread in nanoseconds.
fn processor_nanos() -> Result<f64> {
    let times = std::fs::read_to_string("/proc/thread-self/schedstat").context("this needs Linux")?;
    Ok(times.split_whitespace().next().context("no time")?.parse()?)
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
