use open_feature::Client;
use trace::t;

pub async fn run(client: &Client) {
    if client.get_bool_value("new-nav", None, None).await.unwrap_or_default() {
        t("default");
    }
    if client.get_bool_value("new-nav", None, None).await.expect("the flag") {
        t("expect");
    }
    if client.get_bool_value("new-nav", None, None).await.unwrap() {
        t("unwrap");
    }
    if matches!(client.get_bool_value("new-nav", None, None).await, Ok(true)) {
        t("matches");
    }
}
