//! Conditions as two expressions each.

use serde_json::json;

use super::attribute::variable;
use super::check;
use super::logic::{Logic, Rails, all, not};
use super::segment::Evaluators;
use super::text::{has_targeting_key, number};
use crate::condition::{Asks, Attribute, Check, Combine, Condition, Test, TimeCheck};
use crate::limits::SPLIT_TOTAL;
use crate::problem::{Path, ProblemCode, Problems};
use crate::split::Salt;
use crate::time::Timestamp;

/// Exports a condition; what cannot be exported is reported and stands as never true.
pub(super) fn export(
    condition: &Condition,
    path: &Path<'_>,
    evaluators: &mut Evaluators,
    problems: &mut Problems,
) -> Rails {
    let (combine, members) = match condition {
        Condition::Test(test) => return export_test(test, path, evaluators, problems),
        Condition::Group(combine, members) => (combine, members),
    };
    let name = match combine {
        Combine::All => "all",
        Combine::Any => "any",
        Combine::None => "none",
    };
    let path = path.field(name);
    let members = members.iter().enumerate();
    let rails = members.map(|(index, member)| export(member, &path.index(index), evaluators, problems)).collect();
    match combine {
        Combine::All => Rails::all(rails),
        Combine::Any => Rails::any(rails),
        Combine::None => Rails::any(rails).negated(),
    }
}

fn export_test(test: &Test, path: &Path<'_>, evaluators: &mut Evaluators, problems: &mut Problems) -> Rails {
    let exported = match &test.asks {
        Asks::Attribute(attribute, check) => attribute_rails(attribute, check),
        Asks::Now(check) => Ok(now_rails(*check)),
        Asks::Segments(segments) => {
            let values = path.field("values");
            let each = segments.iter().enumerate();
            Ok(Rails::any(each.map(|(at, segment)| evaluators.refer(segment, &values.index(at), problems)).collect()))
        }
        Asks::Flags(_) => Err(("operator", "depending on other flags cannot be exported to flagd")),
        Asks::Bucket(range) => Ok(bucket_rails(range.draw.salt(), range.from, range.to, evaluators)),
    };
    let rails = exported.unwrap_or_else(|(field, why)| {
        problems.report(&path.field(field), ProblemCode::NotExportable, why);
        Rails::never()
    });
    let rails = if test.negate { rails.negated() } else { rails };
    if test.absent_matches { Rails { yes: not(rails.no.clone()), no: rails.no } } else { rails }
}

fn attribute_rails(attribute: &Attribute, check: &Check) -> Result<Rails, (&'static str, &'static str)> {
    let it = variable(attribute).map_err(|why| ("attribute", why))?;
    let is_key = attribute.is_targeting_key();
    let present = if is_key { has_targeting_key() } else { json!({"!==": [it, null]}).into() };
    if matches!(check, Check::Exists) {
        return Ok(Rails { no: not(present.clone()), yes: present });
    }
    let field =
        if matches!(check, Check::Matches(_) | Check::Address(_) | Check::Time(_)) { "operator" } else { "values" };
    let holds = check::holds(check, &it).map_err(|why| (field, why))?;
    let no = all(vec![present.clone(), not(holds.clone())]);
    // An empty targeting key counts as absent with us and is an ordinary text in flagd.
    let yes = if is_key { all(vec![present, holds]) } else { holds };
    Ok(Rails { yes, no })
}

fn now_rails(check: TimeCheck) -> Rails {
    let compare = |operator: &str, limit: Timestamp| -> Logic {
        let micros = limit.as_micros();
        let limit = if micros % 1_000_000 == 0 { json!(limit.as_seconds()) } else { number(micros as f64 / 1e6) };
        json!({operator: [{"var": "$flagd.timestamp"}, limit]}).into()
    };
    let yes = match check {
        TimeCheck::Before(limit) => compare("<", limit),
        TimeCheck::BeforeOrAt(limit) => compare("<=", limit),
        TimeCheck::After(limit) => compare(">", limit),
        TimeCheck::AfterOrAt(limit) => compare(">=", limit),
        TimeCheck::Between(low, high) => all(vec![compare(">=", low), compare("<=", high)]),
    };
    Rails { no: not(yes.clone()), yes }
}

/// Whether the bucket lies in the range: true, false, or absent without a targeting key or where the evaluator belongs
/// to a generation that buckets in another way.
pub(super) fn bucket_rails(salt: &Salt, from: u32, to: u32, evaluators: &Evaluators) -> Rails {
    let shares = [("out", from), ("in", to - from), ("out", SPLIT_TOTAL - to)];
    let shares = shares.into_iter().filter(|(_, weight)| *weight > 0).map(|(name, weight)| json!([name, weight]));
    let drawn = evaluators.fractional(salt, shares);
    let is = |name: &str| all(vec![evaluators.can_bucket(), json!({"===": [drawn, name]}).into()]);
    Rails { yes: is("in"), no: is("out") }
}
