use open_feature::Client;
use trace::t;

pub async fn run(client: &Client) {
    client.get_bool_value("new-nav", None, None).await.unwrap_or(false);
    let _ = client.get_bool_value("new-nav", None, None).await.unwrap_or(false);
    t("end");
}
