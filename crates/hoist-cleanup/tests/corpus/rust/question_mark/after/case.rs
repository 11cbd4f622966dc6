use open_feature::Client;
use open_feature::Error;
use trace::t;

async fn f(client: &Client) -> Result<&'static str, Error> {
    return Ok("new");
}

pub async fn run(client: &Client) {
    t(f(client).await.unwrap_or("error"));
}
