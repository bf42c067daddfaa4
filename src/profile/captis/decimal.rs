//! Decimal numbers, as a sensor measured them.

use core::fmt::{self, Write};

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
