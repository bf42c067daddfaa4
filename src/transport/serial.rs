//! A serial port, over the serialport crate.

use core::fmt;
use core::time::Duration;
use std::boxed::Box;
use std::io;

use serialport::SerialPort;

use super::threaded::{ThreadedTransport, TransportError};
use crate::{FlowControl, SerialLine};

/// How long the reading thread and a write wait at a time.
const PATIENCE: Duration = Duration::from_millis(100);

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
pub struct SerialTransport {
    transport: ThreadedTransport<Writer>,
    baud: u32,
}

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
            .flow_control(native(flow_control))
            .timeout(PATIENCE)
            .open()?;
        let reader = port.try_clone()?;
        ThreadedTransport::new(reader, Writer(port)).map(|transport| Self { transport, baud })
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
        if let Some(thread) = self.transport.close() {
            drop(thread.join());
        }
    }
}

fn native(flow_control: FlowControl) -> serialport::FlowControl {
    match flow_control {
        FlowControl::None => serialport::FlowControl::None,
        FlowControl::Hardware => serialport::FlowControl::Hardware,
    }
}

impl SerialLine for SerialTransport {
    fn baud(&self) -> u32 {
        self.baud
    }

    fn set_baud(&mut self, baud: u32) -> Result<(), TransportError> {
        self.transport.writer().0.set_baud_rate(baud).map_err(reported)?;
        self.baud = baud;
        Ok(())
    }

    fn set_flow_control(&mut self, flow_control: FlowControl) -> Result<(), TransportError> {
        let port = &mut self.transport.writer().0;
        port.set_flow_control(native(flow_control)).map_err(reported)
    }

    fn set_dtr(&mut self, on: bool) -> Result<(), TransportError> {
        let port = &mut self.transport.writer().0;
        port.write_data_terminal_ready(on).map_err(reported)
    }
}

fn reported(error: serialport::Error) -> TransportError {
    (&io::Error::from(error)).into()
}

impl embedded_io::ErrorType for SerialTransport {
    type Error = TransportError;
}

impl embedded_io_async::Read for SerialTransport {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, TransportError> {
        self.transport.read(buffer).await
    }
}

impl embedded_io_async::Write for SerialTransport {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, TransportError> {
        self.transport.write(bytes).await
    }

    async fn flush(&mut self) -> Result<(), TransportError> {
        self.transport.flush().await
    }
}
