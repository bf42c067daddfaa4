//! Reading a REQUEST: what its parameter is depends on its type, and either may come first.

use core::fmt;

use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};

use super::field::InfoField;
use super::request::Request;
use super::wire::{AnyJson, FromChars, Invalid, List, Name, Reason, Refused, TAGGED, decode_seed, read_chars};

/// Room for a parameter that comes before its type. With our own deserializer it never does.
const PARAM: usize = 512;

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "lowercase")]
enum Key {
    Type,
    Param,
    #[serde(other)]
    Other,
}

impl<'de, const TEXT: usize> Deserialize<'de> for Request<TEXT> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_struct(TAGGED, &["type", "param"], Members)
    }
}

struct Members<const TEXT: usize>;

impl<'de, const TEXT: usize> Visitor<'de> for Members<TEXT> {
    type Value = Request<TEXT>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a request")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Request<TEXT>, A::Error> {
        let mut kind: Option<Name> = None;
        let mut early: Option<AnyJson<PARAM>> = None;
        let mut request = None;
        while let Some(key) = members.next_key()? {
            match key {
                Key::Type if kind.is_some() => return Err(A::Error::duplicate_field("type")),
                Key::Type => kind = Some(members.next_value()?),
                Key::Param if request.is_some() || early.is_some() => {
                    return Err(A::Error::duplicate_field("param"));
                }
                Key::Param => match &kind {
                    Some(kind) => request = Some(members.next_value_seed(Parameter(kind))?),
                    None => early = Some(members.next_value()?),
                },
                Key::Other => drop(members.next_value::<IgnoredAny>()?),
            }
        }
        let kind = kind.ok_or_else(|| A::Error::missing_field("type"))?;
        match (request, early) {
            (Some(request), _) => Ok(request),
            (None, Some(param)) => read_early(&kind, &param),
            (None, None) => match kind.as_str() {
                "REJOIN" => Ok(Request::Rejoin),
                "MUTE" => Ok(Request::Mute(None)),
                "RESET" | "GETINFO" | "SETCONF" | "FILEDONE" => Err(A::Error::missing_field("param")),
                _ => Ok(Request::Other { kind, param: None }),
            },
        }
    }
}

/// The parameter of a request of this type.
struct Parameter<'k, const TEXT: usize>(&'k Name);

impl<'de, const TEXT: usize> DeserializeSeed<'de> for Parameter<'_, TEXT> {
    type Value = Request<TEXT>;

    fn deserialize<D: Deserializer<'de>>(self, param: D) -> Result<Request<TEXT>, D::Error> {
        Ok(match self.0.as_str() {
            "RESET" => Request::Reset(Deserialize::deserialize(param)?),
            "REJOIN" => {
                IgnoredAny::deserialize(param)?;
                Request::Rejoin
            }
            "MUTE" => Request::Mute(Deserialize::deserialize(param)?),
            "GETINFO" => Request::GetInfo(known_fields(Deserialize::deserialize(param)?)),
            "SETCONF" => Request::SetConf(Deserialize::deserialize(param)?),
            "FILEDONE" => Request::FileDone(Deserialize::deserialize(param)?),
            _ => Request::Other {
                kind: self.0.clone(),
                param: Deserialize::deserialize(param)?,
            },
        })
    }
}

/// A parameter that came before its type.
fn read_early<E: Error, const TEXT: usize>(kind: &Name, param: &AnyJson<PARAM>) -> Result<Request<TEXT>, E> {
    let Some(json) = param.as_str() else {
        return Err(E::invalid_length(param.omitted(), &"a parameter that fits"));
    };
    decode_seed(Parameter(kind), json.as_bytes()).map_err(|error: Invalid| match error.reason {
        Reason::Range => E::invalid_value(Unexpected::Other("number"), &"a number in its range"),
        Reason::Kind => E::invalid_type(Unexpected::Other("value"), &"the parameter of this request"),
        Reason::Missing => E::missing_field(error.path.field()),
        Reason::Length { len } => E::invalid_length(len, &"a parameter that fits"),
        _ => E::custom(error),
    })
}

/// The name of a field, or another word.
struct MaybeField(Option<InfoField>);

impl FromChars for MaybeField {
    const EXPECTED: &'static str = "the name of a field";

    fn from_chars(chars: &mut dyn Iterator<Item = char>) -> Result<Self, Refused> {
        Name::from_chars(chars).map(|name| Self(InfoField::named(&name)))
    }
}

impl<'de> Deserialize<'de> for MaybeField {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read_chars(deserializer)
    }
}

/// What is known of them; the others are counted.
fn known_fields(read: List<MaybeField, 32>) -> List<InfoField, 21> {
    let mut fields = List::new();
    for MaybeField(field) in &read {
        if field.is_none_or(|field| fields.push(field).is_err()) {
            fields.omit();
        }
    }
    (0..read.omitted()).for_each(|_| fields.omit());
    fields
}
