use open_feature::Client;
use trace::t;

pub async fn run(client: &Client) {
    'outer: for x in ["a", "b"] {
        loop {
            t(x);
            continue 'outer;
        }
    }
}
