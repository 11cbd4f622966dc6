use open_feature::Client;
use trace::t;

pub async fn run(client: &Client) {
    let mut n = 0;
    while n < 2 {
        n += 1;
        t("loop");
    }
}
