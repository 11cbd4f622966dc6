use open_feature::Client;
use trace::t;

trait Nav {
    async fn is_new(&self, client: &Client) -> bool {
        client.get_bool_value("new-nav", None, None).await.unwrap_or(false)
    }
}

struct New;
struct Old;

impl Nav for New {}

impl Nav for Old {
    async fn is_new(&self, _: &Client) -> bool {
        false
    }
}

pub async fn run(client: &Client) {
    if New.is_new(client).await {
        t("new");
    }
    if Old.is_new(client).await {
        t("old");
    }
}
