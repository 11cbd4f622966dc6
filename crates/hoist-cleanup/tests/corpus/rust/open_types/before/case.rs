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
    let on = client.get_bool_value("new-nav", None, None).await.unwrap_or(false);
    let first;
    if on {
        first = 1;
    } else {
        first = 2u32;
    }
    show(first);
    let number = 200;
    if on {
        let small: u8 = number;
        show(small);
    }
    show(number);
    let mut total = 0;
    if on {
        total += price();
    }
    show(total);
    let list = vec![1, 2];
    if on {
        let sum: u64 = list.iter().sum();
        show(sum);
    }
    show(list);
    let result = Err("x");
    let result: Result<u8, &str> = if on { result } else { Ok(1) };
    t(&result.is_ok().to_string());
    let mut count = 0;
    if on {
        count += 1;
    }
    t(&count.to_string());
    let known = 7;
    if on {
        show(known);
    }
    take(known);
}
