use open_feature::Client;
use trace::t;

pub async fn run(client: &Client) {
    t("the flag new-nav is on");
    t("new");
}
