//! A HAL's own UART as the driver's port.

use core::future::poll_fn;
use core::sync::atomic::{AtomicU32, Ordering};
use core::task::Poll;

use embedded_io_async::{ErrorType, Read, Write};

use super::Health;

/// The line of a HAL's UART: counts what went wrong on it. A board keeps it in a static.
///
/// To some HALs a lost byte, a break or a byte without its stop bit is an error of the port, and a module that is switched on or off
/// makes such. The driver would take it for the end of the port; it finds lost bytes by itself.
#[derive(Debug, Default)]
pub struct Line(AtomicU32);

impl Line {
    /// A line on which nothing went wrong yet.
    pub const fn new() -> Self {
        Self(AtomicU32::new(0))
    }

    /// The driver's port over the HAL's UART. Ask for it once.
    pub const fn port<U>(&self, uart: U) -> LinePort<'_, U> {
        LinePort { uart, line: self }
    }

    /// How it has fared: the errors that the HAL reports are the `overruns`. How full its ring was, a HAL does not tell.
    pub fn health(&self) -> Health {
        Health {
            overruns: self.0.load(Ordering::Relaxed),
            ..Health::default()
        }
    }

    fn note_error(&self) {
        // Not fetch_add, which a Cortex-M0 and an ESP32-C3 lack: only the one port counts.
        let count = self.0.load(Ordering::Relaxed);
        self.0.store(count.saturating_add(1), Ordering::Relaxed);
    }
}

/// The port of a [`Line`].
///
/// It is as cancel-safe as the HAL's UART. Reading never fails, writing does where the HAL's does.
#[derive(Debug)]
pub struct LinePort<'l, U> {
    uart: U,
    line: &'l Line,
}

impl<U: ErrorType> ErrorType for LinePort<'_, U> {
    type Error = U::Error;
}

impl<U: Read> Read for LinePort<'_, U> {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, U::Error> {
        loop {
            if let Ok(count) = self.uart.read(buffer).await {
                return Ok(count);
            }
            self.line.note_error();
            // So that a line with nothing but errors keeps nobody else from running.
            yield_once().await;
        }
    }
}

impl<U: Write> Write for LinePort<'_, U> {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, U::Error> {
        self.uart.write(bytes).await
    }

    async fn flush(&mut self) -> Result<(), U::Error> {
        self.uart.flush().await
    }
}

async fn yield_once() {
    let mut yielded = false;
    poll_fn(|context| {
        if yielded {
            return Poll::Ready(());
        }
        yielded = true;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

#[cfg(test)]
mod tests {
    use core::pin::pin;
    use core::task::{Context, Waker};

    use embedded_io_async::ErrorKind;

    use super::*;

    /// Reads what it was given, one after the other, and then waits for ever; writes three bytes, and then fails.
    struct Scripted(Vec<Result<&'static [u8], ErrorKind>>);

    impl ErrorType for Scripted {
        type Error = ErrorKind;
    }

    impl Read for Scripted {
        async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, ErrorKind> {
            if self.0.is_empty() {
                core::future::pending::<()>().await;
            }
            let bytes = self.0.remove(0)?;
            buffer[..bytes.len()].copy_from_slice(bytes);
            Ok(bytes.len())
        }
    }

    impl Write for Scripted {
        async fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
            if bytes.len() > 3 {
                Ok(3)
            } else {
                Err(ErrorKind::BrokenPipe)
            }
        }

        async fn flush(&mut self) -> Result<(), ErrorKind> {
            Err(ErrorKind::TimedOut)
        }
    }

    fn poll_once<O>(future: impl Future<Output = O>) -> Poll<O> {
        pin!(future).poll(&mut Context::from_waker(Waker::noop()))
    }

    #[test]
    fn errors_of_the_line_are_counted_and_what_comes_behind_them_is_read() {
        let line = Line::new();
        let script = vec![Ok(&b"+MQ"[..]), Err(ErrorKind::Other), Err(ErrorKind::Other), Ok(b"TT")];
        let mut port = line.port(Scripted(script));
        let mut buffer = [0; 8];
        assert_eq!(poll_once(port.read(&mut buffer)), Poll::Ready(Ok(3)));
        assert_eq!(&buffer[..3], b"+MQ");
        // One error for each poll, although the read is dropped each time.
        for errors in 1..=2 {
            assert_eq!(poll_once(port.read(&mut buffer)), Poll::Pending);
            assert_eq!(line.health().overruns, errors);
        }
        assert_eq!(poll_once(port.read(&mut buffer)), Poll::Ready(Ok(2)));
        assert_eq!(&buffer[..2], b"TT");
        assert_eq!(poll_once(port.read(&mut buffer)), Poll::Pending);
        assert_eq!(line.health().overruns, 2);
    }

    #[test]
    fn one_read_gets_over_any_number_of_errors() {
        let line = Line::new();
        let mut script = vec![Err(ErrorKind::Other); 50];
        script.push(Ok(&b"OK"[..]));
        let mut port = line.port(Scripted(script));
        let mut buffer = [0; 8];
        let mut read = pin!(port.read(&mut buffer));
        let mut polls = 0;
        while read.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending() {
            polls += 1;
        }
        assert_eq!((polls, line.health().overruns), (50, 50));
    }

    #[test]
    fn a_failure_to_write_is_told() {
        let line = Line::new();
        let mut port = line.port(Scripted(Vec::new()));
        assert_eq!(poll_once(port.write(b"AT+")), Poll::Ready(Err(ErrorKind::BrokenPipe)));
        assert_eq!(poll_once(port.write(b"AT\r\n")), Poll::Ready(Ok(3)));
        assert_eq!(poll_once(port.flush()), Poll::Ready(Err(ErrorKind::TimedOut)));
        assert_eq!(line.health(), Health::default());
    }
}
