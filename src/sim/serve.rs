//! A module in real time, in front of any reader and writer.
//!
//! ```
//! use std::io::{Read, Write};
//! use fibocom_mqtt::sim::serve::Runner;
//! use fibocom_mqtt::sim::{MemoryBroker, Module, Settings};
//!
//! # fn main() -> std::io::Result<()> {
//! let module = Module::new(Settings::l610(), Box::new(MemoryBroker::new().network()));
//! let (mut reader, mut writer) = Runner::new(module).spawn()?;
//! writer.write_all(b"AT\r")?;
//! let mut answer = [0; 9];
//! reader.read_exact(&mut answer)?;
//! assert_eq!(answer, *b"AT\r\r\nOK\r\n");
//! # Ok(())
//! # }
//! ```

use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read, Write};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use super::module::Module;

/// How long the runner sleeps at most.
const NAP: Duration = Duration::from_millis(500);
/// Paced output goes out in pieces of about that length.
const PIECE: Duration = Duration::from_millis(5);
/// A start bit, eight bits, a stop bit.
const BITS: u32 = 10;

enum Event {
    /// The host wrote something, and which host it was.
    Bytes(u64, Vec<u8>),
    /// That host is gone.
    End(u64),
    /// The network has news.
    Wake,
    /// Somebody changes the module.
    Act(Act),
}

type Act = Box<dyn FnOnce(&mut Module, Duration) + Send>;

/// Changes a module while a [`Runner`] serves it: restarts it, takes its network away, gives it faults.
///
/// ```
/// use std::time::Duration;
/// use fibocom_mqtt::sim::serve::Runner;
/// use fibocom_mqtt::sim::{BreakCause, MemoryBroker, Module, Settings};
///
/// # fn main() -> std::io::Result<()> {
/// let module = Module::new(Settings::l610(), Box::new(MemoryBroker::new().network()));
/// let runner = Runner::new(module);
/// let control = runner.control();
/// let (reader, writer) = runner.spawn()?;
/// control.act(|module, now| module.lose_network_for(BreakCause::Link, Duration::from_secs(5), now));
/// # drop((reader, writer));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Control(Sender<Event>);

impl Control {
    /// Has this done to the module, with its time. Nothing happens if its runner is gone.
    pub fn act(&self, act: impl FnOnce(&mut Module, Duration) + Send + 'static) {
        drop(self.0.send(Event::Act(Box::new(act))));
    }
}

/// Runs a [`Module`] in real time.
pub struct Runner {
    module: Module,
    start: Instant,
    sender: Sender<Event>,
    receiver: Receiver<Event>,
    /// Which host is being served.
    host: u64,
    baud: Option<u32>,
    log: Option<Box<dyn Write + Send>>,
}

impl Runner {
    /// Takes a module, whose time begins now.
    pub fn new(mut module: Module) -> Self {
        let (sender, receiver) = mpsc::channel();
        let waker = sender.clone();
        // Nobody to wake means that the runner is gone.
        module.set_waker(Arc::new(move || drop(waker.send(Event::Wake))));
        Self {
            module,
            start: Instant::now(),
            sender,
            receiver,
            host: 0,
            baud: None,
            log: None,
        }
    }

    /// The same with the output as slow as a serial line of that rate, 8N1.
    pub fn baud(mut self, baud: u32) -> Self {
        self.baud = Some(baud).filter(|baud| *baud > 0);
        self
    }

    /// The same with everything that goes over the line written to a log, a line each, flushed, secrets masked.
    pub fn log(mut self, log: impl Write + Send + 'static) -> Self {
        self.log = Some(Box::new(log));
        self
    }

    /// What changes the module while it is served.
    pub fn control(&self) -> Control {
        Control(self.sender.clone())
    }

    /// Serves one host until `reader` ends or either fails. The module keeps its state for the next.
    ///
    /// # Errors
    ///
    /// What `writer` or the log reports. A host that goes away is no error.
    pub fn serve(&mut self, reader: impl Read + Send + 'static, writer: impl Write) -> io::Result<()> {
        self.host += 1;
        let (host, sender) = (self.host, self.sender.clone());
        thread::Builder::new()
            .name("host".into())
            .spawn(move || read_host(host, reader, &sender))?;
        self.run(writer)
    }

    /// Serves a host in this process, in a thread of its own, until the writer is dropped.
    ///
    /// # Errors
    ///
    /// If there can be no thread.
    pub fn spawn(mut self) -> io::Result<(HostReader, HostWriter)> {
        self.host += 1;
        let (sender, receiver) = mpsc::channel();
        let writer = HostWriter {
            sender: self.sender.clone(),
            host: self.host,
        };
        let reader = HostReader {
            receiver,
            bytes: VecDeque::new(),
            timeout: None,
        };
        let output = ChannelWriter(sender);
        // The only error is a host that no longer reads.
        thread::Builder::new()
            .name("module".into())
            .spawn(move || drop(self.run(output)))?;
        Ok((reader, writer))
    }

