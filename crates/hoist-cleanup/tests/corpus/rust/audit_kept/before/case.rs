use open_feature::Client;
use trace::t;

fn audit() -> bool {
    t("audit");
    true
}

pub async fn run(client: &Client) {
    if audit() && client.get_bool_value("new-nav", None, None).await.unwrap_or(false) {
        t("new");
    } else {
        t("old");
    }
}
