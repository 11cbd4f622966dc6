use open_feature::Client;
use trace::t;

pub async fn run(client: &Client) {
    if let Ok(on) = client.get_bool_value("new-nav", None, None).await {
        if on {
            t("new");
        }
        t("known");
    } else {
        t("unknown");
    }
    if let Ok(true) = client.get_bool_value("new-nav", None, None).await {
        t("true");
    }
    if let Ok(false) = client.get_bool_value("new-nav", None, None).await {
        t("false");
    }
    if let Err(_) = client.get_bool_value("new-nav", None, None).await {
        t("error");
    }
}
