use open_feature::Client;
use trace::t;

fn show<T>(_: &[T]) {
    t(std::any::type_name::<T>());
}

pub async fn run(client: &Client) {
    let on = client.get_bool_value("new-nav", None, None).await.unwrap_or(false);
    let mut sizes = Vec::with_capacity(2);
    if on {
        sizes.push(1u8);
    } else {
        sizes.push(2);
    }
    show(&sizes);
}
