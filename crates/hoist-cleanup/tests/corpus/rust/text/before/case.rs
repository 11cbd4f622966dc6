use open_feature::Client;
use trace::t;

pub async fn run(client: &Client) {
    t("the flag new-nav is on");
    if client.get_bool_value("new-nav", None, None).await.unwrap_or(false) {
        t("new");
    }
}
