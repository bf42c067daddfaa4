//! Texts, their entities undone while they are read.

use core::fmt::Write;

use crate::profile::{Payload, TooLarge};

/// A text of a document: the value of an attribute, or what stands in an element. Comparisons, [`chars`](Self::chars) and `Display`
/// undo its entities; an `&` that begins none stands for itself.
///
/// ```
/// use fibocom_mqtt::profile::juconn::tixml::Text;
///
/// let unit = Text::new("&#xb0;C");
/// assert_eq!(unit, "°C");
/// assert_eq!(unit.raw(), "&#xb0;C");
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Text<'a>(&'a str);

impl<'a> Text<'a> {
    /// A text as a document writes it.
    pub const fn new(raw: &'a str) -> Self {
        Self(raw)
    }

    /// The text as the document writes it.
    pub const fn raw(&self) -> &'a str {
        self.0
    }

    /// The text borrowed from the document, if there is no entity in it.
    pub fn as_plain(&self) -> Option<&'a str> {
        (!self.0.contains('&')).then_some(self.0)
    }

    /// The characters, each entity undone.
    pub fn chars(&self) -> TextChars<'a> {
        TextChars(self.0.chars())
    }

    /// The text, its entities undone in `buffer`. A buffer of the length of [`raw`](Self::raw) is always enough.
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

    /// What stands before the first `mark` that is written as such, and what behind. The end of an entity is none.
    pub(crate) fn split_once(&self, mark: char) -> Option<(Self, Self)> {
        let mut rest = self.chars();
        loop {
            let text = rest.0.as_str();
            if let Some(behind) = text.strip_prefix(mark) {
                let before = self.0.len().checked_sub(text.len())?;
                return Some((Self(self.0.get(..before)?), Self(behind)));
            }
            rest.next()?;
        }
    }

    /// Whether there is no character in it.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

by_characters!(Text);

/// The characters of a [`Text`].
#[derive(Debug, Clone)]
pub struct TextChars<'a>(core::str::Chars<'a>);

impl Iterator for TextChars<'_> {
    type Item = char;

    fn next(&mut self) -> Option<char> {
        let character = self.0.next()?;
        if character != '&' {
            return Some(character);
        }
        match entity(self.0.as_str()) {
            Some((decoded, rest)) => {
                self.0 = rest.chars();
                Some(decoded)
            }
            None => Some('&'),
        }
    }
}

/// The entity that follows an `&`: the character it stands for, and what follows.
fn entity(text: &str) -> Option<(char, &str)> {
    let end = text.bytes().take(10).position(|byte| byte == b';')?;
    let name = text.get(..end)?;
    let rest = text.get(end.saturating_add(1)..)?;
    let decoded = match name {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        _ => {
            let number = name.strip_prefix('#')?;
            let hex = number.strip_prefix(['x', 'X']);
            let digits = hex.unwrap_or(number);
            let radix = if hex.is_some() { 16 } else { 10 };
            // `from_str_radix` would take a sign.
            let code = digits.chars().try_fold(0u32, |code, digit| {
                code.checked_mul(radix)?.checked_add(digit.to_digit(radix)?)
            })?;
            char::from_u32(code).filter(|_| !digits.is_empty())?
        }
    };
    Some((decoded, rest))
}
