//! The module on a port: the engine with a transport and a clock, running any command.

mod attach;
mod bring_up;
mod cloud;
mod line;
mod network;
mod outline;
mod refine;
mod restart;
mod run;
mod security;
mod settings;
mod sleep;
mod tls;

use embedded_io_async::{Read, Write};

pub use attach::{Attach, Attached, Identity, OpenConnections};
pub use network::{Network, NetworkProblem, Progress};
pub(crate) use outline::Outlined;
pub use security::Security;
use tls::HeldFiles;
pub use tls::{TlsError, TlsProblem};

use crate::Clock;
use crate::client::Client;
use crate::engine::{Engine, Names, TopicNames};
use crate::model::Dialect;
use crate::types::AnyConnectionId;

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
    pub(crate) topics: Option<&'b mut dyn Names>,
}

impl<'b> Buffers<'b> {
    /// Three buffers.
    ///
    /// * `line` holds the answer to one command, and 48 bytes for the lines behind it: 128 bytes do for MQTT, 512 for every
    ///   command of this crate but those that print wills and user names, and those of [clouds](crate::cloud), which say what they take.
    ///   On MQTT-SN connections the module prints names of topics: with 48 bytes more than the longest none stays unknown.
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
            topics: None,
        }
    }

    /// With memory for the names of MQTT-SN topics, so that messages that come with a topic id can be given with its name.
    pub fn topics(mut self, names: &'b mut TopicNames<'b>) -> Self {
        self.topics = Some(names);
        self
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
/// It runs any [`AtatCmd`](atat::AtatCmd) with [`send`](Self::send), attaches to the module, brings the network up, and lends
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

    /// One of the module's connections: an MQTT client for a [`ConnectionId`](crate::ConnectionId), an [`SnClient`](crate::SnClient) for a
    /// [`SnConnectionId`](crate::SnConnectionId).
    pub fn client<K: Into<AnyConnectionId> + Copy>(&mut self, id: K) -> Client<'_, 'b, T, C, K> {
        Client::new(self, id)
    }

    /// Goes on through another port, as after a dongle was unplugged, or vanished while its module restarted, and gives the old one back.
    ///
    /// What was in progress is given up, and every connection is unknown until [`attach`](Self::attach) has asked for them. If a
    /// message was on its way, the next call waits until no module takes commands for the rest of it, up to 32 s.
    ///
    /// ```
    /// # use embedded_io_async::{Read, Write};
    /// # use fibocom_mqtt::{Clock, Error, Modem};
    /// # async fn example<T: Read + Write, C: Clock>(modem: &mut Modem<'_, T, C>, again: T) -> Result<(), Error<T::Error>> {
    /// use core::time::Duration;
    ///
    /// drop(modem.replace_port(again));
    /// modem.attach(Duration::from_secs(40)).await?;
    /// # Ok(()) }
    /// ```
    pub fn replace_port(&mut self, port: T) -> T {
        self.engine.give_up(self.clock.now());
        self.unflushed = false;
        core::mem::replace(&mut self.port, port)
    }

    /// The port, given back.
    pub fn release(self) -> T {
        self.port
    }
}
