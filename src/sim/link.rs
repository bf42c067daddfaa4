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
            if wire.unplugged {
                return Poll::Ready(Err(Unplugged));
            }
            if buffer.is_empty() {
                return Poll::Ready(Ok(0));
            }
            if wire.stalled || wire.incoming.is_empty() {
                wire.reader = Some(context.waker().clone());
                return Poll::Pending;
            }
            let count = buffer.len().min(wire.read_size).min(wire.incoming.len());
            for (place, byte) in buffer.iter_mut().zip(wire.incoming.drain(..count)) {
                *place = byte;
            }
            Poll::Ready(Ok(count))
        })
        .await
    }
}

impl Write for Port {
    async fn write(&mut self, buffer: &[u8]) -> Result<usize, Unplugged> {
        std::future::poll_fn(|context| {
            let mut wire = self.0.borrow_mut();
            if wire.unplugged {
                return Poll::Ready(Err(Unplugged));
            }
            if wire.stalled && !buffer.is_empty() {
                wire.writer = Some(context.waker().clone());
                return Poll::Pending;
            }
            let count = buffer.len().min(wire.write_size);
            let (now, bytes) = (wire.clock.elapsed(), buffer.get(..count).unwrap_or_default());
            wire.with(|module| module.receive(bytes, now));
            Poll::Ready(Ok(count))
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
