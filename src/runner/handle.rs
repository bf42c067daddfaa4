//! The verbs, for many tasks at once.

use core::fmt;
use core::future::poll_fn;

use embassy_sync::blocking_mutex::raw::RawMutex;

use super::request::{Done, Draft, Verb, too_long};
use super::{Reply, Runner};
use crate::error::Error;
use crate::types::{
    Announcement, ConnectOptions, ConnectionId, Counters, Delivery, Message, Publication, QoS, Tls, TopicFilter,
};

/// One of the module's connections, for any number of tasks, lent by [`Runner::handle`]. Copies are the same connection.
///
/// The verbs are those of [`Client`](crate::Client), with the same outcomes; the error of the port is reduced to its kind. A request
/// waits while all slots are taken, and each outcome reaches the task that asked.
///
/// Once [`run`](Runner::run) has ended, every verb fails with the reason at once, or with [`Error::NotRunning`] if it was dropped,
/// until it is called again. Before it is called for the first time they wait.
pub struct Handle<'r, M: RawMutex, const CONNECTIONS: usize, const SLOTS: usize, const BYTES: usize> {
    runner: &'r Runner<M, CONNECTIONS, SLOTS, BYTES>,
    id: ConnectionId,
}

impl<M: RawMutex, const CONNECTIONS: usize, const SLOTS: usize, const BYTES: usize> Clone
    for Handle<'_, M, CONNECTIONS, SLOTS, BYTES>
{
    fn clone(&self) -> Self {
        *self
    }
}

impl<M: RawMutex, const CONNECTIONS: usize, const SLOTS: usize, const BYTES: usize> Copy
    for Handle<'_, M, CONNECTIONS, SLOTS, BYTES>
{
}

impl<M: RawMutex, const CONNECTIONS: usize, const SLOTS: usize, const BYTES: usize> fmt::Debug
    for Handle<'_, M, CONNECTIONS, SLOTS, BYTES>
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handle").field("id", &self.id).finish_non_exhaustive()
    }
}

