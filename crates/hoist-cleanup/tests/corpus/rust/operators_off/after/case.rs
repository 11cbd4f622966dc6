use open_feature::Client;
use trace::t;

async fn f(client: &Client, x: i32) {
    if x > 1 {
        t("or");
    }
    if x > 1 {
        t("right");
    }
    t("not");
}

pub async fn run(client: &Client) {
    f(client, 2).await;
    f(client, 0).await;
}
