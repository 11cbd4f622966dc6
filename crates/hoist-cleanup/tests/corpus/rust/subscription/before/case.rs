use open_feature::Client;
use trace::t;

fn changed(flags_changed: &[&str]) {
    if flags_changed.contains(&"new-nav") {
        t("changed");
    }
}

pub async fn run(client: &Client) {
    changed(&["new-nav"]);
    if client.get_bool_value("new-nav", None, None).await.unwrap_or(false) {
        t("new");
    }
}
