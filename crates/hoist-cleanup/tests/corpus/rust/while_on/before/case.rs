use open_feature::Client;
use trace::t;

async fn f(client: &Client) -> i32 {
    let mut n = 0;
    while client.get_bool_value("new-nav", None, None).await.unwrap_or(false) {
        n += 1;
        if n > 2 {
            return n;
        }
    }
    -1
}

pub async fn run(client: &Client) {
    t(&f(client).await.to_string());
}
