use open_feature::Client;
use trace::t;

pub async fn run(client: &Client) {
    match client.get_bool_value("new-nav", None, None).await {
        Ok(true) => t("new"),
        Ok(false) => t("old"),
        Err(_) => t("error"),
    }
}
