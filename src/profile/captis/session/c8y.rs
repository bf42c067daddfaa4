//! A connection to Cumulocity (section 4).

use core::fmt::Display;

use embedded_io_async::{Read, Write};

use super::{ANSWER_TOO_LONG, SessionError, printed, publish, room, subscribe};
use crate::profile::captis::{
    Batch, ConfigurationLine, Event, Gate, Health, Login, Measurement, Role, StatusLine, Topic, Topics,
};
use crate::profile::json::Value;
use crate::{Client, Clock, Security, TopicFilter};

/// A device's connection to Cumulocity: publishes what the server's roles give it, on the topics of the device, at QoS 1.
///
/// Measurements, events and device health are sent as many at a time as a payload holds: the calls return how many were, so that the
/// rest can be sent next, and is known if that fails.
///
/// ```
/// # use embedded_io_async::{Read, Write};
/// # use fibocom_mqtt::{Client, Clock};
/// # use fibocom_mqtt::profile::captis::SessionError;
/// use fibocom_mqtt::profile::captis::{C8ySession, Gate, Identity, Login, Measurement, Roles, Topics};
///
/// # async fn example<T: Read + Write, C: Clock>(
/// #     client: Client<'_, '_, T, C>, login: &Login<'_>, identity: &Identity, pending: &[Measurement<'_>],
/// # ) -> Result<(), SessionError<T::Error>> {
/// let gate = Gate::new(login.client_id(), identity, Roles::WORK);
/// let mut payload = [0; 1024];
/// let mut session = C8ySession::open(client, login, gate, Topics::new(), &mut payload).await?;
/// let mut pending = pending;
/// while !pending.is_empty() {
///     let sent = session.measurements(pending).await?;
///     pending = pending.split_at(sent).1;
/// }
/// # Ok(()) }
/// ```
pub struct C8ySession<'s, 'm, 'b, T, C> {
    client: Client<'m, 'b, T, C>,
    gate: Gate<'s>,
    topics: Topics<'s>,
    payload: &'s mut [u8],
}

impl<'s, 'm, 'b, T: Read + Write, C: Clock> C8ySession<'s, 'm, 'b, T, C> {
    /// Connects, and subscribes to the topic of operations.
    ///
    /// `gate` says who the device is and which roles the server has. `payload` is where payloads are made: what the module takes, 1024 bytes,
    /// is enough, and a shorter one makes shorter batches.
    ///
    /// # Errors
    ///
    /// [`SessionError::Driver`], as [`Client::connect`] and [`Client::subscribe`]. If it is the subscription that failed, the connection
    /// stays open until it is opened again, or [disconnected](Client::disconnect).
    ///
    /// # Cancel safety
    ///
    /// May be dropped; open again, which closes a connection that is half open.
    pub async fn open<S: Security>(
        mut client: Client<'m, 'b, T, C>,
        login: &Login<'_, S>,
        gate: Gate<'s>,
        topics: Topics<'s>,
        payload: &'s mut [u8],
    ) -> Result<Self, SessionError<T::Error>> {
        let filter = topics.name(Topic::OperationsDownload, gate.identity())?;
        // Before a connection is opened that would be of no use.
        TopicFilter::new(&filter)?;
        client.connect(&login.options()).await?;
        subscribe(&mut client, &filter).await?;
        Ok(Self {
            client,
            gate,
            topics,
            payload,
        })
    }

    /// Publishes as many of these measurements as one payload holds, the first first. Returns how many those are.
    ///
    /// # Errors
    ///
    /// [`SessionError::Refused`] if the server has not [`Role::Measurements`], [`SessionError::TooLarge`] if not even the first fits, and
    /// [`SessionError::Driver`] as [`Client::publish`].
    ///
    /// # Cancel safety
    ///
    /// As [`Client::publish`].
    pub async fn measurements(&mut self, measurements: &[Measurement<'_>]) -> Result<usize, SessionError<T::Error>> {
        self.gate.allow(Role::Measurements)?;
        self.lines(Topic::Measurements, measurements).await
    }

    /// Publishes as many of these events as one payload holds, the first first. Returns how many those are.
    ///
    /// # Errors
    ///
    /// As [`measurements`](Self::measurements), for [`Role::Events`].
    ///
    /// # Cancel safety
    ///
    /// As [`Client::publish`].
    pub async fn events(&mut self, events: &[Event]) -> Result<usize, SessionError<T::Error>> {
        self.gate.allow(Role::Events)?;
        self.lines(Topic::Events, events).await
    }

    /// Publishes as many of these lines of device health as one payload holds, the first first. Returns how many those are.
    ///
    /// # Errors
    ///
    /// As [`measurements`](Self::measurements), for [`Role::Info`].
    ///
    /// # Cancel safety
    ///
    /// As [`Client::publish`].
    pub async fn health(&mut self, health: &[Health<'_>]) -> Result<usize, SessionError<T::Error>> {
        self.gate.allow(Role::Info)?;
        self.lines(Topic::DeviceHealth, health).await
    }

    /// Publishes the device's configuration; [`ConfigurationUpload`](crate::profile::captis::ConfigurationUpload) knows when that is due.
    ///
    /// # Errors
    ///
    /// [`SessionError::TooLarge`] if it does not fit: a configuration is one line, which cannot be split. [`SessionError::Driver`] as
    /// [`Client::publish`].
    ///
    /// # Cancel safety
    ///
    /// As [`Client::publish`].
    pub async fn configuration(&mut self, config: Value<'_>) -> Result<(), SessionError<T::Error>> {
        self.line(Topic::Configuration, ConfigurationLine(config)).await
    }

    /// Publishes how an operation goes: first its [`line`](crate::profile::captis::Executing::line), and in the end its success or failure.
    /// An answer that is too long is published as a failure that says so, since the operation has to end.
    ///
    /// A status is published once. One with its text by reference is copied, so that it is still there if that failed: until its end was
    /// published, the operation goes on for the server, also over a connection that was opened anew.
    ///
    /// # Errors
    ///
    /// As [`configuration`](Self::configuration), if that failure does not fit either.
    ///
    /// # Cancel safety
    ///
    /// As [`Client::publish`].
    pub async fn status<D: Display>(&mut self, status: StatusLine<'_, D>) -> Result<(), SessionError<T::Error>> {
        match self.line(Topic::Operations, &status).await {
            Err(SessionError::TooLarge(_)) => self.line(Topic::Operations, status.fail(ANSWER_TOO_LONG)).await,
            done => done,
        }
    }

    /// The client, to receive on, to wait on, and to disconnect.
    pub fn client(&mut self) -> &mut Client<'m, 'b, T, C> {
        &mut self.client
    }

    /// Who the device is and what this server may have it do: reads the operations of a payload.
    pub const fn gate(&self) -> &Gate<'s> {
        &self.gate
    }

    async fn lines<L: Display>(&mut self, topic: Topic, lines: &[L]) -> Result<usize, SessionError<T::Error>> {
        let topic = self.topics.name(topic, self.gate.identity())?;
        let mut batch = Batch::new(room(self.payload, &self.client));
        let sent = batch.fill(lines)?;
        if sent > 0 {
            publish(&mut self.client, &topic, batch.finish()).await?;
        }
        Ok(sent)
    }

    async fn line(&mut self, topic: Topic, line: impl Display) -> Result<(), SessionError<T::Error>> {
        let topic = self.topics.name(topic, self.gate.identity())?;
        let payload = printed(room(self.payload, &self.client), line)?;
        publish(&mut self.client, &topic, payload).await
    }
}
