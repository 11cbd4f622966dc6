use open_feature::Client;
use trace::t;

struct Options {
    on: bool,
}

pub async fn run(client: &Client) {
    let on = client.get_bool_value("new-nav", None, None).await.unwrap_or(false);
    let options = Options { on };
    if options.on {
        t("new");
    }
}
