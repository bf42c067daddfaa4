//! The arguments of a command line: commas, quotes and `\HH`.

use std::ops::RangeInclusive;

use super::answer::{CmeError, INVALID_PARAMETERS};

/// The most parameters the engine takes.
const MOST: usize = 30;

/// One argument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Argument {
    /// Nothing between two commas.
    Absent,
    /// Without quotes.
    Bare(Vec<u8>),
    /// In quotes, decoded.
    Quoted(Vec<u8>),
}

/// One argument that may be the one or the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    Text(Vec<u8>),
    Number(u32),
}

/// The arguments of one command, taken from left to right. What is wrong with them is always error 53.
#[derive(Debug)]
pub(super) struct Arguments(std::vec::IntoIter<Argument>);

impl Arguments {
    /// Splits what stands behind the `=`. `escapes` says whether `\HH` inside quotes is a byte.
    pub fn parse(text: &[u8], escapes: bool) -> Result<Self, CmeError> {
        let mut arguments = Vec::new();
        let mut rest = text;
        loop {
            let (argument, behind) = one(rest, escapes)?;
            arguments.push(argument);
            match behind.split_first() {
                None => break,
                Some((b',', behind)) => rest = behind,
                Some(_) => return Err(INVALID_PARAMETERS),
            }
        }
        if arguments.len() > MOST {
            Err(INVALID_PARAMETERS)
        } else {
            Ok(Self(arguments.into_iter()))
        }
    }

    /// How many are left.
    pub fn left(&self) -> usize {
        self.0.len()
    }

    /// The next one, or none at the end or where nothing stands between two commas.
    pub fn optional(&mut self) -> Option<Argument> {
        self.0.next().filter(|argument| *argument != Argument::Absent)
    }

    /// The next one, which must be a number out of `range`.
    pub fn number(&mut self, range: RangeInclusive<u32>) -> Result<u32, CmeError> {
        match self.optional() {
            Some(Argument::Bare(digits)) => decimal(&digits).filter(|number| range.contains(number)),
            _ => None,
        }
        .ok_or(INVALID_PARAMETERS)
    }

    /// The next one, which must be a string of a length out of `lengths`.
    pub fn string(&mut self, lengths: RangeInclusive<usize>) -> Result<Vec<u8>, CmeError> {
        match self.optional() {
            Some(Argument::Quoted(text)) if lengths.contains(&text.len()) => Ok(text),
            _ => Err(INVALID_PARAMETERS),
        }
    }

    /// The next one, which must be a string of a length out of `lengths` or a number out of `range`.
    pub fn text_or_number(
        &mut self,
        lengths: RangeInclusive<usize>,
        range: RangeInclusive<u32>,
    ) -> Result<Value, CmeError> {
        match self.optional() {
            Some(Argument::Quoted(text)) if lengths.contains(&text.len()) => Some(Value::Text(text)),
            Some(Argument::Bare(digits)) => decimal(&digits)
                .filter(|number| range.contains(number))
                .map(Value::Number),
            _ => None,
        }
        .ok_or(INVALID_PARAMETERS)
    }

    /// There must be no more.
    pub fn end(&mut self) -> Result<(), CmeError> {
        if self.left() == 0 {
            Ok(())
        } else {
            Err(INVALID_PARAMETERS)
        }
    }
}

fn decimal(digits: &[u8]) -> Option<u32> {
    let digits = std::str::from_utf8(digits).ok()?;
    if digits.bytes().all(|byte| byte.is_ascii_digit()) {
        digits.parse().ok()
    } else {
        None
    }
}

/// One argument, and what follows it: nothing, or a comma and the next.
fn one(text: &[u8], escapes: bool) -> Result<(Argument, &[u8]), CmeError> {
    let text = text.trim_ascii_start();
    if let Some((b'"', inside)) = text.split_first() {
        let end = inside.iter().position(|byte| *byte == b'"').ok_or(INVALID_PARAMETERS)?;
        let (raw, behind) = inside.split_at(end);
        let behind = behind.get(1..).unwrap_or_default().trim_ascii_start();
        let text = if escapes { decode(raw) } else { raw.to_vec() };
        return Ok((Argument::Quoted(text), behind));
    }
    let end = text.iter().position(|byte| *byte == b',').unwrap_or(text.len());
    let (raw, behind) = text.split_at(end);
    let raw = raw.trim_ascii_end();
    let argument = if raw.is_empty() {
        Argument::Absent
    } else {
        Argument::Bare(raw.to_vec())
    };
    Ok((argument, behind))
}

