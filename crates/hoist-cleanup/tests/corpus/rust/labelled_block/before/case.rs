use open_feature::Client;
use trace::t;

pub async fn run(client: &Client) {
    'outer: for x in ["a", "b"] {
        loop {
            if client.get_bool_value("new-nav", None, None).await.unwrap_or(false) {
                t(x);
                continue 'outer;
            }
            break 'outer;
        }
    }
}
