use open_feature::Client;
use trace::t;

pub async fn run(client: &Client) {
    let ask = move || true;
    if ask() {
        t("new");
    }
    let kept: Vec<i32> = vec![1, 2].into_iter().filter(|_| true).collect();
    t(&kept.len().to_string());
}
