use open_feature::Client;
use trace::t;

pub async fn run(client: &Client) {
    if true {
        t("true");
    }
    while false {
        t("never");
    }
    if client.get_bool_value("new-nav", None, None).await.unwrap_or(false) {
        t("new");
    }
}
