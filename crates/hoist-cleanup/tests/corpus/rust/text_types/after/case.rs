use open_feature::Client;
use trace::t;

fn length(text: String) -> usize {
    text.len()
}

pub async fn run(client: &Client) {
    let other = String::from("c");
    let joined = String::from("b") + "!";
    t(&joined);
    if String::from("b") < other {
        t("before");
    }
    let mode = String::from("b");
    let path: &std::path::Path = mode.as_ref();
    t(&path.to_string_lossy());
    t(&length(mode).to_string());
}
