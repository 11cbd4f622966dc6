use open_feature::Client;
use trace::t;

async fn f(client: &Client, q: bool) {
    let mut on = client.get_bool_value("new-nav", None, None).await.unwrap_or(false);
    if q {
        on = false;
    }
    t(if on { "on" } else { "off" });
}

pub async fn run(client: &Client) {
    f(client, true).await;
    f(client, false).await;
}
