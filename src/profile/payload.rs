//! Writing a payload into the caller's memory, counted beyond its end.

use core::fmt;

/// The payload does not fit: into the caller's buffer, or into what the module takes at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
#[error("the payload has {needed} bytes and {max} is the most here: send less at once, or pass a larger buffer")]
pub struct TooLarge {
    /// The length of the whole payload, in bytes.
    pub needed: usize,
    /// What there is room for, in bytes.
    pub max: usize,
}

/// A payload that is being written into a buffer. What does not fit is counted, so that an error can say how much is needed.
///
/// ```
/// use core::fmt::Write;
/// use fibocom_mqtt::profile::{Payload, TooLarge};
///
/// let mut buffer = [0; 8];
/// let mut payload = Payload::new(&mut buffer);
/// write!(payload, "{},{}", 211, -5).unwrap();
/// assert_eq!(payload.finish(), Ok(&b"211,-5"[..]));
///
/// let mut payload = Payload::new(&mut buffer);
/// write!(payload, "{:010}", 7).unwrap();
/// assert_eq!(payload.finish(), Err(TooLarge { needed: 10, max: 8 }));
/// ```
#[derive(Debug)]
pub struct Payload<'b> {
    buffer: &'b mut [u8],
    needed: usize,
}

impl<'b> Payload<'b> {
    /// Writes from the start of `buffer`.
    pub fn new(buffer: &'b mut [u8]) -> Self {
        Self { buffer, needed: 0 }
    }

    /// How long the payload is so far, in bytes, including what did not fit.
    pub fn needed(&self) -> usize {
        self.needed
    }

    /// The room there is, in bytes.
    pub fn max(&self) -> usize {
        self.buffer.len()
    }

    /// Appends bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        // As much as there is room for, since some of it may be taken back.
        let room = self.buffer.get_mut(self.needed..).unwrap_or_default();
        for (place, byte) in room.iter_mut().zip(bytes) {
            *place = *byte;
        }
        self.needed = self.needed.saturating_add(bytes.len());
    }

    /// Takes back what was written after it was `len` bytes long. Does nothing if it is shorter.
    pub fn truncate(&mut self, len: usize) {
        self.needed = self.needed.min(len);
    }

    /// The payload.
    ///
    /// # Errors
    ///
    /// [`TooLarge`] if it did not fit.
    pub fn finish(self) -> Result<&'b [u8], TooLarge> {
        let (needed, max) = (self.needed, self.buffer.len());
        let buffer: &'b [u8] = self.buffer;
        buffer.get(..needed).ok_or(TooLarge { needed, max })
    }

    /// What was written, if that was characters only.
    pub(in crate::profile) fn finish_text(self) -> Result<&'b str, TooLarge> {
        // Whole ones: nothing of them is refused.
        Ok(core::str::from_utf8(self.finish()?).unwrap_or_default())
    }
}

impl fmt::Write for Payload<'_> {
    /// Never fails: [`finish`](Self::finish) says whether all of it fitted.
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.push(text.as_bytes());
        Ok(())
    }
}
