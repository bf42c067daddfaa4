//! Values that are read from the characters of a text.

use core::fmt;
use core::marker::PhantomData;

use serde::Deserializer;
use serde::de::{Error, SeqAccess, Unexpected, Visitor};

/// Why a text is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Refused {
    /// It says something else than it may.
    Value,
    /// There is no room for so much.
    Length(usize),
}

/// What is read from the characters of a text.
pub(in super::super) trait FromChars: Sized {
    /// What the text has to be.
    const EXPECTED: &'static str;

    fn from_chars(chars: &mut dyn Iterator<Item = char>) -> Result<Self, Refused>;
}

/// From a text in the program.
pub(in super::super) fn from_chars<T: FromChars>(text: &str) -> Result<T, Refused> {
    T::from_chars(&mut text.chars())
}

/// From a text in a document.
pub(in super::super) fn read_chars<'de, D: Deserializer<'de>, T: FromChars>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_str(Characters(PhantomData))
}

struct Characters<T>(PhantomData<T>);

impl<T: FromChars> Characters<T> {
    fn refuse<E: Error>(&self, refused: Refused) -> E {
        match refused {
            Refused::Value => E::invalid_value(Unexpected::Other("text"), &T::EXPECTED),
            Refused::Length(len) => E::invalid_length(len, &T::EXPECTED),
        }
    }
}

impl<'de, T: FromChars> Visitor<'de> for Characters<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::EXPECTED)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        from_chars(text).map_err(|refused| self.refuse(refused))
    }

    /// A text with escapes comes character by character.
    fn visit_seq<A: SeqAccess<'de>>(self, mut text: A) -> Result<T, A::Error> {
        let mut failed = None;
        let read = T::from_chars(&mut core::iter::from_fn(|| {
            text.next_element().unwrap_or_else(|error| {
                failed = Some(error);
                None
            })
        }));
        match failed {
            Some(error) => Err(error),
            None => read.map_err(|refused| self.refuse(refused)),
        }
    }
}
