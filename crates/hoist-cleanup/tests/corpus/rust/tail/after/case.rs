use open_feature::Client;
use trace::t;

async fn f(client: &Client) -> &'static str {
    t("new");
    "new"
}

pub async fn run(client: &Client) {
    t(f(client).await);
}
