//! Random drafts that can be exported, and random contexts for them.
//!
//! Text literals hold letters that no number and no version has, so that hiding those (see `compare.rs`) changes
//! nothing but the tests that read them.

use hoist_eval::draft::SnapshotDraft;
use hoist_eval::{Generation, Snapshot, Timestamp, compile, flagd};
use serde_json::{Map, Value, json};

use crate::random::Random;

pub(crate) const NOW: Timestamp = Timestamp::from_seconds(1_795_262_400);
pub(crate) const KINDS: [&str; 5] = ["boolean", "string", "integer", "float", "object"];
/// A flag that no document has.
const ABSENT: &str = "absent";
const FLAGS: usize = 6;
const CONTEXTS: usize = 10;

pub(crate) struct Case {
    pub seed: u64,
    pub document: Value,
    pub snapshot: Snapshot,
    pub questions: Vec<Question>,
}

pub(crate) struct Question {
    pub flag: String,
    pub kind: &'static str,
    pub context: Value,
}

/// Returns one document and the questions about it.
pub(crate) fn case(seed: u64) -> Case {
    let mut random = Random(seed);
    let segments: Vec<Value> = (0..3).map(|index| segment(&mut random, index)).collect();
    let flags: Vec<(&'static str, Value)> = (0..FLAGS).map(|index| flag(&mut random, index)).collect();
    let bodies: Vec<&Value> = flags.iter().map(|(_, flag)| flag).collect();
    let draft = json!({"flags": bodies, "segments": segments, "metadata": {"team": "x", "tier": 3}});
    let draft: SnapshotDraft = serde_json::from_value(draft).expect("a draft");
    let compiled = compile(&draft, Generation(seed), None);
    assert_eq!(compiled.problems, [], "seed {seed}");
    let exported = flagd::export(&draft);
    assert_eq!(exported.refused, [], "seed {seed}");
    let mut questions = Vec::new();
    for _ in 0..CONTEXTS {
        let context = context(&mut random);
        for (index, (kind, _)) in flags.iter().enumerate() {
            questions.push(Question { flag: format!("flag-{index}"), kind, context: context.clone() });
        }
        questions.push(Question { flag: ABSENT.to_owned(), kind: KINDS[0], context });
    }
    Case { seed, document: exported.document, snapshot: compiled.snapshot, questions }
}

fn salt(random: &mut Random) -> String {
    format!("{:016x}{:016x}", random.next(), random.next())
}

fn flag(random: &mut Random, index: usize) -> (&'static str, Value) {
    let kind = random.pick(&KINDS);
    let count = 2 + random.below(3);
    let variants: Vec<Value> = (0..count).map(|at| json!({"key": variant(at), "value": value(kind, at)})).collect();
    let rules: Vec<Value> = (0..random.below(4))
        .map(|at| json!({"id": format!("r{at}"), "when": condition(random, 3, true), "serve": serve(random, count)}))
        .collect();
    let mut flag = json!({
        "key": format!("flag-{index}"), "kind": kind, "variants": variants, "version": random.below(1000),
        "targeting": {
            "enabled": random.chance(90), "off_variant": variant(random.below(count)),
            "default": serve(random, count), "rules": rules,
        },
    });
    if random.chance(35) {
        let entries: Vec<Value> = (0..random.below(3))
            .map(|_| {
                let mut entry = json!({"weights": weights(random, count)});
                if random.chance(70) {
                    entry["audience"] = json!(segment_key(random.below(3)));
                }
                if random.chance(40) {
                    let from = random.below(90_000);
                    let to = from + 1 + random.below(100_000 - from);
                    entry["part"] = json!({"salt": salt(random), "from": from, "to": to});
                }
                entry
            })
            .collect();
        flag["allocation"] = json!({"rollout": "r-1", "salt": salt(random), "entries": entries});
    }
    (kind, flag)
}

fn variant(at: usize) -> &'static str {
    ["on", "off", "dark", "true"][at]
}

fn value(kind: &str, at: usize) -> Value {
    match kind {
        "boolean" => json!(at == 0),
        "string" => json!(["", "blue", "grün \"x\"", "{\"$ref\":\"hoistGen\"}"][at]),
        "integer" => json!([0, 1, -5, 9_007_199_254_740_991_i64][at]),
        "float" => json!([0.5, 1.0, -2.25, 1e15][at]),
        _ => json!({"at": at, "nested": {"list": [1, "a", null]}}),
    }
}

fn serve(random: &mut Random, count: usize) -> Value {
    if random.chance(60) {
        return json!({"variant": variant(random.below(count))});
    }
    json!({"split": {"salt": salt(random), "weights": weights(random, count)}})
}

fn weights(random: &mut Random, count: usize) -> Vec<Value> {
    let mut rest = 100_000;
    let mut weights = Vec::new();
    for at in 0..count {
        let share = match random.below(5) {
            _ if at + 1 == count => rest,
            0 => 0,
            1 => rest,
            _ => random.below(rest + 1),
        };
        rest -= share;
        weights.push(json!({"variant": variant(at), "weight": share}));
    }
    weights
}

