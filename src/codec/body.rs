//! The topic and payload behind the header of a `+MQTTREAD` answer, collected by length.
//!
//! Some modules put topic and payload in quotes, outside of their lengths, others do not, and a topic may itself begin with a
//! quote. The two forms differ by four bytes of length. Until the module has shown its form, a body that begins with a quote
//! is collected as if it were quoted, then checked where the lengths say that quotes must stand. If it was not quoted, the
//! place of the closing quote holds the fourth byte of what the module itself writes after a message, a line end or the
//! letters of a result, never a quote: so no content can make either form look like the other.
//!
//! On an MQTT-SN connection a bare topic id may stand in the topic's place: see [`Topic`].

use super::grammar::ReadHeader;
use super::topic::{self, Form, Topic};

/// How a body ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BodyEnd {
    /// Topic and payload stand one behind the other at the start of the store.
    Stored,
    /// They are larger than the store, and gone.
    TooLarge,
    /// The separators did not stand where the lengths put them, or it cannot be told which of two messages it is.
    Malformed,
}

/// A body on its way in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Body {
    pub(crate) header: ReadHeader,
    quoted: Quoting,
    /// What this module was known to do before.
    pinned: Option<bool>,
    topic: Topic,
    /// Bytes taken so far.
    taken: usize,
    /// The last eight bytes, by the low bits of their place. With the separators a body takes up to seven bytes more than the
    /// message that the store is measured for, and the end of one too large is still to be checked.
    tail: [u8; TAIL],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Quoting {
    /// Not seen yet, and no byte taken.
    Open,
    /// Collected as quoted, to be checked.
    Assumed,
    Yes,
    No,
}

/// A power of two above seven: two pairs of quotes, the comma, and two blanks where the module writes blanks after commas.
const TAIL: usize = 8;

/// The most that is taken beyond the end: four bytes, the difference between the two forms; or five of the six that show that a number is too
/// long for a topic id, where the header leaves room for one.
pub(crate) const BEYOND: usize = 5;

/// Characters of a short topic (MQTT-SN 1.2 section 6.10).
const SHORT: usize = 2;

impl Body {
    /// A body after `header`, from a module that is known to quote or not, or not known yet.
    pub(crate) fn new(header: ReadHeader, quoted: Option<bool>) -> Self {
        let pinned = quoted;
        let quoted = match quoted {
            None => Quoting::Open,
            Some(true) => Quoting::Yes,
            Some(false) => Quoting::No,
        };
        Self {
            header,
            quoted,
            pinned,
            topic: Topic::ByLength,
            taken: 0,
            tail: [0; TAIL],
        }
    }

    /// Whether this module quotes, once it is certain. A message with a topic id shows it only by quotes that can be nothing else.
    pub(crate) fn quoted(&self) -> Option<bool> {
        match self.quoted {
            _ if self.topic == (Topic::Id { quotes: true }) => Some(true),
            _ if self.topic != Topic::ByLength => self.pinned,
            Quoting::Open | Quoting::Assumed => None,
            Quoting::Yes => Some(true),
            Quoting::No => Some(false),
        }
    }

    /// Takes what belongs to the body from the front of `input` and says how much that was.
    pub(crate) fn take(&mut self, input: &[u8], store: &mut [u8]) -> usize {
        let mut used = 0;
        for &byte in input {
            if self.taken == self.blank() {
                if self.header.is_sn() && byte.is_ascii_digit() {
                    self.topic = Topic::begin();
                } else if self.quoted == Quoting::Open {
                    self.quoted = if byte == b'"' { Quoting::Assumed } else { Quoting::No };
                }
            }
            if self.is_complete() {
                break;
            }
            self.put(byte, store);
            used = usize::saturating_add(used, 1);
            if self.topic.is_open() && self.taken > self.blank() {
                self.decide(byte, store);
            }
        }
        used
    }

    /// Takes a byte into account that may tell whether the topic is a name or a number.
    fn decide(&mut self, byte: u8, store: &[u8]) {
        let body = |at: usize| (at < self.taken).then(|| self.at(at, store));
        let at = self.taken.saturating_sub(1);
        let mut topic = self.topic;
        let form = topic.next(&self.header, self.pinned, at, byte, &body);
        self.topic = topic;
        let Some(form) = form else { return };
        match form {
            Form::Name { doubt } => {
                self.topic = Topic::Name { doubt };
                if self.quoted == Quoting::Open {
                    self.quoted = Quoting::No;
                }
            }
            Form::Id {
                digits,
                quoted,
                certain,
            } => {
                let quotes = quoted && certain;
                self.topic = Topic::Id { quotes };
                self.header.or_short = !quoted && digits == SHORT && self.header.topic_len == SHORT;
                (self.header.topic_id, self.header.topic_len) = (true, digits);
                self.quoted = if quoted { Quoting::Yes } else { Quoting::No };
            }
        }
    }

