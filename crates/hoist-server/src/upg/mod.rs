//! A project's flags as a part of a product graph: the document that `validateUPGDocument` of the public package
//! `@unified-product-graph/core` accepts. Pure: records in, JSON out.

mod status;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use hoist_eval::Timestamp;
use hoist_eval::draft::{AllocationDraft, TargetingDraft};
use hoist_lifecycle::flag::Lifetime;
use hoist_lifecycle::product::{FeatureDraft, ServiceDraft};
use hoist_store::{FlagRecord, Link, LinkKind};
use serde_json::{Map, Value, json};

pub use status::{Status, rollout_percentage, status};
pub use words::rules_in_words;

/// The version of the format that is written.
pub const UPG_VERSION: &str = "0.4.0";

/// Everything that goes into a document.
#[derive(Debug, Clone, Default)]
pub struct Product {
    /// The project's key.
    pub key: String,
    /// The project's title.
    pub title: String,
    /// The flags, with what they serve in the environment that is exported.
    pub flags: Vec<(FlagRecord, TargetingDraft, Option<AllocationDraft>)>,
    /// The services.
    pub services: Vec<ServiceDraft>,
    /// The features.
    pub features: Vec<FeatureDraft>,
    /// Which service asks for which flag, and which flag gates which feature.
    pub links: Vec<Link>,
}

/// Returns the document as of `now`.
pub fn document(product: &Product, now: Timestamp) -> Value {
    let links = all_links(product);
    let mut nodes: Vec<Value> = product
        .flags
        .iter()
        .map(|(flag, targeting, allocation)| flag_node(flag, targeting, allocation.as_ref()))
        .collect();
    nodes.extend(entities(
        "service",
        &links,
        LinkKind::Service,
        &by_key(&product.services, |it| (&it.key, service(it))),
    ));
    nodes.extend(entities(
        "feature",
        &links,
        LinkKind::Feature,
        &by_key(&product.features, |it| (&it.key, feature(it))),
    ));
    let title = if product.title.trim().is_empty() { &product.key } else { &product.title };
    json!({
        "upg_version": UPG_VERSION,
        "exported_at": instant(now),
        "source": { "tool": "hoist", "tool_version": env!("CARGO_PKG_VERSION") },
        "product": { "id": format!("project:{}", product.key), "title": title },
        "nodes": nodes,
        "edges": links.iter().map(edge).collect::<Vec<_>>(),
    })
}

/// Returns the declared links and those among the details of flags.
fn all_links(product: &Product) -> BTreeSet<(LinkKind, String, String)> {
    let flags: BTreeSet<&str> = product.flags.iter().map(|(flag, ..)| flag.key.as_str()).collect();
    let declared = product.links.iter().filter(|link| flags.contains(link.flag.as_str()));
    let mut links: BTreeSet<_> = declared.map(|link| (link.kind, link.flag.clone(), link.target.clone())).collect();
    for (flag, ..) in &product.flags {
        let of = |kind, target: &Option<String>| {
            let target = target.as_ref().filter(|target| !target.trim().is_empty());
            target.map(|target| (kind, flag.key.clone(), target.clone()))
        };
        links.extend(of(LinkKind::Service, &flag.details.service));
        links.extend(of(LinkKind::Feature, &flag.details.feature));
    }
    links
}

fn edge((kind, flag, target): &(LinkKind, String, String)) -> Value {
    let flag_id = format!("flag:{flag}");
    let target_id = format!("{}:{target}", kind.as_str());
    let (source, target, name) = match kind {
        LinkKind::Service => (target_id, flag_id, "service_toggles_feature_flag"),
        LinkKind::Feature => (flag_id, target_id, "feature_flag_gates_feature"),
    };
    json!({ "id": format!("{name}:{source}:{target}"), "source": source, "target": target, "type": name })
}

