use open_feature::Client;
use trace::t;

async fn f(client: &Client) -> &'static str {
    if client.get_bool_value("new-nav", None, None).await.unwrap_or(false) {
        t("new");
        "new"
    } else {
        "old"
    }
}

pub async fn run(client: &Client) {
    t(f(client).await);
}
