use open_feature::Client;
use trace::t;

fn length(text: String) -> usize {
    text.len()
}

pub async fn run(client: &Client) {
    let other = String::from("c");
    let joined = client.get_string_value("new-nav", None, None).await.unwrap_or_default() + "!";
    t(&joined);
    if client.get_string_value("new-nav", None, None).await.unwrap_or_default() < other {
        t("before");
    }
    let mode = client.get_string_value("new-nav", None, None).await.unwrap_or_default();
    let path: &std::path::Path = mode.as_ref();
    t(&path.to_string_lossy());
    t(&length(mode).to_string());
}
