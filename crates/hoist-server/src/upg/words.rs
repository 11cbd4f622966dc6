//! Who gets what, in words that people read.

use hoist_eval::draft::{Absent, AllocationDraft, ConditionDraft, ServeDraft, TargetingDraft, TestDraft, WeightDraft};
use hoist_eval::limits::SPLIT_TOTAL;
use serde_json::Value;

/// Returns one sentence for each rule, audience and default, in the order in which they are tried.
pub fn rules_in_words(targeting: &TargetingDraft, allocation: Option<&AllocationDraft>) -> String {
    if !targeting.enabled {
        return format!("Switched off: everyone gets {}.", targeting.off_variant);
    }
    let mut sentences = Vec::new();
    for needed in &targeting.prerequisites {
        let sentence = format!(
            "Unless the flag {} serves {}, everyone gets {}.",
            needed.flag,
            needed.variants.join(" or "),
            targeting.off_variant
        );
        sentences.push(sentence);
    }
    for rule in &targeting.rules {
        sentences.push(format!("If {}: {}.", condition(&rule.when), served(&rule.serve)));
    }
    let mut everyone = false;
    for entry in allocation.iter().flat_map(|allocation| &allocation.entries) {
        let shares = weights(&entry.weights);
        // Those outside of a part get what comes after.
        let whole = entry.part.is_none();
        let within = if whole { "" } else { " and in this rollout's part of the units" };
        match &entry.audience {
            _ if everyone => {}
            Some(segment) => sentences.push(format!("If in the segment {segment}{within}: {shares}.")),
            None if whole => {
                everyone = true;
                sentences.push(format!("Everyone else: {shares}."));
            }
            None => sentences.push(format!("If in this rollout's part of the units: {shares}.")),
        }
    }
    if !everyone {
        let who = if sentences.is_empty() { "Everyone" } else { "Everyone else" };
        sentences.push(format!("{who}: {}.", served(&targeting.default)));
    }
    sentences.join(" ")
}

fn served(serve: &ServeDraft) -> String {
    match serve {
        ServeDraft::Variant(variant) => variant.clone(),
        ServeDraft::Split(split) => weights(&split.weights),
    }
}

fn weights(weights: &[WeightDraft]) -> String {
    let shares = weights.iter().filter(|it| it.weight > 0);
    let shares: Vec<String> = shares
        .map(|it| match it.weight {
            SPLIT_TOTAL => it.variant.clone(),
            weight => format!("{} % {}", f64::from(weight) * 100.0 / f64::from(SPLIT_TOTAL), it.variant),
        })
        .collect();
    shares.join(", ")
}

/// Returns a condition in words. Conditions were checked for depth when they were written.
fn condition(draft: &ConditionDraft) -> String {
    let group = |members: &[ConditionDraft], word: &str, empty: &str| match members {
        [] => empty.to_owned(),
        [one] => condition(one),
        many => format!("({})", many.iter().map(condition).collect::<Vec<_>>().join(word)),
    };
    match draft {
        ConditionDraft::All { all } => group(all, " and ", "anything holds"),
        ConditionDraft::Any { any } => group(any, " or ", "nothing holds"),
        ConditionDraft::None { none } => match none.as_slice() {
            [] => "anything holds".to_owned(),
            members => format!("not {}", group(members, " or ", "")),
        },
        ConditionDraft::Test(test) => tested(test),
    }
}

fn tested(test: &TestDraft) -> String {
    let not = if test.negate { "not " } else { "" };
    let words = match test.operator.as_str() {
        "in_segment" => format!("{not}in the segment {}", values(test)),
        "flag_serves" => format!("{not}served {}", test.values.iter().map(flag).collect::<Vec<_>>().join(" or ")),
        "in_percentage" => format!("{not}in {}", test.values.iter().map(range).collect::<Vec<_>>().join(" or ")),
        operator => {
            let attribute = test.attribute.as_deref().unwrap_or("something");
            let words = match operator {
                "equals" | "in" | "semver_equals" => "is".to_owned(),
                "greater_than" | "semver_greater_than" => "is above".to_owned(),
                "greater_than_or_equal" | "semver_greater_than_or_equal" => "is at least".to_owned(),
                "less_than" | "semver_less_than" => "is below".to_owned(),
                "less_than_or_equal" | "semver_less_than_or_equal" => "is at most".to_owned(),
                "between" | "before" | "after" => format!("is {operator}"),
                other => other.replace('_', " "),
            };
            let values = values(test);
            let space = if values.is_empty() { "" } else { " " };
            match words.strip_prefix("is") {
                Some(rest) if test.negate => format!("{attribute} is not{rest}{space}{values}"),
                _ => format!("{attribute} {not}{words}{space}{values}"),
            }
        }
    };
    let case = if test.case_insensitive { " in any case" } else { "" };
    let absent = if test.absent == Absent::Match { " or is absent" } else { "" };
    words + case + absent
}

fn values(test: &TestDraft) -> String {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    test.values.iter().map(text).collect::<Vec<_>>().join(" or ")
}

fn flag(value: &Value) -> String {
    let variants = value.get("variants").and_then(Value::as_array);
    let variants = variants.into_iter().flatten().filter_map(Value::as_str).collect::<Vec<_>>().join(" or ");
    format!("{variants} by the flag {}", value.get("flag").and_then(Value::as_str).unwrap_or_default())
}

fn range(value: &Value) -> String {
    let percent = |name: &str| {
        let buckets = value.get(name).and_then(Value::as_f64).unwrap_or_default();
        buckets * 100.0 / f64::from(SPLIT_TOTAL)
    };
    format!("the {} % to {} % of units", percent("from"), percent("to"))
}
