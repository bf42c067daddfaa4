//! REQUEST: what a modem is asked for.

use core::fmt;

use serde::de::{Error, Unexpected};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::DevicePorts;
use super::field::InfoField;
use super::parameters::{Configuration, FileDone, Mute, Reset};
use super::wire::{AnyJson, FromChars, Invalid, List, Name, Reason, Refused, Rules, decode, read_chars};

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

/// Room for the parameter of every request that is known, before its type is: the order of the two is free.
const PARAM: usize = 512;

#[derive(Deserialize)]
#[serde(rename = "REQUEST")]
struct Read {
    #[serde(rename = "type")]
    kind: Name,
    param: Option<AnyJson<PARAM>>,
}

impl Read {
    fn param<'p, T: Deserialize<'p>, E: Error>(param: &'p AnyJson<PARAM>) -> Result<T, E> {
        let Some(json) = param.as_str() else {
            return Err(E::invalid_length(param.omitted(), &"a parameter"));
        };
        decode(json.as_bytes()).map_err(|error: Invalid| match error.reason {
            Reason::Range => E::invalid_value(Unexpected::Signed(0), &"a number in its range"),
            Reason::Kind => E::invalid_type(Unexpected::Other("value"), &"the parameter of this request"),
            Reason::Missing => E::missing_field(error.path.field()),
            Reason::Length { len } => E::invalid_length(len, &"a parameter that fits"),
            _ => E::custom(error),
        })
    }
}

impl<'de, const TEXT: usize> Deserialize<'de> for Request<TEXT> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Read { kind, param } = Read::deserialize(deserializer)?;
        let required = || param.as_ref().ok_or_else(|| D::Error::missing_field("param"));
        Ok(match kind.as_str() {
            "RESET" => Self::Reset(Read::param(required()?)?),
            "REJOIN" => Self::Rejoin,
            "MUTE" => Self::Mute(param.as_ref().map(Read::param).transpose()?),
            "GETINFO" => Self::GetInfo(known_fields(Read::param(required()?)?)),
            "SETCONF" => Self::SetConf(Read::param(required()?)?),
            "FILEDONE" => Self::FileDone(Read::param(required()?)?),
            _ => {
                let param = param.as_ref().map(Read::param).transpose()?;
                Self::Other { kind, param }
            }
        })
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
