use open_feature::Client;
use trace::t;

pub async fn run(client: &Client) {
    let mut list = Vec::new();
    if client.get_bool_value("new-nav", None, None).await.unwrap_or(false) {
        list.push(1);
    }
    t(&list.len().to_string());
}
