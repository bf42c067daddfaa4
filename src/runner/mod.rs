//! The runner: one task owns the modem, and any number of tasks publish, subscribe and receive through handles.
//!
//! It is built on [`Modem`] and its clients as everybody sees them. What a task asks for is copied into a slot of the runner, so
//! that it outlives the task; what comes in stands in an inbox per connection, and what has no room there stays in the module.

mod handle;
mod request;
mod state;

use core::cell::RefCell;
use core::convert::Infallible;
use core::fmt;

use embassy_futures::select::{Either, select};
use embassy_sync::blocking_mutex;
use embassy_sync::blocking_mutex::raw::RawMutex;
use embassy_sync::mutex::Mutex;
use embassy_sync::signal::Signal;
use embedded_io::ErrorKind;
use embedded_io_async::{Read, Write};

pub use handle::Handle;
use request::{Done, Draft, Request, Verb};
use state::State;

use crate::Clock;
use crate::client::Incoming;
use crate::error::Error;
use crate::modem::Modem;
use crate::types::{Announcement, ConnectionId, Counters};

/// An error as every task is told it: that of the port is reduced to its kind.
type Failure = Error<ErrorKind>;

/// How a request ended.
type Reply = Result<Done, Failure>;

/// What a runner and its handles share: put it into a `static`, [`run`](Self::run) it in one task, and give a
/// [`handle`](Self::handle) to every other.
///
/// * `M` is a mutex of `embassy-sync`: `CriticalSectionRawMutex` for tasks on several threads or at several interrupt priorities, and
///   with the `std` implementation of `critical-section` on a desktop; `NoopRawMutex` where all tasks share one executor.
/// * `CONNECTIONS` is how many connections are received on, counted from connection 1: 1 or 2, on modules with three also 3.
/// * `SLOTS` is how many requests may be on their way; further ones wait. 1 is enough for everything to work.
/// * `BYTES` is the size of each slot and each inbox: topic and payload of the largest publication and message (255 + 1024 do for any),
///   and for connecting host, client id, user name, password and will.
///
/// It takes `(CONNECTIONS + SLOTS) * BYTES` bytes and a little more. A handle whose connection has no inbox can do everything but
/// receive. More than eight tasks that wait for the same thing wake each other in vain now and then, which costs time only.
///
/// ```
/// use core::time::Duration;
/// use embassy_sync::blocking_mutex::raw::CriticalSectionRawMutex;
/// use embedded_io_async::{Read, Write};
/// use fibocom_mqtt::{Clock, ConnectOptions, ConnectionId, Error, Modem, QoS, Runner, TopicFilter};
///
/// static RUNNER: Runner<CriticalSectionRawMutex, 1, 4, 1279> = Runner::new();
///
/// async fn modem_task<T: Read + Write, C: Clock>(mut modem: Modem<'_, T, C>) -> Result<(), Error<T::Error>> {
///     loop {
///         modem.attach(Duration::from_secs(40)).await?;
///         match RUNNER.run(&mut modem).await {
///             // The module may have been restarted: attach again.
///             Err(Error::Silent) => {}
///             Err(error) => return Err(error),
///         }
///     }
/// }
///
/// async fn command_task() -> Result<(), Error<embedded_io::ErrorKind>> {
///     let meter = RUNNER.handle(ConnectionId::FIRST);
///     meter.connect(&ConnectOptions::new("broker.example.com", 1883)).await?;
///     meter.subscribe(TopicFilter::new("meter/7/command")?, QoS::AtLeastOnce).await?;
///     let mut buffer = [0; 1279];
///     loop {
///         let message = meter.recv(&mut buffer).await?;
///         println!("{} bytes", message.payload().len());
///     }
/// }
/// ```
pub struct Runner<M: RawMutex, const CONNECTIONS: usize, const SLOTS: usize, const BYTES: usize> {
    state: blocking_mutex::Mutex<M, RefCell<State<CONNECTIONS, SLOTS>>>,
    /// Strings of the requests. Each is locked by whoever its slot's phase belongs to, so nobody waits.
    slots: [Mutex<M, [u8; BYTES]>; SLOTS],
    /// Messages, and the same holds for these.
    inboxes: [Mutex<M, [u8; BYTES]>; CONNECTIONS],
    /// There is a request, or an inbox has room again.
    work: Signal<M, ()>,
    turn: Mutex<M, ()>,
}

/// Prints no request: one may hold a password.
impl<M: RawMutex, const CONNECTIONS: usize, const SLOTS: usize, const BYTES: usize> fmt::Debug
    for Runner<M, CONNECTIONS, SLOTS, BYTES>
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Runner").finish_non_exhaustive()
    }
}

impl<M: RawMutex, const CONNECTIONS: usize, const SLOTS: usize, const BYTES: usize> Default
    for Runner<M, CONNECTIONS, SLOTS, BYTES>
{
    fn default() -> Self {
        Self::new()
    }
}

