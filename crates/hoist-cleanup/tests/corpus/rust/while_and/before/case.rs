use open_feature::Client;
use trace::t;

pub async fn run(client: &Client) {
    let mut n = 0;
    while client.get_bool_value("new-nav", None, None).await.unwrap_or(false) && n < 2 {
        n += 1;
        t("loop");
    }
}
