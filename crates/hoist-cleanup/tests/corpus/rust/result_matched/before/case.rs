use open_feature::Client;
use trace::t;

async fn f(client: &Client) -> &'static str {
    match client.get_bool_value("new-nav", None, None).await {
        Ok(on) => {
            if on {
                "new"
            } else {
                "old"
            }
        }
        Err(_) => "error",
    }
}

pub async fn run(client: &Client) {
    match client.get_bool_value("new-nav", None, None).await {
        Ok(true) => t("new"),
        Ok(false) => t("old"),
        Err(error) => t(&format!("{error:?}")),
    }
    t(f(client).await);
}