/// The engine's reading of a quoted string: `\XY` with two alphanumeric characters is one byte, any other backslash is
/// kept, and the string ends at a NUL.
fn decode(raw: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((byte, behind)) = rest.split_first() {
        rest = behind;
        let mut value = *byte;
        if let (b'\\', [high, low, behind @ ..]) = (*byte, behind) {
            if let (Some(high), Some(low)) = (nibble(*high), nibble(*low)) {
                value = (high << 4) | (low & 0x0F);
                rest = behind;
            }
        }
        if value == 0 {
            break;
        }
        decoded.push(value);
    }
    decoded
}

/// What the engine makes of a character in `\XY`: letters beyond F are not refused, they give nonsense.
fn nibble(character: u8) -> Option<u8> {
    match character {
        b'0'..=b'9' => Some(character - b'0'),
        b'a'..=b'z' => Some((character - b'a' + 10) & 0x0F),
        b'A'..=b'Z' => Some((character - b'A' + 10) & 0x0F),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Result<Vec<Argument>, CmeError> {
        Ok(Arguments::parse(text.as_bytes(), true)?.0.collect())
    }

    fn quoted(text: &str) -> Argument {
        Argument::Quoted(text.into())
    }

    fn bare(text: &str) -> Argument {
        Argument::Bare(text.into())
    }

    #[test]
    fn commas_separate_and_quotes_protect() {
        assert_eq!(
            all("1,\"a,b\", 2 ,,\"\"").unwrap(),
            [bare("1"), quoted("a,b"), bare("2"), Argument::Absent, quoted("")]
        );
        assert_eq!(all("1,\"a"), Err(INVALID_PARAMETERS));
        assert_eq!(all("\"a\"b"), Err(INVALID_PARAMETERS));
        assert_eq!(all(&vec!["1"; 30].join(",")).unwrap().len(), 30);
        assert_eq!(all(&vec!["1"; 31].join(",")), Err(INVALID_PARAMETERS));
    }

    #[test]
    fn a_backslash_and_two_characters_are_a_byte() {
        assert_eq!(all(r#""a\22b\0D\0a""#).unwrap(), [quoted("a\"b\r\n")]);
        assert_eq!(all(r#""a\-2\2""#).unwrap(), [quoted(r"a\-2\2")]);
        assert_eq!(all(r#""a\00b""#).unwrap(), [quoted("a")]);
        assert_eq!(all(r#""\5c22""#).unwrap(), [quoted("\\22")]);
        // JSON's \u00e9 does not survive.
        assert_ne!(all(r#""\u00e9""#).unwrap(), [quoted(r"\u00e9")]);
    }

    #[test]
    fn where_nothing_is_decoded_a_backslash_is_only_that() {
        let mut arguments = Arguments::parse(br#""a\22b\00""#, false).unwrap();
        assert_eq!(arguments.string(0..=9).unwrap(), br"a\22b\00");
    }

    #[test]
    fn a_backslash_does_not_escape_the_quote() {
        assert_eq!(all(r#""a\"b""#), Err(INVALID_PARAMETERS));
    }

    #[test]
    fn numbers_are_plain_and_in_range() {
        let mut arguments = Arguments::parse(b"1,+1,256,99999999999", true).unwrap();
        assert_eq!(arguments.number(1..=2), Ok(1));
        assert_eq!(arguments.number(1..=2), Err(INVALID_PARAMETERS));
        assert_eq!(arguments.number(1..=255), Err(INVALID_PARAMETERS));
        assert_eq!(arguments.number(0..=u32::MAX), Err(INVALID_PARAMETERS));
    }
}
