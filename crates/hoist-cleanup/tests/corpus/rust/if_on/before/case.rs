use open_feature::Client;
use trace::t;

pub async fn run(client: &Client) {
    // The new navigation.
    if client.get_bool_value("new-nav", None, None).await.unwrap_or(false) {
        // Inside.
        t("new");
        t("two");
    } else {
        t("old");
    }
    t("end");
}
