use open_feature::Client;
use trace::t;

pub async fn run(client: &Client) {
    let color = client.get_string_value("new-nav", None, None).await.unwrap_or_default();
    match color.as_str() {
        "red" => t("red"),
        "blue" | "green" => {
            t("cold");
            t("blue");
        }
        _ => t("other"),
    }
    t("end");
}
