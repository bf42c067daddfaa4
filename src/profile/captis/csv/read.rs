//! Reading lines and their fields.

use core::fmt::Write;
use core::str;

use super::scan::{Scan, Token, find, next_line};
use crate::profile::{Payload, TooLarge};

/// What stands for a quote inside of a quoted field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub enum Quotes {
    /// `""` only, and a backslash is a backslash (RFC 4180), as lines are written here.
    Doubled,
    /// `""`, or `\"` with `\\` for a backslash, as platforms send lines: the first quote inside of a field shows which. If quotes are doubled
    /// and that one has a backslash in front of it, a field, and perhaps a line, ends too early: [`Operations`](super::super::Operations) find
    /// that out by what follows and refuse it, [`Lines`] and [`Fields`] do not.
    #[default]
    DoubledOrEscaped,
}

/// The lines of a payload. A line feed between quotes ends none; a carriage return in front of a line feed belongs to the line end. Empty
/// lines are left out.
///
/// ```
/// use fibocom_mqtt::profile::captis::csv::Lines;
///
/// let mut lines = Lines::new("511,7,rf\r\n513,7,\"{\n}\"\n");
/// assert_eq!(lines.next(), Some("511,7,rf"));
/// assert_eq!(lines.next(), Some("513,7,\"{\n}\""));
/// assert_eq!(lines.next(), None);
/// ```
#[derive(Debug, Clone)]
pub struct Lines<'a> {
    rest: &'a str,
    quotes: Quotes,
}

impl<'a> Lines<'a> {
    /// The lines of what a platform sent.
    pub const fn new(payload: &'a str) -> Self {
        Self::with_quotes(payload, Quotes::DoubledOrEscaped)
    }

    /// The lines of `payload`, its quotes read so.
    pub const fn with_quotes(payload: &'a str, quotes: Quotes) -> Self {
        Self { rest: payload, quotes }
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let mut rest = self.rest.as_bytes();
        let line = next_line(&mut rest, self.quotes);
        // Both begin and end at characters that are ASCII.
        let behind = self.rest.len().saturating_sub(rest.len());
        self.rest = self.rest.get(behind..).unwrap_or_default();
        line.map(|line| str::from_utf8(line).unwrap_or_default())
    }
}

/// The fields of a line.
///
/// ```
/// use fibocom_mqtt::profile::captis::csv::Fields;
///
/// let mut fields = Fields::new(r#"511,7,"*,raw_serial_cmd,ASCII,\"a\"""#);
/// assert!(fields.next().unwrap() == "511");
/// assert_eq!(fields.rest(), Some(r#"7,"*,raw_serial_cmd,ASCII,\"a\"""#));
/// assert!(fields.next().unwrap() == "7");
/// assert_eq!(fields.next().unwrap().to_string(), r#"*,raw_serial_cmd,ASCII,"a""#);
/// assert!(fields.next().is_none());
/// ```
#[derive(Debug, Clone)]
pub struct Fields<'a> {
    rest: Option<&'a str>,
    quotes: Quotes,
}

impl<'a> Fields<'a> {
    /// The fields of a line that a platform sent.
    pub const fn new(line: &'a str) -> Self {
        Self::with_quotes(line, Quotes::DoubledOrEscaped)
    }

    /// The fields of `line`, its quotes read so.
    pub const fn with_quotes(line: &'a str, quotes: Quotes) -> Self {
        Self {
            rest: Some(line),
            quotes,
        }
    }

    /// What of the line was not yet handed out, as it stands there. `None` behind the last field.
    pub const fn rest(&self) -> Option<&'a str> {
        self.rest
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Field<'a>;

    fn next(&mut self) -> Option<Field<'a>> {
        let (line, quotes) = (self.rest?, self.quotes);
        let end = find(line.as_bytes(), quotes, b',').unwrap_or(line.len());
        let (raw, behind) = line.split_at_checked(end)?;
        self.rest = behind.get(1..);
        Some(Field { raw, quotes })
    }
}

/// A field of a line: compares with text, prints and copies without its quotes.
#[derive(Debug, Clone, Copy)]
pub struct Field<'a> {
    raw: &'a str,
    quotes: Quotes,
}

impl<'a> Field<'a> {
    /// The field as it stands in the line, with its quotes.
    pub const fn raw(&self) -> &'a str {
        self.raw
    }

    /// The field's text where it stands in the line as it is meant: not if a quote or a backslash in it had to be encoded.
    pub fn plain(&self) -> Option<&'a str> {
        let Some(inner) = self.raw.strip_prefix('"') else {
            return Some(self.raw);
        };
        let inner = inner.strip_suffix('"')?;
        let encoded = inner.contains('"') || (self.quotes == Quotes::DoubledOrEscaped && inner.contains('\\'));
        (!encoded).then_some(inner)
    }

    /// The characters of the field's text.
    pub fn chars(&self) -> impl Iterator<Item = char> + use<'a> {
        let raw = self.raw;
        let mut scan = Scan::new(raw.as_bytes(), self.quotes);
        core::iter::from_fn(move || {
            loop {
                if let Token::Around = scan.next()? {
                    continue;
                }
                // No character begins at a byte that continues one.
                if let Some(char) = raw.get(scan.last()..).and_then(|rest| rest.chars().next()) {
                    return Some(char);
                }
            }
        })
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.chars().next().is_none()
    }

    /// Whether the quotes around it, if it has them, are both there, and nothing stands behind them.
    pub fn is_whole(&self) -> bool {
        self.shape() == Shape::Whole
    }

    pub(in crate::profile::captis) fn shape(&self) -> Shape {
        let mut scan = Scan::new(self.raw.as_bytes(), self.quotes);
        let mut shape = Shape::Whole;
        while let Some(token) = scan.next() {
            shape = match (shape, token) {
                (Shape::Whole, Token::Around) => Shape::Open,
                (Shape::Open, Token::Around) => Shape::Closed,
                (Shape::Closed, _) => return Shape::Behind,
                (shape, _) => shape,
            };
        }
        if shape == Shape::Closed { Shape::Whole } else { shape }
    }

    /// The field's text, written into `buffer` where it does not stand in the line as it is meant.
    ///
    /// # Errors
    ///
    /// [`TooLarge`] if it had to be written, and did not fit.
    pub fn text<'b>(&self, buffer: &'b mut [u8]) -> Result<&'b str, TooLarge>
    where
        'a: 'b,
    {
        if let Some(plain) = self.plain() {
            return Ok(plain);
        }
        let mut text = Payload::new(buffer);
        // A payload takes everything, and counts what does not fit.
        let _ = write!(text, "{self}");
        text.finish_text()
    }
}

by_characters!(Field);

/// What becomes of the quotes around a field.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::profile::captis) enum Shape {
    /// It has none, or both.
    Whole,
    /// The second is missing: the line was cut.
    Open,
    /// Both were read.
    Closed,
    /// Something stands behind the second.
    Behind,
}
