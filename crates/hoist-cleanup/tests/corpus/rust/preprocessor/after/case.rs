use open_feature::Client;
use trace::t;

#[cfg(feature = "new-nav")]
fn built() {
    t("built");
}

pub async fn run(client: &Client) {
    #[cfg(feature = "new-nav")]
    built();
    if cfg!(feature = "new-nav") {
        t("feature");
    }
    t("new");
}
