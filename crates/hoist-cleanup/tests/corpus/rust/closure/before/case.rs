use open_feature::Client;
use trace::t;

pub async fn run(client: &Client) {
    let on = client.get_bool_value("new-nav", None, None).await.unwrap_or(false);
    let ask = move || on;
    if ask() {
        t("new");
    }
    let kept: Vec<i32> = vec![1, 2].into_iter().filter(|_| on).collect();
    t(&kept.len().to_string());
}
