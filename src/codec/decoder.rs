//! One pass over the bytes from the module, in whatever pieces they arrive: lines, prompts, and message bodies by length.

use super::body::BEYOND;
use super::grammar;
use super::{Body, BodyEnd};

/// What the decoder found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Frame {
    /// A line that is not empty, to be had from [`Decoder::line`] until the next push.
    Line,
    /// A line longer than the buffer; [`Decoder::line`] has its beginning.
    LongLine,
    /// `>` at the start of a line while a prompt was expected.
    Prompt,
    /// An answer to READ with a message.
    Message { header: grammar::ReadHeader, end: BodyEnd },
}

/// Collects lines, and behind the header of an answer to READ a message by its lengths, whether that answer is awaited or not:
/// nothing else in the protocol begins a line like that, and what follows was written by strangers.
#[derive(Debug)]
pub(crate) struct Decoder<'b> {
    /// First the lines that were kept as an answer, then the line that is being collected.
    buffer: &'b mut [u8],
    kept: usize,
    len: usize,
    /// Bytes of the line that found no room.
    excess: usize,
    /// The last frame was a line, which the next push drops unless it was kept.
    ended: bool,
    /// A prompt may come now.
    prompt: bool,
    body: Option<Body>,
    /// Bytes a body took in excess: they come before any new input.
    beyond: heapless::Vec<u8, BEYOND>,
    /// Whether the module quotes in READ, once it has shown it.
    quoted: Option<bool>,
}

impl<'b> Decoder<'b> {
    /// A decoder with this line buffer, for a module that quotes in READ, does not, or has not shown it.
    pub(crate) fn new(buffer: &'b mut [u8], quoted: Option<bool>) -> Self {
        Self {
            buffer,
            kept: 0,
            len: 0,
            excess: 0,
            ended: false,
            prompt: false,
            body: None,
            beyond: heapless::Vec::new(),
            quoted,
        }
    }

    /// Bytes that the line buffer holds.
    pub(crate) fn capacity(&self) -> usize {
        self.buffer.len()
    }

    /// Whether the module quotes in READ, once known.
    pub(crate) fn quoted(&self) -> Option<bool> {
        self.quoted
    }

    /// Another module may quote otherwise.
    pub(crate) fn forget_quoting(&mut self, quoted: Option<bool>) {
        self.quoted = quoted;
    }

    /// From now on `>` at the start of a line is a prompt, or is not.
    pub(crate) fn expect_prompt(&mut self, expected: bool) {
        self.prompt = expected;
    }

    /// A new exchange: the answer kept so far is dropped, a line that has begun is not.
    pub(crate) fn begin(&mut self) {
        self.drop_ended();
        let used = self.len;
        self.buffer.copy_within(self.kept..used, 0);
        self.len = used.saturating_sub(self.kept);
        self.kept = 0;
        self.wipe(self.len, used);
    }

    /// Wipes what is in the buffer and of no use any more: it may have held a password.
    fn wipe(&mut self, from: usize, to: usize) {
        if let Some(used) = self.buffer.get_mut(from..to) {
            used.fill(0);
        }
    }

    /// Gives up a body whose rest does not come, and gives its header.
    pub(crate) fn abandon_body(&mut self) -> Option<grammar::ReadHeader> {
        self.body.take().map(|body| body.header)
    }

    /// The line that the last frame was about.
    pub(crate) fn line(&self) -> &[u8] {
        self.buffer.get(self.kept..self.len).unwrap_or_default()
    }

    /// How many bytes of that line found no room.
    pub(crate) fn excess(&self) -> usize {
        self.excess
    }

    /// How many bytes there are behind that line.
    pub(crate) fn room(&self) -> usize {
        self.buffer.len().saturating_sub(self.len)
    }

    /// Keeps that line as part of the answer. False if there is no room left.
    pub(crate) fn keep(&mut self) -> bool {
        self.ended = false;
        let end = self.len.saturating_add(2);
        match self.buffer.get_mut(self.len..end) {
            Some(place) => {
                place.copy_from_slice(b"\r\n");
                self.kept = end;
                self.len = end;
                true
            }
            None => {
                self.wipe(self.kept, self.len);
                self.len = self.kept;
                false
            }
        }
    }

    /// The lines that were kept, a CR LF between each two.
    pub(crate) fn kept(&self) -> &[u8] {
        let kept = self.buffer.get(..self.kept).unwrap_or_default();
        kept.strip_suffix(b"\r\n").unwrap_or(kept)
    }

    /// Takes bytes up to the next frame. Returns how many were taken, and the frame if there was one; without one all were.
    ///
    /// A body's topic and payload go to the front of `store`.
    pub(crate) fn push(&mut self, input: &[u8], store: &mut [u8]) -> (usize, Option<Frame>) {
        self.drop_ended();
        while !self.beyond.is_empty() {
            let byte = self.beyond.remove(0);
            if let Some(frame) = self.push_byte(byte) {
                return (0, Some(frame));
            }
        }
        let mut used = 0usize;
        while let Some(rest) = input.get(used..).filter(|rest| !rest.is_empty()) {
            if let Some(body) = &mut self.body {
                used = used.saturating_add(body.take(rest, store));
                if let Some(frame) = self.finish_body(store) {
                    return (used, Some(frame));
                }
                continue;
            }
            let Some(&byte) = rest.first() else { break };
            used = used.saturating_add(1);
            if let Some(frame) = self.push_byte(byte) {
                return (used, Some(frame));
            }
        }
        (used, None)
    }

    fn finish_body(&mut self, store: &mut [u8]) -> Option<Frame> {
        let body = self.body.as_mut().filter(|body| body.is_complete())?;
        let (end, beyond) = body.finish(store);
        if end == BodyEnd::Stored {
            self.quoted = body.quoted();
        }
        let header = body.header;
        self.beyond = beyond;
        self.body = None;
        Some(Frame::Message { header, end })
    }

    fn push_byte(&mut self, byte: u8) -> Option<Frame> {
        let at_start = self.len == self.kept && self.excess == 0;
        match byte {
            b'\r' | b'\n' if at_start => None,
            b'\r' | b'\n' => {
                self.ended = true;
                Some(if self.excess > 0 { Frame::LongLine } else { Frame::Line })
            }
            // A blank after the prompt, or before a line.
            b' ' if at_start => None,
            b'>' if at_start && self.prompt => {
                self.prompt = false;
                Some(Frame::Prompt)
            }
            _ => {
                self.append(byte);
                if byte == b',' {
                    self.begin_body();
                }
                None
            }
        }
    }

    fn append(&mut self, byte: u8) {
        match self.buffer.get_mut(self.len) {
            Some(place) => {
                *place = byte;
                self.len = self.len.saturating_add(1);
            }
            None => self.excess = self.excess.saturating_add(1),
        }
    }

    /// Turns from lines to lengths where a line has become the whole header of an answer to READ.
    fn begin_body(&mut self) {
        let Some(header) = grammar::read_header(self.line()) else {
            return;
        };
        self.len = self.kept;
        self.excess = 0;
        self.body = Some(Body::new(header, self.quoted));
    }

    fn drop_ended(&mut self) {
        if self.ended {
            self.ended = false;
            self.excess = 0;
            self.wipe(self.kept, self.len);
            self.len = self.kept;
        }
    }
}
