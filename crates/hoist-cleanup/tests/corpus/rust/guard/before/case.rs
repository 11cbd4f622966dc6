use open_feature::Client;
use trace::t;

async fn f(client: &Client) -> &'static str {
    if !client.get_bool_value("new-nav", None, None).await.unwrap_or(false) {
        return "old";
    }
    "new"
}

pub async fn run(client: &Client) {
    t(f(client).await);
}
