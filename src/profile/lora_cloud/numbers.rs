//! Numbers with a meaning: REPINTV and ADRMODE.

use core::fmt;

use serde::{Deserialize, Serialize};

use super::wire::{Invalid, Reason};

/// The unit of an [`Interval`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub enum Unit {
    /// 00
    Seconds,
    /// 01
    Days,
    /// 10
    Hours,
    /// 11
    Minutes,
}

/// REPINTV: how often the modem reports. A byte, bits 7 and 6 the unit, the others a value of 0 to 63.
///
/// ```
/// use fibocom_mqtt::profile::lora_cloud::{Interval, Unit};
///
/// let interval = Interval::new(Unit::Hours, 1)?;
/// assert_eq!((interval, interval.as_seconds()), (Interval(0x81), 3600));
/// assert_eq!(interval.to_string(), "1 h");
/// # Ok::<(), fibocom_mqtt::profile::lora_cloud::Invalid>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
#[serde(transparent)]
pub struct Interval(
    /// As it is sent.
    pub u8,
);

impl Interval {
    /// So many of a unit.
    ///
    /// # Errors
    ///
    /// [`Reason::Range`] if the value is larger than 63.
    pub const fn new(unit: Unit, value: u8) -> Result<Self, Invalid> {
        let bits = match unit {
            Unit::Seconds => 0,
            Unit::Days => 0x40,
            Unit::Hours => 0x80,
            Unit::Minutes => 0xc0,
        };
        if value > 0x3f {
            return Err(Invalid::new("interval", Reason::Range));
        }
        Ok(Self(bits | value))
    }

    /// The unit.
    pub const fn unit(self) -> Unit {
        match self.0 & 0xc0 {
            0 => Unit::Seconds,
            0x40 => Unit::Days,
            0x80 => Unit::Hours,
            _ => Unit::Minutes,
        }
    }

    /// How many of the unit: 0 to 63.
    pub const fn value(self) -> u8 {
        self.0 & 0x3f
    }

    /// The interval in seconds.
    pub const fn as_seconds(self) -> u32 {
        let unit = match self.unit() {
            Unit::Seconds => 1,
            Unit::Days => 86_400,
            Unit::Hours => 3_600,
            Unit::Minutes => 60,
        };
        (self.value() as u32).saturating_mul(unit)
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self.unit() {
            Unit::Seconds => "s",
            Unit::Days => "d",
            Unit::Hours => "h",
            Unit::Minutes => "min",
        };
        write!(f, "{} {unit}", self.value())
    }
}

/// ADRMODE: who adapts the data rate. A byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
#[serde(from = "u8", into = "u8")]
#[non_exhaustive]
pub enum AdrMode {
    /// 0: the network server.
    NetworkServer,
    /// 1: the device, mobile, for a long range.
    MobileLongRange,
    /// 2: the device, mobile, for low power.
    MobileLowPower,
    /// 3: the device, by a list of its own. Modems report it; the document does not let it be set.
    Custom,
    /// Not known.
    Unknown(u8),
}

impl From<u8> for AdrMode {
    fn from(mode: u8) -> Self {
        match mode {
            0 => Self::NetworkServer,
            1 => Self::MobileLongRange,
            2 => Self::MobileLowPower,
            3 => Self::Custom,
            other => Self::Unknown(other),
        }
    }
}

impl From<AdrMode> for u8 {
    fn from(mode: AdrMode) -> Self {
        match mode {
            AdrMode::NetworkServer => 0,
            AdrMode::MobileLongRange => 1,
            AdrMode::MobileLowPower => 2,
            AdrMode::Custom => 3,
            AdrMode::Unknown(other) => other,
        }
    }
}