impl<M: RawMutex, const CONNECTIONS: usize, const SLOTS: usize, const BYTES: usize>
    Runner<M, CONNECTIONS, SLOTS, BYTES>
{
    /// A runner that nobody runs yet.
    pub const fn new() -> Self {
        Self {
            state: blocking_mutex::Mutex::new(RefCell::new(State::new())),
            slots: [const { Mutex::new([0; BYTES]) }; SLOTS],
            inboxes: [const { Mutex::new([0; BYTES]) }; CONNECTIONS],
            work: Signal::new(),
            turn: Mutex::new(()),
        }
    }

    /// A handle for a connection; as many as are wanted.
    pub fn handle(&self, id: ConnectionId) -> Handle<'_, M, CONNECTIONS, SLOTS, BYTES> {
        Handle::new(self, id)
    }

    /// What was counted on all connections, as [`Modem::counters`].
    pub fn counters(&self) -> Counters {
        self.with(|state| state.total())
    }

    /// Serves the handles on `modem` until that cannot go on.
    ///
    /// Connections that are open already are taken over. Those without handles, as MQTT-SN ones, are left alone; but where
    /// [messages come in lines](Modem::set_receive_mode) theirs would fill the message buffer, so close them before. A connection that ends is reported to its handles, and is opened again when
    /// one of them asks for it. A trace set with [`Modem::set_trace`] shows everything that the runner does.
    ///
    /// # Errors
    ///
    /// It only ends with an error: [`Error::Port`], [`Error::PortClosed`], [`Error::Silent`], [`Error::Restarted`] or
    /// [`Error::LineBuffer`]. Requests that have not begun end with it, too, and whoever receives is told. Attach again, or open the port again, and call it again.
    ///
    /// # Cancel safety
    ///
    /// May be dropped at any time. The request on its way then ends with [`Error::Unknown`] for its task, and the next call on the modem
    /// brings it to its end; those behind it end with [`Error::NotRunning`], and nothing of them was sent. Messages are not lost.
    pub async fn run<T: Read + Write, C: Clock>(
        &self,
        modem: &mut Modem<'_, T, C>,
    ) -> Result<Infallible, Error<T::Error>> {
        let _turn = self.turn.lock().await;
        let mut running = Running {
            runner: self,
            reason: Error::NotRunning,
        };
        for (inbox, id) in ConnectionId::ALL.into_iter().enumerate() {
            let ended = Some(Error::NotConnected).filter(|_| !modem.client(id).is_connected());
            self.with(|state| state.set_link(inbox, ended));
        }
        self.with(State::start);
        let error = self.serve(modem).await;
        running.reason = failure(&error);
        Err(error)
    }

    async fn serve<T: Read + Write, C: Clock>(&self, modem: &mut Modem<'_, T, C>) -> Error<T::Error> {
        loop {
            self.note_counters(modem);
            let wanted = self.wanted();
            // Polled in this order, so that neither keeps the other from its turn: a message is begun to be read before a request
            // is taken up, and is there when it is done.
            match select(modem.wait_any(&wanted, BYTES), self.work()).await {
                Either::First(Ok(incoming)) => self.deliver(modem, incoming).await,
                Either::First(Err(Error::NotConnected)) => self.work().await,
                Either::First(Err(error @ (Error::Unexpected | Error::Module(_)))) => {
                    // Of one READ, and whose it was is not known.
                    self.with(|state| state.all_failed(failure(&error)));
                }
                Either::First(Err(error)) => return error,
                Either::Second(()) => {}
            }
            if let Some((index, request)) = self.with(State::next_request) {
                let restarted = self.perform(modem, index, request).await;
                if restarted {
                    return Error::Restarted;
                }
            }
        }
    }

    /// The connections whose inboxes have room.
    fn wanted(&self) -> heapless::Vec<ConnectionId, { ConnectionId::COUNT }> {
        self.with(|state| {
            ConnectionId::ALL
                .into_iter()
                .filter(|id| state.wants(id.index()))
                .collect()
        })
    }

    /// Waits until there is something to do that does not come from the module.
    async fn work(&self) {
        if !self.with(|state| state.has_request()) {
            self.work.wait().await;
        }
    }

    async fn deliver<T: Read + Write, C: Clock>(&self, modem: &mut Modem<'_, T, C>, incoming: Incoming<Announcement>) {
        match incoming {
            Incoming::Message(id, size) => {
                let Some(inbox) = self.inboxes.get(id.index()) else {
                    return;
                };
                let mut bytes = inbox.lock().await;
                let received = modem.client(id).recv(bytes.as_mut_slice()).await;
                let received = received.map(|message| message.qos()).map_err(|error| failure(&error));
                drop(bytes);
                self.with(|state| match received {
                    Ok(qos) => state.arrived(id.index(), qos, size),
                    Err(failure) => state.failed(id.index(), failure),
                });
            }
            Incoming::Disconnected { id, cause } => {
                let ended = cause.map_or(Error::NotConnected, Error::Disconnected);
                self.with(|state| state.set_link(id.index(), Some(ended)));
            }
            Incoming::TooLarge(id, size) => self.with(|state| state.failed(id.index(), Error::TooLarge(size))),
            Incoming::Lost(id, size) => self.with(|state| state.failed(id.index(), Error::Lost(size))),
        }
    }

    /// Carries a request out, and says whether the module turned out to have restarted: then nobody else would be told.
    async fn perform<T: Read + Write, C: Clock>(
        &self,
        modem: &mut Modem<'_, T, C>,
        index: usize,
        request: Request,
    ) -> bool {
        let Some(slot) = self.slots.get(index) else {
            return false;
        };
        let inbox = request.id.index();
        let mut client = modem.client(request.id);
        let discarded = match request.verb {
            Verb::Skip => self.with(|state| state.discard(inbox)),
            _ => None,
        };
        let reply = match discarded {
            Some(size) => Ok(Done::Skipped(Some(size))),
            None => {
                let bytes = slot.lock().await;
                request.perform(&mut client, bytes.as_slice()).await
            }
        };
        let open = client.is_connected();
        if let Verb::Connect { .. } | Verb::Disconnect = request.verb {
            let ended = Some(Error::NotConnected).filter(|_| !open);
            self.with(|state| state.set_link(inbox, ended));
        }
        self.note_counters(modem);
        let restarted = matches!(reply, Err(Error::Restarted));
        self.finish(index, reply);
        restarted
    }

    /// Ends a request, and wipes what it held: it may have been a password.
    fn finish(&self, index: usize, reply: Reply) {
        if let Some(Ok(mut bytes)) = self.slots.get(index).map(Mutex::try_lock) {
            bytes.fill(0);
        }
        self.with(|state| state.finish(index, reply));
    }

    fn note_counters<T: Read + Write, C: Clock>(&self, modem: &mut Modem<'_, T, C>) {
        let total = modem.counters();
        let counters = ConnectionId::ALL.map(|id| modem.client(id).counters());
        self.with(|state| state.note_counters(counters, total));
    }

    // For the handles.

    fn with<R>(&self, act: impl FnOnce(&mut State<CONNECTIONS, SLOTS>) -> R) -> R {
        self.state.lock(|state| act(&mut state.borrow_mut()))
    }

    fn submit(&self, index: usize, id: ConnectionId, draft: &Draft<'_>) {
        if let Some(Ok(mut slot)) = self.slots.get(index).map(Mutex::try_lock) {
            let request = draft.fill(id, slot.as_mut_slice());
            drop(slot);
            self.with(|state| state.submit(index, request));
            self.work.signal(());
        }
    }

    /// Copies a message that was taken, after which its inbox has room again.
    fn take_message(&self, inbox: usize, size: Announcement, buffer: &mut [u8]) {
        if let Some(Ok(bytes)) = self.inboxes.get(inbox).map(Mutex::try_lock) {
            if let (Some(place), Some(message)) = (buffer.get_mut(..size.size()), bytes.get(..size.size())) {
                place.copy_from_slice(message);
            }
        }
        self.with(|state| state.emptied(inbox));
    }
}

