//! The names of the information fields.

use core::fmt;

use serde::{Serialize, Serializer};

/// An information field of a modem: see [`InfoFields`](super::InfoFields) for what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub enum InfoField {
    /// `status`
    Status,
    /// `charge`
    Charge,
    /// `voltage`
    Voltage,
    /// `temp`
    Temp,
    /// `signal`
    Signal,
    /// `uptime`
    Uptime,
    /// `rxtime`
    RxTime,
    /// `firmware`
    Firmware,
    /// `adrmode`
    AdrMode,
    /// `joineui`
    JoinEui,
    /// `interval`
    Interval,
    /// `region`
    Region,
    /// `crashlog`
    CrashLog,
    /// `rstcount`
    RstCount,
    /// `deveui`
    DevEui,
    /// `rfu`
    Rfu,
    /// `session`
    Session,
    /// `chipeui`
    ChipEui,
    /// `streampar`
    StreamPar,
    /// `appstatus`
    AppStatus,
    /// `alcsync`
    AlcSync,
}

impl InfoField {
    /// Every field, in the order of the document.
    pub const ALL: [Self; 21] = [
        Self::Status,
        Self::Charge,
        Self::Voltage,
        Self::Temp,
        Self::Signal,
        Self::Uptime,
        Self::RxTime,
        Self::Firmware,
        Self::AdrMode,
        Self::JoinEui,
        Self::Interval,
        Self::Region,
        Self::CrashLog,
        Self::RstCount,
        Self::DevEui,
        Self::Rfu,
        Self::Session,
        Self::ChipEui,
        Self::StreamPar,
        Self::AppStatus,
        Self::AlcSync,
    ];

    /// The name as the service writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::Charge => "charge",
            Self::Voltage => "voltage",
            Self::Temp => "temp",
            Self::Signal => "signal",
            Self::Uptime => "uptime",
            Self::RxTime => "rxtime",
            Self::Firmware => "firmware",
            Self::AdrMode => "adrmode",
            Self::JoinEui => "joineui",
            Self::Interval => "interval",
            Self::Region => "region",
            Self::CrashLog => "crashlog",
            Self::RstCount => "rstcount",
            Self::DevEui => "deveui",
            Self::Rfu => "rfu",
            Self::Session => "session",
            Self::ChipEui => "chipeui",
            Self::StreamPar => "streampar",
            Self::AppStatus => "appstatus",
            Self::AlcSync => "alcsync",
        }
    }

    /// The field with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.as_str() == name)
    }

    /// Whether a GETINFO request may ask for it: the document lists 17 of the 21.
    pub const fn is_requestable(self) -> bool {
        !matches!(self, Self::Rfu | Self::StreamPar | Self::AppStatus | Self::AlcSync)
    }
}

impl fmt::Display for InfoField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for InfoField {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
