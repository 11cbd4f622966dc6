use open_feature::Client;
use trace::t;

pub async fn is_new(client: &Client) -> bool {
    true
}

pub async fn run(client: &Client) {
    if is_new(client).await {
        t("new");
    }
}
