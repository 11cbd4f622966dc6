use open_feature::Client;
use trace::t;

pub async fn run(client: &Client) {
    let on = client.get_bool_value("new-nav", None, None).await.unwrap_or(false);
    if on {
        t("new");
    }
    if let Some(on) = Some(2) {
        t(&on.to_string());
    }
    for on in ["a"] {
        t(on);
    }
    let f = |on: i32| on + 1;
    t(&f(3).to_string());
    match Some(1) {
        Some(on) => t(&on.to_string()),
        None => t("none"),
    }
}
