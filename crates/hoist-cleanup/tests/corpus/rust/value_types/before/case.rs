use open_feature::Client;
use trace::t;

async fn declared(client: &Client) -> Option<u8> {
    let on = client.get_bool_value("new-nav", None, None).await.unwrap_or(false);
    if on { None } else { Some(1) }
}

fn typed() -> String {
    "typed".to_owned()
}

pub async fn run(client: &Client) {
    let on = client.get_bool_value("new-nav", None, None).await.unwrap_or(false);
    let nothing = if on { None } else { Some(1u8) };
    let text = if on { "a".into() } else { String::new() };
    let number = if on { 3000000000 } else { 2u64 };
    let matched = match on {
        true => Default::default(),
        false => 2u64,
    };
    let plain = if on { "new" } else { "old" };
    let called = if on { typed() } else { String::new() };
    let given: Option<u64> = if on { None } else { Some(1) };
    t(&format!("{nothing:?} {text} {} {matched} {plain} {called} {given:?}", number + 3000000000));
    let declared = declared(client).await;
    t(&format!("{declared:?}"));
}
