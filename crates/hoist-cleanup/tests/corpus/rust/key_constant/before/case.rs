use open_feature::Client;
use trace::t;

const KEY: &str = "new-nav";

pub async fn run(client: &Client) {
    if client.get_bool_value(KEY, None, None).await.unwrap_or(false) {
        t("new");
    }
}
