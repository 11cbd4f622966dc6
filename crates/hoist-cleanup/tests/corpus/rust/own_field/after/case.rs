use open_feature::Client;
use trace::t;

struct Nav {
    on: bool,
}

pub async fn run(client: &Client) {
    let nav = Nav { on: true };
    if nav.on {
        t("new");
    }
}
