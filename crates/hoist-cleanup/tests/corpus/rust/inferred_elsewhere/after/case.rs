use open_feature::Client;
use trace::t;

fn show<T>(_: &[T]) {
    t(std::any::type_name::<T>());
}

pub async fn run(client: &Client) {
    let mut sizes = Vec::with_capacity(2);
    if false {
        sizes.push(1u8);
    } else {
        sizes.push(2);
    }
    show(&sizes);
}