fn flag_node(flag: &FlagRecord, targeting: &TargetingDraft, allocation: Option<&AllocationDraft>) -> Value {
    let details = &flag.details;
    let mut properties = Map::new();
    properties.insert("key".to_owned(), json!(flag.key));
    properties.insert("rollout_pct".to_owned(), json!(rollout_percentage(targeting, allocation)));
    properties.insert("targeting_rules".to_owned(), json!(rules_in_words(targeting, allocation)));
    properties.insert("flag_type".to_owned(), json!(flag_type(details.lifetime)));
    properties.insert("created_date".to_owned(), json!(day(flag.created_at)));
    if !details.owner.is_empty() {
        properties.insert("owner".to_owned(), json!(details.owner));
    }
    if let Some(day) = &details.expires_on {
        properties.insert("expiry_date".to_owned(), json!(day));
    }
    let mut node = node("feature_flag", &format!("flag:{}", flag.key), &details.title, &flag.key, &details.description);
    node.insert("status".to_owned(), json!(status(&flag.variants, targeting, allocation).as_str()));
    node.insert("tags".to_owned(), json!(details.tags));
    node.insert("properties".to_owned(), Value::Object(properties));
    Value::Object(node)
}

fn flag_type(lifetime: Lifetime) -> &'static str {
    match lifetime {
        Lifetime::Temporary => "temporary",
        Lifetime::Permanent => "permanent",
        Lifetime::Experiment => "experiment",
    }
}

/// Returns a node with what all nodes have. A title that is blank gives way to the key.
fn node(kind: &str, id: &str, title: &str, key: &str, description: &str) -> Map<String, Value> {
    let title = if title.trim().is_empty() { key } else { title };
    let mut node = Map::new();
    node.insert("id".to_owned(), json!(id));
    node.insert("type".to_owned(), json!(kind));
    node.insert("title".to_owned(), json!(title));
    if !description.is_empty() {
        node.insert("description".to_owned(), json!(description));
    }
    node
}

/// What is known of an entity: title, description, and properties.
type Known = (String, String, Map<String, Value>);

fn service(draft: &ServiceDraft) -> Known {
    let mut properties = owned_by(&draft.owner);
    if !draft.url.is_empty() {
        properties.insert("links".to_owned(), json!([{ "title": "More", "url": draft.url }]));
    }
    (draft.title.clone(), draft.description.clone(), properties)
}

fn feature(draft: &FeatureDraft) -> Known {
    (draft.title.clone(), draft.description.clone(), owned_by(&draft.owner))
}

fn owned_by(owner: &str) -> Map<String, Value> {
    let mut properties = Map::new();
    if !owner.is_empty() {
        properties.insert("owner".to_owned(), json!(owner));
    }
    properties
}

fn by_key<T>(drafts: &[T], known: impl Fn(&T) -> (&String, Known)) -> BTreeMap<String, Known> {
    drafts.iter().map(known).map(|(key, known)| (key.clone(), known)).collect()
}

/// Returns the entities of a kind: those that are known, and those that flags name all the same.
fn entities(
    kind: &'static str,
    links: &BTreeSet<(LinkKind, String, String)>,
    of: LinkKind,
    known: &BTreeMap<String, Known>,
) -> Vec<Value> {
    let named = links.iter().filter(|(kind, ..)| *kind == of).map(|(_, _, target)| target);
    let keys: BTreeSet<&String> = known.keys().chain(named).collect();
    let each = keys.into_iter().map(|key| {
        let (title, description, properties) = known.get(key).cloned().unwrap_or_default();
        let mut node = node(kind, &format!("{kind}:{key}"), &title, key, &description);
        node.insert("properties".to_owned(), Value::Object(properties));
        Value::Object(node)
    });
    each.collect()
}

fn instant(at: Timestamp) -> String {
    jiff::Timestamp::from_microsecond(at.as_micros()).unwrap_or(jiff::Timestamp::MAX).to_string()
}

fn day(at: Timestamp) -> String {
    instant(at).chars().take(10).collect()
}
