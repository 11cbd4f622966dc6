use open_feature::Client;
use trace::t;

pub async fn run(client: &Client) {
    for x in ["a", "b"] {
        t(x);
        if client.get_bool_value("new-nav", None, None).await.unwrap_or(false) {
            continue;
        }
        t("work");
    }
}
