//! Texts of a document, their escapes undone while they are read.

use core::fmt::Write;

use crate::profile::{Payload, TooLarge};

/// A text of a document. Comparisons, [`chars`](Self::chars) and `Display` undo its escapes.
///
/// ```
/// use fibocom_mqtt::profile::json::Value;
///
/// let unit = Value::parse(r#""\u00b0C""#)?.as_str().unwrap();
/// assert_eq!(unit, "°C");
/// assert_eq!(unit.raw(), r"\u00b0C");
/// assert_eq!(unit.decode(&mut [0; 8]), Ok("°C"));
/// # Ok::<(), fibocom_mqtt::profile::json::JsonError>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct JsonStr<'a>(pub(super) &'a str);

impl<'a> JsonStr<'a> {
    /// The text as the document writes it, between its quotes.
    pub fn raw(&self) -> &'a str {
        self.0
    }

    /// The text borrowed from the document, if nothing in it is escaped.
    pub fn as_plain(&self) -> Option<&'a str> {
        (!self.0.contains('\\')).then_some(self.0)
    }

    /// The characters, each escape undone. A surrogate without its other half is U+FFFD.
    pub fn chars(&self) -> Chars<'a> {
        Chars(self.0.chars())
    }

    /// The text, its escapes undone in `buffer`. A buffer of the length of [`raw`](Self::raw) is always enough.
    ///
    /// # Errors
    ///
    /// [`TooLarge`] if it does not fit.
    pub fn decode<'b>(&self, buffer: &'b mut [u8]) -> Result<&'b str, TooLarge> {
        let mut decoded = Payload::new(buffer);
        // A payload takes everything, and counts what does not fit.
        let _ = write!(decoded, "{self}");
        decoded.finish_text()
    }

    /// Whether there is no character in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

by_characters!(JsonStr);

/// The characters of a [`JsonStr`].
#[derive(Debug, Clone)]
pub struct Chars<'a>(core::str::Chars<'a>);

impl Chars<'_> {
    /// The sixteen bits of a `\u` escape.
    fn unit(&mut self) -> Option<u32> {
        let mut unit = 0u32;
        for _ in 0..4 {
            unit = unit.wrapping_shl(4) | self.0.next()?.to_digit(16)?;
        }
        Some(unit)
    }

    fn escaped_unit(&mut self) -> Option<char> {
        let unit = self.unit()?;
        if !(0xd800..0xdc00).contains(&unit) {
            // The second half of a pair alone is no character.
            return char::from_u32(unit);
        }
        let mut ahead = Chars(self.0.clone());
        if (ahead.0.next(), ahead.0.next()) != (Some('\\'), Some('u')) {
            return None;
        }
        let low = ahead.unit()?;
        if !(0xdc00..0xe000).contains(&low) {
            return None;
        }
        *self = ahead;
        let beyond = (unit & 0x3ff).wrapping_shl(10) | (low & 0x3ff);
        char::from_u32(beyond.saturating_add(0x1_0000))
    }
}

impl Iterator for Chars<'_> {
    type Item = char;

    fn next(&mut self) -> Option<char> {
        let character = self.0.next()?;
        if character != '\\' {
            return Some(character);
        }
        Some(match self.0.next()? {
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => self.escaped_unit().unwrap_or(char::REPLACEMENT_CHARACTER),
            plain => plain,
        })
    }
}
