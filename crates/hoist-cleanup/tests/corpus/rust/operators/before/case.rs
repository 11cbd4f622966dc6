use open_feature::Client;
use trace::t;

fn y() -> bool {
    false
}

async fn f(client: &Client, x: i32) {
    let on = client.get_bool_value("new-nav", None, None).await.unwrap_or(false);
    if on && x > 1 {
        t("and");
    }
    if x > 1 && on {
        t("right");
    }
    if on || y() {
        t("or");
    }
    if !(on && (x > 1 || y())) {
        t("not");
    }
    let both = x > 1 && on;
    if both {
        t("both");
    }
}

pub async fn run(client: &Client) {
    f(client, 0).await;
    f(client, 2).await;
}
