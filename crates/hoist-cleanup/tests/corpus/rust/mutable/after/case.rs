use open_feature::Client;
use trace::t;

async fn f(client: &Client, q: bool) {
    let mut on = true;
    if q {
        on = false;
    }
    t(if on { "on" } else { "off" });
}

pub async fn run(client: &Client) {
    f(client, true).await;
    f(client, false).await;
}
