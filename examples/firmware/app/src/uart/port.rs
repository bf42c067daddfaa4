//! The port that the driver reads and writes: asynchronous, and blocking.

use core::convert::Infallible;
use core::future::poll_fn;
use core::task::{Poll, Waker};

use super::{BufferedUart, Registers, State};

/// So many bytes are moved at a time: the UART's interrupt waits no longer than that takes.
const PIECE: usize = 16;

/// The port of a [`BufferedUart`].
///
/// Its `read` and `write` are cancel-safe: each has done all it does, or nothing. They never fail; what was lost on the line is
/// counted in [`Health`](super::Health), and the driver gets over it.
pub struct Uart<'u, R, const RX: usize, const TX: usize>(&'u BufferedUart<R, RX, TX>);

impl<'u, R: Registers, const RX: usize, const TX: usize> Uart<'u, R, RX, TX> {
    pub(super) const fn new(uart: &'u BufferedUart<R, RX, TX>) -> Self {
        Self(uart)
    }

    /// Reads what there is, up to a piece; nothing if there is nothing, and then `waker` is woken when there is.
    fn take(&self, buffer: &mut [u8], waker: Option<&Waker>) -> usize {
        let mut count = 0;
        self.0.with(|state, registers| {
            for place in buffer.iter_mut().take(PIECE) {
                let Some(byte) = state.received.pop_front() else { break };
                *place = byte;
                count += 1;
            }
            if state.holds_back && count > 0 {
                // What waited in the UART is fetched here: not every UART interrupts once more for it. It listens first, so that what
                // comes from now on does interrupt.
                state.holds_back = false;
                registers.interrupt_on_byte(true);
                state.take(registers);
            }
            if count == 0 {
                state.reader = waker.cloned();
            }
        });
        count
    }

    /// Writes what there is room for, up to a piece; nothing if there is none, and then `waker` is woken when there is.
    fn give(&self, bytes: &[u8], waker: Option<&Waker>) -> usize {
        let mut count = 0;
        self.0.with(|state, registers| {
            // First, so that a ring that is still full afterwards has an interrupt to wait for.
            state.give(registers);
            for &byte in bytes.iter().take(PIECE) {
                if state.to_send.push_back(byte).is_err() {
                    break;
                }
                count += 1;
            }
            state.give(registers);
            if count == 0 {
                state.writer = waker.cloned();
            }
        });
        count
    }

    fn is_sent(&self, waker: Option<&Waker>) -> bool {
        self.0.with(|state, _| {
            if !state.to_send.is_empty() {
                state.writer = waker.cloned();
            }
            state.to_send.is_empty()
        })
    }

    fn has_received(&self) -> bool {
        self.0.with(|state: &mut State<RX, TX>, _| !state.received.is_empty())
    }
}

/// Both kinds have the same error, and that is none.
impl<R, const RX: usize, const TX: usize> embedded_io::ErrorType for Uart<'_, R, RX, TX> {
    type Error = Infallible;
}

impl<R: Registers, const RX: usize, const TX: usize> embedded_io_async::Read for Uart<'_, R, RX, TX> {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Infallible> {
        if buffer.is_empty() {
            return Ok(0);
        }
        poll_fn(|context| match self.take(buffer, Some(context.waker())) {
            0 => Poll::Pending,
            count => Poll::Ready(Ok(count)),
        })
        .await
    }
}

impl<R: Registers, const RX: usize, const TX: usize> embedded_io_async::Write for Uart<'_, R, RX, TX> {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        if bytes.is_empty() {
            return Ok(0);
        }
        poll_fn(|context| match self.give(bytes, Some(context.waker())) {
            0 => Poll::Pending,
            count => Poll::Ready(Ok(count)),
        })
        .await
    }

    /// Until all is with the UART. What that has in its own buffer, at most 16 bytes, is then still on its way.
    async fn flush(&mut self) -> Result<(), Infallible> {
        poll_fn(|context| {
            if self.is_sent(Some(context.waker())) {
                Poll::Ready(Ok(()))
            } else {
                Poll::Pending
            }
        })
        .await
    }
}

impl<R: Registers, const RX: usize, const TX: usize> embedded_io::ReadReady for Uart<'_, R, RX, TX> {
    fn read_ready(&mut self) -> Result<bool, Infallible> {
        Ok(self.has_received())
    }
}

impl<R: Registers, const RX: usize, const TX: usize> embedded_io::Read for Uart<'_, R, RX, TX> {
    /// Blocks until there is a byte: ask [`ReadReady`](embedded_io::ReadReady) first.
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Infallible> {
        loop {
            match self.take(buffer, None) {
                0 if !buffer.is_empty() => core::hint::spin_loop(),
                count => return Ok(count),
            }
        }
    }
}

impl<R: Registers, const RX: usize, const TX: usize> embedded_io::Write for Uart<'_, R, RX, TX> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        loop {
            match self.give(bytes, None) {
                0 if !bytes.is_empty() => core::hint::spin_loop(),
                count => return Ok(count),
            }
        }
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        while !self.is_sent(None) {
            core::hint::spin_loop();
        }
        Ok(())
    }
}
