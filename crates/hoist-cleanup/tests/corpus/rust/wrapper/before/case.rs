use open_feature::Client;
use trace::t;

const KEY: &str = "new-nav";

async fn is_new(client: &Client) -> bool {
    client.get_bool_value(KEY, None, None).await.unwrap_or(false)
}

pub async fn run(client: &Client) {
    if is_new(client).await {
        t("new");
    } else {
        t("old");
    }
}
