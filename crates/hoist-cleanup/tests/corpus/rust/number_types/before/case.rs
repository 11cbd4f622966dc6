use open_feature::Client;
use trace::t;

trait Named {
    fn name(&self) -> &'static str;
}

impl Named for i64 {
    fn name(&self) -> &'static str {
        "i64"
    }
}

impl Named for i32 {
    fn name(&self) -> &'static str {
        "i32"
    }
}

fn show<T: Named>(value: T) {
    t(value.name());
}

pub async fn run(client: &Client) {
    let n = client.get_int_value("new-nav", None, None).await.unwrap_or(1);
    show(n);
    let large = n * 3_000_000_000;
    t(&large.to_string());
    let typed: i64 = client.get_int_value("new-nav", None, None).await.unwrap_or(1);
    show(typed);
    t(&client.get_int_value("new-nav", None, None).await.unwrap_or(1).pow(2).to_string());
    t(&(5-typed).to_string());
    let k = 5-client.get_int_value("new-nav", None, None).await.unwrap_or(1);
    t(&k.to_string());
    let bits = client.get_int_value("new-nav", None, None).await.unwrap_or(1) as u8;
    t(&bits.to_string());
}
