//! A message of OTLP where it lies in a body: its fields are looked through without a tree of it, in either encoding.

use prost::Message;
use prost::encoding::{DecodeContext, WireType, decode_key, decode_varint, skip_field};
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::encoding::Encoding;
use super::json;
use super::unfit::Unfit;
use crate::error::ApiError;
use crate::limits::OTLP_RECORD_BYTES_MAX;

/// A field of a message: its number in protobuf, and its name in JSON.
pub(super) type Name = (u32, &'static str);

/// A message in a body.
#[derive(Debug, Clone, Copy)]
pub(super) enum Node<'a> {
    Protobuf(&'a [u8]),
    Json(&'a str),
}

/// The message is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Malformed;

impl From<Malformed> for ApiError {
    fn from(_: Malformed) -> Self {
        Self::BadMessage { rule: "is no export request of OTLP in the encoding that Content-Type names" }
    }
}

impl<'a> Node<'a> {
    /// Returns the message that a body is.
    pub(super) fn of(encoding: Encoding, body: &'a [u8]) -> Result<Self, Malformed> {
        match encoding {
            Encoding::Protobuf => Ok(Self::Protobuf(body)),
            Encoding::Json => std::str::from_utf8(body).map(Self::Json).map_err(|_| Malformed),
        }
    }

    /// Visits every message that a repeated field holds, in their order.
    pub(super) fn each(
        self,
        (number, name): Name,
        visit: &mut dyn FnMut(Node<'a>) -> Result<(), Malformed>,
    ) -> Result<(), Malformed> {
        match self {
            Self::Protobuf(bytes) => fields(bytes, &mut |found, value| match value {
                Value::Bytes(message) if found == number => visit(Node::Protobuf(message)),
                _ => Ok(()),
            }),
            Self::Json(text) => {
                let Some(list) = member(text, name)? else { return Ok(()) };
                json::elements(list)
                    .map_err(|_| Malformed)?
                    .into_iter()
                    .try_for_each(|one| visit(Node::Json(one.get())))
            }
        }
    }

    /// Returns the message that a field holds.
    pub(super) fn message(self, (number, name): Name) -> Result<Option<Node<'a>>, Malformed> {
        match self {
            Self::Protobuf(_) => {
                let mut last = None;
                self.each((number, name), &mut |message| {
                    last = Some(message);
                    Ok(())
                })?;
                Ok(last)
            }
            Self::Json(text) => Ok(member(text, name)?.map(|value| Node::Json(value.get()))),
        }
    }

    /// Returns the text that a field holds; an absent one is empty.
    pub(super) fn text(self, name: Name) -> Result<String, Malformed> {
        match self.message(name)? {
            None => Ok(String::new()),
            Some(Self::Protobuf(bytes)) => String::from_utf8(bytes.to_vec()).map_err(|_| Malformed),
            Some(Self::Json(text)) => serde_json::from_str(text).map_err(|_| Malformed),
        }
    }

    /// Returns the number or the truth that a field holds; an absent one is 0.
    pub(super) fn number(self, (number, name): Name) -> Result<u64, Malformed> {
        match self {
            Self::Protobuf(bytes) => {
                let mut last = 0;
                fields(bytes, &mut |found, value| {
                    if let (true, Value::Number(value)) = (found == number, value) {
                        last = value;
                    }
                    Ok(())
                })?;
                Ok(last)
            }
            Self::Json(text) => match member(text, name)?.map(RawValue::get) {
                None | Some("false") => Ok(0),
                Some("true") => Ok(1),
                Some(text) => text.parse().map_err(|_| Malformed),
            },
        }
    }

    /// Returns the message as what it is, if it is not too large.
    pub(super) fn read<T: Message + Default + DeserializeOwned>(self) -> Result<T, Unfit> {
        if self.bytes().len() > OTLP_RECORD_BYTES_MAX {
            return Err(Unfit::TooLarge);
        }
        match self {
            Self::Protobuf(bytes) => T::decode(bytes).map_err(|_| Unfit::Unreadable),
            Self::Json(text) => serde_json::from_str(text).map_err(|_| Unfit::Unreadable),
        }
    }

    /// Returns the message as it was written: the same for the same message of one exporter.
    pub(super) fn bytes(self) -> &'a [u8] {
        match self {
            Self::Protobuf(bytes) => bytes,
            Self::Json(text) => text.as_bytes(),
        }
    }
}

fn member<'a>(object: &'a str, name: &str) -> Result<Option<&'a RawValue>, Malformed> {
    json::member(object, name).map_err(|_| Malformed)
}

/// The value of a field, as far as its form says what it is.
enum Value<'a> {
    Number(u64),
    Bytes(&'a [u8]),
    Other,
}

/// Visits every field of a protobuf message.
fn fields<'a>(
    mut bytes: &'a [u8],
    visit: &mut dyn FnMut(u32, Value<'a>) -> Result<(), Malformed>,
) -> Result<(), Malformed> {
    while !bytes.is_empty() {
        let (number, form) = decode_key(&mut bytes).map_err(|_| Malformed)?;
        let value = match form {
            WireType::Varint => Value::Number(decode_varint(&mut bytes).map_err(|_| Malformed)?),
            WireType::LengthDelimited => {
                let length = decode_varint(&mut bytes).map_err(|_| Malformed)?;
                let length = usize::try_from(length).map_err(|_| Malformed)?;
                let (value, rest) = bytes.split_at_checked(length).ok_or(Malformed)?;
                bytes = rest;
                Value::Bytes(value)
            }
            other => {
                skip_field(other, number, &mut bytes, DecodeContext::default()).map_err(|_| Malformed)?;
                Value::Other
            }
        };
        visit(number, value)?;
    }
    Ok(())
}
