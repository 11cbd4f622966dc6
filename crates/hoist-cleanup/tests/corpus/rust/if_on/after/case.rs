use open_feature::Client;
use trace::t;

pub async fn run(client: &Client) {
    // The new navigation.
    // Inside.
    t("new");
    t("two");
    t("end");
}
