use open_feature::Client;
use trace::t;

fn legacy() -> &'static str {
    helper()
}

fn helper() -> &'static str {
    "legacy"
}

async fn f(client: &Client) -> i32 {
    if client.get_bool_value("new-nav", None, None).await.unwrap_or(false) {
        t("new");
        return 1;
    }
    t(legacy());
    2
}

pub async fn run(client: &Client) {
    t(&f(client).await.to_string());
}
