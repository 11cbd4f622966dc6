//! Answers every evaluation of `new-nav` with the value that the driver froze it at.

use std::cell::RefCell;

/// What `new-nav` is.
#[derive(Clone)]
pub enum Frozen {
    Bool(bool),
    Text(&'static str),
    Int(i64),
    Float(f64),
}

thread_local! {
    pub static FROZEN: RefCell<Frozen> = const { RefCell::new(Frozen::Bool(false)) };
}

#[derive(Debug)]
pub struct Error;

pub struct Client;

impl Client {
    pub async fn get_bool_value(&self, key: &str, _: Option<()>, _: Option<()>) -> Result<bool, Error> {
        match FROZEN.with_borrow(Clone::clone) {
            Frozen::Bool(value) if key == "new-nav" => Ok(value),
            _ => Err(Error),
        }
    }

    pub async fn get_string_value(&self, key: &str, _: Option<()>, _: Option<()>) -> Result<String, Error> {
        match FROZEN.with_borrow(Clone::clone) {
            Frozen::Text(value) if key == "new-nav" => Ok(value.to_string()),
            _ => Err(Error),
        }
    }

    pub async fn get_float_value(&self, key: &str, _: Option<()>, _: Option<()>) -> Result<f64, Error> {
        match FROZEN.with_borrow(Clone::clone) {
            Frozen::Float(value) if key == "new-nav" => Ok(value),
            _ => Err(Error),
        }
    }

    pub async fn get_int_value(&self, key: &str, _: Option<()>, _: Option<()>) -> Result<i64, Error> {
        match FROZEN.with_borrow(Clone::clone) {
            Frozen::Int(value) if key == "new-nav" => Ok(value),
            _ => Err(Error),
        }
    }
}

/// Runs a future that never waits.
pub fn run(future: impl std::future::Future<Output = ()>) {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let mut future = std::pin::pin!(future);
    while future.as_mut().poll(&mut context).is_pending() {}
}
