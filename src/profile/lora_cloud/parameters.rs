//! The parameters of requests.

use serde::{Deserialize, Serialize};

use super::eui::Eui;
use super::numbers::{AdrMode, Interval};

/// RESET: what restarts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
#[serde(from = "u8", into = "u8")]
#[non_exhaustive]
pub enum Reset {
    /// 1: the modem.
    Modem,
    /// 2: the controller of the application.
    Application,
    /// 3: both.
    Both,
    /// Not known. It is kept, and never sent.
    Unknown(u8),
}

impl From<u8> for Reset {
    fn from(what: u8) -> Self {
        match what {
            1 => Self::Modem,
            2 => Self::Application,
            3 => Self::Both,
            other => Self::Unknown(other),
        }
    }
}

impl From<Reset> for u8 {
    fn from(what: Reset) -> Self {
        match what {
            Reset::Modem => 1,
            Reset::Application => 2,
            Reset::Both => 3,
            Reset::Unknown(other) => other,
        }
    }
}

/// MUTE: for how long the modem sends nothing by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
#[serde(from = "u8", into = "u8")]
pub enum Mute {
    /// 0: it speaks again.
    Off,
    /// So many days: 1 to 254.
    Days(u8),
    /// 255: until it is told otherwise.
    Always,
}

impl From<u8> for Mute {
    fn from(days: u8) -> Self {
        match days {
            0 => Self::Off,
            255 => Self::Always,
            days => Self::Days(days),
        }
    }
}

impl From<Mute> for u8 {
    fn from(mute: Mute) -> Self {
        match mute {
            Mute::Off => 0,
            Mute::Days(days) => days,
            Mute::Always => 255,
        }
    }
}

/// SETCONF: what is to be set; what is absent stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub struct Configuration {
    /// Who adapts the data rate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub adrmode: Option<AdrMode>,
    /// The join server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub joineui: Option<Eui>,
    /// How often the modem reports.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval: Option<Interval>,
    /// The regulatory region, by a number in the device's manual.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<u8>,
    /// Not in the document, but servers send it. It is kept, and never sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opmode: Option<u32>,
}

/// FILEDONE: a file has been received.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub struct FileDone {
    /// The session of the file.
    pub sid: i64,
    /// The counter of the file.
    pub sctr: i64,
}
