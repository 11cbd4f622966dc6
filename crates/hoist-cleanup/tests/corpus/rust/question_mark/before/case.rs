use open_feature::Client;
use open_feature::Error;
use trace::t;

async fn f(client: &Client) -> Result<&'static str, Error> {
    if client.get_bool_value("new-nav", None, None).await? {
        return Ok("new");
    }
    Ok("old")
}

pub async fn run(client: &Client) {
    t(f(client).await.unwrap_or("error"));
}
