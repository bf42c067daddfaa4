//! Reading into a place that is there already: what is read is large, and each time that it is moved the stack holds it once more.

use core::fmt;

use serde::de::{DeserializeSeed, Visitor};
use serde::{Deserialize, Deserializer};

use super::decode::Document;
use super::error::Invalid;
use crate::profile::json::Value;

/// As [`decode`](super::decode), into a place that is there already, such as a `static` one: the stack never holds the object. What was in the place
/// is gone, after an error too: then it holds what `{}` is read as. A type of the caller's own that has a field which must be there keeps what it
/// had.
///
/// ```
/// use fibocom_mqtt::profile::lora_cloud::{UplinkResponse, decode_into};
///
/// let mut response = UplinkResponse::<32, 64, 1>::default();
/// decode_into(br#"{"dnlink": {"port": 199, "payload": "00"}}"#, &mut response)?;
/// assert!(response.dnlink.is_some());
/// decode_into(b"{}", &mut response)?;
/// assert!(response.dnlink.is_none());
/// assert!(decode_into(br#"{"operation": "wifi", "dnlink": 5}"#, &mut response).is_err());
/// assert!(response.operation.is_none());
/// # Ok::<(), fibocom_mqtt::profile::lora_cloud::Invalid>(())
/// ```
///
/// # Errors
///
/// As [`decode`](super::decode).
pub fn decode_into<'de, T: Deserialize<'de>>(document: &'de [u8], place: &mut T) -> Result<(), Invalid> {
    let value = Value::parse_bytes(document).inspect_err(|_| empty(place))?;
    decode_value_into(value, place)
}

/// As [`decode_into`], of a value within a document.
pub(in super::super) fn decode_value_into<'de, T: Deserialize<'de>>(
    value: Value<'de>,
    place: &mut T,
) -> Result<(), Invalid> {
    T::deserialize_in_place(Document(value), place).inspect_err(|_| empty(place))
}

/// What was there, of another device perhaps, or a part of a document, is not taken for what was read. Reading nothing needs less of the stack
/// than a default value.
fn empty<'de, T: Deserialize<'de>>(place: &mut T) {
    if let Ok(nothing) = Value::parse("{}") {
        // Of a type that nothing is not enough for, there is no other value.
        let _ = T::deserialize_in_place(Document(nothing), place);
    }
}

/// Reads into the place.
pub(in super::super) struct Place<'p, T>(pub &'p mut T);

impl<'de, T: Deserialize<'de>> DeserializeSeed<'de> for Place<'_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        T::deserialize_in_place(deserializer, self.0)
    }
}

/// Reads into the place, and leaves there what is there where the document says `null`.
pub(in super::super) struct PlaceOrNull<'p, T>(pub &'p mut T);

impl<'de, T: Deserialize<'de>> DeserializeSeed<'de> for PlaceOrNull<'_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_option(self)
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for PlaceOrNull<'_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or null")
    }

    fn visit_none<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        T::deserialize_in_place(deserializer, self.0)
    }
}

/// Makes it what it is where nothing is said of it.
#[inline(never)]
pub(in super::super) fn clear<T: Default>(place: &mut T) {
    *place = T::default();
}

/// Which of these names the next field has.
pub(in super::super) struct OneOf(pub &'static [&'static str]);

impl<'de> DeserializeSeed<'de> for OneOf {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<usize>, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for OneOf {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a field")
    }

    fn visit_str<E>(self, name: &str) -> Result<Option<usize>, E> {
        Ok(self.0.iter().position(|known| *known == name))
    }
}

/// `Deserialize` of an object none of whose fields is required. As serde would derive it, but field by field into its place.
macro_rules! in_place {
    ($type:ident<$($size:ident),+>, $name:literal { $($field:ident: $place:ident),+ $(,)? }) => {
        impl<'de, $(const $size: usize),+> serde::Deserialize<'de> for $type<$($size),+> {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let mut object = Self::default();
                Self::deserialize_in_place(deserializer, &mut object)?;
                Ok(object)
            }

            fn deserialize_in_place<D: serde::Deserializer<'de>>(deserializer: D, place: &mut Self) -> Result<(), D::Error> {
                use crate::profile::lora_cloud::wire::{OneOf, clear};

                const FIELDS: &[&str] = &[$(stringify!($field)),+];

                struct Members<'p, $(const $size: usize),+>(&'p mut $type<$($size),+>);

                impl<'de, $(const $size: usize),+> serde::de::Visitor<'de> for Members<'_, $($size),+> {
                    type Value = ();

                    fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                        f.write_str(concat!("an object ", $name))
                    }

                    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
                        let mut seen = [false; FIELDS.len()];
                        while let Some(known) = members.next_key_seed(OneOf(FIELDS))? {
                            let name = known.and_then(|nth| FIELDS.get(nth));
                            let seen = known.and_then(|nth| seen.get_mut(nth));
                            let (Some(name), Some(seen)) = (name, seen) else {
                                members.next_value::<serde::de::IgnoredAny>()?;
                                continue;
                            };
                            if core::mem::replace(seen, true) {
                                return Err(serde::de::Error::duplicate_field(name));
                            }
                            $(if *name == stringify!($field) {
                                members.next_value_seed($place(&mut self.0.$field))?;
                            })+
                        }
                        Ok(())
                    }
                }

                // Without `..`: a field that is not named above does not compile.
                let $type { $($field),+ } = &mut *place;
                $(clear($field);)+
                deserializer.deserialize_struct($name, FIELDS, Members(place))
            }
        }
    };
}

pub(in super::super) use in_place;
