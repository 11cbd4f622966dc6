use open_feature::Client;
use trace::t;

fn never() -> bool {
    t("called");
    true
}

async fn f(client: &Client, x: i32) {
    let on = client.get_bool_value("new-nav", None, None).await.unwrap_or(false);
    if on && never() {
        t("and");
    }
    if on || x > 1 {
        t("or");
    }
    if x > 1 || on {
        t("right");
    }
    if x > 1 && on {
        t("never");
    }
    if !on || never() {
        t("not");
    }
}

pub async fn run(client: &Client) {
    f(client, 2).await;
    f(client, 0).await;
}
