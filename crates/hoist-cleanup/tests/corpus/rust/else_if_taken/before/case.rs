use open_feature::Client;
use trace::t;

async fn f(client: &Client, x: i32) {
    if x == 1 {
        t("one");
    } else if client.get_bool_value("new-nav", None, None).await.unwrap_or(false) {
        t("new");
    } else if x == 2 {
        t("two");
    } else {
        t("old");
    }
}

pub async fn run(client: &Client) {
    f(client, 1).await;
    f(client, 2).await;
}
