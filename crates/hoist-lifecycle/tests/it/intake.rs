//! Exposures and events in, sums out.

use hoist_eval::{Span, Timestamp};
use hoist_lifecycle::intake::{
    Aggregate, Arm, ArmBook, BUCKETS, Batch, Event, Exposed, FlushedSums, Ledger, Measure, MetricBook, Outcome,
    TrackedMetric, Unit, sums,
};
use hoist_lifecycle::limits::{INTAKE_STAYS_MAX, INTAKE_UNITS_MAX, WAITING_EVENTS_MAX};
use hoist_lifecycle::metric::EventName;
use hoist_lifecycle::rollout::state::EntryId;
use hoist_lifecycle::sequential::Edge;
use proptest::prelude::*;

const FIRST: EntryId = EntryId(1);
const SECOND: EntryId = EntryId(2);

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(1_700_000_000 + seconds)
}

fn name(text: &str) -> EventName {
    text.parse().unwrap()
}

fn tracked(key: &str, measure: Measure) -> TrackedMetric {
    TrackedMetric { key: key.parse().unwrap(), measure }
}

fn all() -> Vec<TrackedMetric> {
    let purchase = name("purchase");
    vec![
        tracked("failed", Measure::AffectedUnits { event: name("error") }),
        tracked("bought", Measure::Conversion { event: purchase.clone(), maturity: Some(Span::from_seconds(60)) }),
        tracked("errors", Measure::EventRate { event: name("error"), per: Some(name("visit")) }),
        tracked("errors-each", Measure::EventRate { event: name("error"), per: None }),
        tracked("price", Measure::Mean { event: purchase.clone(), cap: Some(100.0) }),
        tracked("slow", Measure::LatencyQuantile { event: name("visit") }),
        tracked("per-visit", Measure::Ratio { event: purchase, per: name("visit"), cap: None }),
    ]
}

fn event(unit: &str, event: &str, value: Option<f64>, seconds: i64) -> Event {
    Event { name: name(event), unit: Unit::of(unit), value, at: at(seconds) }
}

fn book(sums: &FlushedSums, metric: &str) -> MetricBook {
    sums.metrics.get(metric).unwrap().clone()
}

fn merged(ledgers: &[&Ledger], stay: EntryId, metric: &str) -> MetricBook {
    let mut total = MetricBook::default();
    for ledger in ledgers {
        if let Some(sums) = ledger.sums(stay) {
            total.merge(&book(&sums, metric));
        }
    }
    total
}

#[test]
fn an_event_counts_where_its_unit_was_exposed() {
    let mut ledger = Ledger::new(all());
    assert_eq!(ledger.expose(Unit::of("ann"), FIRST, Arm::Control, at(0)), Outcome::Counted);
    assert_eq!(ledger.record(&event("ann", "error", None, 1), at(1)), Outcome::Counted);
    // The next stage moves the unit to the treatment; its later error is the treatment's.
    assert_eq!(ledger.expose(Unit::of("ann"), SECOND, Arm::Treatment, at(10)), Outcome::Counted);
    assert_eq!(ledger.record(&event("ann", "error", None, 11), at(11)), Outcome::Counted);
    let (first, second) = (ledger.sums(FIRST).unwrap(), ledger.sums(SECOND).unwrap());
    assert_eq!((book(&first, "errors").control.events, book(&second, "errors").treatment.events), (1, 1));
    // A unit fails once in a rollout, and is at risk no longer.
    assert_eq!((book(&first, "failed").control.events, book(&second, "failed").treatment.events), (1, 0));
    assert_eq!((book(&first, "failed").control.at_risk, book(&second, "failed").treatment.at_risk), (0, 0));
    assert_eq!((first.exposed.first_control, first.exposed.control), (1, 1));
    assert_eq!((second.exposed.first_treatment, second.exposed.treatment), (0, 1));
}

