use open_feature::Client;
use trace::t;

pub async fn run(client: &Client) {
    let color = String::from("blue");
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
