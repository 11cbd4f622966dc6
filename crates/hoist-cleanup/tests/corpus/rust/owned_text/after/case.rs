use open_feature::Client;
use trace::t;

pub async fn run(client: &Client) {
    let color = String::from("blue");
    t(&color);
}
