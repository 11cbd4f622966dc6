use open_feature::Client;
use trace::t;

async fn f(client: &Client) -> i32 {
    let mut n = 0;
    loop {
        n += 1;
        if n > 2 {
            return n;
        }
    }
}

pub async fn run(client: &Client) {
    t(&f(client).await.to_string());
}
