use open_feature::Client;
use trace::t;

async fn f(client: &Client) -> i32 {
    t("new");
    return 1;
}

pub async fn run(client: &Client) {
    t(&f(client).await.to_string());
}
