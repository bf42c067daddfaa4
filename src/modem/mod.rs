//! The module on a port: the engine with a transport and a clock, running any command.

mod attach;
mod bring_up;
mod line;
mod network;
mod outline;
mod refine;
mod restart;
mod settings;
mod sleep;
mod tls;

use core::pin::pin;
use core::time::Duration;

use atat::AtatCmd;
use embassy_futures::poll_once;
use embassy_futures::select::{Either, select};
use embedded_io_async::{Read, Write};

pub use attach::{Attach, Attached, Identity, OpenConnections};
pub use network::{Network, NetworkProblem, Progress};
use outline::Outlined;
use tls::HeldFiles;
pub use tls::{TlsError, TlsProblem};

use crate::client::Client;
use crate::engine::{ENGINE_LINE, Engine, Kind, Outcome, Request};
use crate::error::Error;
use crate::model::{Capabilities, Dialect, Feature, Limit, Model, Source};
use crate::trace::Trace;
use crate::types::{ConnectionId, Counters, Delivery};
use crate::{Clock, Instant};

/// Bytes that are read at a time. Small, since they live in every future.
const READ: usize = 64;

/// Reads without waiting in a row, so that a line that never falls silent cannot keep a call from its deadline.
const BACKLOG: usize = 128;

/// Bytes that are written at a time. Between two pieces what has come is read, so that a receive buffer of the port need not
/// hold what the module sends during a whole message.
const WRITE: usize = 64;

/// How long a port may take nothing of what is left to write.
const STALLED: Duration = Duration::from_secs(10);

/// The memory that a driver works in. All of it is the caller's.
///
/// ```
/// use fibocom_mqtt::Buffers;
///
/// let mut line = [0; 256];
/// let mut message = [0; 255 + 1024];
/// let mut transmit = [0; 1400];
/// let buffers = Buffers::new(&mut line, &mut message, &mut transmit);
/// # let _ = buffers;
/// ```
pub struct Buffers<'b> {
    pub(crate) line: &'b mut [u8],
    pub(crate) message: &'b mut [u8],
    pub(crate) transmit: &'b mut [u8],
}

impl<'b> Buffers<'b> {
    /// Three buffers.
    ///
    /// * `line` holds the answer to one command, and 48 bytes for the lines behind it: 128 bytes do for MQTT, 512 for every
    ///   command of this crate but those that print wills and user names.
    /// * `message` holds the topic and payload of one received message: 255 + 1024 bytes for any message of most models. A
    ///   smaller one is fine if messages are: a larger message stays in the module.
    /// * `transmit` holds one command with its data: the payload, the topic, and 40 bytes; for connecting, user name, password,
    ///   client id and 40 bytes, or host and 40 bytes, or topic and payload of the will and 40 bytes. 1400 bytes hold any publication.
    ///   Twice the payload where it goes in [digits](crate::DataForm). The files of TLS need not fit: they are sent in pieces of
    ///   what there is.
    pub const fn new(line: &'b mut [u8], message: &'b mut [u8], transmit: &'b mut [u8]) -> Self {
        Self {
            line,
            message,
            transmit,
        }
    }
}

/// Prints sizes only: the memory may have held a password.
impl core::fmt::Debug for Buffers<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Buffers")
            .field("line", &self.line.len())
            .field("message", &self.message.len())
            .field("transmit", &self.transmit.len())
            .finish()
    }
}

