use open_feature::Client;
use trace::t;

pub async fn run(client: &Client) {
    let on = true;
    let text = format!("{}", on);
    t(&text);
    if on {
        t("new");
    }
}