    fn run(&mut self, mut writer: impl Write) -> io::Result<()> {
        let mut queue = VecDeque::new();
        let mut line_free = Duration::ZERO;
        loop {
            let now = self.start.elapsed();
            self.module.poll(now);
            queue.extend(self.module.take_output());
            self.write_log()?;
            if !queue.is_empty() && now >= line_free {
                let count = self.piece().min(queue.len());
                let piece: Vec<u8> = queue.drain(..count).collect();
                match writer.write_all(&piece).and_then(|()| writer.flush()) {
                    Err(error) if is_gone(&error) => return Ok(()),
                    result => result?,
                }
                line_free = now + self.time_of(count);
            }
            let line = Some(line_free).filter(|_| !queue.is_empty());
            let next = [self.module.next_deadline(), line].into_iter().flatten().min();
            let nap = next.map_or(NAP, |next| next.saturating_sub(self.start.elapsed()).min(NAP));
            match self.receiver.recv_timeout(nap) {
                Ok(Event::Bytes(host, bytes)) if host == self.host => {
                    self.module.receive(&bytes, self.start.elapsed());
                }
                Ok(Event::End(host)) if host == self.host => return Ok(()),
                Ok(Event::Act(act)) => act(&mut self.module, self.start.elapsed()),
                Ok(_) | Err(RecvTimeoutError::Timeout) => {}
                // Cannot be: this runner holds a sender.
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
            }
        }
    }

    /// How many bytes go out at once.
    fn piece(&self) -> usize {
        let bytes = |baud: u32| u128::from(baud / BITS) * PIECE.as_millis() / 1000;
        self.baud.map_or(usize::MAX, |baud| {
            usize::try_from(bytes(baud)).unwrap_or(usize::MAX).max(1)
        })
    }

    /// How long the line is busy with that many bytes.
    fn time_of(&self, bytes: usize) -> Duration {
        let bits = u32::try_from(bytes).unwrap_or(u32::MAX).saturating_mul(BITS);
        self.baud
            .map_or(Duration::ZERO, |baud| Duration::from_secs(1) * bits / baud)
    }

    fn write_log(&mut self) -> io::Result<()> {
        // Taken in any case: a module that runs for long must not grow.
        let record = self.module.take_record();
        if let Some(log) = &mut self.log {
            for entry in record.entries() {
                writeln!(log, "{entry}")?;
                log.flush()?;
            }
        }
        Ok(())
    }
}

fn is_gone(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::BrokenPipe | ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted
    )
}

fn read_host(host: u64, mut reader: impl Read, sender: &Sender<Event>) {
    let mut buffer = [0; 1024];
    loop {
        let event = match reader.read(&mut buffer) {
            Ok(0) => Event::End(host),
            Ok(count) => Event::Bytes(host, buffer.get(..count).unwrap_or_default().to_vec()),
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(_) => Event::End(host),
        };
        let last = matches!(event, Event::End(_));
        if sender.send(event).is_err() || last {
            return;
        }
    }
}

struct ChannelWriter(Sender<Vec<u8>>);

impl Write for ChannelWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0
            .send(bytes.to_vec())
            .map_err(|_| io::Error::from(ErrorKind::BrokenPipe))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What a host in this process reads from. At the end of the module it gives 0 bytes.
#[derive(Debug)]
pub struct HostReader {
    receiver: Receiver<Vec<u8>>,
    bytes: VecDeque<u8>,
    timeout: Option<Duration>,
}

impl HostReader {
    /// How long a read waits before it fails with [`ErrorKind::TimedOut`]; for ever if `None`, as at first.
    pub fn set_timeout(&mut self, timeout: Option<Duration>) {
        self.timeout = timeout;
    }
}

impl Read for HostReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.bytes.is_empty() {
            let bytes = match self.timeout {
                None => self.receiver.recv().unwrap_or_default(),
                Some(timeout) => match self.receiver.recv_timeout(timeout) {
                    Ok(bytes) => bytes,
                    Err(RecvTimeoutError::Timeout) => return Err(ErrorKind::TimedOut.into()),
                    Err(RecvTimeoutError::Disconnected) => Vec::new(),
                },
            };
            self.bytes.extend(bytes);
        }
        self.bytes.read(buffer)
    }
}

/// What a host in this process writes to. Dropping it unplugs the module, whose connections end without a word.
#[derive(Debug)]
pub struct HostWriter {
    sender: Sender<Event>,
    host: u64,
}

impl Write for HostWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let event = Event::Bytes(self.host, bytes.to_vec());
        self.sender
            .send(event)
            .map_err(|_| io::Error::from(ErrorKind::BrokenPipe))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for HostWriter {
    fn drop(&mut self) {
        // A runner that is gone needs no notice.
        drop(self.sender.send(Event::End(self.host)));
    }
}