/// Tells everybody when the runner ends, however that comes about.
struct Running<'r, M: RawMutex, const CONNECTIONS: usize, const SLOTS: usize, const BYTES: usize> {
    runner: &'r Runner<M, CONNECTIONS, SLOTS, BYTES>,
    reason: Failure,
}

impl<M: RawMutex, const CONNECTIONS: usize, const SLOTS: usize, const BYTES: usize> Drop
    for Running<'_, M, CONNECTIONS, SLOTS, BYTES>
{
    fn drop(&mut self) {
        let runner = self.runner;
        runner.with(|state| state.stop(self.reason));
        if let Some(index) = runner.with(|state| state.interrupted()) {
            runner.finish(index, Err(Error::Unknown));
        }
        while let Some((index, _)) = runner.with(State::next_request) {
            runner.finish(index, Err(self.reason));
        }
    }
}

/// An error without the port's own type.
fn failure<E: embedded_io::Error>(error: &Error<E>) -> Failure {
    match *error {
        Error::Port(ref error) => Error::Port(error.kind()),
        Error::Invalid(input) => Error::Invalid(input),
        Error::PortClosed => Error::PortClosed,
        Error::Silent => Error::Silent,
        Error::Module(error) => Error::Module(error),
        Error::Unexpected => Error::Unexpected,
        Error::Network(problem) => Error::Network(problem),
        Error::LineBuffer { max } => Error::LineBuffer { max },
        Error::AnswerBuffer { len, max } => Error::AnswerBuffer { len, max },
        Error::Refused => Error::Refused,
        Error::Unknown => Error::Unknown,
        Error::Cut { sent } => Error::Cut { sent },
        Error::Unsettled => Error::Unsettled,
        Error::OtherMessage(id) => Error::OtherMessage(id),
        Error::NotConnected => Error::NotConnected,
        Error::Disconnected(cause) => Error::Disconnected(cause),
        Error::TooLarge(size) => Error::TooLarge(size),
        Error::Lost(size) => Error::Lost(size),
        Error::NotRunning => Error::NotRunning,
        Error::Restarted => Error::Restarted,
        Error::Tls(problem) => Error::Tls(problem),
        Error::BaudRate { baud } => Error::BaudRate { baud },
    }
}
