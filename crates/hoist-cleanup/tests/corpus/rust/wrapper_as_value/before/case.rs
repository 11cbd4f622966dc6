use open_feature::Client;
use trace::t;

async fn is_new(client: &Client) -> bool {
    client.get_bool_value("new-nav", None, None).await.unwrap_or(false)
}

async fn asks<F: std::future::Future<Output = bool>>(ask: impl Fn() -> F) {
    if ask().await {
        t("asked");
    }
}

pub async fn run(client: &Client) {
    asks(|| is_new(client)).await;
}
