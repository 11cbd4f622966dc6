use open_feature::Client;
use trace::t;

fn audit() -> bool {
    t("audit");
    true
}

pub async fn run(client: &Client) {
    if true & audit() {
        t("and");
    }
    if true ^ audit() {
        t("other");
    }
}
