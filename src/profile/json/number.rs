//! Numbers: their grammar, byte by byte, and their value where it is whole.

use core::fmt;

/// A number as the document writes it.
///
/// ```
/// use fibocom_mqtt::profile::json::Value;
///
/// let number = Value::parse("300.0")?.as_number().unwrap();
/// assert_eq!((number.raw(), number.as_u64(), number.as_i64()), ("300.0", Some(300), Some(300)));
/// assert_eq!(Value::parse("20.5")?.as_i64(), None);
/// # Ok::<(), fibocom_mqtt::profile::json::JsonError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Number<'a>(pub(super) &'a str);

impl<'a> Number<'a> {
    /// A text, if it is a number by JSON's grammar.
    pub fn new(text: &'a str) -> Option<Self> {
        let mut state = State::Start;
        for byte in text.bytes() {
            state = state.next(byte)?;
        }
        state.is_whole().then_some(Self(text))
    }

    /// The text in the document.
    pub fn raw(&self) -> &'a str {
        self.0
    }

    /// The value, if it is a whole number in range. A fraction of zero counts as none, and an exponent is applied.
    pub fn as_u64(&self) -> Option<u64> {
        match self.whole()? {
            (_, 0) => Some(0),
            (negative, magnitude) => (!negative).then_some(magnitude),
        }
    }

    /// The value, if it is a whole number in range. A fraction of zero counts as none, and an exponent is applied.
    pub fn as_i64(&self) -> Option<i64> {
        let (negative, magnitude) = self.whole()?;
        if negative {
            0i64.checked_sub_unsigned(magnitude)
        } else {
            i64::try_from(magnitude).ok()
        }
    }

    /// The sign and the magnitude of a whole number.
    fn whole(&self) -> Option<(bool, u64)> {
        let (negative, text) = match self.0.strip_prefix('-') {
            Some(text) => (true, text),
            None => (false, self.0),
        };
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent_of(exponent)),
            None => (text, 0),
        };
        let (integer, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        // How many of the digits stand before the point, once the exponent has moved it.
        let before = i64::try_from(integer.len()).ok()?.saturating_add(exponent);
        let mut magnitude = 0u64;
        let mut digits = 0i64;
        for digit in integer.bytes().chain(fraction.bytes()) {
            let digit = u64::from(digit.wrapping_sub(b'0'));
            if digits < before {
                magnitude = magnitude.checked_mul(10)?.checked_add(digit)?;
            } else if digit != 0 {
                return None;
            }
            digits = digits.saturating_add(1);
        }
        while digits < before && magnitude != 0 {
            magnitude = magnitude.checked_mul(10)?;
            digits = digits.saturating_add(1);
        }
        Some((negative, magnitude))
    }
}

impl fmt::Display for Number<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// An exponent, or the nearest that means the same to every number that fits into memory.
fn exponent_of(text: &str) -> i64 {
    let text = text.strip_prefix('+').unwrap_or(text);
    match text.parse() {
        Ok(exponent) => exponent,
        Err(_) if text.starts_with('-') => i64::MIN,
        Err(_) => i64::MAX,
    }
}

/// How far the grammar of a number has been followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Start,
    Minus,
    Zero,
    Integer,
    Point,
    Fraction,
    E,
    Sign,
    Exponent,
}

impl State {
    /// The state after one more byte; none if no number goes on so.
    pub(super) fn next(self, byte: u8) -> Option<Self> {
        Some(match (self, byte) {
            (Self::Start, b'-') => Self::Minus,
            (Self::Start | Self::Minus, b'0') => Self::Zero,
            (Self::Start | Self::Minus, b'1'..=b'9') | (Self::Integer, b'0'..=b'9') => Self::Integer,
            (Self::Zero | Self::Integer, b'.') => Self::Point,
            (Self::Point | Self::Fraction, b'0'..=b'9') => Self::Fraction,
            (Self::Zero | Self::Integer | Self::Fraction, b'e' | b'E') => Self::E,
            (Self::E, b'+' | b'-') => Self::Sign,
            (Self::E | Self::Sign | Self::Exponent, b'0'..=b'9') => Self::Exponent,
            _ => return None,
        })
    }

    /// Whether what was read so far is a number.
    pub(super) fn is_whole(self) -> bool {
        matches!(self, Self::Zero | Self::Integer | Self::Fraction | Self::Exponent)
    }
}
