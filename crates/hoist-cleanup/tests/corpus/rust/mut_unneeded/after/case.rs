use open_feature::Client;
use trace::t;

pub async fn run(client: &Client) {
    let mut count = 0;
    let text = String::from("a");
    let mut kept = String::from("b");
    kept.push('e');
    t(&format!("{count} {text}"));
    t(&text);
    t(&kept);
}
