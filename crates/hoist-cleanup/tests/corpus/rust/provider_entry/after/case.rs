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
        ("other".to_string(), true),
    ]));
    t(&format!("{:?}", provider.flags.get("other")));
    t("new");
}
