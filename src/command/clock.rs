//! The module's clock, which TLS needs to judge certificates.

use core::fmt;

use nom::character::complete::{char, i8 as number_i8, u8 as number_u8, u16 as number_u16};
use nom::combinator::{all_consuming, opt};
use nom::{IResult, Parser};

use super::{ANSWER, at_command};
use crate::codec::{Encoder, grammar};

/// The first year in which a module with this driver can live: an earlier one is a clock that nobody has set.
const FIRST_YEAR: u16 = 2024;

/// `AT+CCLK?`: the time (3GPP TS 27.007 section 8.15). The network sets it some time after registration, if at all (NITZ).
#[derive(Debug, Clone, Copy)]
pub struct ReadClock;

/// The answer to [`ReadClock`]: the date and time that the module shows.
///
/// ```
/// use fibocom_mqtt::command::ModuleTime;
///
/// let time = ModuleTime { year: 2026, month: 7, day: 20, hour: 6, minute: 51, second: 36, zone: 8 };
/// assert!(time.is_set());
/// assert_eq!(time.to_string(), "2026-07-20 06:51:36 +02:00");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub struct ModuleTime {
    /// Year, with its century.
    pub year: u16,
    /// Month, 1 to 12.
    pub month: u8,
    /// Day of the month, 1 to 31.
    pub day: u8,
    /// Hour, 0 to 23.
    pub hour: u8,
    /// Minute, 0 to 59.
    pub minute: u8,
    /// Second, 0 to 60.
    pub second: u8,
    /// Time zone: quarters of an hour ahead of UTC, -96 to 96.
    pub zone: i8,
}

impl ModuleTime {
    /// Whether the clock has been set: without a network it begins long before this driver was written.
    pub const fn is_set(&self) -> bool {
        self.year >= FIRST_YEAR
    }
}

impl fmt::Display for ModuleTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            year,
            month,
            day,
            hour,
            minute,
            second,
            zone,
        } = *self;
        let sign = if zone < 0 { '-' } else { '+' };
        let quarters = zone.unsigned_abs();
        let minutes = (quarters % 4).saturating_mul(15);
        write!(
            f,
            "{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02} {sign}{:02}:{minutes:02}",
            quarters / 4
        )
    }
}

impl atat::AtatResp for ModuleTime {}

impl ReadClock {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        Encoder::new(buffer, "+CCLK?").end()
    }

    fn answer(&self, answer: &[u8]) -> Option<ModuleTime> {
        let (_, time) = all_consuming(time)
            .parse(grammar::bare_or_named(b"+CCLK", answer)?)
            .ok()?;
        let whole = (1..=12).contains(&time.month)
            && (1..=31).contains(&time.day)
            && time.hour < 24
            && time.minute < 60
            && time.second <= 60
            && (-96..=96).contains(&time.zone);
        whole.then_some(time)
    }
}

at_command!([] ReadClock => ModuleTime, ANSWER, Self::answer);

/// `yy/MM/dd,hh:mm:ss±zz`, the zone not from every module, the year sometimes with its century.
fn time(text: &[u8]) -> IResult<&[u8], ModuleTime> {
    let (text, (year, _, month, _, day)) = (number_u16, char('/'), number_u8, char('/'), number_u8).parse(text)?;
    let (text, (_, hour, _, minute, _, second)) =
        (char(','), number_u8, char(':'), number_u8, char(':'), number_u8).parse(text)?;
    let (text, zone) = opt(number_i8).parse(text)?;
    let century = match year {
        0..70 => 2000,
        70..100 => 1900,
        _ => 0,
    };
    let time = ModuleTime {
        year: year.saturating_add(century),
        month,
        day,
        hour,
        minute,
        second,
        zone: zone.unwrap_or(0),
    };
    Ok((text, time))
}
