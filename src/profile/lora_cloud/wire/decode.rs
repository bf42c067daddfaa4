//! Reading: a deserializer over a document that the crate's own reader has checked.
//!
//! The one of serde-json-core cannot carry this: it takes no value without knowing its kind (the two forms of stream records, a
//! cookie), refuses `300.0` for an integer and escaped surrogates, recurses as deep as a stranger likes where it skips a value,
//! and its errors name no field.

use core::fmt;

use serde::de::value::{BorrowedStrDeserializer, StrDeserializer};
use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, Expected, IntoDeserializer, MapAccess, SeqAccess, Unexpected,
    Visitor,
};
use serde::forward_to_deserialize_any;

use super::error::{Invalid, Reason};
use crate::profile::json::{Chars, Elements, JsonStr, Kind, Members, Number, Value};

/// A value of any kind asks for this name to get its text as it stands in the document.
pub(super) const RAW: &str = "$fibocom-mqtt-raw-json";

/// An object of this name gets its `type` first, wherever it stands, since the other fields depend on it.
pub(in super::super) const TAGGED: &str = "REQUEST";

/// The fields of the only object that is read without being asked for: a record of a stream.
const RECORD: &[&str] = &["off", "data"];

/// The longest name of a field, with something to spare; what is longer, and escaped, is no name that is known.
const LONGEST_NAME: usize = 32;

/// Reads an object of the service from a document, such as the payload of a message.
///
/// It is taken as servers are known to write it: unknown fields are passed over, a whole number may be written `300.0`, `null`
/// stands for what is absent, an EUI may come with dashes or without, hexadecimal digits in either case. Nothing is cut silently:
/// what does not fit the sizes of `T` is an error, or is counted there.
///
/// ```
/// use fibocom_mqtt::profile::lora_cloud::{Downlink, decode};
///
/// let downlink: Downlink = decode(br#"{"port": 199.0, "payload": "0A1b", "later": []}"#)?;
/// assert_eq!((downlink.port, downlink.payload.as_bytes()), (199, &[0x0a, 0x1b][..]));
///
/// let error = decode::<Downlink>(br#"{"port": 300, "payload": ""}"#).unwrap_err();
/// assert_eq!(error.path.field(), "port");
/// # Ok::<(), fibocom_mqtt::profile::lora_cloud::Invalid>(())
/// ```
///
/// # Errors
///
/// [`Invalid`] names the field, and what is wrong with it.
pub fn decode<'de, T: Deserialize<'de>>(document: &'de [u8]) -> Result<T, Invalid> {
    decode_value(Value::parse_bytes(document)?)
}

/// As [`decode`], of a value within a document.
///
/// # Errors
///
/// As [`decode`].
pub fn decode_value<'de, T: Deserialize<'de>>(value: Value<'de>) -> Result<T, Invalid> {
    T::deserialize(Document(value))
}

/// As [`decode`], with a seed.
pub(in super::super) fn decode_seed<'de, S: DeserializeSeed<'de>>(
    seed: S,
    document: &'de [u8],
) -> Result<S::Value, Invalid> {
    seed.deserialize(Document(Value::parse_bytes(document)?))
}

#[derive(Clone, Copy)]
pub(super) struct Document<'de>(pub(super) Value<'de>);

impl<'de> Document<'de> {
    fn unexpected(&self) -> Unexpected<'static> {
        match self.0.kind() {
            Kind::Object => Unexpected::Map,
            Kind::Array => Unexpected::Seq,
            Kind::String => Unexpected::Other("text"),
            Kind::Number => Unexpected::Other("number"),
            Kind::Bool => Unexpected::Other("true or false"),
            Kind::Null => Unexpected::Unit,
        }
    }

    fn number(self, expected: &dyn Expected) -> Result<Number<'de>, Invalid> {
        let number = self.0.as_number();
        number.ok_or_else(|| Invalid::invalid_type(self.unexpected(), expected))
    }

    fn whole<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Invalid> {
        let number = self.number(&visitor)?;
        match (number.as_u64(), number.as_i64()) {
            (Some(number), _) => visitor.visit_u64(number),
            (None, Some(number)) => visitor.visit_i64(number),
            (None, None) => Err(Invalid::document(Reason::Range)),
        }
    }

    fn float<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Invalid> {
        let number = self.number(&visitor)?;
        if !number.raw().contains(['.', 'e', 'E']) {
            if let Some(whole) = number.as_i64() {
                return visitor.visit_i64(whole);
            }
        }
        match number.raw().parse::<f64>() {
            Ok(number) if number.is_finite() => visitor.visit_f64(number),
            _ => Err(Invalid::document(Reason::Range)),
        }
    }

    fn text<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Invalid> {
        let Some(text) = self.0.as_str() else {
            return Err(Invalid::invalid_type(self.unexpected(), &visitor));
        };
        match text.as_plain() {
            Some(text) => visitor.visit_borrowed_str(text),
            // Character by character, so that no text is too long to undo its escapes.
            None => visitor.visit_seq(Escaped(text.chars())),
        }
    }

    fn list<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Invalid> {
        let Some(array) = self.0.as_array() else {
            return Err(Invalid::invalid_type(self.unexpected(), &visitor));
        };
        let mut elements = List(array.elements());
        let list = visitor.visit_seq(&mut elements)?;
        match elements.0.next() {
            Some(_) => Err(Invalid::document(Reason::Length {
                len: array.elements().count(),
            })),
            None => Ok(list),
        }
    }

    fn object<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Invalid> {
        let Some(object) = self.0.as_object() else {
            return Err(Invalid::invalid_type(self.unexpected(), &visitor));
        };
        let mut members = object.members();
        let first = (name == TAGGED)
            .then(|| members.find(|(name, _)| *name == "type"))
            .flatten();
        visitor.visit_map(Fields {
            members: object.members(),
            fields,
            first,
            handed_out: None,
            next: None,
        })
    }
}

