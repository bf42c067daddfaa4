//! Several lines in one payload (section 4.1: each line is one data point).

use core::fmt::{Display, Write};

use crate::profile::{Payload, TooLarge};

/// A payload that is filled with lines, as many as fit. No line is ever cut, and none spans two payloads.
///
/// Give it a buffer as long as the module takes payloads: 1024 bytes, or what
/// [`Limit::Payload`](crate::Limit::Payload) says.
///
/// ```
/// use fibocom_mqtt::profile::captis::{Batch, BatchError, EventId};
///
/// let mut buffer = [0; 32];
/// let mut batch = Batch::new(&mut buffer);
/// batch.push(EventId::BOOT)?;
/// batch.push(EventId::POWER_UP)?;
/// assert_eq!(batch.push(EventId::BROWN_OUT), Err(BatchError::Full));
/// assert_eq!(batch.finish(), b"a00018-00000\na00018-00002");
/// # Ok::<(), BatchError>(())
/// ```
#[derive(Debug)]
pub struct Batch<'b> {
    payload: Payload<'b>,
    lines: usize,
}

/// Why a line was not added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BatchError {
    /// There is no room behind the lines that are there.
    #[error("the payload has no room for another line: publish it, and begin a new one with this line")]
    Full,
    /// The line alone is longer than a payload.
    #[error("one line is longer than a payload: {0}")]
    Line(TooLarge),
}

impl<'b> Batch<'b> {
    /// No lines yet.
    pub fn new(buffer: &'b mut [u8]) -> Self {
        let payload = Payload::new(buffer);
        Self { payload, lines: 0 }
    }

    /// Adds a line, given without a line end.
    ///
    /// # Errors
    ///
    /// [`BatchError`] if it does not fit; the lines before it are still there.
    pub fn push(&mut self, line: impl Display) -> Result<(), BatchError> {
        let before = self.payload.needed();
        if self.lines > 0 {
            self.payload.push(b"\n");
        }
        let begin = self.payload.needed();
        // A payload takes everything, and counts what does not fit.
        let _ = write!(self.payload, "{line}");
        let (end, max) = (self.payload.needed(), self.payload.max());
        if end <= max {
            self.lines = self.lines.saturating_add(1);
            return Ok(());
        }
        self.payload.truncate(before);
        let needed = end.saturating_sub(begin);
        Err(if needed > max {
            BatchError::Line(TooLarge { needed, max })
        } else {
            BatchError::Full
        })
    }

    /// Adds lines in their order until one does not fit. Returns how many were added.
    ///
    /// # Errors
    ///
    /// [`TooLarge`] if not even the first fits, and the batch was empty.
    pub fn fill<L: Display>(&mut self, lines: impl IntoIterator<Item = L>) -> Result<usize, TooLarge> {
        let before = self.lines;
        for line in lines {
            match self.push(line) {
                Ok(()) => {}
                Err(BatchError::Line(error)) if self.lines == 0 => return Err(error),
                Err(_) => break,
            }
        }
        Ok(self.lines.saturating_sub(before))
    }

    /// How many lines there are.
    pub const fn lines(&self) -> usize {
        self.lines
    }

    /// The payload.
    pub fn finish(self) -> &'b [u8] {
        // What did not fit was taken back.
        self.payload.finish().unwrap_or_default()
    }
}
