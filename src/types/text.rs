//! A string argument of a command, checked so that it cannot be syntax.

use crate::error::{Field, InvalidInput};

/// What the module's firmware makes of a backslash inside a quoted argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
#[non_exhaustive]
pub enum Escapes {
    /// Not known: quotes, control characters and backslashes are refused.
    #[default]
    Unknown,
    /// `\HH` is decoded to the byte with that hexadecimal value, as UNISOC firmware does: they are sent encoded.
    Hex,
}

/// A string argument that can be written between quotes.
///
/// It is checked once, here. Control characters, `"` and `\` are refused, or encoded as `\HH` where the dialect is known to
/// decode that. A NUL is always refused: the firmware's strings end there.
///
/// ```
/// use fibocom_mqtt::{Escapes, Field, Text};
///
/// assert!(Text::new(Field::Password, "s3cret", Escapes::Unknown).is_ok());
/// assert!(Text::new(Field::Password, "a\",0", Escapes::Unknown).is_err());
/// assert!(Text::new(Field::Password, "a\",0", Escapes::Hex).is_ok());
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Text<'a> {
    bytes: &'a [u8],
    escapes: Escapes,
}

impl<'a> Text<'a> {
    /// Checks `text`, which is to become the argument that `field` names.
    ///
    /// # Errors
    ///
    /// [`InvalidInput::Character`] names the field, and the first byte that cannot be sent.
    pub fn new(field: Field, text: &'a str, escapes: Escapes) -> Result<Self, InvalidInput> {
        Self::from_bytes(field, text.as_bytes(), escapes)
    }

    /// As [`new`](Self::new), for bytes that need not be UTF-8, such as a password.
    ///
    /// # Errors
    ///
    /// [`InvalidInput::Character`] names the field, and the first byte that cannot be sent.
    pub fn from_bytes(field: Field, bytes: &'a [u8], escapes: Escapes) -> Result<Self, InvalidInput> {
        let refused = |byte: &&u8| match escapes {
            Escapes::Hex => **byte == 0,
            Escapes::Unknown => must_be_encoded(**byte),
        };
        match bytes.iter().find(refused) {
            Some(&byte) => Err(InvalidInput::Character { field, byte }),
            None => Ok(Self { bytes, escapes }),
        }
    }

    /// A topic, which is checked more strictly than this type would.
    pub(crate) const fn from_topic(topic: &'a str) -> Self {
        Self {
            bytes: topic.as_bytes(),
            escapes: Escapes::Unknown,
        }
    }

    /// Length in bytes as the module will count it, before any encoding.
    pub const fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether there is nothing in it.
    pub const fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The bytes, and whether each must be written as `\HH`.
    pub(crate) fn encoded(&self) -> impl Iterator<Item = (u8, bool)> + '_ {
        self.bytes
            .iter()
            .map(|&byte| (byte, self.escapes == Escapes::Hex && must_be_encoded(byte)))
    }
}

/// Prints the length only: a text may be a password.
impl core::fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Text({} bytes)", self.bytes.len())
    }
}

const fn must_be_encoded(byte: u8) -> bool {
    byte < 0x20 || byte == 0x7f || byte == b'"' || byte == b'\\'
}
