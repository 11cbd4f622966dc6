use open_feature::Client;
use trace::t;

pub async fn run(client: &Client) {
    let label = "new";
    t(label);
    let n = {
        t("block");
        1
    };
    t(&n.to_string());
}
