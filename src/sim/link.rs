//! The line between host and module, in memory.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::fmt;
use std::rc::Rc;
use std::task::{Poll, Waker};
use std::time::Duration;

use embedded_io_async::{ErrorKind, ErrorType, Read, Write};

use super::clock::VirtualClock;
use super::module::Module;
use crate::{FlowControl, SerialLine};

/// A module and its line.
pub(super) struct Wire {
    pub module: Module,
    clock: VirtualClock,
    /// On the way to the host.
    incoming: VecDeque<u8>,
    reader: Option<Waker>,
    writer: Option<Waker>,
    read_size: usize,
    write_size: usize,
    unplugged: bool,
    stalled: bool,
}

/// The rate of a port until it is set.
const BAUD: u32 = 115_200;

impl Wire {
    pub fn new(mut module: Module, clock: VirtualClock) -> Self {
        module.set_host_baud(Some(BAUD));
        Self {
            module,
            clock,
            incoming: VecDeque::new(),
            reader: None,
            writer: None,
            read_size: usize::MAX,
            write_size: usize::MAX,
            unplugged: false,
            stalled: false,
        }
    }

    /// Lets the module do what is due. True if something came of it.
    pub fn poll(&mut self) -> bool {
        self.module.poll(self.clock.elapsed());
        self.collect()
    }

    /// Puts what the module wrote on its way. A line without a host loses it.
    fn collect(&mut self) -> bool {
        let output = self.module.take_output();
        if self.unplugged || output.is_empty() {
            return false;
        }
        self.incoming.extend(output);
        if let Some(waker) = self.reader.take() {
            waker.wake();
        }
        true
    }

    /// Changes the module, and passes on what it wrote.
    pub fn with<R>(&mut self, act: impl FnOnce(&mut Module) -> R) -> R {
        self.module.poll(self.clock.elapsed());
        let result = act(&mut self.module);
        self.collect();
        result
    }

    pub fn now(&self) -> Duration {
        self.clock.elapsed()
    }

    /// Takes what has come for the host, if there is something.
    pub fn read(&mut self, buffer: &mut [u8]) -> Poll<Result<usize, Unplugged>> {
        if self.unplugged {
            return Poll::Ready(Err(Unplugged));
        }
        if buffer.is_empty() {
            return Poll::Ready(Ok(0));
        }
        if self.stalled || self.incoming.is_empty() {
            return Poll::Pending;
        }
        let count = buffer.len().min(self.read_size).min(self.incoming.len());
        for (place, byte) in buffer.iter_mut().zip(self.incoming.drain(..count)) {
            *place = byte;
        }
        Poll::Ready(Ok(count))
    }

    /// Passes on what the host writes, if the line takes something.
    pub fn write(&mut self, bytes: &[u8]) -> Poll<Result<usize, Unplugged>> {
        if self.unplugged {
            return Poll::Ready(Err(Unplugged));
        }
        if self.stalled && !bytes.is_empty() {
            return Poll::Pending;
        }
        let count = bytes.len().min(self.write_size);
        let (now, bytes) = (self.clock.elapsed(), bytes.get(..count).unwrap_or_default());
        self.with(|module| module.receive(bytes, now));
        Poll::Ready(Ok(count))
    }

    /// Whether a read would end at once.
    pub fn is_readable(&self) -> bool {
        self.unplugged || !self.stalled && !self.incoming.is_empty()
    }

    fn wake(&mut self) {
        for waker in [self.reader.take(), self.writer.take()].into_iter().flatten() {
            waker.wake();
        }
    }
}

/// What a read or write on an unplugged [`Port`] gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unplugged;

impl fmt::Display for Unplugged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the simulated module was unplugged")
    }
}

impl std::error::Error for Unplugged {}

impl embedded_io_async::Error for Unplugged {
    fn kind(&self) -> ErrorKind {
        ErrorKind::NotConnected
    }
}

/// The host's end of the line, an async serial port. Clones are the same port. Dropping a read or a write that has not
/// finished changes nothing.
#[derive(Clone)]
pub struct Port(pub(super) Rc<RefCell<Wire>>);

impl Port {
    /// How many bytes a read gives at most.
    pub fn set_read_size(&self, bytes: usize) {
        self.0.borrow_mut().read_size = bytes.max(1);
    }

    /// How many bytes a write takes at most.
    pub fn set_write_size(&self, bytes: usize) {
        self.0.borrow_mut().write_size = bytes.max(1);
    }

    /// Pulls the plug: reads and writes fail, and what is on its way is lost.
    pub fn unplug(&self) {
        let mut wire = self.0.borrow_mut();
        wire.unplugged = true;
        wire.incoming.clear();
        wire.wake();
    }

    /// Plugs it in again.
    pub fn plug(&self) {
        let mut wire = self.0.borrow_mut();
        wire.unplugged = false;
        wire.wake();
    }

    /// Stops the line in both directions, without an error, or lets it go on: what came meanwhile is not lost.
    pub fn stall(&self, stalled: bool) {
        let mut wire = self.0.borrow_mut();
        wire.stalled = stalled;
        wire.wake();
    }

    fn act(&self, act: impl FnOnce(&mut Module)) -> Result<(), Unplugged> {
        let mut wire = self.0.borrow_mut();
        if wire.unplugged {
            return Err(Unplugged);
        }
        wire.with(act);
        Ok(())
    }

    /// How many bytes wait to be read.
    pub fn waiting(&self) -> usize {
        self.0.borrow().incoming.len()
    }
}

impl SerialLine for Port {
    fn baud(&self) -> u32 {
        self.0.borrow().module.host_baud.unwrap_or(BAUD)
    }

    fn set_baud(&mut self, baud: u32) -> Result<(), Unplugged> {
        self.act(|module| module.set_host_baud(Some(baud)))
    }

    fn set_flow_control(&mut self, _: FlowControl) -> Result<(), Unplugged> {
        // Nothing is ever lost on this line.
        self.act(|_| ())
    }

    fn set_dtr(&mut self, on: bool) -> Result<(), Unplugged> {
        self.act(|module| module.set_dtr(on))
    }
}

impl ErrorType for Port {
    type Error = Unplugged;
}

impl Read for Port {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Unplugged> {
        std::future::poll_fn(|context| {
            let mut wire = self.0.borrow_mut();
            let read = wire.read(buffer);
            if read.is_pending() {
                wire.reader = Some(context.waker().clone());
            }
            read
        })
        .await
    }
}

impl Write for Port {
    async fn write(&mut self, buffer: &[u8]) -> Result<usize, Unplugged> {
        std::future::poll_fn(|context| {
            let mut wire = self.0.borrow_mut();
            let written = wire.write(buffer);
            if written.is_pending() {
                wire.writer = Some(context.waker().clone());
            }
            written
        })
        .await
    }

    async fn flush(&mut self) -> Result<(), Unplugged> {
        if self.0.borrow().unplugged {
            Err(Unplugged)
        } else {
            Ok(())
        }
    }
}
