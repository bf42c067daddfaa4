//! REQUEST: what a modem is asked for.

use core::fmt;

use serde::de::value::UnitDeserializer;
use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::DevicePorts;
use super::field::InfoField;
use super::parameters::{Configuration, FileDone, Mute, Reset};
use super::wire::{AnyJson, FromChars, Invalid, List, Name, Reason, Refused, Rules, decode_seed, read_chars};
use crate::profile::json::Value;

/// REQUEST: what a modem is asked for.
///
/// ```
/// use fibocom_mqtt::profile::lora_cloud::{InfoField, Request, encode};
///
/// let request = <Request>::GetInfo([InfoField::Temp, InfoField::Status].into_iter().collect());
/// let mut buffer = [0; 64];
/// assert_eq!(encode(&request, &mut buffer)?, br#"{"type":"GETINFO","param":["temp","status"]}"#);
/// # Ok::<(), fibocom_mqtt::profile::lora_cloud::EncodeError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Request<const TEXT: usize = 64> {
    /// RESET: restart.
    Reset(Reset),
    /// REJOIN: join the network again.
    Rejoin,
    /// MUTE: be quiet. Some servers give no time.
    Mute(Option<Mute>),
    /// GETINFO: report these fields. Names that are not known are counted as omitted.
    GetInfo(List<InfoField, 21>),
    /// SETCONF: set these values.
    SetConf(Configuration),
    /// FILEDONE: a file has been received.
    FileDone(FileDone),
    /// A request that the document does not know. It is kept, and never sent.
    Other {
        /// Its type.
        kind: Name,
        /// Its parameter.
        param: Option<AnyJson<TEXT>>,
    },
}

impl<const TEXT: usize> Request<TEXT> {
    /// The type as the service writes it.
    pub fn kind(&self) -> &str {
        match self {
            Self::Reset(_) => "RESET",
            Self::Rejoin => "REJOIN",
            Self::Mute(_) => "MUTE",
            Self::GetInfo(_) => "GETINFO",
            Self::SetConf(_) => "SETCONF",
            Self::FileDone(_) => "FILEDONE",
            Self::Other { kind, .. } => kind,
        }
    }
}

impl<const TEXT: usize> Rules for Request<TEXT> {
    fn check(&self, _: &DevicePorts) -> Result<(), Invalid> {
        let refused = |field, reason| Err(Invalid::new(field, reason).under("param"));
        match self {
            Self::Reset(Reset::Unknown(_)) => Err(Invalid::new("param", Reason::Range)),
            // As numbers they would say something else.
            Self::Mute(Some(Mute::Days(0 | 255))) => Err(Invalid::new("param", Reason::Range)),
            Self::GetInfo(fields) if fields.is_empty() => Err(Invalid::new("param", Reason::Missing)),
            Self::GetInfo(fields) => match fields.iter().any(|field| !field.is_requestable()) {
                true => Err(Invalid::new("param", Reason::Value)),
                false => fields.check_whole("param"),
            },
            Self::SetConf(set) if set.adrmode.is_some_and(|mode| u8::from(mode) > 2) => {
                refused("adrmode", Reason::Range)
            }
            Self::SetConf(set) if set.opmode.is_some() => refused("opmode", Reason::Value),
            Self::Other { .. } => Err(Invalid::new("type", Reason::Value)),
            _ => Ok(()),
        }
    }
}

impl<const TEXT: usize> fmt::Display for Request<TEXT> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind())
    }
}

#[derive(Serialize)]
struct Written<'a, P> {
    #[serde(rename = "type")]
    kind: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    param: Option<P>,
}

impl<const TEXT: usize> Serialize for Request<TEXT> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let kind = self.kind();
        fn write<S: Serializer, P: Serialize>(kind: &str, param: Option<P>, serializer: S) -> Result<S::Ok, S::Error> {
            Written { kind, param }.serialize(serializer)
        }
        match self {
            Self::Reset(what) => write(kind, Some(what), serializer),
            Self::Rejoin => write(kind, None::<()>, serializer),
            Self::Mute(mute) => write(kind, mute.as_ref(), serializer),
            Self::GetInfo(fields) => write(kind, Some(fields), serializer),
            Self::SetConf(set) => write(kind, Some(set), serializer),
            Self::FileDone(done) => write(kind, Some(done), serializer),
            Self::Other { param, .. } => write(kind, param.as_ref(), serializer),
        }
    }
}

