use open_feature::Client;
use trace::t;

fn default() -> bool {
    t("default");
    false
}

pub async fn run(client: &Client) {
    if client.get_bool_value("new-nav", None, None).await.unwrap_or(default()) {
        t("new");
    }
}
