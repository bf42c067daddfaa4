//! Texts of bounded length.

use core::fmt;
use core::ops::Deref;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::chars::{FromChars, Refused, from_chars, read_chars};
use super::error::{Invalid, Reason};

/// A text of at most `N` bytes. When one that is longer is read, its start is kept and the rest is counted.
///
/// ```
/// use fibocom_mqtt::profile::lora_cloud::{Text, decode};
///
/// let text: Text<6> = decode(r#""fünf\u0020m""#.as_bytes())?;
/// assert_eq!((text.as_str(), text.omitted()), ("fünf ", 1));
/// assert_eq!(text.to_string(), "fünf … (1 byte more)");
/// assert!(Text::<4>::new("fünf").is_none());
/// # Ok::<(), fibocom_mqtt::profile::lora_cloud::Invalid>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Text<const N: usize> {
    text: heapless::String<N>,
    omitted: usize,
}

/// A short word that the service may add to those that are known.
pub type Name = Text<16>;

impl<const N: usize> Text<N> {
    /// The text, if it fits.
    pub fn new(text: &str) -> Option<Self> {
        from_chars::<Self>(text).ok().filter(|text| text.omitted == 0)
    }

    /// The text, or its start.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// How many bytes were longer than the text may be. What is kept then is the start.
    pub fn omitted(&self) -> usize {
        self.omitted
    }

    pub(in super::super) fn check(&self, field: &'static str) -> Result<(), Invalid> {
        match self.omitted {
            0 => Ok(()),
            omitted => Err(Invalid::new(field, Reason::Incomplete { omitted })),
        }
    }
}

impl<const N: usize> Deref for Text<N> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl<const N: usize> fmt::Display for Text<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)?;
        match self.omitted {
            0 => Ok(()),
            1 => f.write_str("… (1 byte more)"),
            omitted => write!(f, "… ({omitted} bytes more)"),
        }
    }
}

impl<const N: usize> FromChars for Text<N> {
    const EXPECTED: &'static str = "a text";

    fn from_chars(chars: &mut dyn Iterator<Item = char>) -> Result<Self, Refused> {
        let mut read = Self::default();
        for character in chars {
            // Once something is missing, nothing that follows may close the gap.
            if read.omitted > 0 || read.text.push(character).is_err() {
                read.omitted = read.omitted.saturating_add(character.len_utf8());
            }
        }
        Ok(read)
    }
}

impl<const N: usize> Serialize for Text<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de, const N: usize> Deserialize<'de> for Text<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read_chars(deserializer)
    }
}
