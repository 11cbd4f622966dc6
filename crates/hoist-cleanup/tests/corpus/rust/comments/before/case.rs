use open_feature::Client;
use trace::t;

pub async fn run(client: &Client) {
    // Shows the navigation.
    if client.get_bool_value("new-nav", None, None).await.unwrap_or(false) {
        // The new one.
        t("new"); // as it is

        t(r#"more
    than one line"#.trim_end_matches("\n    than one line"));
    } else {
        // The old one.
        t("old");
    }
    // The end.
    t("end");
}
