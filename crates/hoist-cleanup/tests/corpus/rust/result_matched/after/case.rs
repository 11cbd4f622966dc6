use open_feature::Client;
use trace::t;

async fn f(client: &Client) -> &'static str {
    "new"
}

pub async fn run(client: &Client) {
    t("new");
    t(f(client).await);
}
