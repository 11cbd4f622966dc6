use open_feature::Client;
use trace::t;

async fn f(client: &Client, x: i32) -> i32 {
    let y = if false {
        x * 2
    } else {
        return -2;
    };
    y + 1
}

async fn g(client: &Client, x: i32) -> i32 {
    let y = if false {
        std::process::exit(1);
    } else {
        x * 2
    };
    let z: i32 = {
        return y;
    };
    y + z
}

pub async fn run(client: &Client) {
    t(&f(client, 1).await.to_string());
    t(&g(client, 2).await.to_string());
}
