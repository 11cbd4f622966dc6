use open_feature::Client;
use trace::t;

async fn f(client: &Client, x: bool) {
    match "blue" {
        "blue" if x => t("blue"),
        _ => t("other"),
    }
}

pub async fn run(client: &Client) {
    f(client, true).await;
    f(client, false).await;
}
