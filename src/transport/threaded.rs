//! An async port over any blocking reader and writer: a thread reads.

use core::future::poll_fn;
use core::task::{Context, Poll, Waker};
use std::collections::VecDeque;
use std::io::{self, ErrorKind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

/// What may wait to be read, in bytes. Beyond that nothing is taken from the reader: the operating system's buffer and flow
/// control hold the rest.
const CAPACITY: usize = 64 * 1024;

/// Bytes that are read at a time.
const PIECE: usize = 4096;

/// How a port of the desktop failed. It stays failed: open it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TransportError {
    /// It was unplugged, hung up or closed by the other side.
    #[error("it was unplugged or hung up")]
    Gone,
    /// The operating system reported something else.
    #[error("{0}")]
    Io(ErrorKind),
}

impl From<&io::Error> for TransportError {
    fn from(error: &io::Error) -> Self {
        match error.kind() {
            ErrorKind::BrokenPipe
            | ErrorKind::ConnectionReset
            | ErrorKind::ConnectionAborted
            | ErrorKind::NotConnected
            | ErrorKind::NotFound
            | ErrorKind::UnexpectedEof => Self::Gone,
            kind => Self::Io(kind),
        }
    }
}

impl embedded_io::Error for TransportError {
    fn kind(&self) -> embedded_io::ErrorKind {
        match *self {
            Self::Gone => embedded_io::ErrorKind::NotConnected,
            Self::Io(kind) => kind.into(),
        }
    }
}

/// An async port over any blocking reader and writer: a TCP stream, the simulated module's pipe, a serial port of another crate.
///
/// A thread reads and keeps what came, at most 64 KiB, beyond which it stops reading. It needs no particular executor.
///
/// * The reader must come back now and then: one whose read fails with [`ErrorKind::TimedOut`] or [`ErrorKind::WouldBlock`] is
///   asked again. Without a timeout its thread, and the reader with it, live on after a drop until something comes.
/// * The writer is called from within `write`, which therefore takes as long as it does. If it fails with `TimedOut` or
///   `WouldBlock`, `write` is pending and tries again, so give it a short timeout, too.
///
/// # Errors
///
/// Once either side has failed, both report it for ever; what came before is read first.
///
/// # Cancel safety
///
/// `read` and `write` may be dropped at any time and lose nothing.
///
/// ```no_run
/// use std::net::TcpStream;
/// use std::time::Duration;
/// use fibocom_mqtt::ThreadedTransport;
///
/// # fn main() -> std::io::Result<()> {
/// let stream = TcpStream::connect("127.0.0.1:7000")?;
/// stream.set_read_timeout(Some(Duration::from_millis(100)))?;
/// stream.set_write_timeout(Some(Duration::from_millis(100)))?;
/// let port = ThreadedTransport::new(stream.try_clone()?, stream)?;
/// # drop(port);
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct ThreadedTransport<W> {
    shared: Arc<Shared>,
    writer: W,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    /// There is room again, or nobody reads any more.
    room: Condvar,
}

#[derive(Debug, Default)]
struct State {
    bytes: VecDeque<u8>,
    failed: Option<TransportError>,
    closed: bool,
    waker: Option<Waker>,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it holds the lock, and what it guards is whole between any two statements.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes why nothing more will come, unless that is known.
    fn fail(&self, error: TransportError) {
        let mut state = self.lock();
        state.failed.get_or_insert(error);
        let waker = state.waker.take();
        drop(state);
        waker.into_iter().for_each(Waker::wake);
    }

    /// Whether there is room for a piece, once there is; not if nobody reads any more.
    fn has_room(&self) -> bool {
        let full = |state: &mut State| state.bytes.len() > CAPACITY.saturating_sub(PIECE) && !state.closed;
        let state = self.room.wait_while(self.lock(), full);
        !state.unwrap_or_else(PoisonError::into_inner).closed
    }

