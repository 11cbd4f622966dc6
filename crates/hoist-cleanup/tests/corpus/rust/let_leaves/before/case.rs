use open_feature::Client;
use trace::t;

async fn f(client: &Client, x: i32) -> i32 {
    let on = client.get_bool_value("new-nav", None, None).await.unwrap_or(false);
    let y = if on {
        x * 2
    } else {
        return -2;
    };
    y + 1
}

async fn g(client: &Client, x: i32) -> i32 {
    let on = client.get_bool_value("new-nav", None, None).await.unwrap_or(false);
    let y = if on {
        std::process::exit(1);
    } else {
        x * 2
    };
    let z: i32 = if on {
        x
    } else {
        return y;
    };
    y + z
}

pub async fn run(client: &Client) {
    t(&f(client, 1).await.to_string());
    t(&g(client, 2).await.to_string());
}
