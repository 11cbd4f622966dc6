//! What flags are about: services ask for flags, and flags gate features.

use hoist_eval::Span;
use serde::{Deserialize, Serialize};

use crate::Problem;
use crate::limits::{DESCRIPTION_CHARS_MAX, TITLE_CHARS_MAX, URL_CHARS_MAX};
use crate::plan::{GuardDraft, Plan, PlanDraft, StageDraft};
use crate::problem::Problems;

hoist_eval::define_key!(
    /// The name of a service. Unique within a project.
    ServiceKey,
    "service key"
);
hoist_eval::define_key!(
    /// The name of a feature. Unique within a project.
    FeatureKey,
    "feature key"
);

/// Declares an entity of the product: who it is, for people, and what else it has.
macro_rules! entity {
    ($(#[$doc:meta])* $name:ident, $key:ty $(, $(#[$more_doc:meta])* $more:ident: $kind:ty)?) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            /// Its key.
            pub key: String,
            /// A name for people; empty means that the key is the name.
            #[serde(default, skip_serializing_if = "String::is_empty")]
            pub title: String,
            /// What it is for.
            #[serde(default, skip_serializing_if = "String::is_empty")]
            pub description: String,
            /// Who answers for it.
            #[serde(default, skip_serializing_if = "String::is_empty")]
            pub owner: String,
            /// Where people find more about it.
            #[serde(default, skip_serializing_if = "String::is_empty")]
            pub url: String,
            $(
                $(#[$more_doc])*
                #[serde(default, skip_serializing_if = "Vec::is_empty")]
                pub $more: $kind,
            )?
        }

        impl $name {
            fn named(&self) -> Problems {
                let mut problems = Problems::default();
                problems.key::<$key>("key", &self.key);
                problems.text("title", &self.title, TITLE_CHARS_MAX);
                problems.text("description", &self.description, DESCRIPTION_CHARS_MAX);
                problems.text("owner", &self.owner, TITLE_CHARS_MAX);
                check_url(&mut problems, &self.url);
                problems
            }
        }
    };
}

entity! {
    /// A service: something that runs and asks for flags.
    ServiceDraft, ServiceKey,
    /// What every rollout of a flag that the service asks for is watched by, beside the guards of its plan.
    guards: Vec<GuardDraft>
}
entity! {
    /// A feature: something that users see or do.
    FeatureDraft, FeatureKey
}

impl ServiceDraft {
    /// Returns everything that does not hold. Whether the metrics of its guards exist is told by
    /// [`check_guards`](crate::rollout::check_guards) with [`ServiceDraft::as_plan`].
    pub fn check(&self) -> Vec<Problem> {
        let mut problems = self.named();
        let faults = Plan::parse(&self.as_plan()).err().unwrap_or_default();
        for fault in faults.into_iter().filter(|fault| fault.path.starts_with("guards")) {
            problems.add(fault.path, fault.message);
        }
        problems.finish(None::<()>).err().unwrap_or_default()
    }

    /// Returns a plan with the guards of the service and one stage, for checks that take a plan.
    pub fn as_plan(&self) -> PlanDraft {
        let stages = vec![StageDraft { bake: Span::from_minutes(1), ..StageDraft::new("everyone", 100.0) }];
        PlanDraft { guards: self.guards.clone(), ..PlanDraft::new("service", "on", stages) }
    }
}

impl FeatureDraft {
    /// Returns everything that does not hold.
    pub fn check(&self) -> Vec<Problem> {
        self.named().finish(None::<()>).err().unwrap_or_default()
    }
}

/// A guard that a rollout has from a service that asks for its flag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InheritedGuard {
    /// The guard.
    pub guard: String,
    /// The service.
    pub service: String,
}

/// Adds the guards of the services that ask for a flag to a plan, and returns which came from where. A guard that the plan
/// has under the same key stands instead. Two services may have the same guard; two different ones under one key are a
/// problem, which a guard of the plan's own under that key solves.
pub fn inherit(plan: &mut PlanDraft, services: &[ServiceDraft]) -> Result<Vec<InheritedGuard>, Vec<Problem>> {
    let own = plan.guards.len();
    let mut problems = Problems::default();
    let mut inherited: Vec<InheritedGuard> = Vec::new();
    for (service, guard) in services.iter().flat_map(|service| service.guards.iter().map(move |guard| (service, guard)))
    {
        match plan.guards.iter().position(|other| other.key == guard.key) {
            None => {
                inherited.push(InheritedGuard { guard: guard.key.clone(), service: service.key.clone() });
                plan.guards.push(guard.clone());
            }
            Some(position) if position >= own && plan.guards.get(position) != Some(guard) => {
                let message = "two services of the flag have different guards with one key; give the plan a guard of its own \
                               with that key";
                problems.add("plan.guards", message);
            }
            Some(_) => {}
        }
    }
    problems.finish(Some(inherited))
}

fn check_url(problems: &mut Problems, url: &str) {
    let holds = url.is_empty() || url.starts_with("https://") || url.starts_with("http://");
    if !holds || url.len() > URL_CHARS_MAX || url.chars().any(|c| c.is_control() || c.is_whitespace()) {
        problems.add("url", format!("must be an http or https address of at most {URL_CHARS_MAX} characters"));
    }
}
