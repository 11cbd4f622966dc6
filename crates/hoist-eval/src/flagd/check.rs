//! Tests of attributes. An expression is true where our test is true, for a value that is there.

use serde_json::{Value, json};

use super::logic::{Logic, all, any, not};
use super::text::{element, is_boolean, is_no_boolean, is_no_list, is_number, is_text, number};
use crate::condition::check::Check;
use crate::condition::literal::{Literals, Texts};
use crate::condition::number::NumberCheck;
use crate::condition::version::{Range, VersionCheck};
use crate::limits::INTEGER_MAX;

type Exported = Result<Logic, &'static str>;

/// Returns where the test of the value holds; the error is why it cannot be exported.
pub(super) fn holds(check: &Check, it: &Value) -> Exported {
    let any_element = |logic: Logic| -> Logic { json!({"some": [{"merge": [it]}, Value::from(logic)]}).into() };
    let element = &element();
    match check {
        Check::OneText(texts) => one_text(texts, element).map(any_element),
        Check::OneOf(literals) => one_of(literals, element).map(any_element),
        Check::StartsWith(texts) => any_text(texts, element, |text| starts_with(element, text)).map(any_element),
        Check::EndsWith(texts) => any_text(texts, element, |text| ends_with(element, text)).map(any_element),
        Check::Contains(texts) => any_text(texts, element, |text| Ok(json!({"in": [text, element]}))).map(any_element),
        Check::Matches(_) => Err("regular expressions cannot be exported to flagd"),
        Check::Number(check) => Ok(any_element(number_holds(*check, element))),
        Check::Time(_) => Err("times in attributes cannot be exported to flagd"),
        Check::Version(check) => Ok(all(vec![is_text(it), version_holds(check, it)])),
        Check::Exists => Ok(Logic::Constant(true)),
        Check::IsTrue => Ok(any_element(is_boolean(element, true))),
        Check::ListContainsAny(literals) => Ok(all(vec![not(is_no_list(it)), contains(it, literals)?])),
        Check::ListContainsAll(each) => {
            let found = each.iter().map(|literals| contains(it, literals)).collect::<Result<Vec<_>, _>>()?;
            Ok(all([vec![not(is_no_list(it))], found].concat()))
        }
        Check::ListSize(sizes) => {
            let add_one = json!({"+": [{"var": "accumulator"}, 1]});
            let size = json!({"in": [{"reduce": [it, add_one, 0]}, sizes]});
            Ok(all(vec![not(is_no_list(it)), size.into()]))
        }
        Check::Address(_) => Err("networks cannot be exported to flagd"),
    }
}

const NO_FOLDING: &str = "comparing letters without case cannot be exported to flagd";

fn contains(it: &Value, literals: &Literals) -> Exported {
    Ok(json!({"some": [it, Value::from(one_of(literals, &element())?)]}).into())
}

fn one_of(literals: &Literals, it: &Value) -> Exported {
    let mut members = vec![one_text(&literals.texts, it)?];
    // Only 0 and 1 could be mistaken for booleans.
    let (risky, plain): (Vec<f64>, Vec<f64>) = literals.numbers.iter().partition(|number| matches!(number, 0.0 | 1.0));
    members.extend(among(it, &plain.into_iter().map(number).collect::<Vec<_>>()));
    let risky = among(it, &risky.into_iter().map(number).collect::<Vec<_>>());
    members.extend(risky.map(|found| all(vec![found, is_no_boolean(it)])));
    members.extend(literals.yes.then(|| is_boolean(it, true)));
    members.extend(literals.no.then(|| is_boolean(it, false)));
    Ok(any(members))
}

fn one_text(texts: &Texts, it: &Value) -> Exported {
    if texts.ignores_case() && !texts.is_empty() {
        return Err(NO_FOLDING);
    }
    let texts: Vec<Value> = texts.iter().map(|text| json!(text)).collect();
    Ok(among(it, &texts).unwrap_or(Logic::Constant(false)))
}

fn among(it: &Value, literals: &[Value]) -> Option<Logic> {
    match literals {
        [] => None,
        [only] => Some(json!({"===": [it, only]}).into()),
        several => Some(json!({"in": [it, several]}).into()),
    }
}

fn any_text(texts: &Texts, it: &Value, relation: impl Fn(&str) -> Result<Value, &'static str>) -> Exported {
    if texts.ignores_case() {
        return Err(NO_FOLDING);
    }
    let related = texts.iter().map(|text| relation(text).map(Logic::Rule));
    Ok(all(vec![is_text(it), any(related.collect::<Result<_, _>>()?)]))
}

// flagd's own starts_with and ends_with raise an error inside `some` in JavaScript.

fn starts_with(it: &Value, text: &str) -> Result<Value, &'static str> {
    Ok(json!({"===": [{"substr": [it, 0, units(text)?]}, text]}))
}

fn ends_with(it: &Value, text: &str) -> Result<Value, &'static str> {
    Ok(json!({"===": [{"substr": [it, -units(text)?]}, text]}))
}

/// Returns the length of the text where evaluators agree on it: JavaScript counts some characters twice.
fn units(text: &str) -> Result<i64, &'static str> {
    let characters = text.chars().count();
    if text.encode_utf16().count() != characters {
        return Err("the start or end of a text must not hold characters above U+FFFF to be exported to flagd");
    }
    Ok(characters as i64)
}

fn number_holds(check: NumberCheck, it: &Value) -> Logic {
    let compared = match check {
        NumberCheck::Less(limit) => json!({"<": [it, number(limit)]}),
        NumberCheck::LessOrEqual(limit) => json!({"<=": [it, number(limit)]}),
        NumberCheck::Greater(limit) => json!({">": [it, number(limit)]}),
        NumberCheck::GreaterOrEqual(limit) => json!({">=": [it, number(limit)]}),
        NumberCheck::Between(low, high) => json!({"<=": [number(low), it, number(high)]}),
        NumberCheck::Modulo(divisor, remainder) => {
            // The remainder of a negative number is negative in JavaScript and not in Python.
            let rest = json!({"%": [it, divisor]});
            json!({"and": [
                {"<=": [-INTEGER_MAX, it, INTEGER_MAX]},
                {"or": [{"===": [rest, remainder]}, {"===": [rest, remainder - divisor]}]},
            ]})
        }
    };
    all(vec![is_number(it), compared.into()])
}

fn version_holds(check: &VersionCheck, it: &Value) -> Logic {
    let compare =
        |operator: &str, version: &dyn ToString| Logic::Rule(json!({"sem_ver": [it, operator, version.to_string()]}));
    match check {
        VersionCheck::OneOf(versions) => any(versions.iter().map(|version| compare("=", version)).collect()),
        VersionCheck::Less(limit) => compare("<", limit),
        VersionCheck::LessOrEqual(limit) => compare("<=", limit),
        VersionCheck::Greater(limit) => compare(">", limit),
        VersionCheck::GreaterOrEqual(limit) => compare(">=", limit),
        VersionCheck::Between(bounds) => all(vec![compare(">=", &bounds.0), compare("<=", &bounds.1)]),
        VersionCheck::Ranges(ranges) => any(ranges
            .iter()
            .map(|range| match range {
                Range::Major(major) => compare("^", &format!("{major}.0.0")),
                Range::Minor(major, minor) => compare("~", &format!("{major}.{minor}.0")),
            })
            .collect()),
    }
}
