use open_feature::Client;
use trace::t;

use std::fmt::Write;

pub async fn run(client: &Client) {
    let mut text = String::new();
    write!(text, "written").unwrap();
    t(&text);
}
