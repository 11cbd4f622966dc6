//! The demo's own metric source: the little of PromQL that it knows, it knows right.

use hoist::demo::prometheus::query::{Moment, answer, parse};
use hoist::demo::prometheus::samples::Samples;
use hoist::demo::shop::checkout::{Checkout, pay};
use hoist::demo::shop::counters::Counters;

/// Five scrapes, a second apart; the counter of variant `a` is reset before the last.
fn scraped() -> Samples {
    let mut samples = Samples::default();
    for (at, a, b) in
        [(100.0, 10.0, 1.0), (101.0, 12.0, 1.0), (102.0, 14.0, 2.0), (103.0, 16.0, 4.0), (104.0, 3.0, 4.0)]
    {
        samples.add(
            at,
            &format!(
                "# TYPE hits counter\nhits_total{{variant=\"a\"}} {a}\nhits_total{{variant=\"b\"}} {b}\nup 1\n# EOF\n"
            ),
        );
    }
    samples
}

fn check(query: &str, at: f64, expected: Option<f64>) {
    let parsed = parse(query).unwrap_or_else(|| panic!("{query} is understood"));
    let found = answer(&parsed, &scraped(), Moment { at, lookback: 300.0 });
    match (found, expected) {
        (Some(found), Some(expected)) => assert!((found - expected).abs() < 1e-9, "{query} at {at}: {found}"),
        (found, expected) => assert_eq!(found, expected, "{query} at {at}"),
    }
}

#[test]
fn sums_are_of_the_latest_samples() {
    check("sum(up)", 104.0, Some(1.0));
    check("sum(hits_total)", 103.0, Some(20.0));
    check("sum(hits_total{variant=\"a\"})", 102.9, Some(14.0));
    check("sum( hits_total { variant = \"b\" } )", 102.0, Some(2.0));
    check("sum(hits_total{variant=\"c\"})", 102.0, None);
    check("sum(misses_total)", 102.0, None);
    check("sum(up)", 99.0, None);
    check("sum(up)", 404.0, Some(1.0));
    check("sum(up)", 405.0, None);
}

#[test]
fn rates_count_resets() {
    check("sum(rate(hits_total{variant=\"a\"}[2s]))", 102.0, Some(2.0));
    check("sum(rate(hits_total{variant=\"a\"}[1s]))", 104.0, Some(3.0));
    check("sum(rate(hits_total{variant=\"a\"}[10s]))", 104.0, Some(9.0 / 4.0));
    check("sum(rate(hits_total[2s]))", 103.0, Some(2.0 + 1.5));
    check("sum(rate(up[500ms]))", 104.0, None);
}

#[test]
fn quotients_have_no_answer_where_they_have_no_meaning() {
    check("sum(hits_total{variant=\"b\"}) / sum(hits_total{variant=\"a\"})", 103.0, Some(0.25));
    check("sum(rate(hits_total{variant=\"b\"}[1s])) / sum(rate(hits_total{variant=\"b\"}[1s]))", 101.0, None);
    check("sum(up) / sum(misses_total)", 101.0, None);
    check("min(timestamp(hits_total))", 103.5, Some(103.0));
}

#[test]
fn whatever_is_not_known_is_refused() {
    for query in [
        "",
        "up",
        "sum(up",
        "sum(up))",
        "sum(up) by (variant)",
        "sum(up) + 1",
        "sum(up{variant!=\"a\"})",
        "sum(up{variant=~\"a.*\"})",
        "sum(rate(up))",
        "sum(rate(up[5s:1s]))",
        "sum(rate(up[]))",
        "avg(up)",
        "histogram_quantile(0.9, sum(rate(up[5s])))",
        "sum(up) / ",
        "sum(a)/sum(b)*sum(c)",
        "sum(up) or vector(0)",
        "sum({variant=\"a\"})",
    ] {
        assert_eq!(parse(query), None, "{query}");
    }
}

#[test]
fn the_shop_is_understood() {
    let counters = Counters::new();
    let mut samples = Samples::default();
    samples.add(1.0, &counters.text());
    for draw in 0..1_000 {
        counters.count(Checkout::New, pay(Checkout::New, true, draw));
    }
    samples.add(2.0, &counters.text());
    let ask = |query: &str| answer(&parse(query).expect(query), &samples, Moment { at: 2.0, lookback: 300.0 });
    assert_eq!(ask("sum(shop_checkouts_total{variant=\"on\"})"), Some(1_000.0));
    assert_eq!(ask("sum(shop_checkouts_total{variant=\"off\"})"), Some(0.0));
    assert_eq!(ask("sum(shop_checkout_failures_total{variant=\"on\"})"), Some(400.0));
    let seconds = ask(
        "sum(rate(shop_checkout_seconds_sum{variant=\"on\"}[5s])) / sum(rate(shop_checkout_seconds_count{variant=\"on\"}[5s]))",
    );
    assert!(seconds.is_some_and(|seconds| (0.1..0.3).contains(&seconds)), "{seconds:?}");
}

#[test]
fn only_the_new_checkout_has_the_bug() {
    let failures = |checkout, bug| (0..1_000).filter(|draw| !pay(checkout, bug, *draw).paid).count();
    assert_eq!(failures(Checkout::Old, false), 20);
    assert_eq!(failures(Checkout::Old, true), 20);
    assert_eq!(failures(Checkout::New, false), 20);
    assert_eq!(failures(Checkout::New, true), 400);
}