/// A Fibocom module on a port.
///
/// `T` is the port, any `embedded_io_async::Read + Write` whose `read` and `write` may be dropped without losing bytes, as those of
/// interrupt-driven UART drivers; `C` is the [`Clock`].
///
/// It runs any [`AtatCmd`] with [`send`](Self::send), attaches to the module, brings the network up, and lends
/// [`Client`]s for its connections.
///
/// ```
/// use core::time::Duration;
/// use embedded_io_async::{Read, Write};
/// use fibocom_mqtt::{Buffers, Clock, ConnectionId, ConnectOptions, Error, Modem, Network, QoS, TopicFilter};
///
/// async fn run<T: Read + Write, C: Clock>(uart: T, clock: C) -> Result<(), Error<T::Error>> {
///     let (mut line, mut message, mut transmit) = ([0; 256], [0; 1279], [0; 1400]);
///     let mut modem = Modem::new(uart, clock, Buffers::new(&mut line, &mut message, &mut transmit));
///     modem.attach(Duration::from_secs(40)).await?;
///     modem.bring_up(&Network::new(), Duration::from_secs(180)).await?;
///
///     let mut client = modem.client(ConnectionId::FIRST);
///     client.connect(&ConnectOptions::new("broker.example.com", 1883)).await?;
///     client.subscribe(TopicFilter::new("meter/7/command")?, QoS::AtLeastOnce).await?;
///     let mut buffer = [0; 1279];
///     let message = client.recv(&mut buffer).await?;
///     assert_eq!(message.topic(), b"meter/7/command");
///     Ok(())
/// }
/// ```
pub struct Modem<'b, T, C> {
    pub(crate) engine: Engine<'b>,
    port: T,
    clock: C,
    /// Bytes were written and not yet flushed.
    unflushed: bool,
    /// The connection that was served last among several, by its number: the one behind it is next.
    pub(crate) served: u8,
    imei: heapless::String<20>,
    /// Which of the module's `=?` forms have not been answered yet.
    unasked: refine::Questions,
    tls: HeldFiles,
    sleep: sleep::Sleep,
    /// The PIN that was sent last, unless the SIM took it. It is not sent again.
    pin_tried: Option<network::Pin>,
}

