//! Writes a command line into a buffer, or only counts it.

use crate::types::Text;

/// Collects a command line. It counts every byte, also those that found no room, so that an empty buffer sizes a command.
#[derive(Debug)]
pub(crate) struct Encoder<'a> {
    buffer: &'a mut [u8],
    len: usize,
    arguments: usize,
}

impl<'a> Encoder<'a> {
    /// Begins a command line with `AT` and `name`.
    pub(crate) fn new(buffer: &'a mut [u8], name: &str) -> Self {
        let mut encoder = Self {
            buffer,
            len: 0,
            arguments: 0,
        };
        encoder.bytes(b"AT");
        encoder.bytes(name.as_bytes());
        encoder
    }

    /// The next argument, a number.
    pub(crate) fn number(self, value: impl Into<u32>) -> Self {
        self.decimal(value.into())
    }

    fn decimal(mut self, mut value: u32) -> Self {
        self.separate();
        let mut digits = heapless::Vec::<u8, 10>::new();
        loop {
            // At most ten digits, each below ten.
            let _ = digits.push(b'0'.wrapping_add((value % 10) as u8));
            value /= 10;
            if value == 0 {
                break;
            }
        }
        for &digit in digits.iter().rev() {
            self.byte(digit);
        }
        self
    }

    /// The next argument, a string in quotes.
    pub(crate) fn text(mut self, text: Text<'_>) -> Self {
        self.separate();
        self.byte(b'"');
        for (byte, escaped) in text.encoded() {
            if escaped {
                self.byte(b'\\');
                self.byte(hex_digit(byte >> 4));
                self.byte(hex_digit(byte & 0xf));
            } else {
                self.byte(byte);
            }
        }
        self.byte(b'"');
        self
    }

    /// The next argument, a word of the manual's in quotes.
    pub(crate) fn constant(mut self, word: &'static str) -> Self {
        self.separate();
        self.byte(b'"');
        self.bytes(word.as_bytes());
        self.byte(b'"');
        self
    }

    /// Ends the line with CR alone: a line feed behind it could become the first byte of a payload (V.250 section 5.2.1, S3).
    /// Returns the length of the whole line, whether it found room or not.
    pub(crate) fn end(mut self) -> usize {
        self.byte(b'\r');
        self.len
    }

    fn separate(&mut self) {
        let separator = if self.arguments == 0 { b'=' } else { b',' };
        self.arguments = self.arguments.saturating_add(1);
        self.byte(separator);
    }

    fn bytes(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.byte(byte);
        }
    }

    fn byte(&mut self, byte: u8) {
        if let Some(place) = self.buffer.get_mut(self.len) {
            *place = byte;
        }
        self.len = self.len.saturating_add(1);
    }
}

/// The digit for a number below sixteen, in upper case.
pub(crate) fn hex_digit(digit: u8) -> u8 {
    char::from_digit(u32::from(digit), 16).map_or(b'0', |digit| digit.to_ascii_uppercase() as u8)
}