#[test]
fn exposures_come_in_any_order() {
    use Outcome::{Counted, Repeated, Superseded};
    let check = |given: &[(EntryId, Arm, i64)], outcomes: &[Outcome]| {
        let mut ledger = Ledger::new(all());
        let seen: Vec<Outcome> = given
            .iter()
            .map(|(stay, arm, seconds)| ledger.expose(Unit::of("ann"), *stay, *arm, at(*seconds)))
            .collect();
        assert_eq!(seen, outcomes, "{given:?}");
    };
    check(&[(FIRST, Arm::Control, 0), (FIRST, Arm::Control, 9)], &[Counted, Repeated]);
    check(&[(FIRST, Arm::Control, 9), (FIRST, Arm::Control, 0)], &[Counted, Repeated]);
    check(&[(FIRST, Arm::Control, 0), (FIRST, Arm::Treatment, 9)], &[Counted, Superseded]);
    check(&[(SECOND, Arm::Treatment, 9), (FIRST, Arm::Control, 0)], &[Counted, Superseded]);
    check(
        &[(FIRST, Arm::Control, 0), (SECOND, Arm::Control, 9), (FIRST, Arm::Control, 1)],
        &[Counted, Counted, Superseded],
    );
}

#[test]
fn an_event_waits_for_its_exposure_and_not_for_ever() {
    let mut ledger = Ledger::new(all());
    assert_eq!(ledger.record(&event("ann", "error", None, 0), at(0)), Outcome::Waits);
    assert_eq!(ledger.record(&event("bob", "error", None, 0), at(0)), Outcome::Waits);
    assert_eq!(ledger.settle(at(30)), (0, 0));
    ledger.expose(Unit::of("ann"), FIRST, Arm::Treatment, at(0));
    assert_eq!(ledger.settle(at(31)), (1, 0));
    assert_eq!(ledger.settle(at(61)), (0, 1));
    assert_eq!(book(&ledger.sums(FIRST).unwrap(), "failed").treatment.events, 1);
}

#[test]
fn what_waits_is_bounded() {
    let mut ledger = Ledger::new(all());
    for unit in 0..WAITING_EVENTS_MAX {
        assert_eq!(ledger.record(&event(&unit.to_string(), "error", None, 0), at(0)), Outcome::Waits);
    }
    assert_eq!(ledger.record(&event("one more", "error", None, 0), at(0)), Outcome::Unattributed);
}

#[test]
fn an_event_before_its_exposure_counts_for_nobody() {
    let check = |seconds: i64, expected: Outcome| {
        let mut ledger = Ledger::new(all());
        ledger.expose(Unit::of("ann"), FIRST, Arm::Treatment, at(100));
        assert_eq!(ledger.record(&event("ann", "error", None, seconds), at(101)), expected, "{seconds}");
    };
    check(94, Outcome::Unattributed);
    check(95, Outcome::Counted);
    check(100, Outcome::Counted);
}

#[test]
fn events_nobody_asked_for_are_irrelevant() {
    let mut ledger = Ledger::new(all());
    ledger.expose(Unit::of("ann"), FIRST, Arm::Treatment, at(0));
    assert_eq!(ledger.record(&event("ann", "scrolled", None, 0), at(0)), Outcome::Irrelevant);
}

#[test]
fn measures_read_their_books() {
    let mut ledger = Ledger::new(all());
    for unit in ["ann", "bob", "cem"] {
        ledger.expose(Unit::of(unit), FIRST, Arm::Treatment, at(0));
        ledger.record(&event(unit, "visit", Some(2.0), 1), at(1));
    }
    ledger.record(&event("ann", "purchase", Some(250.0), 2), at(2));
    ledger.record(&event("ann", "error", None, 2), at(2));
    ledger.record(&event("ann", "error", None, 3), at(3));
    let check = |ledger: &Ledger, metric: &str, n: f64, x: f64| {
        let measure = &ledger.metrics().iter().find(|tracked| tracked.key.as_str() == metric).unwrap().measure;
        let sums = sums(measure, &book(&ledger.sums(FIRST).unwrap(), metric).treatment);
        assert_eq!((sums.n, sums.x), (n, x), "{metric}");
        sums.values.map(|values| values.groups)
    };
    check(&ledger, "failed", 2.0, 1.0);
    check(&ledger, "errors", 3.0, 2.0);
    check(&ledger, "errors-each", 3.0, 2.0);
    check(&ledger, "bought", 0.0, 0.0);
    ledger.settle(at(60));
    check(&ledger, "bought", 3.0, 1.0);
    let price = check(&ledger, "price", 3.0, 1.0).unwrap();
    assert_eq!(
        (price.n, price.denominator, price.numerator),
        (3.0, 3.0, 100.0),
        "cut at the cap, over the units that came"
    );
    assert_eq!(book(&ledger.sums(FIRST).unwrap(), "errors").treatment.reporting, 3);
    let per_visit = check(&ledger, "per-visit", 3.0, 1.0).unwrap();
    assert_eq!((per_visit.denominator, per_visit.numerator, per_visit.numerator_squares), (6.0, 250.0, 62_500.0));
    assert_eq!(book(&ledger.sums(FIRST).unwrap(), "price").treatment.capped, 1);
    let slow = book(&ledger.sums(FIRST).unwrap(), "slow").treatment.values.unwrap();
    let edge = slow.quantile(0.5).unwrap();
    assert_eq!((slow.len(), slow.above(edge)), (3, 0));
    assert!((edge.value() / 2.0 - 1.0).abs() < 0.041, "{}", edge.value());
    assert_eq!(Edge::of_value(edge.value()), edge);
}

