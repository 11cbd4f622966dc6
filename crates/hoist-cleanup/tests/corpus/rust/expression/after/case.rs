use open_feature::Client;
use trace::t;

pub async fn run(client: &Client) {
    let label = "new";
    t(label);
    let n = if true {
        t("block");
        1
    } else {
        2
    };
    t(&n.to_string());
}
