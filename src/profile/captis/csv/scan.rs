//! Where lines and fields end, in any bytes: what means something is ASCII, and no byte of another character is.

use super::Quotes;

/// What a line is made of.
pub(super) enum Token {
    /// A quote that stands around a text.
    Around,
    /// A byte outside of quotes.
    Bare(u8),
    /// A byte between quotes.
    Quoted,
    /// A quote between quotes, behind its backslash.
    Escaped,
}

/// Where a line is being read.
#[derive(Clone, Copy)]
enum Place {
    FieldStart,
    Bare,
    Quoted {
        /// By backslashes.
        escaped: bool,
    },
}

#[derive(Clone)]
pub(super) struct Scan<'a> {
    text: &'a [u8],
    /// Behind the last token.
    at: usize,
    place: Place,
    quotes: Quotes,
}

impl<'a> Scan<'a> {
    pub(super) const fn new(text: &'a [u8], quotes: Quotes) -> Self {
        Self {
            text,
            at: 0,
            place: Place::FieldStart,
            quotes,
        }
    }

    pub(super) fn next(&mut self) -> Option<Token> {
        let byte = self.take()?;
        Some(match (self.place, byte) {
            (Place::FieldStart, b'"') => {
                let escaped = self.quotes == Quotes::DoubledOrEscaped && !self.doubled_ahead();
                self.place = Place::Quoted { escaped };
                Token::Around
            }
            (Place::FieldStart | Place::Bare, byte) => {
                self.place = Place::Bare;
                Token::Bare(byte)
            }
            (Place::Quoted { escaped: true }, b'\\') if matches!(self.peek(), Some(b'"' | b'\\')) => {
                match self.take()? {
                    b'"' => Token::Escaped,
                    _ => Token::Quoted,
                }
            }
            (Place::Quoted { escaped: false }, b'"') if self.peek() == Some(b'"') => {
                self.take()?;
                Token::Quoted
            }
            (Place::Quoted { .. }, b'"') => {
                self.place = Place::Bare;
                Token::Around
            }
            (Place::Quoted { .. }, _) => Token::Quoted,
        })
    }

    /// Whether the field that has just been opened doubles its quotes. Where quotes have backslashes, one that has none closes the field,
    /// and nothing but a comma or a line end follows it: no text in such a field is taken for one with doubled quotes.
    fn doubled_ahead(&self) -> bool {
        let mut ahead = self.clone();
        while let Some(byte) = ahead.take() {
            match (byte, ahead.peek()) {
                (b'\\', Some(b'"' | b'\\')) => ahead.at = ahead.at.saturating_add(1),
                (b'"', next) => return next == Some(b'"'),
                _ => {}
            }
        }
        false
    }

    /// Where the byte of the last token stands.
    pub(super) const fn last(&self) -> usize {
        self.at.saturating_sub(1)
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn take(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at = self.at.saturating_add(1);
        Some(byte)
    }
}

/// Where the first `end` outside of quotes stands, if there is one.
pub(super) fn find(text: &[u8], quotes: Quotes, end: u8) -> Option<usize> {
    let mut scan = Scan::new(text, quotes);
    while let Some(token) = scan.next() {
        match token {
            Token::Bare(byte) if byte == end => return Some(scan.last()),
            Token::Bare(b',') => scan.place = Place::FieldStart,
            _ => {}
        }
    }
    None
}

/// So many bytes before the end of a payload stands the first quote behind a backslash, if what follows does not bear out that it was one.
///
/// Where quotes are doubled, a backslash in front of one is content, and a field that is read the other way ends within its content. From there
/// on, what is between quotes and what is not are mistaken for each other, so that the payload ends between quotes, or a quote stands where
/// none can, whatever the content. Neither is so where quotes have backslashes.
pub(in crate::profile::captis) fn doubtful(payload: &[u8]) -> usize {
    let mut scan = Scan::new(payload, Quotes::DoubledOrEscaped);
    let mut doubtful = 0;
    while let Some(token) = scan.next() {
        match token {
            Token::Escaped if doubtful == 0 => doubtful = payload.len().saturating_sub(scan.last()),
            Token::Bare(b',' | b'\n') => scan.place = Place::FieldStart,
            // If nothing was read by a backslash yet, no platform wrote this.
            Token::Bare(b'"') => return doubtful,
            _ => {}
        }
    }
    match scan.place {
        Place::Quoted { .. } => doubtful,
        Place::FieldStart | Place::Bare => 0,
    }
}

/// Takes a line from a payload. Empty ones are left out.
pub(in crate::profile::captis) fn next_line<'a>(rest: &mut &'a [u8], quotes: Quotes) -> Option<&'a [u8]> {
    while !rest.is_empty() {
        let end = find(rest, quotes, b'\n').unwrap_or(rest.len());
        let (line, behind) = rest.split_at_checked(end)?;
        *rest = behind.get(1..).unwrap_or_default();
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if !line.is_empty() {
            return Some(line);
        }
    }
    None
}