#[test]
fn counts_without_units_reach_rates_and_not_unit_counts() {
    let mut ledger = Ledger::new(all());
    let sums = Aggregate { count: 7, sum: 7.0, bucket: 3 };
    assert_eq!(ledger.aggregate("error", FIRST, Arm::Control, sums), Outcome::Counted);
    assert_eq!(ledger.aggregate("scrolled", FIRST, Arm::Control, sums), Outcome::Irrelevant);
    let stay = ledger.sums(FIRST).unwrap();
    assert_eq!((book(&stay, "errors").control.events, book(&stay, "failed").control.events), (7, 0));
}

#[test]
fn a_flush_tells_what_changed_and_nothing_twice() {
    let mut ledger = Ledger::new(all());
    ledger.expose(Unit::of("ann"), FIRST, Arm::Treatment, at(0));
    let first = ledger.flush(at(1));
    assert_eq!((first.units.is_empty(), first.stays.len()), (false, 1));
    let second = ledger.flush(at(2));
    assert_eq!((second.units.is_empty(), second.stays.len()), (true, 0));
    ledger.untell(&first);
    assert_eq!(ledger.flush(at(3)), first);
}

#[test]
fn a_restarted_server_knows_its_units_again() {
    let mut before = Ledger::new(all());
    before.expose(Unit::of("ann"), FIRST, Arm::Treatment, at(0));
    before.record(&event("ann", "error", None, 1), at(1));
    before.expose(Unit::of("bob"), FIRST, Arm::Control, at(0));
    let told = before.flush(at(2));
    let mut after = Ledger::new(all());
    after.adopt(&Batch::read(told.units.as_bytes().to_vec()).unwrap());
    assert_eq!(after.expose(Unit::of("ann"), FIRST, Arm::Treatment, at(3)), Outcome::Repeated);
    after.record(&event("ann", "error", None, 3), at(3));
    after.record(&event("bob", "error", None, 3), at(3));
    let failed = merged(&[&before, &after], FIRST, "failed");
    assert_eq!((failed.treatment.events, failed.control.events), (1, 1), "ann failed before");
    assert_eq!((failed.treatment.at_risk, failed.control.at_risk), (0, 0));
}

/// What a server told in many flushes can be told in one, in pieces or as a whole.
#[test]
fn flushes_fold_into_one_that_says_the_same() {
    let mut server = Ledger::new(all());
    let mut flushes = Vec::new();
    for round in 0..6 {
        for unit in 0..40 {
            let stay = if unit < 20 && round > 3 { SECOND } else { FIRST };
            let arm = if unit % 4 == 0 { Arm::Treatment } else { Arm::Control };
            server.expose(Unit::of(&unit.to_string()), stay, arm, at(0));
        }
        server.record(&event(&round.to_string(), "error", None, 1), at(1));
        server.record(&event(&round.to_string(), "visit", None, 1), at(1));
        flushes.push(server.flush(at(i64::from(round))).units);
    }
    let learn = |batches: &[Batch]| {
        let mut ledger = Ledger::new(all());
        for batch in batches {
            ledger.adopt(batch);
        }
        // Whoever has failed or moved is known to have: what comes now is counted as it would have been.
        let came: Vec<Outcome> = (0..40)
            .flat_map(|unit| {
                let unit = unit.to_string();
                let arm = Arm::Control;
                [
                    ledger.expose(Unit::of(&unit), SECOND, arm, at(9)),
                    ledger.record(&event(&unit, "error", None, 9), at(9)),
                ]
            })
            .collect();
        (came, ledger.firsts(SECOND), ledger.flush(at(10)).stays)
    };
    let expected = learn(&flushes);
    let fold = |batches: &[Batch]| Batch::fold(batches.iter()).unwrap();
    assert_eq!(learn(&[fold(&flushes)]), expected);
    let pieces = [fold(&flushes[..2]), fold(&flushes[2..])];
    assert_eq!(learn(&pieces), expected);
    assert_eq!(learn(&[fold(&pieces)]), expected);
    assert_eq!(fold(&flushes).as_bytes().len(), 1 + 29 * 40, "each unit once");
    assert!(Batch::fold([].into_iter()).unwrap().is_empty());
}

