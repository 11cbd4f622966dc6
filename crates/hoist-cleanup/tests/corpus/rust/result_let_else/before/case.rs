use open_feature::Client;
use trace::t;

pub async fn run(client: &Client) {
    let Ok(on) = client.get_bool_value("new-nav", None, None).await else {
        t("error");
        return;
    };
    if on {
        t("new");
    }
}
