use open_feature::Client;
use trace::t;

fn audit() -> bool {
    t("audit");
    true
}

pub async fn run(client: &Client) {
    if audit() && false {
        t("new");
    } else {
        t("old");
    }
}
