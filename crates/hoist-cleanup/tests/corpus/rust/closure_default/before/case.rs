use open_feature::Client;
use trace::t;

pub async fn run(client: &Client) {
    if client.get_bool_value("new-nav", None, None).await.unwrap_or_else(|_| { t("never"); false }) {
        t("new");
    }
}
