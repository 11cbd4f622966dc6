use open_feature::Client;
use trace::t;

pub async fn run(client: &Client) {
    if true {
        t("true");
    }
    while false {
        t("never");
    }
    t("new");
}
