use open_feature::Client;
use trace::t;

pub async fn run(client: &Client) {
    let on = true;
    t(&format!("{on}"));
}
