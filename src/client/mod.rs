//! The clients: the verbs on one of the module's connections.

mod any;
mod connect;
mod open;
mod poll;
mod publish;
mod receive;
mod recover;
mod session;
mod subscribe;

// Behind the others: where both kinds of clients have a verb, links in the documentation lead to the first on the page.
mod sn;

use core::fmt;

use embedded_io_async::{Read, Write};

pub use any::Incoming;
pub use poll::{Event, SettledEnd};
pub use recover::{Backoff, Recovered, Recovering, Recovery};
pub(crate) use session::Session;

use crate::Clock;
use crate::engine::Link;
use crate::modem::Modem;
use crate::types::{AnyConnectionId, ConnectionId, Counters, SnConnectionId};

/// A client on one of the module's connections, lent by [`Modem::client`].
///
/// `K` is the kind of its connection: with a [`ConnectionId`] it is an MQTT client; with a [`SnConnectionId`] it is an [`SnClient`], which
/// speaks to a gateway of MQTT-SN and has verbs of its own; with an [`AnyConnectionId`] it has the verbs that both have.
///
/// It holds nothing of its own: what is known of a connection is kept by the modem, so a client may be dropped and lent again, for
/// this connection or another, at any time.
///
/// One client does one thing at a time, but [`recv`](Self::recv) may be dropped at any moment, so `select` between it and a
/// timer or a queue of things to publish serves both. Nothing reconnects, resends or resubscribes by itself.
pub struct Client<'m, 'b, T, C, K = ConnectionId> {
    pub(crate) session: Session<'m, 'b, T, C>,
    id: K,
}

/// A client on one of the module's MQTT-SN connections: V1.3 sections 1.2 to 1.7 and 1.9 to 1.16.
///
/// Topics may be names, numbers that were registered with the gateway or are known to both sides, or two characters long. Modules
/// without the commands for client id, registration and will updates can still connect, subscribe and publish by name.
///
/// ```
/// use embedded_io_async::{Read, Write};
/// use fibocom_mqtt::{
///     Clock, Error, Modem, Publication, QoS, SnConnectOptions, SnConnectionId, TopicFilter, TopicName,
/// };
///
/// async fn run<T: Read + Write, C: Clock>(modem: &mut Modem<'_, T, C>) -> Result<(), Error<T::Error>> {
///     let mut client = modem.client(SnConnectionId::FIRST);
///     client.connect(&SnConnectOptions::new("gateway.example.com", 10000)).await?;
///     client.subscribe(TopicFilter::new("plant/7/command")?, QoS::AtLeastOnce).await?;
///     let level = TopicName::new("plant/7/level")?;
///     match client.register(level).await? {
///         Some(id) => client.publish(&Publication::new(id, b"2.71")).await?,
///         None => client.publish(&Publication::new(level, b"2.71")).await?,
///     };
///     Ok(())
/// }
/// ```
pub type SnClient<'m, 'b, T, C> = Client<'m, 'b, T, C, SnConnectionId>;

impl<'b, T, C> Modem<'b, T, C>
where
    T: Read + Write,
    C: Clock,
{
    /// One of the module's connections: an MQTT client for a [`ConnectionId`](crate::ConnectionId), an [`SnClient`](crate::SnClient) for a
    /// [`SnConnectionId`](crate::SnConnectionId).
    pub fn client<K: Into<AnyConnectionId> + Copy>(&mut self, id: K) -> Client<'_, 'b, T, C, K> {
        Client::new(self, id)
    }
}

impl<T, C, K: fmt::Debug> fmt::Debug for Client<'_, '_, T, C, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("id", &self.id).finish_non_exhaustive()
    }
}

impl<'m, 'b, T, C, K> Client<'m, 'b, T, C, K>
where
    T: Read + Write,
    C: Clock,
    K: Into<AnyConnectionId> + Copy,
{
    pub(crate) fn new(modem: &'m mut Modem<'b, T, C>, id: K) -> Self {
        let session = Session::new(modem, id.into());
        Self { session, id }
    }

    /// The connection.
    pub fn id(&self) -> K {
        self.id
    }

    /// Whether the connection is open, as far as the module has said.
    pub fn is_connected(&self) -> bool {
        self.session.link() == Link::Open
    }

    /// What was counted on this connection since the driver was started, over all the times it was opened.
    pub fn counters(&self) -> Counters {
        self.session.modem.engine.counters(Some(self.session.id))
    }
}