impl<'b, T, C> Modem<'b, T, C>
where
    T: Read + Write,
    C: Clock,
{
    /// A module on `port`, with what the manuals say about it.
    pub fn new(port: T, clock: C, buffers: Buffers<'b>) -> Self {
        Self::with_dialect(port, clock, buffers, Dialect::default())
    }

    /// A module on `port` that is known to speak a certain dialect.
    pub fn with_dialect(port: T, clock: C, buffers: Buffers<'b>, dialect: Dialect) -> Self {
        let now = clock.now();
        Self {
            engine: Engine::new(buffers, dialect, now),
            port,
            clock,
            unflushed: false,
            served: 0,
            imei: heapless::String::new(),
            unasked: refine::Questions::all(),
            tls: HeldFiles::new(),
            sleep: sleep::Sleep::new(now),
            pin_tried: None,
        }
    }

    /// Reports every step of the exchange to `hook`, secrets redacted.
    ///
    /// ```
    /// # use embedded_io_async::{Read, Write};
    /// # use fibocom_mqtt::{Buffers, Clock, Error, Modem};
    /// # async fn example<T: Read + Write, C: Clock>(port: T, clock: C) -> Result<(), Error<T::Error>> {
    /// let (mut line, mut message, mut transmit) = ([0; 256], [0; 1279], [0; 1400]);
    /// let mut show = |step: fibocom_mqtt::Trace<'_>| println!("{step}");
    /// let mut modem = Modem::new(port, clock, Buffers::new(&mut line, &mut message, &mut transmit));
    /// modem.set_trace(&mut show);
    /// # Ok(()) }
    /// ```
    pub fn set_trace(&mut self, hook: &'b mut (dyn FnMut(Trace<'_>) + Send)) {
        self.engine.trace = Some(hook);
    }

    /// One of the module's connections.
    pub fn client(&mut self, id: ConnectionId) -> Client<'_, 'b, T, C> {
        Client::new(self, id)
    }

    /// What the driver holds for this module's dialect.
    pub fn dialect(&self) -> Dialect {
        let found = self.engine.read_quotes();
        found.map_or(self.engine.dialect, |quotes| self.engine.dialect.read_quotes(quotes))
    }

    /// What this module can do and take, and who said so.
    pub fn capabilities(&self) -> &Capabilities {
        &self.engine.capabilities
    }

    /// Overrules what the module calls itself: this model's table counts, whatever [`attach`](Self::attach) finds. What the module
    /// reports in its answers to `=?` forms still refines it.
    ///
    /// ```
    /// # use embedded_io_async::{Read, Write};
    /// # use fibocom_mqtt::{Buffers, Clock, Modem, UnknownModel};
    /// # fn example<T: Read + Write, C: Clock>(modem: &mut Modem<'_, T, C>) -> Result<(), UnknownModel> {
    /// modem.set_model("L610-V1.0.1".parse()?);
    /// # Ok(()) }
    /// ```
    pub fn set_model(&mut self, model: Model) {
        self.engine.capabilities.identify(model, Source::Caller);
    }

    /// Overrules a limit, for firmware that is known to take more, or less, than its manual and itself say.
    ///
    /// ```
    /// # use embedded_io_async::{Read, Write};
    /// # use fibocom_mqtt::{Clock, Limit, Modem};
    /// # fn example<T: Read + Write, C: Clock>(modem: &mut Modem<'_, T, C>) {
    /// modem.set_limit(Limit::Payload, 4096);
    /// # }
    /// ```
    pub fn set_limit(&mut self, limit: Limit, value: u16) {
        self.engine.capabilities.learn_limit(limit, value, Source::Caller);
    }

    /// Overrules whether the module can do something.
    ///
    /// ```
    /// # use embedded_io_async::{Read, Write};
    /// # use fibocom_mqtt::{Clock, Feature, Modem};
    /// # fn example<T: Read + Write, C: Clock>(modem: &mut Modem<'_, T, C>) {
    /// modem.set_feature(Feature::WillDataMode, true);
    /// # }
    /// ```
    pub fn set_feature(&mut self, feature: Feature, has: bool) {
        self.engine.capabilities.learn_feature(feature, has, Source::Caller);
    }

    /// What was counted on all connections since the driver was started. [`Client::counters`] has those of one.
    pub fn counters(&self) -> Counters {
        self.engine.counters(None)
    }

    /// The port, given back.
    pub fn release(self) -> T {
        self.port
    }

    /// Runs any command and returns its answer.
    ///
    /// Also a foreign [`AtatCmd`]: its length is checked, its retries are ignored, a line feed at its end is dropped. What it
    /// writes is its own business, also that one derived by atat panics if the transmit buffer is too small for it; this crate's
    /// commands cannot contain syntax. Commands that ask for data behind a prompt are not for this function: no data follows.
    ///
    /// # Errors
    ///
    /// [`Error::Module`] if the module answered with an error, [`Error::Silent`] if it did not answer in the command's time,
    /// [`Error::Unexpected`] if the command could not read the answer, [`Error::LineBuffer`] if there was no room for it,
    /// [`Error::Invalid`] if the command does not fit the transmit buffer, or is an MQTT command that this model lacks
    /// ([`InvalidInput::Unsupported`](crate::InvalidInput::Unsupported)); a `=?` form may always be asked.
    ///
    /// # Cancel safety
    ///
    /// A dropped call is brought to its end by the next one, and its answer is discarded.
    ///
    /// ```
    /// # use embedded_io_async::{Read, Write};
    /// # use fibocom_mqtt::{command, Clock, Error, Modem};
    /// # async fn example<T: Read + Write, C: Clock>(modem: &mut Modem<'_, T, C>) -> Result<(), Error<T::Error>> {
    /// let signal = modem.send(&command::ReadSignal).await?;
    /// println!("{:?} dBm", signal.dbm());
    /// # Ok(()) }
    /// ```
    pub async fn send<Cmd: AtatCmd + Sync>(&mut self, command: &Cmd) -> Result<Cmd::Response, Error<T::Error>> {
        let answer = Duration::from_millis(u64::from(Cmd::MAX_TIMEOUT_MS));
        self.send_for(command, answer).await
    }

    /// Runs a command that is answered within `answer`, or taken to be silent.
    pub(crate) async fn send_for<Cmd: AtatCmd + Sync>(
        &mut self,
        command: &Cmd,
        answer: Duration,
    ) -> Result<Cmd::Response, Error<T::Error>> {
        let request = Request {
            kind: Kind::Plain,
            answer,
            result: Duration::ZERO,
        };
        self.exchange(command, &[], request).await?;
        command.parse(Ok(self.engine.answer())).map_err(|_| Error::Unexpected)
    }

    /// Runs a command with data behind its prompt, and returns how that ended if it did not fail.
    pub(crate) async fn exchange<Cmd: AtatCmd + Sync>(
        &mut self,
        command: &Cmd,
        data: &[u8],
        request: Request,
    ) -> Result<Delivery, Error<T::Error>> {
        let write = |buffer: &mut [u8]| command.write(buffer);
        Outlined(pin!(self.perform(&write, data, request))).await
    }

    /// Settles, encodes, and runs: the same code for every command.
    async fn perform(
        &mut self,
        write: &(dyn Fn(&mut [u8]) -> usize + Sync),
        data: &[u8],
        request: Request,
    ) -> Result<Delivery, Error<T::Error>> {
        self.settle().await?;
        self.engine.check(&request)?;
        if self.must_wake() {
            self.wake_up().await?;
            self.settle().await?;
        }
        let outcome = self.run(write, data, request).await?;
        if matches!(outcome, Outcome::Final(Err(_))) && self.engine.suspects_restart() {
            // A module that has restarted refuses what it no longer knows of.
            self.settle().await?;
            self.engine.check(&request)?;
            if self.engine.has_restarted() {
                return Err(Error::Restarted);
            }
        }
        self.conclude(&request, outcome)
    }

    /// Runs one exchange. The engine must be settled, or be about to be.
    async fn run(
        &mut self,
        write: &(dyn Fn(&mut [u8]) -> usize + Sync),
        data: &[u8],
        request: Request,
    ) -> Result<Outcome, Error<T::Error>> {
        Outlined(pin!(self.run_inline(write, data, request))).await
    }

    async fn run_inline(
        &mut self,
        write: &(dyn Fn(&mut [u8]) -> usize + Sync),
        data: &[u8],
        request: Request,
    ) -> Result<Outcome, Error<T::Error>> {
        match request.kind {
            Kind::Upload => self.engine.load_upload(data.len(), write)?,
            _ => self.engine.load(data, write)?,
        }
        self.engine.begin(request, self.clock.now());
        loop {
            if let Some(outcome) = self.engine.take_outcome() {
                return Ok(outcome);
            }
            self.engine.feed(data);
            self.step(None).await?;
        }
    }

    /// What an outcome is to the caller.
    fn conclude(&mut self, request: &Request, outcome: Outcome) -> Result<Delivery, Error<T::Error>> {
        Err(match outcome {
            Outcome::Final(Ok(())) | Outcome::Result(true) | Outcome::Message | Outcome::Empty => {
                return Ok(Delivery::Confirmed);
            }
            Outcome::Accepted => return Ok(Delivery::Accepted),
            Outcome::Final(Err(error)) => Error::Module(error),
            Outcome::Result(false) => Error::Refused,
            // The module may have published it all the same.
            Outcome::NoAnswer { sent: true } if request.is_publication() => Error::Unknown,
            Outcome::NoAnswer { .. } => Error::Silent,
            Outcome::NoResult => Error::Unknown,
            Outcome::Cut { sent } => Error::Cut { sent },
            Outcome::Lost(size) => Error::Lost(size),
            Outcome::Overflow => Error::LineBuffer {
                max: self.engine.line_size(),
            },
            Outcome::Unexpected => Error::Unexpected,
            Outcome::Restarted { sent: true } if request.is_publication() => Error::Unknown,
            Outcome::Restarted { .. } => {
                if let Kind::Operation { id, .. } | Kind::Read(id) = request.kind {
                    // This tells it.
                    let _: Error<T::Error> = self.engine.tell_restart(id);
                }
                Error::Restarted
            }
        })
    }

    /// Brings everything that an earlier call left behind to its end.
    ///
    /// # Errors
    ///
    /// [`Error::Silent`] if the module does not answer the fence, [`Error::LineBuffer`] if no answer could be understood.
    pub(crate) async fn settle(&mut self) -> Result<(), Error<T::Error>> {
        Outlined(pin!(self.settle_inline())).await
    }

    async fn settle_inline(&mut self) -> Result<(), Error<T::Error>> {
        let max = self.engine.line_size();
        if max < ENGINE_LINE {
            return Err(Error::LineBuffer { max });
        }
        self.engine.abandon(self.clock.now());
        self.come_to_rest().await?;
        if self.engine.suspects_restart() {
            self.check_restart().await?;
            self.come_to_rest().await?;
        }
        Ok(())
    }

    /// Until nothing is on its way and nothing is owed.
    async fn come_to_rest(&mut self) -> Result<(), Error<T::Error>> {
        let until = self.clock.now() + STALLED;
        while !self.engine.is_settled() {
            if self.engine.wants_fence() && self.must_wake() {
                self.wake_up().await?;
            }
            self.engine.begin_fence(self.clock.now());
            if !self.engine.is_busy() {
                // The fence was not answered. The next call asks again.
                self.engine.require_fence();
                return Err(Error::Silent);
            }
            if self.engine.deadline().is_none() && self.clock.now() >= until {
                // The port does not take the rest of a command.
                return Err(Error::Silent);
            }
            self.step(Some(until).filter(|_| self.engine.deadline().is_none()))
                .await?;
        }
        Ok(())
    }

    /// Waits for something to come from the module, or for `until`.
    pub(crate) async fn wait(&mut self, until: Option<Instant>) -> Result<(), Error<T::Error>> {
        self.step(until).await
    }

    pub(crate) fn now(&self) -> Instant {
        self.clock.now()
    }

    /// Waits without reading: the pause between two questions.
    pub(crate) async fn pause(&mut self, duration: Duration) -> Result<(), Error<T::Error>> {
        let until = self.clock.now() + duration;
        while self.clock.now() < until {
            self.step(Some(until)).await?;
        }
        Ok(())
    }

    /// One piece of work: write what is pending, or read what comes, or let time pass.
    ///
    /// Every byte that a finished read delivered is with the engine before the next await, so dropping this loses nothing.
    async fn step(&mut self, until: Option<Instant>) -> Result<(), Error<T::Error>> {
        // What has come while nobody looked is older than any deadline that has passed since.
        let mut taken = 0;
        while taken < BACKLOG && self.take_what_came()? {
            taken = usize::saturating_add(taken, 1);
        }
        let now = self.clock.now();
        let due = self.engine.deadline().is_some_and(|deadline| now >= deadline);
        self.engine.poll(now);
        if taken > 0 || due {
            // What has just run out may be all that was waited for.
            return Ok(());
        }
        let deadline = match (self.engine.deadline(), until) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        if self.unflushed && self.engine.pending().is_empty() {
            return self.flush(deadline).await;
        }
        if !self.engine.pending().is_empty() {
            return self.write(deadline).await;
        }
        let mut bytes = [0; READ];
        let read = self.port.read(&mut bytes);
        let count = match deadline {
            None => read.await,
            Some(deadline) => match select(read, self.clock.sleep_until(deadline)).await {
                Either::First(count) => count,
                Either::Second(()) => {
                    self.engine.poll(self.clock.now());
                    return Ok(());
                }
            },
        };
        self.received(&bytes, count)
    }

    async fn write(&mut self, deadline: Option<Instant>) -> Result<(), Error<T::Error>> {
        let pending = self.engine.pending();
        let piece = pending.get(..WRITE).unwrap_or(pending);
        let write = self.port.write(piece);
        let count = match deadline {
            None => write.await,
            Some(deadline) => match select(write, self.clock.sleep_until(deadline)).await {
                Either::First(count) => count,
                Either::Second(()) => {
                    self.engine.poll(self.clock.now());
                    return Ok(());
                }
            },
        };
        match count.map_err(Error::Port)? {
            0 => Err(Error::PortClosed),
            count => {
                self.unflushed = true;
                self.sleep.note_traffic(self.clock.now());
                self.engine.written(count, self.clock.now());
                Ok(())
            }
        }
    }

    async fn flush(&mut self, deadline: Option<Instant>) -> Result<(), Error<T::Error>> {
        let flush = self.port.flush();
        let flushed = match deadline {
            None => flush.await,
            Some(deadline) => match select(flush, self.clock.sleep_until(deadline)).await {
                Either::First(flushed) => flushed,
                Either::Second(()) => Ok(()),
            },
        };
        self.unflushed = false;
        flushed.map_err(Error::Port)
    }

    /// Reads without waiting. False if there was nothing.
    fn take_what_came(&mut self) -> Result<bool, Error<T::Error>> {
        let mut bytes = [0; READ];
        match poll_once(self.port.read(&mut bytes)) {
            core::task::Poll::Ready(count) => self.received(&bytes, count).map(|()| true),
            core::task::Poll::Pending => Ok(false),
        }
    }

    fn received(&mut self, bytes: &[u8], count: Result<usize, T::Error>) -> Result<(), Error<T::Error>> {
        match count.map_err(Error::Port)? {
            0 => Err(Error::PortClosed),
            count => {
                let bytes = bytes.get(..count).unwrap_or(bytes);
                self.engine.receive(bytes, self.clock.now());
                Ok(())
            }
        }
    }
}