/// Room for the parameter of every request that is known, where it comes before its type.
const PARAM: usize = 512;

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "lowercase")]
enum Key {
    Type,
    Param,
    #[serde(other)]
    Unknown,
}

impl<const TEXT: usize> Request<TEXT> {
    /// A request of this type. None if it needs a parameter, and `null` stands for it.
    fn of<'p, P: Deserializer<'p>>(kind: Name, param: P) -> Result<Option<Self>, P::Error> {
        Ok(match kind.as_str() {
            "RESET" => Option::deserialize(param)?.map(Self::Reset),
            "REJOIN" => IgnoredAny::deserialize(param).map(|_| Some(Self::Rejoin))?,
            "MUTE" => Some(Self::Mute(Option::deserialize(param)?)),
            "GETINFO" => Option::deserialize(param)?.map(|names| Self::GetInfo(known_fields(names))),
            "SETCONF" => Option::deserialize(param)?.map(Self::SetConf),
            "FILEDONE" => Option::deserialize(param)?.map(Self::FileDone),
            _ => {
                let param = Option::deserialize(param)?;
                Some(Self::Other { kind, param })
            }
        })
    }

    /// Of a parameter that came before the type.
    fn after<E: Error>(kind: Name, param: &AnyJson<PARAM>) -> Result<Option<Self>, E> {
        let value = match param.as_str().map(Value::parse) {
            Some(value) => value.map_err(E::custom)?,
            None if PARAMETERS.contains(&kind.as_str()) => {
                return Err(E::invalid_length(param.omitted(), &"a parameter"));
            }
            None if kind.as_str() == "REJOIN" => return Ok(Some(Self::Rejoin)),
            None => {
                let param = Some(AnyJson::not_kept(param.omitted()));
                return Ok(Some(Self::Other { kind, param }));
            }
        };
        decode_seed(value, ParamOf(kind)).map_err(|error| match error.reason {
            Reason::Range => E::invalid_value(Unexpected::Signed(0), &"a number in its range"),
            Reason::Kind => E::invalid_type(Unexpected::Other("value"), &"the parameter of this request"),
            Reason::Missing => E::missing_field(error.path.field()),
            Reason::Length { len } => E::invalid_length(len, &"a parameter that fits"),
            _ => E::custom(error),
        })
    }
}

/// The types whose parameter has to be whole.
const PARAMETERS: [&str; 5] = ["RESET", "MUTE", "GETINFO", "SETCONF", "FILEDONE"];

struct ParamOf<const TEXT: usize>(Name);

impl<'de, const TEXT: usize> DeserializeSeed<'de> for ParamOf<TEXT> {
    type Value = Option<Request<TEXT>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        Request::of(self.0, deserializer)
    }
}

struct Members<const TEXT: usize>;

impl<'de, const TEXT: usize> Visitor<'de> for Members<TEXT> {
    type Value = Request<TEXT>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a request")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Request<TEXT>, A::Error> {
        let (mut kind, mut early, mut request) = (None::<Name>, None::<AnyJson<PARAM>>, None);
        while let Some(key) = members.next_key()? {
            match (key, &kind) {
                (Key::Type, None) => kind = Some(members.next_value()?),
                (Key::Type, Some(_)) => return Err(A::Error::duplicate_field("type")),
                (Key::Param, _) if early.is_some() || request.is_some() => {
                    return Err(A::Error::duplicate_field("param"));
                }
                // Of the type that is known, so that an error names the field in it.
                (Key::Param, Some(kind)) => request = Some(members.next_value_seed(ParamOf(kind.clone()))?),
                (Key::Param, None) => early = Some(members.next_value()?),
                (Key::Unknown, _) => drop(members.next_value::<IgnoredAny>()?),
            }
        }
        let kind = kind.ok_or_else(|| A::Error::missing_field("type"))?;
        let request = match (request, early) {
            (Some(request), _) => request,
            (None, Some(param)) => Request::after(kind, &param)?,
            (None, None) => Request::of(kind, UnitDeserializer::<A::Error>::new())?,
        };
        request.ok_or_else(|| A::Error::missing_field("param"))
    }
}

impl<'de, const TEXT: usize> Deserialize<'de> for Request<TEXT> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_struct("REQUEST", &["type", "param"], Members)
    }
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
