//! The module on a port: the engine with a transport and a clock, running any command.

mod attach;
mod bring_up;
mod cloud;
mod disconnect;
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
pub(crate) use disconnect::{ANSWER, RESULT};
pub use network::{Network, Progress};
pub(crate) use outline::Outlined;
pub use security::Security;
use tls::HeldFiles;

use crate::Clock;
use crate::engine::{Buffers, Engine};
use crate::model::Dialect;

/// A Fibocom module on a port.
///
/// `T` is the port, any `embedded_io_async::Read + Write` whose `read` and `write` may be dropped without losing bytes, as those of
/// interrupt-driven UART drivers; `C` is the [`Clock`].
///
/// It runs any [`AtatCmd`](atat::AtatCmd) with [`send`](Self::send), attaches to the module, brings the network up, and lends
/// [`Client`](crate::Client)s for its connections.
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

/// Prints what the module is, and nothing of the buffers: they may hold a password.
impl<T, C> core::fmt::Debug for Modem<'_, T, C> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Modem")
            .field("model", &self.engine.capabilities.model().value)
            .finish_non_exhaustive()
    }
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