    fn pump(&self, mut reader: impl io::Read) {
        let mut piece = [0; PIECE];
        while self.has_room() {
            match reader.read(&mut piece) {
                Ok(0) => return self.fail(TransportError::Gone),
                Ok(count) => {
                    let mut state = self.lock();
                    state.bytes.extend(piece.iter().take(count));
                    let waker = state.waker.take();
                    drop(state);
                    waker.into_iter().for_each(Waker::wake);
                }
                Err(error) if is_patience(&error) => {}
                Err(error) => return self.fail((&error).into()),
            }
        }
    }

    fn poll_read(&self, context: &Context<'_>, buffer: &mut [u8]) -> Poll<Result<usize, TransportError>> {
        let mut state = self.lock();
        if !state.bytes.is_empty() || buffer.is_empty() {
            // A queue of bytes reads without failing.
            let count = io::Read::read(&mut state.bytes, buffer).unwrap_or_default();
            self.room.notify_one();
            return Poll::Ready(Ok(count));
        }
        if let Some(error) = state.failed {
            return Poll::Ready(Err(error));
        }
        match &mut state.waker {
            Some(waker) => waker.clone_from(context.waker()),
            none => *none = Some(context.waker().clone()),
        }
        Poll::Pending
    }
}

/// Nothing has happened yet.
fn is_patience(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::TimedOut | ErrorKind::WouldBlock | ErrorKind::Interrupted
    )
}

impl<W: io::Write> ThreadedTransport<W> {
    /// Starts to read.
    ///
    /// # Errors
    ///
    /// If there can be no thread.
    pub fn new(reader: impl io::Read + Send + 'static, writer: W) -> io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let pump = Arc::clone(&shared);
        let thread = thread::Builder::new()
            .name("fibocom-mqtt port".into())
            .spawn(move || pump.pump(reader))?;
        Ok(Self {
            shared,
            writer,
            thread: Some(thread),
        })
    }

    fn poll_write(&mut self, context: &Context<'_>, bytes: &[u8]) -> Poll<Result<usize, TransportError>> {
        if let Some(error) = self.shared.lock().failed {
            return Poll::Ready(Err(error));
        }
        if bytes.is_empty() {
            return Poll::Ready(Ok(0));
        }
        match self.writer.write(bytes) {
            Ok(0) => {
                self.shared.fail(TransportError::Gone);
                Poll::Ready(Err(TransportError::Gone))
            }
            Ok(count) => Poll::Ready(Ok(count)),
            Err(error) if is_patience(&error) => {
                // The writer has waited for as long as it does: whoever else runs here has a turn.
                context.waker().wake_by_ref();
                Poll::Pending
            }
            Err(error) => {
                self.shared.fail((&error).into());
                Poll::Ready(Err((&error).into()))
            }
        }
    }
}

impl<W> ThreadedTransport<W> {
    /// The writer.
    #[cfg(feature = "serialport")]
    pub(super) fn writer(&mut self) -> &mut W {
        &mut self.writer
    }

    /// Lets the thread end, and returns it.
    pub(super) fn close(&mut self) -> Option<JoinHandle<()>> {
        self.shared.lock().closed = true;
        self.shared.room.notify_one();
        self.thread.take()
    }
}

impl<W> Drop for ThreadedTransport<W> {
    fn drop(&mut self) {
        // Not awaited: a reader without a timeout may take for ever.
        drop(self.close());
    }
}

impl<W> embedded_io::ErrorType for ThreadedTransport<W> {
    type Error = TransportError;
}

impl<W: io::Write> embedded_io_async::Read for ThreadedTransport<W> {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, TransportError> {
        poll_fn(|context| self.shared.poll_read(context, buffer)).await
    }
}

impl<W: io::Write> embedded_io_async::Write for ThreadedTransport<W> {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, TransportError> {
        poll_fn(|context| self.poll_write(context, bytes)).await
    }

    async fn flush(&mut self) -> Result<(), TransportError> {
        match self.writer.flush() {
            Err(error) if !is_patience(&error) => Err((&error).into()),
            _ => Ok(()),
        }
    }
}
