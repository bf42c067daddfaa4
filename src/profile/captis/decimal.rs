//! Decimal numbers, as a sensor measured them.

use core::fmt::{self, Write};
use core::str::FromStr;

/// A decimal number that keeps the digits it was given: 10200 hundredths print as `102.00`, so that a server sees the resolution too.
///
/// The specification gives no number formats and prints mixed ones (section 6.3: `3.47 V`, `102.000 mA`, `-16.0 dB`). Nothing is rounded,
/// and no floating point is needed.
///
/// ```
/// use fibocom_mqtt::profile::captis::Decimal;
///
/// assert_eq!(Decimal::new(347, 2).to_string(), "3.47");
/// assert_eq!(Decimal::new(-160, 1).to_string(), "-16.0");
/// assert_eq!(Decimal::new(-5, 2).to_string(), "-0.05");
/// assert_eq!(Decimal::from(12).to_string(), "12");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub struct Decimal {
    digits: i64,
    places: u8,
}

impl Decimal {
    /// `digits`, with the point so many `places` from the right.
    pub const fn new(digits: i64, places: u8) -> Self {
        Self { digits, places }
    }
}

/// Not a decimal number, or one of too many digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
#[error("this is not a decimal number, such as -16.0")]
pub struct NotDecimal;

/// Digits, perhaps a sign before them and a point among them, all of which are kept.
impl FromStr for Decimal {
    type Err = NotDecimal;

    fn from_str(text: &str) -> Result<Self, NotDecimal> {
        let (negative, text) = match text.strip_prefix('-') {
            Some(text) => (true, text),
            None => (false, text),
        };
        let (whole, fraction) = match text.split_once('.') {
            Some((_, "")) => return Err(NotDecimal),
            Some(parts) => parts,
            None => (text, ""),
        };
        if whole.is_empty() {
            return Err(NotDecimal);
        }
        let mut digits = 0i64;
        for byte in whole.bytes().chain(fraction.bytes()) {
            if !byte.is_ascii_digit() {
                return Err(NotDecimal);
            }
            let digit = i64::from(byte.wrapping_sub(b'0'));
            let more = digits.checked_mul(10).ok_or(NotDecimal)?;
            digits = if negative {
                more.checked_sub(digit)
            } else {
                more.checked_add(digit)
            }
            .ok_or(NotDecimal)?;
        }
        let places = u8::try_from(fraction.len()).map_err(|_| NotDecimal)?;
        Ok(Self { digits, places })
    }
}

impl From<i32> for Decimal {
    fn from(whole: i32) -> Self {
        Self::new(whole.into(), 0)
    }
}

impl From<u32> for Decimal {
    fn from(whole: u32) -> Self {
        Self::new(whole.into(), 0)
    }
}

/// 1 or 0, as the states of switches and outputs are measured.
impl From<bool> for Decimal {
    fn from(state: bool) -> Self {
        Self::new(state.into(), 0)
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Backwards; an i64 has 19 digits at most.
        let mut digits = heapless::Vec::<u8, 20>::new();
        let mut rest = self.digits.unsigned_abs();
        while rest > 0 {
            let _ = digits.push(b'0'.saturating_add((rest % 10) as u8));
            rest /= 10;
        }
        if self.digits < 0 {
            f.write_char('-')?;
        }
        let places = usize::from(self.places);
        for place in (0..digits.len().max(places.saturating_add(1))).rev() {
            f.write_char(char::from(digits.get(place).copied().unwrap_or(b'0')))?;
            if place == places && places > 0 {
                f.write_char('.')?;
            }
        }
        Ok(())
    }
}
