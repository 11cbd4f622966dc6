use open_feature::Client;
use trace::t;

pub async fn run(client: &Client) {
    match client.get_bool_value("new-nav", None, None).await.map(|on| !on) {
        Ok(true) => t("old"),
        Ok(false) => t("new"),
        Err(_) => t("error"),
    }
}
