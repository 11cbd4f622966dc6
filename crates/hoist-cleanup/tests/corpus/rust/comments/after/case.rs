use open_feature::Client;
use trace::t;

pub async fn run(client: &Client) {
    // Shows the navigation.
    // The new one.
    t("new"); // as it is

    t(r#"more
    than one line"#.trim_end_matches("\n    than one line"));
    // The end.
    t("end");
}
