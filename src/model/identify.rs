//! Which model a text names.

use core::str::FromStr;

use super::{MODELS, Model};

/// A text that names no model of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
#[error("no such model is known: give a name as AT+CGMM prints it, or a series such as L61x")]
pub struct UnknownModel;

impl FromStr for Model {
    type Err = UnknownModel;

    /// A name of the table, or what the module's identification printed, in any case.
    fn from_str(text: &str) -> Result<Self, UnknownModel> {
        longest(text).ok_or(UnknownModel)
    }
}

/// The longest name of the table that stands anywhere in the text as a word, or in front of a hyphen: a name cut at its first hyphen
/// could not tell NL668-AM or MC665-CN-22. Of two as long the one with fewer places open counts.
pub(super) fn longest(text: &str) -> Option<Model> {
    let bytes = text.as_bytes();
    let starts = (0..bytes.len()).filter(|&at| {
        let before = at.checked_sub(1).and_then(|before| bytes.get(before));
        !before.is_some_and(|byte| is_of_word(*byte))
    });
    let words = starts.filter_map(|at| bytes.get(at..));
    let named = words.flat_map(|word| MODELS.iter().filter(move |row| begins(word, row.name)));
    let places = |name: &str| (name.len(), name.bytes().filter(|byte| *byte != b'x').count());
    named.max_by_key(|row| places(row.name)).map(Model)
}

/// Whether the text begins with this name, and the name ends there.
fn begins(text: &[u8], name: &str) -> bool {
    let Some((front, rest)) = text.split_at_checked(name.len()) else {
        return false;
    };
    let same =
        |(byte, wanted): (&u8, u8)| byte.eq_ignore_ascii_case(&wanted) || (wanted == b'x' && byte.is_ascii_digit());
    front.iter().zip(name.bytes()).all(same) && !rest.first().is_some_and(|byte| byte.is_ascii_alphanumeric())
}

fn is_of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.'
}
