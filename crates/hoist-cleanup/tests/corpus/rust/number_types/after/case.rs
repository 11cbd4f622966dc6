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
    show(-3i64);
    let large = (-3i64) * 3_000_000_000;
    t(&large.to_string());
    show(-3i64);
    t(&(-3i64).pow(2).to_string());
    t(&(5-(-3i64)).to_string());
    let k = 5-(-3i64);
    t(&k.to_string());
    let bits = -3i64 as u8;
    t(&bits.to_string());
}
