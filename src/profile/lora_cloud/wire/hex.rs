//! HEX: bytes as the service writes them.

use core::fmt;
use core::ops::Deref;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::chars::{FromChars, Refused, read_chars};
use super::error::{Invalid, Reason};

/// At most `N` bytes, written as hexadecimal digits: in lower case, and read in either.
///
/// ```
/// use fibocom_mqtt::profile::lora_cloud::Hex;
///
/// let payload = Hex::<242>::new(&[0x0a, 0xff])?;
/// assert_eq!(payload.to_string(), "0aff");
/// assert_eq!(payload.as_bytes(), [0x0a, 0xff]);
/// # Ok::<(), fibocom_mqtt::profile::lora_cloud::Invalid>(())
/// ```
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Hex<const N: usize>(heapless::Vec<u8, N>);

impl<const N: usize> Hex<N> {
    /// These bytes.
    ///
    /// # Errors
    ///
    /// [`Reason::Length`] if they are more than `N`.
    pub fn new(bytes: &[u8]) -> Result<Self, Invalid> {
        let refused = |_| Invalid::new("HEX", Reason::Length { len: bytes.len() });
        heapless::Vec::from_slice(bytes).map(Self).map_err(refused)
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl<const N: usize> Deref for Hex<N> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl<const N: usize> fmt::Display for Hex<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl<const N: usize> fmt::Debug for Hex<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hex({self})")
    }
}

impl<const N: usize> FromChars for Hex<N> {
    const EXPECTED: &'static str = "pairs of hexadecimal digits, no more than there is room for";

    fn from_chars(chars: &mut dyn Iterator<Item = char>) -> Result<Self, Refused> {
        let mut bytes = Self::default();
        let mut digits = chars.map(hex_digit);
        let mut len = 0usize;
        while let Some(high) = digits.next() {
            let (Some(high), Some(Some(low))) = (high, digits.next()) else {
                return Err(Refused::Value);
            };
            // To its end, for the length of all of it.
            let _ = bytes.0.push(high.wrapping_shl(4) | low);
            len = len.saturating_add(1);
        }
        if len > N {
            return Err(Refused::Length(len));
        }
        Ok(bytes)
    }
}

/// The value of a hexadecimal digit.
pub(in super::super) fn hex_digit(character: char) -> Option<u8> {
    character.to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

impl<const N: usize> Serialize for Hex<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, const N: usize> Deserialize<'de> for Hex<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read_chars(deserializer)
    }
}