fn segment_key(index: usize) -> &'static str {
    ["staff", "beta.users", "eu"][index]
}

fn segment(random: &mut Random, index: usize) -> Value {
    let keys = ["u1", "u2", "u3", "u4", "ann@corp.example", "quote\"key", "käse"];
    let mut segment = json!({"key": segment_key(index)});
    if random.chance(50) {
        segment["included"] = json!(random.several(&keys, 4));
    }
    if random.chance(40) {
        segment["excluded"] = json!(random.several(&keys, 3));
    }
    if random.chance(75) {
        segment["when"] = condition(random, 2, false);
        // Segments refer only to earlier ones, so there is no cycle.
        if index > 0 && random.chance(30) {
            let earlier = segment_key(random.below(index));
            segment["when"] = json!({"any": [segment["when"], {"operator": "in_segment", "values": [earlier]}]});
        }
    }
    segment
}

fn condition(random: &mut Random, depth: usize, with_segments: bool) -> Value {
    if depth > 0 && random.chance(45) {
        let group = random.pick(&["all", "any", "none"]);
        let members: Vec<Value> = (0..random.below(4)).map(|_| condition(random, depth - 1, with_segments)).collect();
        return json!({ group: members });
    }
    let mut test = test(random, with_segments);
    if random.chance(25) {
        test["negate"] = json!(true);
    }
    if random.chance(15) && test["operator"] != "exists" {
        test["absent"] = json!("match");
    }
    test
}

fn test(random: &mut Random, with_segments: bool) -> Value {
    match random.below(if with_segments { 13 } else { 12 }) {
        0 | 1 => text_test(random),
        2 | 3 => number_test(random),
        4 => version_test(random),
        5 => json!({"attribute": attribute(random), "operator": "exists"}),
        6 => json!({"attribute": attribute(random), "operator": "is_true"}),
        7 | 8 => list_test(random),
        9 | 10 => {
            let operator = random.pick(&["equals", "in"]);
            json!({"attribute": attribute(random), "operator": operator, "values": literals(random)})
        }
        11 => match random.below(3) {
            0 => time_test(random),
            _ => bucket_test(random),
        },
        _ => {
            let keys: Vec<&str> = (0..=random.below(2)).map(|_| segment_key(random.below(3))).collect();
            json!({"operator": "in_segment", "values": keys})
        }
    }
}

fn attribute(random: &mut Random) -> &'static str {
    random.pick(&[
        "country",
        "plan",
        "email",
        "age",
        "score",
        "version",
        "beta",
        "tags",
        "user.plan",
        "user.deep.level",
        "targetingKey",
        "country.code",
        "ab_c-d:e@f$g",
    ])
}

fn text_test(random: &mut Random) -> Value {
    let operator = random.pick(&["starts_with", "ends_with", "contains"]);
    let texts = ["D", "DE", "pro", "@corp.example", "u", "ann", "ü", "long text that is longer than most", "\"", "$&"];
    json!({"attribute": attribute(random), "operator": operator, "values": random.several(&texts, 3)})
}

fn number_test(random: &mut Random) -> Value {
    let attribute = random.pick(&["age", "score", "age", "score", "beta", "tags", "user.deep.level"]);
    let numbers = [json!(0), json!(1), json!(18), json!(-3), json!(2.5), json!(9_007_199_254_740_991_i64)];
    let number = numbers[random.below(numbers.len())].clone();
    match random.below(6) {
        0 => {
            let high = number.as_f64().unwrap() + 7.0;
            let high = high.min(9_007_199_254_740_991.0);
            json!({"attribute": attribute, "operator": "between", "values": [number, high]})
        }
        1 => {
            let divisor = 1 + random.below(7);
            json!({"attribute": attribute, "operator": "modulo", "values": [divisor, random.below(divisor)]})
        }
        at => {
            let names = ["less_than", "less_than_or_equal", "greater_than", "greater_than_or_equal"];
            json!({"attribute": attribute, "operator": names[at - 2], "values": [number]})
        }
    }
}

fn version_test(random: &mut Random) -> Value {
    let versions = ["1.2.3", "2.0.0", "v1.2", "1", "1.2.3-rc.1", "1.2.3+b7", "0.9.0", "10.0.0"];
    let version = random.pick(&versions);
    let (operator, values) = match random.below(7) {
        0 => ("semver_equals", json!(random.several(&versions, 3))),
        1 => ("semver_less_than", json!([version])),
        2 => ("semver_less_than_or_equal", json!([version])),
        3 => ("semver_greater_than", json!([version])),
        4 => ("semver_greater_than_or_equal", json!([version])),
        5 => ("between", json!(["1.0", "2.0.0-beta"])),
        _ => ("semver_matches_range", json!([format!("{}{version}", random.pick(&["^", "~"]))])),
    };
    json!({"attribute": "version", "operator": operator, "values": values})
}

