use open_feature::Client;
use trace::t;

fn show<T>(_: T) {
    t(std::any::type_name::<T>());
}

fn price() -> u64 {
    3
}

fn take(number: u8) {
    t(&number.to_string());
}

pub async fn run(client: &Client) {
    let first;
    first = 2u32;
    show(first);
    let number = 200;
    if false {
        let small: u8 = number;
        show(small);
    }
    show(number);
    let mut total = 0;
    if false {
        total += price();
    }
    show(total);
    let list = vec![1, 2];
    if false {
        let sum: u64 = list.iter().sum();
        show(sum);
    }
    show(list);
    let result = Err("x");
    let result: Result<u8, &str> = if false { result } else { Ok(1) };
    t(&result.is_ok().to_string());
    let count = 0;
    t(&count.to_string());
    let known = 7;
    take(known);
}
