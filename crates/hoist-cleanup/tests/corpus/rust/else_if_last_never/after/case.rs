use open_feature::Client;
use trace::t;

fn p() -> bool {
    true
}

pub async fn run(client: &Client) {
    if p() {
        t("a");
    }
}
