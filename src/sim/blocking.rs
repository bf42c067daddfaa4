//! The line between host and module for a program that blocks: waiting moves the virtual time.

use std::fmt;
use std::task::Poll;
use std::time::Duration;

use embedded_io::{Error, ErrorKind, ErrorType, Read, ReadReady, Write};

use super::link::{Port, Unplugged};
use super::world::World;
use crate::{FlowControl, SerialLine};

/// What a blocking call on a simulated port fails with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlockingError {
    /// The port was unplugged.
    Unplugged,
    /// The call's time is up, and nothing was done.
    TimedOut,
}

impl fmt::Display for BlockingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unplugged => Unplugged.fmt(f),
            Self::TimedOut => f.write_str("the simulated port timed out"),
        }
    }
}

impl std::error::Error for BlockingError {}

impl Error for BlockingError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Unplugged => ErrorKind::NotConnected,
            Self::TimedOut => ErrorKind::TimedOut,
        }
    }
}

/// The host's end of the line, a blocking serial port. A call that blocks moves the time of its [`World`].
///
/// ```
/// use embedded_io::{Read, Write};
/// use fibocom_mqtt::sim::{Settings, World};
///
/// let world = World::new(Settings::l610());
/// let mut port = world.blocking_port();
/// let mut answer = [0; 11];
/// port.write_all(b"ATE0\r").unwrap();
/// port.read_exact(&mut answer).unwrap();
/// assert_eq!(answer, *b"ATE0\r\r\nOK\r\n");
/// ```
pub struct BlockingPort {
    world: World,
    port: Port,
    timeout: Option<Duration>,
}

impl BlockingPort {
    pub(super) fn new(world: World, port: Port) -> Self {
        let timeout = None;
        Self { world, port, timeout }
    }

    /// After how long a read or a write that can do nothing fails with [`TimedOut`](ErrorKind::TimedOut). Without, it blocks
    /// for as long as it takes.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Tries again and again, and lets time pass in between.
    fn block<R>(&mut self, mut attempt: impl FnMut(&Port) -> Poll<Result<R, Unplugged>>) -> Result<R, BlockingError> {
        let end = self
            .timeout
            .map_or(Duration::MAX, |timeout| self.world.clock().elapsed() + timeout);
        loop {
            self.world.settle();
            if let Poll::Ready(result) = attempt(&self.port) {
                return result.map_err(|Unplugged| BlockingError::Unplugged);
            }
            if self.world.clock().elapsed() >= end {
                return Err(BlockingError::TimedOut);
            }
            self.world.leap(end);
        }
    }
}

impl ErrorType for BlockingPort {
    type Error = BlockingError;
}

impl SerialLine for BlockingPort {
    fn baud(&self) -> u32 {
        self.port.baud()
    }

    fn set_baud(&mut self, baud: u32) -> Result<(), BlockingError> {
        self.port.set_baud(baud).map_err(|Unplugged| BlockingError::Unplugged)
    }

    fn set_flow_control(&mut self, flow_control: FlowControl) -> Result<(), BlockingError> {
        let set = self.port.set_flow_control(flow_control);
        set.map_err(|Unplugged| BlockingError::Unplugged)
    }

    fn set_dtr(&mut self, on: bool) -> Result<(), BlockingError> {
        self.port.set_dtr(on).map_err(|Unplugged| BlockingError::Unplugged)
    }
}

impl ReadReady for BlockingPort {
    fn read_ready(&mut self) -> Result<bool, BlockingError> {
        self.world.settle();
        Ok(self.port.0.borrow().is_readable())
    }
}

impl Read for BlockingPort {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, BlockingError> {
        self.block(|port| port.0.borrow_mut().read(buffer))
    }
}

impl Write for BlockingPort {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, BlockingError> {
        self.block(|port| port.0.borrow_mut().write(bytes))
    }

    fn flush(&mut self) -> Result<(), BlockingError> {
        Ok(())
    }
}
