//! One text or number of a message, in whichever format it was written.

use core::str::FromStr;

use super::tixml::Text;
use crate::profile::json::{JsonStr, Value};

/// A text or a number of a message. Comparisons, [`chars`](Self::chars) and `Display` undo what its format escaped.
///
/// ```
/// use fibocom_mqtt::profile::juconn::{Scalar, tixml::Text};
///
/// assert_eq!(Scalar::from("04600912"), "04600912");
/// assert_eq!(Scalar::Tixml(Text::new("&#52;09")).parse(), Some(409));
/// ```
#[derive(Debug, Clone, Copy)]
pub enum Scalar<'a> {
    /// A text as it is, or a JSON number, `true` or `false`.
    Plain(&'a str),
    /// A text of TiXML, with its entities.
    Tixml(Text<'a>),
    /// A text of JSON, with its escapes.
    Json(JsonStr<'a>),
}

impl<'a> Scalar<'a> {
    /// A text, a number, `true` or `false` of JSON; none for anything else.
    pub fn of(value: Value<'a>) -> Option<Self> {
        if let Some(text) = value.as_str() {
            return Some(Self::Json(text));
        }
        (value.as_number().is_some() || value.as_bool().is_some()).then(|| Self::Plain(value.raw()))
    }

    /// The characters.
    pub fn chars(&self) -> impl Iterator<Item = char> + 'a {
        let (plain, tixml, json) = match *self {
            Self::Plain(text) => (Some(text.chars()), None, None),
            Self::Tixml(text) => (None, Some(text.chars()), None),
            Self::Json(text) => (None, None, Some(text.chars())),
        };
        let tixml = tixml.into_iter().flatten();
        plain
            .into_iter()
            .flatten()
            .chain(tixml)
            .chain(json.into_iter().flatten())
    }

    /// Whether there is nothing in it but white space.
    pub fn is_blank(&self) -> bool {
        self.chars().all(char::is_whitespace)
    }

    /// The text, if it has at most `N` bytes.
    pub fn to_text<const N: usize>(&self) -> Option<heapless::String<N>> {
        let mut text = heapless::String::new();
        for character in self.chars() {
            text.push(character).ok()?;
        }
        Some(text)
    }

    /// The number, if it is one that `T` takes.
    pub fn parse<T: FromStr>(&self) -> Option<T> {
        self.to_text::<32>()?.trim().parse().ok()
    }
}

impl<'a> From<&'a str> for Scalar<'a> {
    fn from(text: &'a str) -> Self {
        Self::Plain(text)
    }
}

by_characters!(Scalar);
