//! A serial port, over the serialport crate.

use core::fmt;
use core::time::Duration;
use std::boxed::Box;
use std::io;

use serialport::SerialPort;

use super::threaded::{ThreadedTransport, TransportError};

/// How long the reading thread and a write wait at a time.
const PATIENCE: Duration = Duration::from_millis(100);

/// How the two ends of a serial line hold each other back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum FlowControl {
    /// They do not. The usual choice for USB ports and short messages.
    #[default]
    None,
    /// By the lines RTS and CTS, which must be wired.
    Hardware,
}

/// A serial port of the desktop: a USB dongle's, a UART adapter's, or a pseudo-terminal.
///
/// It is opened for this process alone, with eight data bits, no parity and one stop bit, and needs no particular executor: a
/// thread reads. A write blocks for at most about 100 ms, then it is pending and tries again, so a port whose flow control holds
/// everything back can be given up. `flush` does not wait for the line: what was written is with the operating system. Dropping it
/// closes the port and ends the thread, which may take 100 ms.
///
/// # Errors
///
/// An unplugged port fails with [`TransportError::Gone`], now and ever after: open it again.
///
/// # Cancel safety
///
/// `read` and `write` may be dropped at any time and lose nothing.
///
/// ```no_run
/// use std::time::Duration;
/// use fibocom_mqtt::{Buffers, FlowControl, Modem, SerialTransport, StdClock};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let port = SerialTransport::open("/dev/ttyUSB0", 115_200, FlowControl::None)?;
/// let (mut line, mut message, mut transmit) = ([0; 512], [0; 1279], [0; 1400]);
/// let mut modem = Modem::new(port, StdClock::new(), Buffers::new(&mut line, &mut message, &mut transmit));
/// let identity = futures_lite::future::block_on(modem.attach(Duration::from_secs(40)))?;
/// println!("{}", identity.model.as_str());
/// # Ok(()) }
/// ```
pub struct SerialTransport(ThreadedTransport<Writer>);

/// The port as a writer, without its `flush`, which waits for ever if the other end holds the line back.
struct Writer(Box<dyn SerialPort>);

impl io::Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl SerialTransport {
    /// Opens the port at `path`, such as `/dev/ttyUSB0` or `COM3`, with `baud` bits per second.
    ///
    /// # Errors
    ///
    /// What the operating system reports: that there is no such port, that it is in use, that this user may not open it.
    pub fn open(path: &str, baud: u32, flow_control: FlowControl) -> io::Result<Self> {
        let port = serialport::new(path, baud)
            .flow_control(match flow_control {
                FlowControl::None => serialport::FlowControl::None,
                FlowControl::Hardware => serialport::FlowControl::Hardware,
            })
            .timeout(PATIENCE)
            .open()?;
        let reader = port.try_clone()?;
        ThreadedTransport::new(reader, Writer(port)).map(Self)
    }
}

impl fmt::Debug for SerialTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SerialTransport").finish_non_exhaustive()
    }
}

impl Drop for SerialTransport {
    fn drop(&mut self) {
        // Awaited, since the thread's half keeps the port busy for the next one who wants to open it. A panic in it has been
        // reported already.
        if let Some(thread) = self.0.close() {
            drop(thread.join());
        }
    }
}

impl embedded_io::ErrorType for SerialTransport {
    type Error = TransportError;
}

impl embedded_io_async::Read for SerialTransport {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, TransportError> {
        self.0.read(buffer).await
    }
}

impl embedded_io_async::Write for SerialTransport {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, TransportError> {
        self.0.write(bytes).await
    }

    async fn flush(&mut self) -> Result<(), TransportError> {
        self.0.flush().await
    }
}
