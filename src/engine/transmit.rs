//! The transmit buffer: the rest of a command, and of the data behind its prompt, outlives the future that began it (law 4).

use crate::codec::hex_digit;
use crate::error::InvalidInput;

/// A command line and its data, one behind the other, and how much of them has been and may be written.
#[derive(Debug)]
pub(super) struct Transmit<'b> {
    buffer: &'b mut [u8],
    command: usize,
    /// The data is in hexadecimal digits.
    hex: bool,
    total: usize,
    written: usize,
    allowed: usize,
}

impl<'b> Transmit<'b> {
    pub(super) fn new(buffer: &'b mut [u8]) -> Self {
        Self {
            buffer,
            command: 0,
            hex: false,
            total: 0,
            written: 0,
            allowed: 0,
        }
    }

    /// Takes a command that `write` puts into the buffer, and its data, as it is or in hexadecimal digits. `write` returns how
    /// long the command is, 0 if it found no room.
    ///
    /// A line feed behind the command is dropped: it could become the first byte of the data.
    pub(super) fn load(
        &mut self,
        data: &[u8],
        hex: bool,
        write: &dyn Fn(&mut [u8]) -> usize,
    ) -> Result<(), InvalidInput> {
        self.clear();
        let len = write(self.buffer);
        let command = self.buffer.get(..len).unwrap_or_default();
        let len = command.strip_suffix(b"\n").unwrap_or(command).len();
        let data_len = if hex { data.len().saturating_mul(2) } else { data.len() };
        let total = len.saturating_add(data_len);
        if let Some(place) = self.buffer.get_mut(len..total).filter(|_| len > 0) {
            if hex {
                for (digits, byte) in place.chunks_exact_mut(2).zip(data) {
                    digits.copy_from_slice(&[hex_digit(byte >> 4), hex_digit(byte & 0xf)]);
                }
            } else {
                place.copy_from_slice(data);
            }
            (self.command, self.hex, self.total) = (len, hex, total);
            return Ok(());
        }
        self.buffer.fill(0);
        Err(InvalidInput::TransmitBuffer {
            len: total,
            max: self.buffer.len(),
        })
    }

    /// The command line without its CR, to recognise its echo and to name it.
    pub(super) fn command(&self) -> &[u8] {
        let command = self.buffer.get(..self.command).unwrap_or_default();
        command.strip_suffix(b"\r").unwrap_or(command)
    }

    pub(super) fn data_len(&self) -> usize {
        self.total.saturating_sub(self.command)
    }

    /// Bytes of the data that have been written, however many digits that took.
    pub(super) fn data_written(&self) -> usize {
        let written = self.written.saturating_sub(self.command);
        if self.hex { written / 2 } else { written }
    }

    /// Whether any of it has been written.
    pub(super) fn has_begun(&self) -> bool {
        self.written > 0
    }

    pub(super) fn allow_command(&mut self) {
        self.allowed = self.command;
    }

    pub(super) fn allow_data(&mut self) {
        self.allowed = self.total;
    }

    /// What may be written now.
    pub(super) fn pending(&self) -> &[u8] {
        self.buffer.get(self.written..self.allowed).unwrap_or_default()
    }

    /// Notes that so much was written, and says whether all that may be is.
    pub(super) fn advance(&mut self, written: usize) -> bool {
        self.written = self.written.saturating_add(written).min(self.allowed);
        self.written == self.allowed
    }

    /// Forgets everything, and wipes it, since it may have held a password.
    pub(super) fn clear(&mut self) {
        if let Some(used) = self.buffer.get_mut(..self.total) {
            used.fill(0);
        }
        (self.command, self.total, self.written, self.allowed) = (0, 0, 0, 0);
    }
}
