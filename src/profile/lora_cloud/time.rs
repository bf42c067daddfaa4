//! Points in time: seconds, in UTC and in GPS time.

use core::fmt;

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::wire::{Invalid, Reason};

/// 00:00 UTC of January 6th 1980, where GPS time began, in seconds UTC.
const GPS_EPOCH: i64 = 315_964_800;

/// A point in time in seconds: UTC since 1970, or, where a field says so, GPS time.
///
/// GPS time (GPST) counts from 00:00 UTC of January 6th 1980 and knows no leap seconds, so it is ahead of UTC by those that there
/// were since: [`LEAP_SECONDS`](Self::LEAP_SECONDS).
///
/// The service's numbers are floats; a whole number stays one, so that `1234` is not sent as `1234.0`.
///
/// ```
/// use fibocom_mqtt::profile::lora_cloud::Seconds;
///
/// let utc = Seconds::from(1_722_433_373);
/// assert_eq!(utc.to_gps(Seconds::LEAP_SECONDS), Seconds::from(1_406_468_591));
/// assert_eq!(Seconds::from(1234.5).to_gps(18).to_utc(18), Seconds::from(1234.5));
/// ```
#[derive(Debug, Clone, Copy)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub enum Seconds {
    /// Whole seconds.
    Whole(i64),
    /// With a fraction, or written as if there were one.
    Float(f64),
}

impl Seconds {
    /// How far GPS time is ahead of UTC since 2017, in seconds. The next leap second, if there ever is one, changes it.
    pub const LEAP_SECONDS: i64 = 18;

    /// This moment of UTC in GPS time, with so many leap seconds. Exact for whole seconds, and for a float as far as a float
    /// of its size can tell them: back and forth, and forth and back from 2014 to 2038, it is the same float again.
    pub fn to_gps(self, leap_seconds: i64) -> Self {
        self.shifted(leap_seconds.saturating_sub(GPS_EPOCH))
    }

    /// This moment of GPS time in UTC, with so many leap seconds. As exact as [`to_gps`](Self::to_gps).
    pub fn to_utc(self, leap_seconds: i64) -> Self {
        self.shifted(GPS_EPOCH.saturating_sub(leap_seconds))
    }

    /// The seconds as a float.
    pub fn as_f64(self) -> f64 {
        match self {
            Self::Whole(seconds) => seconds as f64,
            Self::Float(seconds) => seconds,
        }
    }

    fn shifted(self, by: i64) -> Self {
        match self {
            Self::Whole(seconds) => Self::Whole(seconds.saturating_add(by)),
            Self::Float(seconds) => Self::Float(seconds + by as f64),
        }
    }

    pub(super) fn check(self, field: &'static str) -> Result<(), Invalid> {
        finite(field, self.as_f64())
    }
}

/// JSON has no other numbers.
pub(super) fn finite(field: &'static str, number: f64) -> Result<(), Invalid> {
    if number.is_finite() {
        Ok(())
    } else {
        Err(Invalid::new(field, Reason::Range))
    }
}

/// By value: `1234` is `1234.0`.
impl PartialEq for Seconds {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Whole(one), Self::Whole(other)) => one == other,
            _ => self.as_f64() == other.as_f64(),
        }
    }
}

impl From<i64> for Seconds {
    fn from(seconds: i64) -> Self {
        Self::Whole(seconds)
    }
}

impl From<f64> for Seconds {
    fn from(seconds: f64) -> Self {
        Self::Float(seconds)
    }
}

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole(seconds) => write!(f, "{seconds}"),
            Self::Float(seconds) => write!(f, "{seconds:?}"),
        }
    }
}

impl Serialize for Seconds {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match *self {
            Self::Whole(seconds) => serializer.serialize_i64(seconds),
            Self::Float(seconds) => serializer.serialize_f64(seconds),
        }
    }
}

impl<'de> Deserialize<'de> for Seconds {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_f64(Number)
    }
}

struct Number;

impl Visitor<'_> for Number {
    type Value = Seconds;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number of seconds")
    }

    fn visit_i64<E: Error>(self, seconds: i64) -> Result<Seconds, E> {
        Ok(Seconds::Whole(seconds))
    }

    fn visit_u64<E: Error>(self, seconds: u64) -> Result<Seconds, E> {
        let whole = i64::try_from(seconds).map(Seconds::Whole);
        Ok(whole.unwrap_or(Seconds::Float(seconds as f64)))
    }

    fn visit_f64<E: Error>(self, seconds: f64) -> Result<Seconds, E> {
        Ok(Seconds::Float(seconds))
    }
}
