//! The transmit buffer: the rest of a command, and of the data behind its prompt, outlives the future that began it.

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
    /// Bytes of data before those in the buffer.
    gone: usize,
    /// Bytes of data behind those in the buffer, which the future that began it hands on in pieces.
    owed: usize,
    /// The module has asked for the data.
    prompted: bool,
}

/// In place of data that does not come any more: nothing, to a reader of PEM.
const FILLER: [u8; 64] = [b'\n'; 64];

impl<'b> Transmit<'b> {
    pub(super) fn new(buffer: &'b mut [u8]) -> Self {
        Self {
            buffer,
            command: 0,
            hex: false,
            total: 0,
            written: 0,
            allowed: 0,
            gone: 0,
            owed: 0,
            prompted: false,
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

    /// Takes a command of which the data is handed on in pieces by [`feed`](Self::feed), `len` bytes in all.
    pub(super) fn load_upload(&mut self, len: usize, write: &dyn Fn(&mut [u8]) -> usize) -> Result<(), InvalidInput> {
        // There must be room for a piece.
        self.load(&[0], false, write)?;
        (self.total, self.owed) = (self.command, len);
        Ok(())
    }

    /// Whether the next piece of the data is due: the module waits for it, and all before it is written.
    pub(super) fn wants_data(&self) -> bool {
        self.prompted && self.owed > 0 && self.pending().is_empty()
    }

    /// Takes the next piece of `data`, which is the same at every call, if it is due.
    pub(super) fn feed(&mut self, data: &[u8]) {
        if !self.wants_data() {
            return;
        }
        let gone = self.data_written();
        let rest = data.get(gone..).unwrap_or_default();
        let place = self.buffer.get_mut(self.command..).unwrap_or_default();
        place.fill(0);
        let len = rest.len().min(place.len()).min(self.owed);
        for (byte, next) in place.iter_mut().zip(rest.iter().take(len)) {
            *byte = *next;
        }
        self.gone = gone;
        self.owed = self.owed.saturating_sub(len);
        self.written = self.command;
        self.total = self.command.saturating_add(len);
        self.allowed = self.total;
    }

    /// What is written when the data does not come any more.
    pub(super) fn filler(&self) -> &'static [u8] {
        FILLER.get(..self.owed).unwrap_or(&FILLER)
    }

    /// Whether something has to be written before anything else can be.
    pub(super) fn is_incomplete(&self) -> bool {
        !self.pending().is_empty() || self.wants_data()
    }

    /// The command line without its CR, to recognise its echo and to name it.
    pub(super) fn command(&self) -> &[u8] {
        let command = self.buffer.get(..self.command).unwrap_or_default();
        command.strip_suffix(b"\r").unwrap_or(command)
    }

    pub(super) fn data_len(&self) -> usize {
        self.total.saturating_sub(self.command).saturating_add(self.owed)
    }

    /// Bytes of the data that have been written, however many digits that took.
    pub(super) fn data_written(&self) -> usize {
        let written = self.written.saturating_sub(self.command);
        let written = if self.hex { written / 2 } else { written };
        written.saturating_add(self.gone)
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
        self.prompted = true;
    }

    /// What may be written now.
    pub(super) fn pending(&self) -> &[u8] {
        self.buffer.get(self.written..self.allowed).unwrap_or_default()
    }

    /// Notes that so much was written, and says whether that is all for now.
    pub(super) fn advance(&mut self, written: usize) -> bool {
        if self.wants_data() {
            // It was the filler.
            self.owed = self.owed.saturating_sub(written);
        } else {
            self.written = self.written.saturating_add(written).min(self.allowed);
        }
        !self.is_incomplete()
    }

    /// Forgets everything, and wipes it, since it may have held a password.
    pub(super) fn clear(&mut self) {
        if let Some(used) = self.buffer.get_mut(..self.total) {
            used.fill(0);
        }
        (self.command, self.total, self.written, self.allowed) = (0, 0, 0, 0);
        (self.gone, self.owed, self.prompted) = (0, 0, false);
    }
}
