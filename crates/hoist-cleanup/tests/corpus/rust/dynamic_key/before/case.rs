use open_feature::Client;
use trace::t;

async fn is_on(client: &Client, name: &str) -> bool {
    client.get_bool_value(&format!("new-{name}"), None, None).await.unwrap_or(false)
}

pub async fn run(client: &Client) {
    if is_on(client, "nav").await {
        t("one");
    }
    if client.get_bool_value("new-nav", None, None).await.unwrap_or(false) {
        t("two");
    }
}
