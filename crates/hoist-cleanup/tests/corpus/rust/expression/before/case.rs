use open_feature::Client;
use trace::t;

pub async fn run(client: &Client) {
    let on = client.get_bool_value("new-nav", None, None).await.unwrap_or(false);
    let label = if on { "new" } else { "old" };
    t(label);
    let n = if on {
        t("block");
        1
    } else {
        2
    };
    t(&n.to_string());
}
