use open_feature::Client;
use std::collections::{BTreeSet};
use trace::t;

pub async fn run(client: &Client) {
    let set: BTreeSet<i32> = BTreeSet::new();
    t(&set.len().to_string());
}
