use open_feature::Client;
use trace::t;

pub async fn run(client: &Client) {
    let color = client.get_string_value("new-nav", None, None).await.unwrap_or_default();
    if color == "blue" {
        t("blue");
    } else if color == "red" {
        t("red");
    }
}
