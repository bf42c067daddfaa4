//! The MQTT client on a blocking port.

use core::fmt;
use core::time::Duration;

use embedded_io_async::{Read, Write};

use super::idle::{Lent, drive};
use super::{Idle, verbs};
use crate::Clock;
use crate::client::{self, Event, Recovered, Recovering, Recovery};
use crate::error::Error;
use crate::modem::Security;
use crate::power::PowerControl;
use crate::types::{
    Announcement, AnyConnectionId, ConnectOptions, ConnectionId, Counters, Delivery, Message, Publication, QoS,
    SnConnectionId, TopicFilter,
};

/// An MQTT client on one of the module's connections, lent by [`Modem::client`](super::Modem::client): [`crate::Client`],
/// whose verbs return when they are done.
///
/// As there, `K` is the kind of its connection.
pub struct Client<'m, 'b, T, C, I, K = ConnectionId> {
    pub(super) client: client::Client<'m, 'b, T, C, K>,
    pub(super) idle: Lent<'m, I>,
}

/// A client on one of the module's MQTT-SN connections: [`crate::SnClient`], whose verbs return when they are done.
pub type SnClient<'m, 'b, T, C, I> = Client<'m, 'b, T, C, I, SnConnectionId>;

impl<T, C, I, K: fmt::Debug> fmt::Debug for Client<'_, '_, T, C, I, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.client.fmt(f)
    }
}

impl<'m, 'b, T, C, I, K> Client<'m, 'b, T, C, I, K>
where
    T: Read + Write,
    C: Clock,
    I: Idle,
    K: Into<AnyConnectionId> + Copy,
{
    pub(super) fn new(client: client::Client<'m, 'b, T, C, K>, idle: &'m mut I) -> Self {
        Self {
            client,
            idle: Lent(idle),
        }
    }

    /// The connection.
    pub fn id(&self) -> K {
        self.client.id()
    }

    /// Whether the connection is open, as far as the module has said.
    pub fn is_connected(&self) -> bool {
        self.client.is_connected()
    }

    /// What was counted on this connection since the driver was started, over all the times it was opened.
    pub fn counters(&self) -> Counters {
        self.client.counters()
    }

    verbs! { client of "Client":
        disconnect() -> ();
        skip() -> Option<Announcement>;
        poll() -> Event;
    }

    /// As [`Client::recv`](crate::Client::recv): it waits for ever if no message comes, but not on a module that is gone.
    ///
    /// # Errors
    ///
    /// The same.
    pub fn recv<'buf>(&mut self, buffer: &'buf mut [u8]) -> Result<Message<'buf>, Error<T::Error>> {
        drive(self.client.recv(buffer), &mut self.idle)
    }

    /// As [`recv`](Self::recv), but returns `None` if no message came for so long. What is being read from the module by then
    /// is brought to its end first, so it can take longer by the time in which the module answers a command. With no time at all it asks
    /// the port once, so a loop that never leaves any may starve its messages: leave some between its other work.
    ///
    /// # Errors
    ///
    /// The same.
    ///
    /// ```
    /// # use core::time::Duration;
    /// # use embedded_io_async::{Read, Write};
    /// # use fibocom_mqtt::{Clock, Error, blocking::{Client, Idle}};
    /// # fn example<T: Read + Write, C: Clock, I: Idle>(client: &mut Client<'_, '_, T, C, I>) -> Result<(), Error<T::Error>> {
    /// let mut buffer = [0; 1279];
    /// match client.recv_timeout(&mut buffer, Duration::from_secs(10))? {
    ///     Some(message) => println!("{} bytes", message.payload().len()),
    ///     None => println!("nothing came"),
    /// }
    /// # Ok(()) }
    /// ```
    pub fn recv_timeout<'buf>(
        &mut self,
        buffer: &'buf mut [u8],
        timeout: Duration,
    ) -> Result<Option<Message<'buf>>, Error<T::Error>> {
        drive(self.client.recv_timeout(buffer, timeout), &mut self.idle)
    }

    /// As [`poll`](Self::poll), but returns `None` if nothing happened for so long.
    ///
    /// # Errors
    ///
    /// The same.
    pub fn poll_timeout(&mut self, timeout: Duration) -> Result<Option<Event>, Error<T::Error>> {
        drive(self.client.poll_timeout(timeout), &mut self.idle)
    }
}

impl<T, C, I> Client<'_, '_, T, C, I>
where
    T: Read + Write,
    C: Clock,
    I: Idle,
{
    /// As [`Client::connect`](crate::Client#method.connect), and returns when it is done.
    ///
    /// # Errors
    ///
    /// The same.
    pub fn connect<S: Security>(&mut self, options: &ConnectOptions<'_, S>) -> Result<(), Error<T::Error>> {
        drive(self.client.connect(options), &mut self.idle)
    }

    verbs! { client of "Client":
        subscribe(filter: TopicFilter<'_>, qos: QoS) -> ();
        unsubscribe(filter: TopicFilter<'_>) -> ();
        publish(publication: &Publication<'_>) -> Delivery;
    }

    /// As [`Client::recover`](crate::Client::recover), and returns when it is done.
    ///
    /// # Errors
    ///
    /// The same.
    ///
    /// ```
    /// # use embedded_io_async::{Read, Write};
    /// # use fibocom_mqtt::{Clock, Error, Recovery, blocking::{Client, Idle}};
    /// # fn example<T: Read + Write, C: Clock, I: Idle>(client: &mut Client<'_, '_, T, C, I>, recovery: &Recovery<'_>) -> Result<(), Error<T::Error>> {
    /// let mut buffer = [0; 1279];
    /// if client.recv(&mut buffer).is_err() {
    ///     client.recover(recovery, &mut (), &mut |_| {})?;
    /// }
    /// # Ok(()) }
    /// ```
    pub fn recover<P: PowerControl, S: Security>(
        &mut self,
        recovery: &Recovery<'_, S>,
        power: &mut P,
        watch: &mut (dyn FnMut(Recovering<'_, T::Error>) + Send),
    ) -> Result<Recovered, Error<T::Error>> {
        drive(self.client.recover(recovery, power, watch), &mut self.idle)
    }
}
