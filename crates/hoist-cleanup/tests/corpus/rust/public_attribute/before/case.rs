use open_feature::Client;
use trace::t;

#[derive(Default)]
pub struct Nav {
    pub on: bool,
}

pub async fn run(client: &Client) {
    let mut nav = Nav::default();
    nav.on = client.get_bool_value("new-nav", None, None).await.unwrap_or(false);
    if nav.on {
        t("new");
    }
}
