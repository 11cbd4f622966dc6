use open_feature::Client;
use trace::t;

use std::collections::HashMap;
use std::fmt::Write;

pub async fn run(client: &Client) {
    let mut text = String::new();
    if !client.get_bool_value("new-nav", None, None).await.unwrap_or(false) {
        let old: HashMap<i32, i32> = HashMap::new();
        t(&old.len().to_string());
    }
    write!(text, "written").unwrap();
    t(&text);
}