/// Units that a server had not followed to the end when it stopped are followed up after its restart, each once.
#[test]
fn outcomes_are_followed_up_after_a_restart() {
    let mut before = Ledger::new(all());
    for (unit, seconds) in [("early", 0), ("late", 50), ("buyer", 50)] {
        before.expose(Unit::of(unit), FIRST, Arm::Treatment, at(seconds));
    }
    let told = [before.flush(at(55)).units, before.flush(at(70)).units];
    let mut beside = Ledger::new(all());
    beside.expose(Unit::of("elsewhere"), FIRST, Arm::Treatment, at(50));
    let others = beside.flush(at(70)).units;
    let restart = |order: &[(&Batch, bool)]| {
        let mut after = Ledger::new(all());
        for (batch, own) in order {
            if *own { after.inherit(batch, at(70)) } else { after.adopt(batch) }
        }
        after.record(&event("buyer", "purchase", None, 80), at(80));
        after.record(&event("elsewhere", "purchase", None, 80), at(80));
        after.settle(at(200));
        after
    };
    let after = restart(&[(&told[0], true), (&told[1], true), (&others, false)]);
    let bought = merged(&[&before, &after], FIRST, "bought").treatment;
    assert_eq!(
        (bought.matured, bought.matured_events),
        (3, 1),
        "one before the restart, two after it, of which one bought"
    );
    // The unit of the other server is that one's to follow up.
    assert_eq!(merged(&[&after], FIRST, "bought").treatment.matured, 2);
    let after = restart(&[(&others, false), (&told[1], true), (&told[0], true)]);
    assert_eq!(merged(&[&after], FIRST, "bought").treatment.matured, 2);
    let foreign = restart(&[(&others, false), (&told[0], false), (&told[1], false)]);
    assert_eq!(merged(&[&foreign], FIRST, "bought").treatment.matured, 0);
}

#[test]
fn bytes_that_are_no_batch_are_refused() {
    let check = |bytes: &[u8], message: &str| {
        assert_eq!(Batch::read(bytes.to_vec()).unwrap_err().to_string(), message);
    };
    check(&[4, 0, 0], "stored exposures have the format 4, and this version reads 3; upgrade this server");
    check(&[1, 0, 0], "stored exposures are damaged: 3 bytes do not hold whole records");
    check(&[3; 27], "stored exposures are damaged: 27 bytes do not hold whole records");
    check(
        &vec![1; 1 + 25 * (INTAKE_UNITS_MAX + 1)],
        "stored exposures are damaged: 5734426 bytes do not hold whole records",
    );
    assert!(Batch::read(Vec::new()).unwrap().is_empty());
    for (format, size) in [(1, 25), (2, 25), (3, 29)] {
        let two = Batch::read([vec![format], vec![0; 2 * size]].concat()).unwrap();
        assert_eq!(
            Batch::fold([two].iter()).unwrap().as_bytes().len(),
            1 + 29,
            "the same unit twice, in format {format}"
        );
    }
}

#[test]
fn stays_are_bounded_and_the_oldest_goes() {
    let mut ledger = Ledger::new(all());
    for stay in 1..=INTAKE_STAYS_MAX as u64 + 1 {
        ledger.expose(Unit::of(&stay.to_string()), EntryId(stay), Arm::Control, at(0));
    }
    assert!(ledger.sums(EntryId(1)).is_none());
    assert_eq!(ledger.record(&event("1", "error", None, 0), at(0)), Outcome::Superseded);
    assert_eq!(ledger.record(&event("2", "error", None, 0), at(0)), Outcome::Counted);
}