    /// Whether all bytes are there.
    pub(crate) fn is_complete(&self) -> bool {
        !self.topic.is_open() && self.quoted != Quoting::Open && self.taken >= self.expected()
    }

    /// Checks the separators and moves topic and payload to the front of the store. What was taken beyond the end, because
    /// the body was wrongly assumed to be quoted, is returned to be read again.
    pub(crate) fn finish(&mut self, store: &mut [u8]) -> (BodyEnd, heapless::Vec<u8, BEYOND>) {
        let mut beyond = heapless::Vec::new();
        if self.quoted == Quoting::Assumed {
            self.quoted = if self.quotes_stand(store) {
                Quoting::Yes
            } else {
                Quoting::No
            };
        }
        for at in self.expected()..self.taken {
            let _ = beyond.push(self.at(at, store));
        }
        let stands = match self.quoted {
            Quoting::Yes => self.quotes_stand(store),
            _ => self.comma_stands(store),
        };
        let end = if !self.fits(store) {
            BodyEnd::TooLarge
        } else if !stands || self.is_doubtful(store) {
            BodyEnd::Malformed
        } else {
            self.compact(store);
            BodyEnd::Stored
        };
        (end, beyond)
    }

    /// Moves topic and payload next to each other. Both move towards the front, so ascending order never overwrites what is
    /// still to be read.
    fn compact(&self, store: &mut [u8]) {
        let topic = (self.topic_at(), self.header.topic_len, 0);
        let payload = (self.payload_at(), self.header.payload_len, self.header.topic_len);
        for (from, len, to) in [topic, payload] {
            for i in 0..len {
                let byte = self.at(from.saturating_add(i), store);
                if let Some(place) = store.get_mut(to.saturating_add(i)) {
                    *place = byte;
                }
            }
        }
    }

    fn put(&mut self, byte: u8, store: &mut [u8]) {
        for (buffer, place) in [(store, self.taken), (&mut self.tail, self.taken % TAIL)] {
            if let Some(place) = buffer.get_mut(place) {
                *place = byte;
            }
        }
        self.taken = self.taken.saturating_add(1);
    }

    /// The byte at `index`, which must be in the store or among the last eight.
    fn at(&self, index: usize, store: &[u8]) -> u8 {
        store
            .get(index)
            .or_else(|| self.tail.get(index % TAIL))
            .copied()
            .unwrap_or_default()
    }

    /// 1 where the module writes a blank after each comma, as its header showed.
    fn blank(&self) -> usize {
        usize::from(self.header.spaced)
    }

    /// 1 if there is a quote on each side of a text.
    fn quote(&self) -> usize {
        usize::from(matches!(self.quoted, Quoting::Yes | Quoting::Assumed))
    }

    /// The same for the topic, where a number has none.
    fn topic_quote(&self) -> usize {
        if self.header.topic_id { 0 } else { self.quote() }
    }

    fn topic_at(&self) -> usize {
        self.blank().saturating_add(self.topic_quote())
    }

    fn payload_at(&self) -> usize {
        // The topic's closing quote, the comma, then what stands before a value.
        let before = self.blank().saturating_add(self.quote());
        let separators = self.topic_quote().saturating_add(1).saturating_add(before);
        self.topic_at()
            .saturating_add(self.header.topic_len)
            .saturating_add(separators)
    }

    fn expected(&self) -> usize {
        self.payload_at()
            .saturating_add(self.header.payload_len)
            .saturating_add(self.quote())
    }

    fn fits(&self, store: &[u8]) -> bool {
        self.header.size().size() <= store.len()
    }

    fn comma_stands(&self, store: &[u8]) -> bool {
        let comma = self
            .topic_at()
            .saturating_add(self.header.topic_len)
            .saturating_add(self.topic_quote());
        !self.fits(store) || self.at(comma, store) == b','
    }

    /// Whether all of it may have been a shorter message with a topic id, and then what the module wrote behind that.
    fn is_doubtful(&self, store: &[u8]) -> bool {
        match self.topic {
            Topic::Name { doubt: Some(end) } => topic::is_line_end(Some(self.at(end, store))),
            _ => false,
        }
    }

    /// Whether quotes stand where the lengths put them. The closing one decides; of a body larger than the store it is the
    /// only one left to see.
    fn quotes_stand(&self, store: &[u8]) -> bool {
        let closing = self.payload_at().saturating_add(self.header.payload_len);
        if !self.fits(store) {
            return self.at(closing, store) == b'"';
        }
        let payload_open = self.payload_at().saturating_sub(1);
        let quote = |place: usize| self.at(place, store) == b'"';
        let topic_end = self.topic_at().saturating_add(self.header.topic_len);
        let topic = self.header.topic_id || quote(self.topic_at().saturating_sub(1)) && quote(topic_end);
        self.comma_stands(store) && topic && quote(payload_open) && quote(closing)
    }
}
