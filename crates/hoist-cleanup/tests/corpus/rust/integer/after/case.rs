use open_feature::Client;
use trace::t;

fn double(n: i64) -> i64 {
    n * 2
}

pub async fn run(client: &Client) {
    t(&double(3i64).to_string());
    t("three");
}