impl<'de> Deserializer<'de> for Document<'de> {
    type Error = Invalid;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Invalid> {
        match self.0.kind() {
            Kind::Object => self.object("", RECORD, visitor),
            Kind::Array => self.list(visitor),
            Kind::String => self.text(visitor),
            Kind::Number => self.float(visitor),
            Kind::Bool => visitor.visit_bool(self.0.as_bool().unwrap_or_default()),
            Kind::Null => visitor.visit_unit(),
        }
    }

    // Not left to any kind: a list of characters is no text, and a text with escapes no list.
    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Invalid> {
        self.text(visitor)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Invalid> {
        self.text(visitor)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Invalid> {
        self.list(visitor)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _len: usize, visitor: V) -> Result<V::Value, Invalid> {
        self.list(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Invalid> {
        self.object("", &[], visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Invalid> {
        self.float(visitor)
    }

    fn deserialize_u8<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Invalid> {
        self.whole(visitor)
    }

    fn deserialize_u16<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Invalid> {
        self.whole(visitor)
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Invalid> {
        self.whole(visitor)
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Invalid> {
        self.whole(visitor)
    }

    fn deserialize_i8<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Invalid> {
        self.whole(visitor)
    }

    fn deserialize_i16<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Invalid> {
        self.whole(visitor)
    }

    fn deserialize_i32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Invalid> {
        self.whole(visitor)
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Invalid> {
        self.whole(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Invalid> {
        if self.0.is_null() {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, Invalid> {
        if name == RAW {
            visitor.visit_borrowed_str(self.0.raw())
        } else {
            visitor.visit_newtype_struct(self)
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Invalid> {
        self.object(name, fields, visitor)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Invalid> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i128 u128 f32 char bytes byte_buf unit unit_struct tuple_struct enum identifier
    }
}

/// The characters of a text with escapes.
struct Escaped<'de>(Chars<'de>);

impl<'de> SeqAccess<'de> for Escaped<'de> {
    type Error = Invalid;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Invalid> {
        let next = self.0.next();
        next.map(|character| seed.deserialize(character.into_deserializer()))
            .transpose()
    }
}

struct List<'de>(Elements<'de>);

impl<'de> SeqAccess<'de> for &mut List<'de> {
    type Error = Invalid;

    #[inline(never)]
    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Invalid> {
        match self.0.next() {
            Some(value) => seed.deserialize(Document(value)).map(Some),
            None => Ok(None),
        }
    }
}

struct Fields<'de> {
    members: Members<'de>,
    fields: &'static [&'static str],
    /// What comes before its turn, and where its value stands once it has come.
    first: Option<(JsonStr<'de>, Value<'de>)>,
    handed_out: Option<*const u8>,
    next: Option<(JsonStr<'de>, Value<'de>)>,
}

impl<'de> Fields<'de> {
    fn advance(&mut self) -> Option<(JsonStr<'de>, Value<'de>)> {
        if let Some(first) = self.first.take() {
            self.handed_out = Some(first.1.raw().as_ptr());
            return Some(first);
        }
        let handed_out = self.handed_out;
        self.members.find(|(_, value)| handed_out != Some(value.raw().as_ptr()))
    }
}

impl<'de> MapAccess<'de> for Fields<'de> {
    type Error = Invalid;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Invalid> {
        self.next = self.advance();
        let Some((name, _)) = self.next else {
            return Ok(None);
        };
        if let Some(name) = name.as_plain() {
            return seed.deserialize(BorrowedStrDeserializer::new(name)).map(Some);
        }
        let mut buffer = [0; LONGEST_NAME];
        let name = name.decode(&mut buffer).unwrap_or(name.raw());
        seed.deserialize(StrDeserializer::new(name)).map(Some)
    }

    // On its own, so that what it needs of the stack is needed for one field at a time.
    #[inline(never)]
    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Invalid> {
        let Some((name, value)) = self.next else {
            return Err(Invalid::document(Reason::Missing));
        };
        let mut read = seed.deserialize(Document(value));
        // In place: what was read may be large.
        if let Err(error) = &mut read {
            let known = self.fields.iter().find(|field| name == **field);
            *error = known.map_or(*error, |field| error.under(field));
        }
        read
    }
}

/// What serde's own visitors report.
impl Error for Invalid {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self::document(Reason::Value)
    }

    fn invalid_type(_: Unexpected<'_>, _: &dyn Expected) -> Self {
        Self::document(Reason::Kind)
    }

    fn invalid_value(unexpected: Unexpected<'_>, _: &dyn Expected) -> Self {
        Self::document(match unexpected {
            Unexpected::Unsigned(_) | Unexpected::Signed(_) | Unexpected::Float(_) => Reason::Range,
            _ => Reason::Value,
        })
    }

    fn invalid_length(len: usize, _: &dyn Expected) -> Self {
        Self::document(Reason::Length { len })
    }

    fn unknown_variant(_: &str, _: &'static [&'static str]) -> Self {
        Self::document(Reason::Value)
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new(field, Reason::Missing)
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self::new(field, Reason::Duplicate)
    }
}