/// A full table samples by hash, in both arms alike, and the sums are those of the sample.
#[test]
fn a_full_table_is_a_fair_sample() {
    let mut ledger = Ledger::with_capacity(all(), 4_096);
    for unit in 0..100_000_u32 {
        let arm = if unit % 10 == 0 { Arm::Treatment } else { Arm::Control };
        ledger.expose(Unit::of(&format!("user-{unit}")), FIRST, arm, at(0));
    }
    assert!(ledger.units() <= 4_096);
    assert!((ledger.sampled() - 1.0 / 32.0).abs() < 1e-9, "{}", ledger.sampled());
    let failed = book(&ledger.sums(FIRST).unwrap(), "failed");
    let known = failed.treatment.at_risk + failed.control.at_risk;
    assert_eq!(known, ledger.units() as i64, "who is forgotten is at risk no longer");
    let share = failed.treatment.at_risk as f64 / known as f64;
    // Three standard errors of a share of 0.1 among 3,000 units.
    assert!((share - 0.1).abs() < 0.017, "{share}");
    assert_eq!(
        ledger.record(&event("user-1", "error", None, 0), at(0)) == Outcome::NotSampled,
        Unit::of("user-1").hash() > ledger.threshold()
    );
}

#[test]
fn units_spread_over_all_groups() {
    let mut counts = [0_u32; BUCKETS];
    for unit in 0..12_800 {
        counts[Unit::of(&format!("user-{unit}")).bucket()] += 1;
    }
    let chi_square: f64 = counts.iter().map(|count| (f64::from(*count) - 100.0).powi(2) / 100.0).sum();
    // The 99.9th percentile with 127 degrees of freedom.
    assert!(chi_square < 181.99, "{chi_square}");
    assert_eq!(Unit::of("user-1").hash(), 17_645_658_844_051_957_779, "stored hashes must stay what they are");
}

/// Three servers behind a balancer see the same units before they hear of each other.
#[test]
fn a_unit_that_several_servers_see_comes_once() {
    let mut servers: Vec<Ledger> = (0..3).map(|_| Ledger::new(all())).collect();
    let mut told: Vec<Vec<Batch>> = vec![Vec::new(); 3];
    let mut window = |servers: &mut Vec<Ledger>, stay: EntryId, units: std::ops::Range<u32>| {
        for unit in units {
            let arm = if unit % 4 == 0 { Arm::Treatment } else { Arm::Control };
            for server in servers.iter_mut() {
                server.expose(Unit::of(&unit.to_string()), stay, arm, at(0));
            }
        }
        let flushes: Vec<Batch> = servers.iter_mut().map(|server| server.flush(at(1)).units).collect();
        for (one, server) in servers.iter_mut().enumerate() {
            for (_, batch) in flushes.iter().enumerate().filter(|(other, _)| *other != one) {
                server.adopt(batch);
            }
        }
        for (told, batch) in told.iter_mut().zip(flushes) {
            told.push(Batch::read(batch.as_bytes().to_vec()).unwrap());
        }
    };
    window(&mut servers, FIRST, 0..100);
    window(&mut servers, SECOND, 60..140);
    // Others that start later hear of it server by server, in one order or the other.
    let (mut late, mut later) = (Ledger::new(all()), Ledger::new(all()));
    for batch in told.iter().flatten() {
        late.adopt(batch);
    }
    for batch in told.iter().rev().flat_map(|batches| batches.iter().rev()) {
        later.adopt(batch);
    }
    for server in servers.iter().chain([&late, &later]) {
        assert_eq!(server.firsts(SECOND), (10, 30), "40 are new at the second stay, a quarter of them treated");
    }
    assert_eq!(servers[0].firsts(FIRST), (25, 75));
}

/// One server saw the unit at the first stage, another at the second before it heard of that: it is not new there.
#[test]
fn a_unit_that_came_earlier_elsewhere_is_not_new() {
    let (mut one, mut other) = (Ledger::new(all()), Ledger::new(all()));
    one.expose(Unit::of("ann"), FIRST, Arm::Control, at(0));
    other.expose(Unit::of("ann"), SECOND, Arm::Treatment, at(9));
    other.expose(Unit::of("bob"), SECOND, Arm::Treatment, at(9));
    assert_eq!(other.firsts(SECOND), (2, 0), "as far as it knows");
    let told = [one.flush(at(10)).units, other.flush(at(10)).units];
    one.adopt(&told[1]);
    other.adopt(&told[0]);
    let learned = |order: [usize; 2]| {
        let mut ledger = Ledger::new(all());
        for teller in order {
            ledger.adopt(&told[teller]);
        }
        ledger
    };
    for ledger in [&one, &other, &learned([0, 1]), &learned([1, 0])] {
        assert_eq!(ledger.firsts(SECOND), (1, 0), "bob alone");
    }
}

