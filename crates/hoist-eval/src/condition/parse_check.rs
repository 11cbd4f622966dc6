//! From literal operands to checks.

use serde_json::Value;

use super::address;
use super::check::Check;
use super::instant::{self, TimeCheck};
use super::literal::{Literals, Texts};
use super::number::{NumberCheck, whole};
use super::operator::Operator;
use super::pattern;
use super::version::{self, Limit, Range, VersionCheck};
use crate::limits::{CONTEXT_ELEMENTS_MAX, INTEGER_MAX, LITERAL_BYTES_MAX};
use crate::problem::{Path, ProblemCode, Problems};
use crate::time::Timestamp;

/// The operands of one test, and where to report their problems.
pub(super) struct Operands<'o> {
    pub values: &'o [Value],
    pub fold: bool,
    pub path: &'o Path<'o>,
    pub problems: &'o mut Problems,
}

/// Parses the operands of an operator that tests an attribute.
pub(super) fn parse_check(operator: Operator, operands: &mut Operands<'_>) -> Option<Check> {
    match operator {
        Operator::Equals | Operator::In => operands.one_of(),
        Operator::StartsWith => operands.texts().map(Check::StartsWith),
        Operator::EndsWith => operands.texts().map(Check::EndsWith),
        Operator::Contains => operands.texts().map(Check::Contains),
        Operator::Matches => operands.patterns(),
        Operator::LessThan
        | Operator::LessThanOrEqual
        | Operator::GreaterThan
        | Operator::GreaterThanOrEqual
        | Operator::Modulo => operands.number_check(operator).map(Check::Number),
        Operator::Between => operands.between(),
        Operator::Before | Operator::BeforeOrAt | Operator::After | Operator::AfterOrAt => {
            parse_time(operator, operands).map(Check::Time)
        }
        Operator::SemverEquals
        | Operator::SemverLessThan
        | Operator::SemverLessThanOrEqual
        | Operator::SemverGreaterThan
        | Operator::SemverGreaterThanOrEqual
        | Operator::SemverMatchesRange => operands.version_check(operator).map(Check::Version),
        Operator::Exists => operands.count(0, 0).map(|()| Check::Exists),
        Operator::IsTrue => operands.count(0, 0).map(|()| Check::IsTrue),
        Operator::ArrayContainsAny => operands.literals().map(Box::new).map(Check::ListContainsAny),
        Operator::ArrayContainsAll => operands.each_literal().map(Check::ListContainsAll),
        Operator::ArraySize => operands.sizes().map(Check::ListSize),
        Operator::IpInCidr => operands.each("a network such as 10.0.0.0/8", network).map(Check::Address),
        Operator::InSegment | Operator::FlagServes | Operator::InPercentage => None,
    }
}

/// Parses the operands of a comparison of times.
pub(super) fn parse_time(operator: Operator, operands: &mut Operands<'_>) -> Option<TimeCheck> {
    let expected = "a time such as 2026-01-31T12:00:00Z, or a date";
    let bounds = if operator == Operator::Between { 2 } else { 1 };
    operands.count(bounds, bounds)?;
    let times: Box<[Timestamp]> = operands.each(expected, |value| value.as_str().and_then(instant::parse))?;
    match (operator, &*times) {
        (Operator::Before, [limit]) => Some(TimeCheck::Before(*limit)),
        (Operator::BeforeOrAt, [limit]) => Some(TimeCheck::BeforeOrAt(*limit)),
        (Operator::After, [limit]) => Some(TimeCheck::After(*limit)),
        (Operator::AfterOrAt, [limit]) => Some(TimeCheck::AfterOrAt(*limit)),
        (Operator::Between, [low, high]) => operands.ordered(low <= high, TimeCheck::Between(*low, *high)),
        _ => None,
    }
}

