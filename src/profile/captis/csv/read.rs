//! Reading lines and their fields.

use core::fmt::{self, Display, Write};

use crate::profile::{Payload, TooLarge};

/// What stands for a quote inside of a quoted field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub enum Quotes {
    /// `""` only, and a backslash is a backslash (RFC 4180), as lines are written here.
    Doubled,
    /// `""`, `\"`, and `\\` for a backslash, as platforms send lines.
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

    /// What of the payload was not yet handed out.
    pub const fn rest(&self) -> &'a str {
        self.rest
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        while !self.rest.is_empty() {
            let (line, rest) = split(self.rest, self.quotes, b'\n');
            self.rest = rest.unwrap_or_default();
            let line = line.strip_suffix('\r').unwrap_or(line);
            if !line.is_empty() {
                return Some(line);
            }
        }
        None
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
        let (raw, rest) = split(self.rest?, self.quotes, b',');
        self.rest = rest;
        Some(Field {
            raw,
            quotes: self.quotes,
        })
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
        let mut scan = Scan::new(self.raw, self.quotes);
        core::iter::from_fn(move || {
            loop {
                match scan.next()? {
                    Token::Around => {}
                    Token::Bare(char) | Token::Quoted(char) => return Some(char),
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
        let mut scan = Scan::new(self.raw, self.quotes);
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
        Ok(core::str::from_utf8(text.finish()?).unwrap_or_default())
    }
}

impl Display for Field<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.chars().try_for_each(|char| f.write_char(char))
    }
}

impl PartialEq<str> for Field<'_> {
    fn eq(&self, text: &str) -> bool {
        self.chars().eq(text.chars())
    }
}

impl PartialEq<&str> for Field<'_> {
    fn eq(&self, text: &&str) -> bool {
        self == *text
    }
}

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

/// Where a line is being read.
#[derive(Clone, Copy)]
enum Place {
    FieldStart,
    Bare,
    Quoted,
}

/// What a line is made of.
enum Token {
    /// A quote that stands around a text.
    Around,
    /// A character outside of quotes.
    Bare(char),
    /// A character between quotes.
    Quoted(char),
}

struct Scan<'a> {
    rest: &'a str,
    place: Place,
    quotes: Quotes,
}

impl<'a> Scan<'a> {
    const fn new(text: &'a str, quotes: Quotes) -> Self {
        let place = Place::FieldStart;
        Self {
            rest: text,
            place,
            quotes,
        }
    }

    fn next(&mut self) -> Option<Token> {
        let char = self.take()?;
        Some(match (self.place, char) {
            (Place::FieldStart, '"') => {
                self.place = Place::Quoted;
                Token::Around
            }
            (Place::FieldStart | Place::Bare, char) => {
                self.place = Place::Bare;
                Token::Bare(char)
            }
            (Place::Quoted, '"') if self.rest.starts_with('"') => Token::Quoted(self.take()?),
            (Place::Quoted, '"') => {
                self.place = Place::Bare;
                Token::Around
            }
            (Place::Quoted, '\\') if self.quotes == Quotes::DoubledOrEscaped && self.rest.starts_with(['"', '\\']) => {
                Token::Quoted(self.take()?)
            }
            (Place::Quoted, char) => Token::Quoted(char),
        })
    }

    fn take(&mut self) -> Option<char> {
        let mut chars = self.rest.chars();
        let char = chars.next()?;
        self.rest = chars.as_str();
        Some(char)
    }
}

/// Splits `text` at the first `end` outside of quotes, which belongs to neither part.
fn split(text: &str, quotes: Quotes, end: u8) -> (&str, Option<&str>) {
    let mut scan = Scan::new(text, quotes);
    let end = char::from(end);
    while let Some(token) = scan.next() {
        match token {
            Token::Bare(char) if char == end => {
                let before = text.len().saturating_sub(scan.rest.len()).saturating_sub(1);
                return (text.get(..before).unwrap_or(text), Some(scan.rest));
            }
            Token::Bare(',') => scan.place = Place::FieldStart,
            _ => {}
        }
    }
    (text, None)
}
