use open_feature::Client;
use trace::t;

async fn f(client: &Client, x: i32) {
    if x == 1 {
        t("one");
    } else {
        t("new");
    }
}

pub async fn run(client: &Client) {
    f(client, 1).await;
    f(client, 2).await;
}