fn scalar(value: &Value) -> bool {
    match value {
        Value::Bool(_) => true,
        Value::Number(_) => number(value).is_some(),
        Value::String(text) => text.len() <= LITERAL_BYTES_MAX,
        Value::Null | Value::Array(_) | Value::Object(_) => false,
    }
}

/// Reads a number that every client represents alike.
fn number(value: &Value) -> Option<f64> {
    value.as_f64().filter(|number| number.abs() <= INTEGER_MAX as f64)
}

fn network(value: &Value) -> Option<ipnet::IpNet> {
    value.as_str().and_then(address::network)
}

impl Operands<'_> {
    fn fail<T>(&mut self, code: ProblemCode, message: &str) -> Option<T> {
        self.problems.report(self.path, code, message);
        None
    }

    fn count(&mut self, least: usize, most: usize) -> Option<()> {
        match (self.values.len(), most) {
            (count, _) if (least..=most).contains(&count) => Some(()),
            (_, 0) => self.fail(ProblemCode::ValueCount, "must be left out: the operator takes no value"),
            (_, 1) => self.fail(ProblemCode::ValueCount, "must hold exactly one value"),
            (_, 2) => self.fail(ProblemCode::ValueCount, "must hold exactly two values"),
            _ => self.fail(ProblemCode::ValueCount, "must hold at least one value"),
        }
    }

    fn ordered<T>(&mut self, ordered: bool, check: T) -> Option<T> {
        if ordered {
            return Some(check);
        }
        self.fail(ProblemCode::InvalidValue, "the first value must not be greater than the second")
    }

    /// Parses every value, reporting each that is not what is expected.
    fn each<T>(&mut self, expected: &str, parse: impl Fn(&Value) -> Option<T>) -> Option<Box<[T]>> {
        self.count(1, usize::MAX)?;
        let mut parsed = Vec::with_capacity(self.values.len());
        for (index, value) in self.values.iter().enumerate() {
            match parse(value) {
                Some(value) => parsed.push(value),
                None => self.problems.report(
                    &self.path.index(index),
                    ProblemCode::InvalidValue,
                    format_args!("must be {expected}"),
                ),
            }
        }
        (parsed.len() == self.values.len()).then(|| parsed.into())
    }

    fn one_of(&mut self) -> Option<Check> {
        let literals = self.literals()?;
        let only_texts = self.values.iter().all(Value::is_string);
        Some(if only_texts { Check::OneText(literals.texts) } else { Check::OneOf(Box::new(literals)) })
    }

    fn literals(&mut self) -> Option<Literals> {
        self.each("a text, a number of at most 53 bits or a boolean", |value| scalar(value).then_some(()))?;
        Some(self.literals_of(self.values))
    }

    fn literals_of(&self, values: &[Value]) -> Literals {
        Literals {
            texts: Texts::new(values.iter().filter_map(Value::as_str), self.fold),
            numbers: values.iter().filter_map(Value::as_f64).collect(),
            yes: values.contains(&Value::Bool(true)),
            no: values.contains(&Value::Bool(false)),
        }
    }

    fn each_literal(&mut self) -> Option<Box<[Literals]>> {
        self.literals()?;
        Some(self.values.iter().map(|value| self.literals_of(std::slice::from_ref(value))).collect())
    }

    fn texts(&mut self) -> Option<Texts> {
        let fits = |value: &Value| value.as_str().is_some_and(|text| (1..=LITERAL_BYTES_MAX).contains(&text.len()));
        self.each("a text of 1 to 1,024 bytes", |value| fits(value).then_some(()))?;
        Some(Texts::new(self.values.iter().filter_map(Value::as_str), self.fold))
    }

    fn patterns(&mut self) -> Option<Check> {
        self.each("a regular expression", |value| value.as_str().map(|_| ()))?;
        let mut patterns = Vec::with_capacity(self.values.len());
        for (index, pattern) in self.values.iter().filter_map(Value::as_str).enumerate() {
            match pattern::compile(pattern, self.fold) {
                Ok(pattern) => patterns.push(pattern),
                Err(rule) => self.problems.report(&self.path.index(index), ProblemCode::InvalidPattern, rule),
            }
        }
        (patterns.len() == self.values.len()).then(|| Check::Matches(patterns.into()))
    }

    fn numbers(&mut self) -> Option<Box<[f64]>> {
        self.each("a number of at most 53 bits", number)
    }

    fn number_check(&mut self, operator: Operator) -> Option<NumberCheck> {
        if operator == Operator::Modulo {
            return self.modulo();
        }
        self.count(1, 1)?;
        let limit = *self.numbers()?.first()?;
        match operator {
            Operator::LessThan => Some(NumberCheck::Less(limit)),
            Operator::LessThanOrEqual => Some(NumberCheck::LessOrEqual(limit)),
            Operator::GreaterThan => Some(NumberCheck::Greater(limit)),
            Operator::GreaterThanOrEqual => Some(NumberCheck::GreaterOrEqual(limit)),
            _ => None,
        }
    }

    fn modulo(&mut self) -> Option<NumberCheck> {
        self.count(2, 2)?;
        let numbers = self.each("a whole number", |value| number(value).and_then(whole))?;
        match *numbers {
            [divisor, remainder] if divisor > 0 && (0..divisor).contains(&remainder) => {
                Some(NumberCheck::Modulo(divisor, remainder))
            }
            _ => self.fail(ProblemCode::InvalidValue, "must be a divisor above 0 and a remainder below the divisor"),
        }
    }

    fn sizes(&mut self) -> Option<Box<[usize]>> {
        self.each("a whole number from 0 to 1,000", |value| {
            let size = number(value).and_then(whole).and_then(|size| usize::try_from(size).ok())?;
            (size <= CONTEXT_ELEMENTS_MAX).then_some(size)
        })
    }

    /// The type of `between` is that of its operands.
    fn between(&mut self) -> Option<Check> {
        self.count(2, 2)?;
        let all = |parses: fn(&str) -> bool| self.values.iter().all(|value| value.as_str().is_some_and(parses));
        if all(|text| instant::parse(text).is_some()) {
            return parse_time(Operator::Between, self).map(Check::Time);
        }
        if all(|text| version::parse(text).is_some()) {
            let versions: Vec<_> = self.values.iter().filter_map(Value::as_str).filter_map(version::parse).collect();
            let [low, high] = <[_; 2]>::try_from(versions).ok()?;
            let ordered = low.cmp_precedence(&high).is_le();
            return self.ordered(ordered, Check::Version(VersionCheck::Between(Box::new((low, high)))));
        }
        let numbers = self.each("two numbers, two times or two versions", number)?;
        let &[low, high] = &*numbers else { return None };
        self.ordered(low <= high, Check::Number(NumberCheck::Between(low, high)))
    }

    fn version_check(&mut self, operator: Operator) -> Option<VersionCheck> {
        if operator == Operator::SemverMatchesRange {
            let range = |value: &Value| value.as_str().and_then(Range::parse);
            return self.each("a range such as ^1.2.3 or ~1.2.3", range).map(VersionCheck::Ranges);
        }
        let version = |value: &Value| value.as_str().and_then(version::parse);
        let versions = self.each("a version such as 1.2.3", version)?;
        if operator == Operator::SemverEquals {
            return Some(VersionCheck::OneOf(versions));
        }
        self.count(1, 1)?;
        let limit = Limit::new(versions.into_iter().next()?);
        match operator {
            Operator::SemverLessThan => Some(VersionCheck::Less(limit)),
            Operator::SemverLessThanOrEqual => Some(VersionCheck::LessOrEqual(limit)),
            Operator::SemverGreaterThan => Some(VersionCheck::Greater(limit)),
            Operator::SemverGreaterThanOrEqual => Some(VersionCheck::GreaterOrEqual(limit)),
            _ => None,
        }
    }
}
