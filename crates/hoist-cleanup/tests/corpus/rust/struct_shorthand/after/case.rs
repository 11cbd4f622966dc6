use open_feature::Client;
use trace::t;

struct Options {
    on: bool,
}

pub async fn run(client: &Client) {
    let options = Options { on: true };
    if options.on {
        t("new");
    }
}
