use open_feature::Client;
use trace::t;

async fn declared(client: &Client) -> Option<u8> {
    None
}

fn typed() -> String {
    "typed".to_owned()
}

pub async fn run(client: &Client) {
    let nothing = if true { None } else { Some(1u8) };
    let text = if true { "a".into() } else { String::new() };
    let number = if true { 3000000000 } else { 2u64 };
    let matched = match true {
        true => Default::default(),
        false => 2u64,
    };
    let plain = "new";
    let called = typed();
    let given: Option<u64> = None;
    t(&format!("{nothing:?} {text} {} {matched} {plain} {called} {given:?}", number + 3000000000));
    let declared = declared(client).await;
    t(&format!("{declared:?}"));
}
