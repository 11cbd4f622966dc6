use open_feature::Client;
use trace::t;

async fn f(client: &Client) -> i32 {
    if !client.get_bool_value("new-nav", None, None).await.unwrap_or(false) {
        t("panics");
        panic!("off");
    }
    t("never");
    1
}

pub async fn run(client: &Client) {
    t("start");
    if client.get_bool_value("new-nav", None, None).await.unwrap_or(false) {
        t(&f(client).await.to_string());
    }
}
