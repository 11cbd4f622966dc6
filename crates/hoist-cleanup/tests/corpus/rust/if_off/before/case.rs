use open_feature::Client;
use trace::t;

pub async fn run(client: &Client) {
    t("start");

    // Only with the new navigation.
    if client.get_bool_value("new-nav", None, None).await.unwrap_or_default() {
        t("new");
    }

    t("end");
}
