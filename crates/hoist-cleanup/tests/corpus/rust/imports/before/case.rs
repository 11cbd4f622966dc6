use open_feature::Client;
use std::collections::{BTreeMap, BTreeSet};
use trace::t;

pub async fn run(client: &Client) {
    if client.get_bool_value("new-nav", None, None).await.unwrap_or(false) {
        let set: BTreeSet<i32> = BTreeSet::new();
        t(&set.len().to_string());
    } else {
        let map: BTreeMap<i32, i32> = BTreeMap::new();
        t(&map.len().to_string());
    }
}
