//! Queries and their placeholders.

use hoist_lifecycle::metric::{
    Direction, Metric, MetricDraft, MetricSource, MetricSourceDraft, Placeholders, Query, QueryError,
};
use hoist_lifecycle::rollout::due_guards;
use serde_json::json;

use crate::support::{Bench, guard, plan, seconds, stage};

const WITH: Placeholders<'_> = Placeholders { flag: "checkout", environment: "prod", variant: "on", control: "off" };

#[test]
fn placeholders_are_filled() {
    let rows = [
        ("up", "up"),
        ("a{f=\"{{flag}}\",e=\"{{ environment }}\"}", "a{f=\"checkout\",e=\"prod\"}"),
        ("a{v=\"{{variant}}\"} / a{v=\"{{control}}\"}", "a{v=\"on\"} / a{v=\"off\"}"),
        ("sum by (x) (rate(a{b=~\"c|d\"}[1m]))", "sum by (x) (rate(a{b=~\"c|d\"}[1m]))"),
    ];
    for (query, expected) in rows {
        assert_eq!(Query::parse(query).unwrap().fill(&WITH), expected);
    }
}

#[test]
fn bad_queries_are_refused() {
    let long = "x".repeat(4_097);
    let rows = [
        ("", QueryError::Empty),
        (" \n", QueryError::Empty),
        (long.as_str(), QueryError::TooLong),
        ("a\0b", QueryError::Control),
        ("a{{user}}", QueryError::Placeholder),
        ("a{{flag", QueryError::Placeholder),
    ];
    for (query, error) in rows {
        assert_eq!(Query::parse(query).unwrap_err(), error);
    }
}

/// Keys cannot contain these, and if they ever could, a query would still ask what it asks.
#[test]
fn values_cannot_leave_their_string() {
    let hostile = Placeholders { flag: "a\"} or vector(0) #\\\n'`{}", ..WITH };
    let filled = Query::parse("x{f=\"{{flag}}\"}").unwrap().fill(&hostile);
    let inside = filled.strip_prefix("x{f=\"").unwrap().strip_suffix("\"}").unwrap();
    assert!(inside.chars().all(|c| c.is_ascii_alphanumeric() || c == '\\'), "{inside}");
}

#[test]
fn every_fault_of_a_metric_is_reported() {
    let source =
        MetricSourceDraft::PromqlCounts { events: String::new(), total: "{{x}}".into(), absent_is_zero: false };
    let draft = MetricDraft { title: "\u{7}".into(), ..MetricDraft::new("-", source).with_unit("u".repeat(17)) };
    let paths: Vec<String> = Metric::parse(&draft).unwrap_err().into_iter().map(|problem| problem.path).collect();
    assert_eq!(paths, ["key", "title", "unit", "source.events", "source.total"]);
}

#[test]
fn queries_name_the_variant_of_the_stage() {
    let mut counted = guard();
    counted.metric = "error-counts".into();
    let mut plan = plan(vec![counted]);
    plan.stages = vec![stage("dark", 100.0, 10), stage("on", 100.0, 10)];
    plan.stages[0].variant = Some("dark".into());
    let mut bench = Bench::started(plan);
    let asked = |bench: &Bench| due_guards(&bench.spec, &bench.state, bench.now)[0].source.clone();
    let source = |variant: &str| MetricSourceDraft::PromqlCounts {
        events: format!("errors{{variant=\"{variant}\"}}"),
        total: format!("requests{{variant=\"{variant}\"}}"),
        absent_is_zero: true,
    };
    assert_eq!(asked(&bench), source("dark"));
    bench.command(crate::support::promote()).unwrap();
    bench.pass(seconds(1));
    bench.tick(&[]);
    assert_eq!(asked(&bench), source("on"));
}

fn metric(source: &serde_json::Value, more: &serde_json::Value) -> Result<Metric, Vec<String>> {
    let mut draft = serde_json::json!({ "key": "m", "source": source });
    draft.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let draft: MetricDraft = serde_json::from_value(draft).map_err(|error| vec![error.to_string()])?;
    Metric::parse(&draft).map_err(|problems| problems.into_iter().map(|problem| problem.path).collect())
}

#[test]
fn every_kind_of_metric_is_read_and_written_back() {
    let kinds = [
        json!({ "kind": "promql_value", "query": "up" }),
        json!({ "kind": "promql_counts", "events": "e", "total": "t", "absent_is_zero": true }),
        json!({ "kind": "affected_units", "event": "checkout failed" }),
        json!({ "kind": "event_rate", "event": "error" }),
        json!({ "kind": "event_rate", "event": "error", "per": "http.request" }),
        json!({ "kind": "conversion", "event": "purchase" }),
        json!({ "kind": "mean", "event": "revenue" }),
        json!({ "kind": "ratio", "event": "revenue", "per": "orders" }),
        json!({ "kind": "latency_quantile", "event": "checkout seconds", "quantile": 0.99 }),
    ];
    for source in kinds {
        let parsed = metric(&source, &json!({})).unwrap();
        assert_eq!(serde_json::to_value(parsed.to_draft()).unwrap(), json!({ "key": "m", "source": source }));
        let filled = serde_json::to_value(parsed.source().fill(&WITH)).unwrap();
        assert_eq!(filled, source, "nothing to fill in");
    }
}

