use std::collections::HashMap;

use open_feature::Client;
use trace::t;

struct InMemoryProvider {
    flags: HashMap<String, bool>,
}

impl InMemoryProvider {
    fn new(flags: HashMap<String, bool>) -> Self {
        Self { flags }
    }
}

pub async fn run(client: &Client) {
    let provider = InMemoryProvider::new(HashMap::from([
        // The new navigation.
        ("new-nav".to_string(), true),
        ("other".to_string(), true),
    ]));
    t(&format!("{:?}", provider.flags.get("other")));
    if client.get_bool_value("new-nav", None, None).await.unwrap_or(false) {
        t("new");
    }
}
