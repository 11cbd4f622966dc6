use open_feature::Client;
use trace::t;

fn audit() -> bool {
    t("audit");
    true
}

pub async fn run(client: &Client) {
    let on = client.get_bool_value("new-nav", None, None).await.unwrap_or(false);
    if on & audit() {
        t("and");
    }
    if on ^ audit() {
        t("other");
    }
}
