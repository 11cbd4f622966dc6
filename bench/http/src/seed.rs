//! A database with flags of the usual mix: plain ones, ones with rules, ones that split by percentage.

use std::path::Path;

use anyhow::Result;
use hoist_eval::ValueKind;
use hoist_eval::draft::{
    Absent, ConditionDraft, RuleDraft, ServeDraft, SplitDraft, TargetingDraft, TestDraft, VariantDraft, WeightDraft,
};
use hoist_server::auth::{MadeToken, TokenKind};
use hoist_server::clock::{Clock, Ids};
use hoist_store::{Actor, FlagDetails, NewFlag, NewToken, Store, StoreConfig, Write};
use secrecy::ExposeSecret;
use serde_json::json;

/// Fills the data directory of a server and returns a token of the environment `production`.
pub(crate) async fn seed(data: &Path, flags: usize) -> Result<String> {
    let store = Store::open(&StoreConfig::sqlite(data.join("hoist.db"))).await?;
    let (actor, now) = (Actor::system(), Clock::system().now());
    let write = Write::new(&actor, now).because("a benchmark");
    for place in 0..flags {
        store.create_flag(&write, "default", &flag(place)).await?;
    }
    let made = MadeToken::make(TokenKind::Server, &Ids::system());
    let token = NewToken {
        id: made.id.clone(),
        kind: TokenKind::Server,
        title: "benchmark".to_owned(),
        digest: made.digest,
        project: Some("default".to_owned()),
        environment: Some("production".to_owned()),
        actions: Vec::new(),
        expires_at: None,
    };
    store.create_token(&write, &token).await?;
    store.close().await;
    Ok(made.text.expose_secret().to_owned())
}

fn flag(place: usize) -> NewFlag {
    let variant = |key: &str, value| VariantDraft { key: key.to_owned(), value: json!(value) };
    let mut targeting = TargetingDraft {
        enabled: true,
        off_variant: "off".to_owned(),
        default: ServeDraft::Variant("on".to_owned()),
        rules: Vec::new(),
        prerequisites: Vec::new(),
    };
    if place % 3 == 1 {
        targeting.rules = ["country", "plan", "email", "age", "beta"].into_iter().enumerate().map(rule).collect();
    }
    if place % 3 == 2 {
        let weight = |variant: &str, weight| WeightDraft { variant: variant.to_owned(), weight };
        let weights = vec![weight("on", 25_000), weight("off", 75_000)];
        targeting.default = ServeDraft::Split(SplitDraft { salt: format!("{place:032x}"), weights });
    }
    NewFlag {
        key: format!("flag-{place:04}"),
        details: FlagDetails { owner: "bench".to_owned(), exposed_to_clients: true, ..FlagDetails::default() },
        kind: ValueKind::Boolean,
        variants: vec![variant("on", true), variant("off", false)],
        targeting,
        seed: format!("{place:032x}"),
        override_tombstone: false,
    }
}

/// A rule that the load's context does not match, so that every rule is looked at.
fn rule((place, attribute): (usize, &str)) -> RuleDraft {
    RuleDraft {
        id: format!("r{place}"),
        description: String::new(),
        when: ConditionDraft::Test(TestDraft {
            attribute: Some(attribute.to_owned()),
            operator: "equals".to_owned(),
            values: vec![json!("something else")],
            negate: false,
            case_insensitive: false,
            absent: Absent::NoMatch,
        }),
        serve: ServeDraft::Variant("off".to_owned()),
    }
}
