use open_feature::Client;
use trace::t;

pub async fn run(client: &Client) {
    let on = client.get_bool_value("new-nav", None, None).await.unwrap_or(false);
    let text = format!("{}", on);
    t(&text);
    if on {
        t("new");
    }
}
