use open_feature::Client;
use trace::t;

async fn f(client: &Client, x: i32) {
    let on = client.get_bool_value("new-nav", None, None).await.unwrap_or(false);
    if on == (x > 1) {
        t("same");
    }
    if (x > 1) != on {
        t("other");
    }
    if on == true {
        t("on");
    }
}

pub async fn run(client: &Client) {
    f(client, 2).await;
    f(client, 0).await;
}
