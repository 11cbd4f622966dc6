use open_feature::Client;
use trace::t;

struct Guard;

impl Drop for Guard {
    fn drop(&mut self) {
        t("dropped");
    }
}

pub async fn run(client: &Client) {
    if client.get_bool_value("new-nav", None, None).await.unwrap_or(false) {
        let _guard = Guard;
        t("inside");
    }
    t("end");
}
