//! What flags are about: services ask for flags, and flags gate features.

use serde::{Deserialize, Serialize};

use crate::Problem;
use crate::limits::{DESCRIPTION_CHARS_MAX, TITLE_CHARS_MAX, URL_CHARS_MAX};
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

/// Declares an entity of the product: who it is, for people.
macro_rules! entity {
    ($(#[$doc:meta])* $name:ident, $key:ty) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
        }

        impl $name {
            /// Returns everything that does not hold.
            pub fn check(&self) -> Vec<Problem> {
                let mut problems = Problems::default();
                problems.key::<$key>("key", &self.key);
                problems.text("title", &self.title, TITLE_CHARS_MAX);
                problems.text("description", &self.description, DESCRIPTION_CHARS_MAX);
                problems.text("owner", &self.owner, TITLE_CHARS_MAX);
                check_url(&mut problems, &self.url);
                problems.finish(None::<()>).err().unwrap_or_default()
            }
        }
    };
}

entity! {
    /// A service: something that runs and asks for flags.
    ServiceDraft, ServiceKey
}
entity! {
    /// A feature: something that users see or do.
    FeatureDraft, FeatureKey
}

fn check_url(problems: &mut Problems, url: &str) {
    let holds = url.is_empty() || url.starts_with("https://") || url.starts_with("http://");
    if !holds || url.len() > URL_CHARS_MAX || url.chars().any(|c| c.is_control() || c.is_whitespace()) {
        problems.add("url", format!("must be an http or https address of at most {URL_CHARS_MAX} characters"));
    }
}
