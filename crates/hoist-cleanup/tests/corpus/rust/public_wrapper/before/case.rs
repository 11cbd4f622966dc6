use open_feature::Client;
use trace::t;

pub async fn is_new(client: &Client) -> bool {
    client.get_bool_value("new-nav", None, None).await.unwrap_or(false)
}

pub async fn run(client: &Client) {
    if is_new(client).await {
        t("new");
    }
}
