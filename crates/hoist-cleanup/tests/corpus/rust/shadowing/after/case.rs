use open_feature::Client;
use trace::t;

pub async fn run(client: &Client) {
    t("first");
    let f = |on: bool| t(if on { "yes" } else { "no" });
    f(true);
}
