use open_feature::Client;
use trace::t;

pub async fn run(client: &Client) {
    let mut list = Vec::new();
    if false {
        list.push(1);
    }
    t(&list.len().to_string());
}
