//! Conditions on the wire: one object that is either a group or a test.

use hoist_eval::draft::{Absent, ConditionDraft, TestDraft};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::error::FieldProblem;

/// A condition. Exactly one of `all`, `any`, `none` and `operator` is present.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, expecting = "an object with `operator`, or with one of `all`, `any` and `none`")]
pub struct Condition {
    /// Every member must hold; an empty list holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(no_recursion)]
    pub all: Option<Vec<Condition>>,
    /// At least one member must hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(no_recursion)]
    pub any: Option<Vec<Condition>>,
    /// No member may hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(no_recursion)]
    pub none: Option<Vec<Condition>>,
    /// The operator of a test, such as `ends_with`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator: Option<String>,
    /// The dotted path of the attribute that is tested; `targetingKey` names the targeting key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attribute: Option<String>,
    /// The right-hand side of the test; several values mean any of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<serde_json::Value>,
    /// Whether the answer is turned round. An absent attribute stays absent.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub negate: bool,
    /// Whether letters compare without case.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub case_insensitive: bool,
    /// What an absent attribute means for this test; `no_match` unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub absent: Option<AbsentMeans>,
}

/// What an absent attribute means for a test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AbsentMeans {
    /// The test does not match, negated or not.
    NoMatch,
    /// The test matches.
    Match,
}

impl Condition {
    /// Returns the draft of the condition at `path`, or notes what keeps it from being one.
    pub(crate) fn into_draft(self, path: &str, problems: &mut Vec<FieldProblem>) -> Option<ConditionDraft> {
        let is_group = [&self.all, &self.any, &self.none].iter().filter(|group| group.is_some()).count();
        let is_test = usize::from(self.operator.is_some());
        let has_test_parts = self.attribute.is_some()
            || !self.values.is_empty()
            || self.negate
            || self.case_insensitive
            || self.absent.is_some();
        if is_group + is_test != 1 {
            problems.push(FieldProblem::new(
                path,
                "wrong_shape",
                "must have exactly one of all, any, none and operator",
            ));
            return None;
        }
        if is_group == 1 && has_test_parts {
            problems.push(FieldProblem::new(
                path,
                "wrong_shape",
                "is a group, so it has no attribute, values or modifiers",
            ));
            return None;
        }
        if let Some(members) = self.all {
            return Some(ConditionDraft::All { all: members_of(members, path, "all", problems) });
        }
        if let Some(members) = self.any {
            return Some(ConditionDraft::Any { any: members_of(members, path, "any", problems) });
        }
        if let Some(members) = self.none {
            return Some(ConditionDraft::None { none: members_of(members, path, "none", problems) });
        }
        let absent = match self.absent {
            Some(AbsentMeans::Match) => Absent::Match,
            Some(AbsentMeans::NoMatch) | None => Absent::NoMatch,
        };
        Some(ConditionDraft::Test(TestDraft {
            attribute: self.attribute,
            operator: self.operator?,
            values: self.values,
            negate: self.negate,
            case_insensitive: self.case_insensitive,
            absent,
        }))
    }
}

fn members_of(
    members: Vec<Condition>,
    path: &str,
    group: &str,
    problems: &mut Vec<FieldProblem>,
) -> Vec<ConditionDraft> {
    // The depth is bounded by that of the JSON.
    let each = members.into_iter().enumerate();
    each.filter_map(|(index, member)| member.into_draft(&format!("{path}.{group}[{index}]"), problems)).collect()
}

impl From<ConditionDraft> for Condition {
    fn from(draft: ConditionDraft) -> Self {
        let show = |members: Vec<ConditionDraft>| Some(members.into_iter().map(Self::from).collect());
        match draft {
            ConditionDraft::All { all } => Self { all: show(all), ..Self::default() },
            ConditionDraft::Any { any } => Self { any: show(any), ..Self::default() },
            ConditionDraft::None { none } => Self { none: show(none), ..Self::default() },
            ConditionDraft::Test(test) => Self {
                operator: Some(test.operator),
                attribute: test.attribute,
                values: test.values,
                negate: test.negate,
                case_insensitive: test.case_insensitive,
                absent: (test.absent == Absent::Match).then_some(AbsentMeans::Match),
                ..Self::default()
            },
        }
    }
}