#[derive(Debug, Clone)]
enum Act {
    Expose(u8, u64, bool),
    Record(u8, u8),
}

fn acts() -> impl Strategy<Value = Vec<(bool, Act)>> {
    let expose = (0_u8..40, 1_u64..4, any::<bool>()).prop_map(|(unit, stay, arm)| Act::Expose(unit, stay, arm));
    let record = (0_u8..40, 0_u8..3).prop_map(|(unit, event)| Act::Record(unit, event));
    prop::collection::vec((any::<bool>(), prop_oneof![expose, record]), 0..200)
}

fn play(ledger: &mut Ledger, act: &Act, seconds: i64) {
    match act {
        Act::Expose(unit, stay, treatment) => {
            let arm = if *treatment { Arm::Treatment } else { Arm::Control };
            ledger.expose(Unit::of(&unit.to_string()), EntryId(*stay), arm, at(seconds));
        }
        Act::Record(unit, which) => {
            let name = ["error", "purchase", "visit"][usize::from(*which)];
            ledger.record(&event(&unit.to_string(), name, Some(f64::from(*which)), seconds), at(seconds));
        }
    }
}

fn tell(from: &mut Ledger, to: &mut Ledger, seconds: i64) {
    let flush = from.flush(at(seconds));
    to.adopt(&Batch::read(flush.units.as_bytes().to_vec()).unwrap());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    /// Two servers that tell each other everything count what one server would have counted.
    #[test]
    fn servers_add_up(acts in acts()) {
        let (mut one, mut left, mut right) = (Ledger::new(all()), Ledger::new(all()), Ledger::new(all()));
        for (seconds, (on_left, act)) in (0_i64..).zip(&acts) {
            // An event that waits is waited for by one server alone, and it is settled when that one flushes.
            let known = |(_, earlier): &(bool, Act)| matches!((earlier, act), (Act::Expose(a, ..), Act::Record(b, _)) if a == b);
            if matches!(act, Act::Record(..)) && !acts[..usize::try_from(seconds).unwrap()].iter().any(known) {
                continue;
            }
            play(&mut one, act, seconds);
            let (acting, other) = if *on_left { (&mut left, &mut right) } else { (&mut right, &mut left) };
            play(acting, act, seconds);
            tell(acting, other, seconds);
        }
        for stay in 1..4 {
            for server in [&left, &right] {
                prop_assert_eq!(server.firsts(EntryId(stay)), one.firsts(EntryId(stay)), "{}", stay);
            }
            for metric in ["failed", "errors", "price", "slow", "per-visit"] {
                let sole = merged(&[&one], EntryId(stay), metric);
                prop_assert_eq!(&merged(&[&left, &right], EntryId(stay), metric), &sole, "{} {}", stay, metric);
                for book in [&sole.treatment, &sole.control] {
                    prop_assert!(book.at_risk >= 0);
                }
            }
        }
    }

    /// Books of any numbers merge in any order.
    #[test]
    fn merging_commutes(a in 0_u64..1_000, b in 0_u64..1_000, level in -50_i64..50) {
        let left = ArmBook { at_risk: level, events: a, ..ArmBook::default() };
        let right = ArmBook { at_risk: -level, events: b, matured: a, ..ArmBook::default() };
        let (mut one, mut two) = (left.clone(), right.clone());
        one.merge(&right);
        two.merge(&left);
        prop_assert_eq!(&one, &two);
        prop_assert_eq!((one.at_risk, one.events), (0, a + b));
    }
}

#[test]
fn counts_of_several_servers_are_shortened_to_distinct_units() {
    let check = |treatment: u64, control: u64, distinct: u64, want: f64| {
        let counted = Exposed { first_treatment: treatment, first_control: control, ..Exposed::default() };
        assert!(
            (counted.counted_once(distinct) - want).abs() < 1e-12,
            "{treatment} and {control}, {distinct} distinct"
        );
    };
    // Nobody came for the first time; one server; two that saw the same; a unit that was learned before it was counted.
    check(0, 0, 0, 1.0);
    check(10, 90, 100, 1.0);
    check(20, 180, 100, 0.5);
    check(10, 90, 101, 1.0);
}

