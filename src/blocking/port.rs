//! Blocking ports as the engine's: a read that would block is pending instead.

use core::future::poll_fn;
use core::task::Poll;

use embedded_io::{Error, ErrorKind, ErrorType, Read, ReadReady, Write};

use crate::line::{FlowControl, SerialLine};

/// What a blocking call gave, where one that timed out has given nothing yet.
fn patient<R, E: Error>(result: Result<R, E>) -> Poll<Result<R, E>> {
    match result {
        Err(error) if matches!(error.kind(), ErrorKind::TimedOut | ErrorKind::Interrupted) => Poll::Pending,
        result => Poll::Ready(result),
    }
}

/// What both adapters have in common: all but the read.
macro_rules! adapter {
    ($adapter:ident: $($bound:ident)+) => {
        impl<T: $($bound +)+> $adapter<T> {
            /// Wraps a port.
            pub const fn new(port: T) -> Self {
                Self(port)
            }

            /// The port, given back.
            pub fn into_inner(self) -> T {
                self.0
            }
        }

        impl<T: ErrorType> ErrorType for $adapter<T> {
            type Error = T::Error;
        }

        impl<T: SerialLine> SerialLine for $adapter<T> {
            fn baud(&self) -> u32 {
                self.0.baud()
            }

            fn set_baud(&mut self, baud: u32) -> Result<(), T::Error> {
                self.0.set_baud(baud)
            }

            fn set_flow_control(&mut self, flow_control: FlowControl) -> Result<(), T::Error> {
                self.0.set_flow_control(flow_control)
            }

            fn set_dtr(&mut self, on: bool) -> Result<(), T::Error> {
                self.0.set_dtr(on)
            }
        }

        impl<T: Write> embedded_io_async::Write for $adapter<T> {
            async fn write(&mut self, bytes: &[u8]) -> Result<usize, T::Error> {
                poll_fn(|_| patient(self.0.write(bytes))).await
            }

            async fn flush(&mut self) -> Result<(), T::Error> {
                poll_fn(|_| patient(self.0.flush())).await
            }
        }
    };
}

/// A blocking port that can be asked whether there is something to read: it is asked before each read, so no read ever blocks.
///
/// A write that timed out counts as not done yet. See [`blocking`](crate::blocking) on what bounds a write.
///
/// ```
/// use embedded_io::{Read, ReadReady, Write};
/// use fibocom_mqtt::blocking::{ByReadReady, Modem};
/// use fibocom_mqtt::{Buffers, Clock, Error};
///
/// fn ask<T: Read + Write + ReadReady, C: Clock>(uart: T, clock: C) -> Result<(), Error<T::Error>> {
///     let (mut line, mut message, mut transmit) = ([0; 256], [0; 1279], [0; 1400]);
///     let buffers = Buffers::new(&mut line, &mut message, &mut transmit);
///     let mut modem = Modem::new(ByReadReady::new(uart), clock, buffers);
///     let signal = modem.send(&fibocom_mqtt::command::ReadSignal)?;
///     println!("{:?} dBm", signal.dbm());
///     Ok(())
/// }
/// ```
#[derive(Debug)]
pub struct ByReadReady<T>(T);

adapter!(ByReadReady: Read Write ReadReady);

impl<T: Read + ReadReady> embedded_io_async::Read for ByReadReady<T> {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, T::Error> {
        poll_fn(|_| match self.0.read_ready() {
            Ok(false) => Poll::Pending,
            Ok(true) => patient(self.0.read(buffer)),
            Err(error) => Poll::Ready(Err(error)),
        })
        .await
    }
}

/// A blocking port whose reads and writes time out: [`TimedOut`](ErrorKind::TimedOut) counts as nothing yet.
///
/// The port's timeout must be short, 1 to 10 ms. It is how closely deadlines are kept, and while a message is written, each 64
/// bytes wait for it once: between two pieces the driver reads what has come. A port whose read returns 0 bytes instead, which
/// means its end, is taken as closed.
///
/// ```no_run
/// use std::time::Duration;
/// use embedded_io_adapters::std::FromStd;
/// use fibocom_mqtt::blocking::{ByTimeout, Modem};
/// use fibocom_mqtt::{Buffers, StdClock};
///
/// # #[cfg(feature = "serialport")]
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let port = serialport::new("/dev/ttyUSB2", 115_200).timeout(Duration::from_millis(5)).open()?;
/// let (mut line, mut message, mut transmit) = ([0; 256], [0; 1279], [0; 1400]);
/// let buffers = Buffers::new(&mut line, &mut message, &mut transmit);
/// let mut modem = Modem::new(ByTimeout::new(FromStd::new(port)), StdClock::new(), buffers);
/// let identity = modem.attach(Duration::from_secs(40))?;
/// println!("{}", identity.model.as_str());
/// # Ok(()) }
/// # #[cfg(not(feature = "serialport"))]
/// # fn main() {}
/// ```
#[derive(Debug)]
pub struct ByTimeout<T>(T);

adapter!(ByTimeout: Read Write);

impl<T: Read> embedded_io_async::Read for ByTimeout<T> {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, T::Error> {
        poll_fn(|_| patient(self.0.read(buffer))).await
    }
}
