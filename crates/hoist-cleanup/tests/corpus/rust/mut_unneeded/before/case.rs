use open_feature::Client;
use trace::t;

pub async fn run(client: &Client) {
    let on = client.get_bool_value("new-nav", None, None).await.unwrap_or(false);
    let mut count = 0;
    let mut text = String::from("a");
    let mut kept = String::from("b");
    if on {
        count += 1;
        text = String::from("c");
        kept.push('d');
    }
    kept.push('e');
    t(&format!("{count} {text}"));
    t(&text);
    t(&kept);
}
