use open_feature::Client;
use trace::t;

pub async fn run(client: &Client) {
    t("default");
    t("expect");
    t("unwrap");
    if matches!(client.get_bool_value("new-nav", None, None).await, Ok(true)) {
        t("matches");
    }
}
