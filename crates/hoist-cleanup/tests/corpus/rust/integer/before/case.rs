use open_feature::Client;
use trace::t;

fn double(n: i64) -> i64 {
    n * 2
}

pub async fn run(client: &Client) {
    let n = client.get_int_value("new-nav", None, None).await.unwrap_or(1);
    t(&double(n).to_string());
    if n == 3 {
        t("three");
    }
}
