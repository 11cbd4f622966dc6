use open_feature::Client;
use trace::t;

async fn f(client: &Client, x: bool) {
    match client.get_string_value("new-nav", None, None).await.unwrap_or_default().as_str() {
        "blue" if x => t("blue"),
        _ => t("other"),
    }
}

pub async fn run(client: &Client) {
    f(client, true).await;
    f(client, false).await;
}
