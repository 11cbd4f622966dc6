use open_feature::Client;
use trace::t;

fn p() -> bool {
    true
}

pub async fn run(client: &Client) {
    if p() {
        t("a");
    } else if client.get_bool_value("new-nav", None, None).await.unwrap_or(false) {
        t("b");
    }
}
