use open_feature::Client;
use trace::t;

async fn f(client: &Client, x: i32) {
    if (x > 1) {
        t("same");
    }
    if !(x > 1) {
        t("other");
    }
    t("on");
}

pub async fn run(client: &Client) {
    f(client, 2).await;
    f(client, 0).await;
}
