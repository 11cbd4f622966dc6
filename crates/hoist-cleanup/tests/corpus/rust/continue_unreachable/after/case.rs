use open_feature::Client;
use trace::t;

pub async fn run(client: &Client) {
    for x in ["a", "b"] {
        t(x);
        continue;
    }
}