/// A server of an earlier version does not say which events it counted. A unit that was taken back without its event would
/// raise the share of the others; so both stay counted twice, and the share is right.
#[test]
fn nothing_is_taken_back_for_a_server_that_does_not_say_what_it_counted() {
    let (mut one, mut other) = (Ledger::new(all()), Ledger::new(all()));
    for unit in 0..10 {
        let (key, fails) = (unit.to_string(), unit < 4);
        for ledger in [&mut one, &mut other] {
            ledger.expose(Unit::of(&key), FIRST, Arm::Treatment, at(0));
            if fails {
                ledger.record(&event(&key, "error", None, 1), at(1));
            }
        }
    }
    let flush = one.flush(at(2)).units;
    let records = flush.as_bytes()[1..].chunks(29).flat_map(|record| &record[..25]);
    let earlier = Batch::read([2].iter().chain(records).copied().collect()).unwrap();
    for told in [Batch::fold([&earlier].into_iter()).unwrap(), earlier] {
        other.yield_to(&Batch::read(told.as_bytes().to_vec()).unwrap());
        let failed = merged(&[&one, &other], FIRST, "failed").treatment;
        assert_eq!((failed.events, failed.at_risk), (8, 12), "four of ten, twice");
    }
}

/// Two servers that count the same units at the same time, each before it hears of the other, add up to each unit once when
/// both have: units, events, and who was heard of, at the first stay and after all moved to another.
#[test]
fn units_that_two_servers_count_at_once_are_taken_back_by_one() {
    let (mut one, mut other, mut alone) = (Ledger::new(all()), Ledger::new(all()), Ledger::new(all()));
    let units: Vec<String> = (0..40).map(|unit| format!("u-{unit}")).collect();
    let arm = |index: usize| if index.is_multiple_of(4) { Arm::Treatment } else { Arm::Control };
    let meet = |one: &mut Ledger, other: &mut Ledger, seconds: i64| {
        let told = [&mut *one, &mut *other]
            .map(|ledger| Batch::read(ledger.flush(at(seconds)).units.as_bytes().to_vec()).unwrap());
        one.adopt(&told[1]);
        other.yield_to(&told[0]);
        // What is told again changes nothing.
        one.adopt(&told[1]);
        other.yield_to(&told[0]);
    };
    for (stay, began) in [(FIRST, 0), (SECOND, 100)] {
        for (index, unit) in units.iter().enumerate() {
            for ledger in [&mut one, &mut other, &mut alone] {
                ledger.expose(Unit::of(unit), stay, arm(index), at(began));
            }
            // At the first stay some fail at one server, some at the other, some at both. All are heard of at both.
            let fails = stay == FIRST && index < 12;
            if fails {
                let error = event(unit, "error", None, began + 1);
                let places: &mut [&mut Ledger] = match index % 3 {
                    0 => &mut [&mut one, &mut alone],
                    1 => &mut [&mut other, &mut alone],
                    _ => &mut [&mut one, &mut other, &mut alone],
                };
                for ledger in places {
                    ledger.record(&error, at(began + 1));
                }
            }
            let visit = event(unit, "visit", Some(1.0), began + 2);
            for ledger in [&mut one, &mut other, &mut alone] {
                ledger.record(&visit, at(began + 2));
            }
        }
        meet(&mut one, &mut other, began + 10);
        // What the other took back, it tells with its next flush.
        meet(&mut one, &mut other, began + 20);
        let exposed = |ledger: &Ledger| ledger.sums(stay).unwrap().exposed;
        let mut both = exposed(&one);
        both.merge(&exposed(&other));
        assert_eq!(both, exposed(&alone), "{stay:?}");
        for metric in ["failed", "errors-each", "price"] {
            let (both, alone) = (merged(&[&one, &other], stay, metric), merged(&[&alone], stay, metric));
            for arm in Arm::BOTH {
                let figures = |book: &ArmBook| {
                    (book.at_risk, book.opportunities, if metric == "failed" { book.events } else { 0 })
                };
                assert_eq!(figures(both.arm(arm)), figures(alone.arm(arm)), "{metric} {arm:?} at {stay:?}");
            }
        }
        let heard = |metric: MetricBook| (metric.treatment.reporting, metric.control.reporting);
        let both = heard(merged(&[&one, &other], stay, "errors"));
        assert_eq!(both, heard(merged(&[&alone], stay, "errors")), "{stay:?}");
    }
    assert_eq!((one.firsts(FIRST), other.firsts(FIRST)), (alone.firsts(FIRST), alone.firsts(FIRST)));
}
