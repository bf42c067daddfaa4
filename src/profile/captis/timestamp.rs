//! Times, as every payload prints them.

use core::fmt;

use crate::command::ModuleTime;

const DAY: u64 = 86_400;
/// Days in 400 years.
const ERA: u64 = 146_097;
/// Days from 1 March of year 0, where these calculations begin, to 1970.
const EPOCH: u64 = 719_468;
/// The last second of the year 9999: ISO 8601 has four digits for a year.
const LAST: u64 = 253_402_300_799;

/// A time in UTC to the second, printed as ISO 8601 (section 4.1).
///
/// ```
/// use fibocom_mqtt::profile::captis::Timestamp;
///
/// let time = Timestamp::from_unix(1_539_166_863);
/// assert_eq!(time.to_string(), "2018-10-10T10:21:03Z");
/// assert_eq!(Timestamp::from_utc(2018, 10, 10, 10, 21, 3), Some(time));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub struct Timestamp(u64);

impl Timestamp {
    /// So many seconds after the beginning of 1970, at most those up to the end of the year 9999.
    pub const fn from_unix(seconds: u64) -> Self {
        Self(if seconds > LAST { LAST } else { seconds })
    }

    /// A date from 1970 to 9999 and a time of its day, as a real-time clock has them. `None` for a day or a time that does not exist.
    pub fn from_utc(year: u16, month: u8, day: u8, hour: u8, minute: u8, second: u8) -> Option<Self> {
        if !(1970..=9999).contains(&year) || hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        let seconds = days_since_1970(year.into(), month.into(), day.into())?
            .checked_mul(DAY)?
            .checked_add(u64::from(hour).checked_mul(3600)?)?
            .checked_add(u64::from(minute).checked_mul(60)?)?
            .checked_add(second.into())?;
        Some(Self(seconds))
    }

    /// What the module's clock shows, which [`ReadClock`](crate::command::ReadClock) reads. `None` if nobody has set it yet.
    pub fn from_module(time: &ModuleTime) -> Option<Self> {
        if !time.is_set() {
            return None;
        }
        // The module may show a leap second.
        let second = time.second.min(59);
        let local = Self::from_utc(time.year, time.month, time.day, time.hour, time.minute, second)?;
        let ahead = i64::from(time.zone).checked_mul(900)?;
        Some(Self::from_unix(local.0.checked_add_signed(ahead.checked_neg()?)?))
    }

    /// Seconds since the beginning of 1970.
    pub const fn unix(self) -> u64 {
        self.0
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = date(self.0 / DAY);
        let of_day = self.0 % DAY;
        let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }
}

/// Years begin with March here, so that the leap day is their last.
fn days_since_1970(year: u64, month: u64, day: u64) -> Option<u64> {
    let shifted = if month <= 2 { year.checked_sub(1)? } else { year };
    let (era, of_era) = (shifted / 400, shifted % 400);
    let march_month = month.checked_add(9)? % 12;
    let of_year = (march_month.checked_mul(153)?.checked_add(2)? / 5).checked_add(day.checked_sub(1)?)?;
    let leap_days = (of_era / 4).checked_sub(of_era / 100)?;
    let days = era
        .checked_mul(ERA)?
        .checked_add(of_era.checked_mul(365)?)?
        .checked_add(leap_days)?
        .checked_add(of_year)?
        .checked_sub(EPOCH)?;
    // A day that does not exist is another one on the way back.
    (date(days) == (year, month, day)).then_some(days)
}

/// Year, month and day of a day since 1970.
fn date(days: u64) -> (u64, u64, u64) {
    let days = days.saturating_add(EPOCH);
    let (era, of_era) = (days / ERA, days % ERA);
    let years = of_era
        .saturating_sub(of_era / 1_460)
        .saturating_add(of_era / 36_524)
        .saturating_sub(of_era / 146_096)
        / 365;
    let leap_days = (years / 4).saturating_sub(years / 100);
    let of_year = of_era.saturating_sub(years.saturating_mul(365).saturating_add(leap_days));
    let months = of_year.saturating_mul(5).saturating_add(2) / 153;
    let first = months.saturating_mul(153).saturating_add(2) / 5;
    let day = of_year.saturating_sub(first).saturating_add(1);
    let month = if months < 10 {
        months.saturating_add(3)
    } else {
        months.saturating_sub(9)
    };
    let year = era
        .saturating_mul(400)
        .saturating_add(years)
        .saturating_add(u64::from(month <= 2));
    (year, month, day)
}