#[test]
fn what_is_not_said_follows_from_the_kind() {
    let errors = metric(&json!({ "kind": "affected_units", "event": "e" }), &json!({})).unwrap();
    assert_eq!((errors.direction(), errors.margin(), errors.weight()), (Direction::HigherIsWorse, 1.05, 1.0));
    let sales = metric(&json!({ "kind": "conversion", "event": "e" }), &json!({})).unwrap();
    assert_eq!((sales.direction(), sales.margin()), (Direction::LowerIsWorse, 1.0));
    let slow = metric(&json!({ "kind": "latency_quantile", "event": "e" }), &json!({})).unwrap();
    assert!(matches!(slow.source(), MetricSource::LatencyQuantile { quantile: 0.95, .. }));
    let absent = metric(
        &json!({ "kind": "promql_counts", "events": "e", "total": "t" }),
        &json!({ "absence": "absent_is_zero" }),
    );
    assert!(matches!(absent.unwrap().source(), MetricSource::PromqlCounts { absent_is_zero: true, .. }));
}

#[test]
fn numbers_of_a_metric_have_bounds() {
    let mean = || json!({ "kind": "mean", "event": "e" });
    let rows = [
        (mean(), json!({ "margin": 0.99 }), "margin"),
        (mean(), json!({ "margin": 11 }), "margin"),
        (mean(), json!({ "noninferiority": 1.0 }), "noninferiority"),
        (mean(), json!({ "margin": 1.3, "noninferiority": 1.2 }), "noninferiority"),
        (mean(), json!({ "noninferiority": [] }), "noninferiority"),
        (mean(), json!({ "noninferiority": [{ "share": 0, "ratio": 2 }] }), "noninferiority[0].share"),
        (mean(), json!({ "noninferiority": [{ "share": 100.1, "ratio": 2 }] }), "noninferiority[0].share"),
        (
            mean(),
            json!({ "noninferiority": [{ "share": 5, "ratio": 2 }, { "share": 5, "ratio": 2 }] }),
            "noninferiority[1].share",
        ),
        (
            mean(),
            json!({ "margin": 1.3, "noninferiority": [{ "share": 5, "ratio": 2 }, { "share": 9, "ratio": 1.3 }] }),
            "noninferiority[1].ratio",
        ),
        (mean(), json!({ "weight": 0 }), "weight"),
        (mean(), json!({ "weight": 1001 }), "weight"),
        (mean(), json!({ "maturity": "31d" }), "maturity"),
        (mean(), json!({ "cap": 0 }), "cap"),
        (json!({ "kind": "conversion", "event": "e" }), json!({ "cap": 5 }), "cap"),
        (json!({ "kind": "conversion", "event": " " }), json!({}), "source.event"),
        (json!({ "kind": "conversion", "event": "a\u{7}" }), json!({}), "source.event"),
        (json!({ "kind": "conversion", "event": "x".repeat(257) }), json!({}), "source.event"),
        (json!({ "kind": "ratio", "event": "e", "per": "" }), json!({}), "source.per"),
        (json!({ "kind": "event_rate", "event": "e", "per": "" }), json!({}), "source.per"),
        (json!({ "kind": "latency_quantile", "event": "e", "quantile": 1 }), json!({}), "source.quantile"),
    ];
    for (source, more, path) in rows {
        assert_eq!(metric(&source, &more).unwrap_err(), [path], "{source} {more}");
    }
    let most = json!({ "margin": 1, "noninferiority": 10, "weight": 1000, "maturity": "30d", "cap": 0.01 });
    assert!(metric(&mean(), &most).is_ok());
}

#[test]
fn what_is_neither_a_ratio_nor_a_list_is_told_so() {
    for wrong in [json!("2"), json!({ "share": 1, "ratio": 2 }), json!([2]), json!([{ "share": 1, "rate": 2 }])] {
        let said = json!({ "key": "m", "source": { "kind": "mean", "event": "e" }, "noninferiority": wrong });
        let fault = serde_json::from_value::<MetricDraft>(said).unwrap_err().to_string();
        assert_eq!(fault, "must be a ratio, or a list of shares with a ratio each");
    }
}

/// What would do nothing is refused where somebody writes it; what is stored goes on to mean what it meant.
#[test]
fn an_absence_that_does_nothing_is_refused_by_name_and_still_loads() {
    let counts = json!({ "kind": "promql_counts", "events": "e", "total": "t" });
    for (source, expected) in [
        (json!({ "kind": "promql_value", "query": "q" }), false),
        (json!({ "kind": "affected_units", "event": "e" }), false),
        (json!({ "kind": "mean", "event": "e" }), false),
        (counts, true),
    ] {
        let draft: MetricDraft =
            serde_json::from_value(json!({ "key": "m", "source": source, "absence": "absent_is_zero" })).unwrap();
        assert!(Metric::parse(&draft).is_ok(), "{source}");
        let written = Metric::parse_written(&draft);
        assert_eq!(written.is_ok(), expected, "{source}");
        if let Err(problems) = written {
            assert_eq!(problems.iter().map(|problem| problem.path.as_str()).collect::<Vec<_>>(), ["absence"]);
        }
    }
}
