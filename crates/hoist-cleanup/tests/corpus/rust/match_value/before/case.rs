use open_feature::Client;
use trace::t;

pub async fn run(client: &Client) {
    let label = match client.get_string_value("new-nav", None, None).await.unwrap_or_default().as_str() {
        "blue" => "cold",
        _ => "warm",
    };
    t(label);
}
