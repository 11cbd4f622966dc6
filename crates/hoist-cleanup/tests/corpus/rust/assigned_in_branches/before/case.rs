use open_feature::Client;
use trace::t;

pub async fn run(client: &Client) {
    let x;
    if client.get_bool_value("new-nav", None, None).await.unwrap_or(false) {
        x = "new";
    } else {
        x = "old";
    }
    t(x);
}
