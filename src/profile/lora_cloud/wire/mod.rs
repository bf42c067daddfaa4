//! JSON in and out: what every object shares.

mod any;
mod chars;
mod decode;
mod encode;
mod error;
mod hex;
mod length;
mod list;
mod names;
mod place;
mod text;
mod transcript;

pub use any::AnyJson;
pub(super) use chars::{FromChars, Refused, from_chars, read_chars};
pub(super) use decode::{TAGGED, decode_seed};
pub use decode::{decode, decode_value};
pub use encode::{Rules, encode, encode_for};
pub use error::{EncodeError, Invalid, Path, Reason};
pub use hex::Hex;
pub(super) use hex::hex_digit;
pub use list::List;
pub(super) use names::names;
pub use place::decode_into;
pub(super) use place::{OneOf, Place, PlaceOrNull, clear, decode_value_into, in_place};
pub use text::{Name, Text};