impl<'r, M: RawMutex, const CONNECTIONS: usize, const SLOTS: usize, const BYTES: usize>
    Handle<'r, M, CONNECTIONS, SLOTS, BYTES>
{
    pub(super) fn new(runner: &'r Runner<M, CONNECTIONS, SLOTS, BYTES>, id: ConnectionId) -> Self {
        Self { runner, id }
    }

    /// The connection.
    pub fn id(&self) -> ConnectionId {
        self.id
    }

    /// Whether the connection is open and served, as far as the module has said. Not known, hence false, if it has no inbox.
    pub fn is_connected(&self) -> bool {
        self.runner.with(|state| state.is_open(self.id.index()))
    }

    /// What was counted on this connection, as [`Client::counters`](crate::Client::counters).
    pub fn counters(&self) -> Counters {
        self.runner.with(|state| state.counters(self.id))
    }

    /// Connects, as [`Client::connect`](crate::Client::connect); also after a break, since nothing reconnects by itself.
    ///
    /// # Errors
    ///
    /// Those of [`Client::connect`](crate::Client::connect). [`Error::Invalid`] if a slot cannot hold all of the options' strings.
    ///
    /// # Cancel safety
    ///
    /// As [`publish`](Self::publish).
    pub async fn connect(&self, options: &ConnectOptions<'_>) -> Result<(), Error<embedded_io::ErrorKind>> {
        self.request(&Draft::connect(options, None)).await.map(drop)
    }

    /// As [`connect`](Self::connect), encrypted. The files are not copied, so they must be static, as they are in flash.
    ///
    /// # Errors
    ///
    /// Those of [`connect`](Self::connect).
    ///
    /// # Cancel safety
    ///
    /// As [`publish`](Self::publish).
    pub async fn connect_tls(
        &self,
        options: &ConnectOptions<'_>,
        tls: Tls<'static>,
    ) -> Result<(), Error<embedded_io::ErrorKind>> {
        self.request(&Draft::connect(options, Some(tls))).await.map(drop)
    }

    /// Disconnects, as [`Client::disconnect`](crate::Client::disconnect).
    ///
    /// # Errors
    ///
    /// Those of [`Client::disconnect`](crate::Client::disconnect).
    ///
    /// # Cancel safety
    ///
    /// As [`publish`](Self::publish).
    pub async fn disconnect(&self) -> Result<(), Error<embedded_io::ErrorKind>> {
        self.request(&Draft::new(Verb::Disconnect, b"", b"")).await.map(drop)
    }

    /// Publishes, as [`Client::publish`](crate::Client::publish).
    ///
    /// # Errors
    ///
    /// Those of [`Client::publish`](crate::Client::publish). [`Error::Invalid`] if a slot cannot hold topic and payload.
    /// [`Error::Unknown`] if the runner was dropped in the middle of it.
    ///
    /// # Cancel safety
    ///
    /// While it waits for a slot, dropping it sends nothing. After that the runner has the message: it is sent all the same, and its
    /// outcome is discarded, but [counted](Self::counters).
    ///
    /// ```
    /// # use embassy_sync::blocking_mutex::raw::RawMutex;
    /// # use fibocom_mqtt::{Delivery, Error, Handle, Publication, QoS, TopicName, topic};
    /// const READING: TopicName = topic!("meter/7/reading");
    ///
    /// async fn report<M: RawMutex, const C: usize, const S: usize, const B: usize>(
    ///     meter: Handle<'_, M, C, S, B>,
    /// ) -> Result<Delivery, Error<embedded_io::ErrorKind>> {
    ///     meter.publish(&Publication::new(READING, b"12.5").qos(QoS::AtLeastOnce)).await
    /// }
    /// ```
    pub async fn publish(&self, publication: &Publication<'_>) -> Result<Delivery, Error<embedded_io::ErrorKind>> {
        let &Publication {
            topic,
            payload,
            qos,
            retain,
        } = publication;
        let verb = Verb::Publish { qos, retain };
        match self
            .request(&Draft::new(verb, topic.as_str().as_bytes(), payload))
            .await?
        {
            Done::Published(delivery) => Ok(delivery),
            Done::Nothing | Done::Skipped(_) => Err(Error::Unexpected),
        }
    }

    /// Subscribes, as [`Client::subscribe`](crate::Client::subscribe).
    ///
    /// # Errors
    ///
    /// Those of [`Client::subscribe`](crate::Client::subscribe).
    ///
    /// # Cancel safety
    ///
    /// As [`publish`](Self::publish).
    pub async fn subscribe(&self, filter: TopicFilter<'_>, qos: QoS) -> Result<(), Error<embedded_io::ErrorKind>> {
        let draft = Draft::new(Verb::Subscribe { qos }, filter.as_str().as_bytes(), b"");
        self.request(&draft).await.map(drop)
    }

    /// Ends a subscription, as [`Client::unsubscribe`](crate::Client::unsubscribe).
    ///
    /// # Errors
    ///
    /// Those of [`Client::unsubscribe`](crate::Client::unsubscribe).
    ///
    /// # Cancel safety
    ///
    /// As [`publish`](Self::publish).
    pub async fn unsubscribe(&self, filter: TopicFilter<'_>) -> Result<(), Error<embedded_io::ErrorKind>> {
        let draft = Draft::new(Verb::Unsubscribe, filter.as_str().as_bytes(), b"");
        self.request(&draft).await.map(drop)
    }

    /// Waits for the next message of this connection and returns it in `buffer`, its topic in front of its payload.
    ///
    /// Of several tasks that wait, each message goes to one. While nobody takes it, the following ones stay in the module.
    ///
    /// # Errors
    ///
    /// Those of [`Client::recv`](crate::Client::recv). A break is told to everybody who waits, and to everybody who asks later, until
    /// the connection is opened again; messages that came before it are handed out first. [`Error::TooLarge`] also if the inbox is
    /// too small for the message.
    ///
    /// # Cancel safety
    ///
    /// May be dropped at any time and no message is lost.
    pub async fn recv<'buf>(&self, buffer: &'buf mut [u8]) -> Result<Message<'buf>, Error<embedded_io::ErrorKind>> {
        let (runner, inbox, max) = (self.runner, self.id.index(), buffer.len());
        let taken = poll_fn(|context| runner.with(|state| state.poll_message(inbox, max, context))).await;
        // From here to the end nothing is awaited.
        if let Ok((_, size)) = taken {
            runner.take_message(inbox, size, buffer);
        }
        runner.work.signal(());
        let (qos, size) = taken?;
        let message = buffer.get(..size.size()).unwrap_or_default();
        let (topic, payload) = message.split_at_checked(size.topic_len).unwrap_or_default();
        Ok(Message {
            topic,
            payload,
            qos,
            topic_id: None,
        })
    }

    /// Discards the next message, as [`Client::skip`](crate::Client::skip).
    ///
    /// # Errors
    ///
    /// Those of [`Client::skip`](crate::Client::skip).
    ///
    /// # Cancel safety
    ///
    /// As [`publish`](Self::publish).
    pub async fn skip(&self) -> Result<Option<Announcement>, Error<embedded_io::ErrorKind>> {
        match self.request(&Draft::new(Verb::Skip, b"", b"")).await? {
            Done::Skipped(size) => Ok(size),
            Done::Nothing | Done::Published(_) => Err(Error::Unexpected),
        }
    }

    async fn request(&self, draft: &Draft<'_>) -> Reply {
        if draft.len() > BYTES {
            return Err(too_long(draft.len(), BYTES));
        }
        let runner = self.runner;
        let index = poll_fn(|context| runner.with(|state| state.poll_claim(context))).await?;
        let ticket = Ticket { runner, index };
        runner.submit(index, self.id, draft);
        let reply = poll_fn(|context| runner.with(|state| state.poll_reply(index, context))).await;
        core::mem::forget(ticket);
        reply
    }
}

/// A slot in use, until its reply was taken: then it is somebody else's.
struct Ticket<'r, M: RawMutex, const CONNECTIONS: usize, const SLOTS: usize, const BYTES: usize> {
    runner: &'r Runner<M, CONNECTIONS, SLOTS, BYTES>,
    index: usize,
}

impl<M: RawMutex, const CONNECTIONS: usize, const SLOTS: usize, const BYTES: usize> Drop
    for Ticket<'_, M, CONNECTIONS, SLOTS, BYTES>
{
    fn drop(&mut self) {
        self.runner.with(|state| state.abandon(self.index));
    }
}
