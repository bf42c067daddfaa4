//! Values as numbers, exact to six digits behind the point.

/// A decimal number in millionths, as values and hystereses are compared: 20.5 moved by 0.5 is 21, with nothing lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub struct Decimal(i64);

impl Decimal {
    /// Zero.
    pub const ZERO: Self = Self(0);

    /// The number of digits behind the point that count.
    const DIGITS: usize = 6;

    /// A number written with digits, a sign and a point, such as `-113.00`. Digits behind the sixth do not count. None if it is no number,
    /// or beyond nine million million.
    pub fn parse(text: &str) -> Option<Self> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let numeric = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !numeric(whole) || !numeric(fraction) {
            return None;
        }
        let fraction = fraction.bytes().chain(core::iter::repeat(b'0')).take(Self::DIGITS);
        let value = whole.bytes().chain(fraction).try_fold(0i64, |value, digit| {
            value.checked_mul(10)?.checked_add(i64::from(digit.wrapping_sub(b'0')))
        })?;
        Some(Self(if negative { value.checked_neg()? } else { value }))
    }

    /// In millionths.
    pub const fn millionths(self) -> i64 {
        self.0
    }

    /// Whether this is at least `amount` away from `other`, in either direction. With an amount of zero: whether it differs.
    ///
    /// ```
    /// use fibocom_mqtt::profile::juconn::Decimal;
    ///
    /// let number = |text| Decimal::parse(text).unwrap();
    /// assert!(number("21").moved(number("20.5"), number("0.5")));
    /// assert!(!number("20.99").moved(number("20.5"), number("0.5")));
    /// assert!(!number("21").moved(number("21.0"), Decimal::ZERO));
    /// ```
    pub const fn moved(self, other: Self, amount: Self) -> bool {
        let distance = self.0.abs_diff(other.0);
        distance != 0 && distance >= amount.0.unsigned_abs()
    }
}
