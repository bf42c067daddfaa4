//! REQUEST: what a modem is asked for.

use core::fmt;

use serde::{Serialize, Serializer};

use super::DevicePorts;
use super::field::InfoField;
use super::parameters::{Configuration, FileDone, Mute, Reset};
use super::wire::{AnyJson, Invalid, List, Name, Reason, Rules};

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
