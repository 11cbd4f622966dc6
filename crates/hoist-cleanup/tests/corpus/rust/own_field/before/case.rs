use open_feature::Client;
use trace::t;

struct Nav {
    on: bool,
}

pub async fn run(client: &Client) {
    let nav = Nav { on: client.get_bool_value("new-nav", None, None).await.unwrap_or(false) };
    if nav.on {
        t("new");
    }
}
