use open_feature::Client;
use trace::t;

fn y() -> bool {
    false
}

async fn f(client: &Client, x: i32) {
    if x > 1 {
        t("and");
    }
    if x > 1 {
        t("right");
    }
    t("or");
    if !(x > 1 || y()) {
        t("not");
    }
    let both = x > 1;
    if both {
        t("both");
    }
}

pub async fn run(client: &Client) {
    f(client, 0).await;
    f(client, 2).await;
}
