//! Whether a digit at the place of a topic begins a name or a topic id, in the answer to READ on an MQTT-SN connection.
//!
//! A topic id is bare, up to the comma, and what the header says of the topic's length is then undefined (V1.3 section 1.11). Where the
//! module quotes names, a digit begins a number. Where it does not, or has not shown it, a name may begin like a number too,
//! `12,34`, and lengths have to tell. What the two readings disagree on was written by strangers, so where both can hold the
//! longer one is taken: then nothing of a message can become a line of the module, and what both readings fit is malformed. The price is
//! that a module which puts something odd in place of the length may lose a message, unless it is known to quote, and that is reported. One thing is taken for granted:
//! no topic has a line end.

use super::grammar::{self, ReadHeader};

/// What is known of a topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Topic {
    /// A name, framed as on MQTT connections.
    ByLength,
    /// It began with a digit, and this many digits were seen.
    Digits(usize),
    /// A number is followed by a comma: more has to be seen.
    Either {
        digits: usize,
        /// The payload behind it would begin with a quote.
        quote: bool,
        /// A comma stands where a name of the header's length would end.
        comma: bool,
    },
    /// It began with a digit, and is a name. If a line end stands at this place, it may as well have been a topic id.
    Name { doubt: Option<usize> },
    /// It is a topic id.
    Id {
        /// The payload behind it is in quotes, and nothing else could look so: this module quotes.
        quotes: bool,
    },
}

/// What a topic turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// As [`Topic::Name`].
    Name { doubt: Option<usize> },
    /// So many digits, and whether the payload behind them is in quotes.
    Id {
        digits: usize,
        quoted: bool,
        /// It could not have been a name.
        certain: bool,
    },
}

/// No topic id has more digits.
const DIGITS: usize = 5;

impl Topic {
    pub(super) const fn begin() -> Self {
        Self::Digits(0)
    }

    pub(super) const fn is_open(self) -> bool {
        matches!(self, Self::Digits(_) | Self::Either { .. })
    }

    /// Takes the byte at `at` of the body into account; `body` has the last eight up to there. `quoted` is what is known of the module.
    pub(super) fn next(
        &mut self,
        header: &ReadHeader,
        quoted: Option<bool>,
        at: usize,
        byte: u8,
        body: &dyn Fn(usize) -> Option<u8>,
    ) -> Option<Form> {
        let blank = usize::from(header.spaced);
        if let Self::Digits(seen) = *self {
            if byte.is_ascii_digit() && seen < DIGITS {
                *self = Self::Digits(seen.saturating_add(1));
                return None;
            }
            let mut digits = heapless::Vec::<u8, DIGITS>::new();
            digits.extend((blank..at).filter_map(body));
            if byte != b',' || !grammar::is_topic_id(&digits) {
                return Some(Form::Name { doubt: None });
            }
            if quoted == Some(true) || header.topic_len <= seen && quoted == Some(false) {
                return Some(Form::Id {
                    digits: seen,
                    quoted: quoted == Some(true),
                    certain: true,
                });
            }
            *self = Self::Either {
                digits: seen,
                quote: false,
                comma: false,
            };
            return None;
        }
        let Self::Either { digits, quote, comma } = self else {
            return None;
        };
        let digits = *digits;
        // Behind the comma, and a blank where the module writes one.
        let payload = blank.saturating_add(digits).saturating_add(1).saturating_add(blank);
        let bare = payload.saturating_add(header.payload_len);
        let in_quotes = bare.saturating_add(2);
        let name_end = blank.saturating_add(header.topic_len);
        *quote |= quoted.is_none() && at == payload && byte == b'"';
        *comma |= at == name_end && byte == b',';
        let certain = header.topic_len <= digits || !*comma && name_end < in_quotes;
        let id = |quoted| {
            Some(Form::Id {
                digits,
                quoted,
                certain,
            })
        };
        let mut end = bare;
        if *quote {
            // As with names, the closing quote decides: behind a bare payload its place holds what the module itself writes.
            if at < in_quotes {
                return None;
            }
            // But a longer name without quotes has there what strangers wrote.
            let longer = *comma && header.topic_len > digits.saturating_add(2);
            if body(in_quotes.saturating_sub(1)) == Some(b'"') && is_line_end(body(in_quotes)) {
                if !longer {
                    return id(true);
                }
                end = in_quotes;
            }
        } else if quoted.is_none() && at < payload {
            return None;
        }
        if header.topic_len <= digits {
            return id(false);
        }
        let name = Some(Form::Name { doubt: Some(end) });
        if name_end < bare {
            return match (*comma, at < name_end) {
                (true, _) => name,
                (false, true) => None,
                (false, false) => id(false),
            };
        }
        // A name that covers all of the other reading would have no line end there: no topic has one.
        match (at < bare, is_line_end(body(bare))) {
            (true, _) => None,
            (false, true) => id(false),
            (false, false) => name,
        }
    }
}

pub(super) fn is_line_end(byte: Option<u8>) -> bool {
    matches!(byte, Some(b'\r' | b'\n'))
}
