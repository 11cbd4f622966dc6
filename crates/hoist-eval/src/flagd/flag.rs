//! Flags as flagd's entries.

use serde_json::{Map, Value, json};

use super::condition;
use super::logic;
use super::segment::Evaluators;
use crate::flag::{Body, Flag, Serve, Split, Targeting, VariantIndex};
use crate::problem::{Path, ProblemCode, Problems};
use crate::resolution::Reason;
use crate::value::FlagValue;

/// Exports a flag; the result counts only if no problem was reported.
pub(super) fn export(flag: &Flag, evaluators: &mut Evaluators, problems: &mut Problems) -> Value {
    let mut metadata = Map::from_iter([("version".to_owned(), json!(flag.version))]);
    let (default, targeting) = match &flag.body {
        Body::Fixed(variant, reason) => {
            metadata.extend((*reason == Reason::Disabled).then(|| ("enabled".to_owned(), json!(false))));
            (*variant, None)
        }
        Body::Targeted(targeting) if !targeting.prerequisites.is_empty() => {
            let why = "depending on other flags cannot be exported to flagd";
            problems.report(&Path::at("prerequisites"), ProblemCode::NotExportable, why);
            return Value::Null;
        }
        Body::Targeted(targeting) => {
            let rollout = targeting.allocation.as_ref().map(|allocation| json!(allocation.rollout));
            metadata.extend(rollout.map(|rollout| ("rollout".to_owned(), rollout)));
            (targeting.keyless, Some(export_targeting(flag, targeting, evaluators, problems)))
        }
        Body::Broken => return Value::Null,
    };
    let mut exported = json!({
        "state": "ENABLED",
        "variants": variants(flag, problems),
        "defaultVariant": variant_key(flag, default),
        "metadata": metadata,
    });
    if let (Value::Object(members), Some(targeting)) = (&mut exported, targeting) {
        members.insert("targeting".to_owned(), targeting);
    }
    exported
}

fn variant_key(flag: &Flag, variant: VariantIndex) -> Value {
    flag.variant(variant).map_or(Value::Null, |variant| json!(variant.key))
}

fn variants(flag: &Flag, problems: &mut Problems) -> Map<String, Value> {
    let path = Path::at("variants");
    let mut exported = Map::new();
    for (index, variant) in flag.variants.iter().enumerate() {
        let value = match &variant.value {
            FlagValue::Boolean(value) => json!(value),
            FlagValue::String(text) => json!(text),
            FlagValue::Integer(number) => json!(number),
            FlagValue::Float(number) => json!(number),
            FlagValue::Object(members) => Value::Object((**members).clone()),
        };
        if holds_reference(&value) {
            let why = "an object with a member $ref cannot be exported to flagd";
            problems.report(&path.index(index).field("value"), ProblemCode::NotExportable, why);
        }
        exported.insert(variant.key.to_string(), value);
    }
    exported
}

/// Whether flagd's replacing of references could reach into the value. Its depth was checked when it was compiled.
fn holds_reference(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(holds_reference),
        Value::Object(members) => members.contains_key("$ref") || members.values().any(holds_reference),
        _ => false,
    }
}

/// A chain of conditions and what they serve. `null` at the end means the default variant, with reason DEFAULT.
fn export_targeting(flag: &Flag, targeting: &Targeting, evaluators: &mut Evaluators, problems: &mut Problems) -> Value {
    let mut chain = Vec::new();
    let rules = Path::at("rules");
    for (index, rule) in targeting.rules.iter().enumerate() {
        let path = rules.index(index);
        let rails = condition::export(&rule.when, &path.field("when"), evaluators, problems);
        chain.extend([rails.yes.into(), serve(flag, &rule.serve, evaluators)]);
    }
    let entries = Path::at("allocation");
    let entries = entries.field("entries");
    for (index, entry) in targeting.allocation.iter().flat_map(|allocation| &allocation.entries).enumerate() {
        let path = entries.index(index);
        let path = path.field("audience");
        let audience = entry.audience.as_ref().map(|segment| evaluators.refer(segment, &path, problems).yes);
        let part = entry
            .part
            .as_ref()
            .map(|part| condition::bucket_rails(part.draw.salt(), part.from, part.to, evaluators).yes);
        let belongs = logic::all(audience.into_iter().chain(part).collect());
        chain.extend([belongs.into(), serve(flag, &entry.serve, evaluators)]);
    }
    if chain.is_empty() {
        chain.extend([json!(false), Value::Null]);
    }
    chain.push(match &targeting.default {
        Serve::Variant(_) => Value::Null,
        Serve::Split(split) => draw(flag, split, evaluators),
    });
    json!({ "if": chain })
}

fn serve(flag: &Flag, serve: &Serve, evaluators: &Evaluators) -> Value {
    match serve {
        Serve::Variant(variant) => variant_key(flag, *variant),
        Serve::Split(split) => draw(flag, split, evaluators),
    }
}

fn draw(flag: &Flag, split: &Split, evaluators: &Evaluators) -> Value {
    let mut start = 0;
    let mut shares = Vec::new();
    for share in split.shares() {
        shares.push(json!([variant_key(flag, share.variant), share.end - start]));
        start = share.end;
    }
    json!({"if": [Value::from(evaluators.can_bucket()), evaluators.fractional(split.draw.salt(), shares.into_iter()), null]})
}