fn list_test(random: &mut Random) -> Value {
    let attribute = random.pick(&["tags", "tags", "country", "age", "user.plan", "beta"]);
    match random.below(3) {
        0 => json!({"attribute": attribute, "operator": "array_size", "values": [random.below(4), 1]}),
        1 => json!({"attribute": attribute, "operator": "array_contains_any", "values": literals(random)}),
        _ => json!({"attribute": attribute, "operator": "array_contains_all", "values": literals(random)}),
    }
}

fn time_test(random: &mut Random) -> Value {
    // Far enough from now that the evaluators' own clocks do not matter.
    let times = ["2001-01-01T00:00:00Z", "2999-01-01", "2000-06-01T12:00:00.5+02:00"];
    match random.below(5) {
        0 => json!({"operator": "between", "values": ["2000-01-01", "2999-12-31"]}),
        at => {
            let operator = ["before", "before_or_at", "after", "after_or_at"][at - 1];
            json!({"operator": operator, "values": [random.pick(&times)]})
        }
    }
}

fn bucket_test(random: &mut Random) -> Value {
    let from = random.below(100_000);
    let to = from + 1 + random.below(100_000 - from);
    json!({"operator": "in_percentage", "values": [{"salt": salt(random), "from": from, "to": to}]})
}

fn literals(random: &mut Random) -> Vec<Value> {
    let all = [
        json!("DE"),
        json!("pro"),
        json!(""),
        json!("u1"),
        json!("true"),
        json!("True"),
        json!(0),
        json!(1),
        json!(18),
        json!(2.5),
        json!(true),
        json!(false),
        json!("null"),
        json!("[object Object]"),
        json!("quote\""),
        json!("ü"),
    ];
    (0..=random.below(4)).map(|_| all[random.below(all.len())].clone()).collect()
}

fn context(random: &mut Random) -> Value {
    let mut context = Map::new();
    let keys = ["u1", "u2", "u3", "ann@corp.example", "quote\"key", "~x", "", "with space"];
    match random.below(10) {
        0 => {}
        1 => drop(context.insert("targetingKey".into(), json!("x".repeat(60 + random.below(20))))),
        2..6 => drop(context.insert("targetingKey".into(), json!(format!("user-{}", random.next())))),
        _ => drop(context.insert("targetingKey".into(), json!(random.pick(&keys)))),
    }
    let texts = ["DE", "D", "pro", "PRO", "ann@corp.example", "ünter", "", "u1", "x\"$&"];
    for name in ["country", "plan", "email", "ab_c-d:e@f$g"] {
        attribute_value(random, &mut context, name, |random| json!(random.pick(&texts)));
    }
    for name in ["age", "score"] {
        attribute_value(random, &mut context, name, number);
    }
    let versions = ["1.2.3", "v2.0.0", "1.2", "3", "1.2.3-rc.1", "1.2.3+7", "nonsense", "1.2.3.4", "01.2.3"];
    attribute_value(random, &mut context, "version", |random| json!(random.pick(&versions)));
    attribute_value(random, &mut context, "beta", |random| json!(random.chance(50)));
    attribute_value(random, &mut context, "tags", |random| {
        (0..random.below(4)).map(|_| anything(random, 1)).collect::<Value>()
    });
    attribute_value(
        random,
        &mut context,
        "user",
        |random| json!({"plan": anything(random, 1), "deep": {"level": anything(random, 1)}}),
    );
    Value::Object(context)
}

/// Sets an attribute: usually of its own type, sometimes a list of that, sometimes anything, sometimes not at all.
fn attribute_value(
    random: &mut Random,
    context: &mut Map<String, Value>,
    name: &str,
    own: impl Fn(&mut Random) -> Value,
) {
    let value = match random.below(10) {
        0 | 1 => return,
        2 => (0..random.below(4)).map(|_| own(random)).collect(),
        3 | 4 => anything(random, 2),
        _ => own(random),
    };
    context.insert(name.into(), value);
}

fn number(random: &mut Random) -> Value {
    let numbers = [
        json!(0),
        json!(1),
        json!(-1),
        json!(17),
        json!(18),
        json!(18.0),
        json!(-3),
        json!(2.5),
        json!(1e300),
        json!(-0.0),
        json!(9_007_199_254_740_993_i64),
        json!(u64::MAX),
        json!(1e-9),
        json!("18"),
        json!("2.5e0"),
        json!("0x12"),
        json!(" 18"),
    ];
    numbers[random.below(numbers.len())].clone()
}

fn anything(random: &mut Random, depth: usize) -> Value {
    let scalars = [
        json!(null),
        json!(true),
        json!(false),
        json!(0),
        json!(1),
        json!(2.5),
        json!(-7),
        json!(1e22),
        json!(""),
        json!("DE"),
        json!("true"),
        json!("null"),
        json!("[object Object]"),
        json!("zebra"),
    ];
    match random.below(8) {
        0 if depth > 0 => (0..random.below(4)).map(|_| anything(random, depth - 1)).collect(),
        1 if depth > 0 => json!({"plan": anything(random, depth - 1), "code": "DE", "level": 1}),
        2 => json!([]),
        3 => json!({}),
        _ => scalars[random.below(scalars.len())].clone(),
    }
}
