//! Receiving on one connection.

use core::time::Duration;

use embedded_io_async::{Read, Write};

use super::Client;
use super::session::Session;
use crate::clock::earlier;
use crate::command::{ClosableIds, OpenableIds, ReadStored, ReceiveMode};
use crate::engine::{Answer, Connection, Kind, Link, Request, Stored, Told};
use crate::error::Error;
use crate::modem::ANSWER;
use crate::types::{Announcement, AnyConnectionId, Message};
use crate::{Clock, Instant};

/// So long after it last found nothing `recv` asks the module again, for messages and whether the connection is still open: that
/// shows whether the module is there, and finds what it told while its line was disturbed.
const PROBE: Duration = Duration::from_secs(60);

/// How long the line must have been quiet before a message is read that was not announced. The announcement of one that has just
/// come is then seen first, and with it its size.
const QUIET: Duration = Duration::from_millis(100);

impl<T, C, K> Client<'_, '_, T, C, K>
where
    T: Read + Write,
    C: Clock,
    K: Into<AnyConnectionId> + Copy,
{
    /// Waits for the next message and returns it in `buffer`, its topic in front of its payload (`+MQTTMSGI`, `AT+MQTTREAD`;
    /// V1.3 and V1.0.1 sections 1.10 and 1.11). Where [messages come in lines](crate::Modem::set_receive_mode), what came
    /// meanwhile is handed out in its order.
    ///
    /// It waits for ever if no message comes, but not on a module that is gone or on a connection whose end went unheard: every
    /// minute both are asked for.
    /// After the connection has broken, what the module still holds is handed out first.
    ///
    /// # Errors
    ///
    /// [`Error::TooLarge`] if the next message does not fit `buffer` or the driver's message buffer: it stays where it is, the error
    /// says what it needs, and [`skip`](Self::skip) discards it. [`Error::Lost`] if a message that was never announced,
    /// or that came in a line, did not fit the driver's buffers: once each, in its place. On MQTT-SN connections announcements
    /// tell the size of the payload only, so there this holds for a message whose payload would fit, but not with its name.
    /// [`Error::Disconnected`] after the connection ended, [`Error::Restarted`] once after the module restarted, [`Error::Silent`] if
    /// the module is gone. [`Error::OtherMessage`] if messages of another connection are in the driver's message buffer, since
    /// they came in lines or a `recv` was dropped, and what remains has no room for
    /// this one: receive those first, or serve both with [`Modem::recv_any`](crate::Modem::recv_any), where this cannot happen.
    ///
    /// # Cancel safety
    ///
    /// May be dropped at any time and no message is lost: one that was on its way is handed out by the next call.
    ///
    /// ```
    /// # use embedded_io_async::{Read, Write};
    /// # use fibocom_mqtt::{Client, Clock, Error};
    /// use embassy_futures::select::{Either, select};
    ///
    /// # async fn button() {}
    /// # async fn example<T: Read + Write, C: Clock>(client: &mut Client<'_, '_, T, C>) -> Result<(), Error<T::Error>> {
    /// let mut buffer = [0; 1279];
    /// match select(client.recv(&mut buffer), button()).await {
    ///     Either::First(message) => println!("{} bytes", message?.payload().len()),
    ///     Either::Second(()) => { /* publish something, then receive again */ }
    /// }
    /// # Ok(()) }
    /// ```
    pub async fn recv<'buf>(&mut self, buffer: &'buf mut [u8]) -> Result<Message<'buf>, Error<T::Error>> {
        self.session.recv(buffer).await
    }

    /// As [`recv`](Self::recv), for a caller who cannot select: `None` if nothing came for so long.
    pub(crate) async fn recv_timeout<'buf>(
        &mut self,
        buffer: &'buf mut [u8],
        timeout: Duration,
    ) -> Result<Option<Message<'buf>>, Error<T::Error>> {
        self.session.recv_timeout(buffer, timeout).await
    }

    /// Discards the next message, whatever its size, and says how large it was. `None` if there was none.
    ///
    /// # Errors
    ///
    /// As [`recv`](Self::recv).
    ///
    /// # Cancel safety
    ///
    /// May be dropped; the message may then be handed out by the next `recv` if it fits.
    ///
    /// ```
    /// # use embedded_io_async::{Read, Write};
    /// # use fibocom_mqtt::{Client, Clock, Error};
    /// # async fn example<T: Read + Write, C: Clock>(client: &mut Client<'_, '_, T, C>) -> Result<(), Error<T::Error>> {
    /// let mut buffer = [0; 256];
    /// match client.recv(&mut buffer).await {
    ///     Ok(message) => println!("{:?}", message.topic_str()),
    ///     Err(Error::TooLarge(size)) => {
    ///         client.skip().await?;
    ///         println!("discarded a message of {} bytes", size.size());
    ///     }
    ///     Err(error) => return Err(error),
    /// }
    /// # Ok(()) }
    /// ```
    pub async fn skip(&mut self) -> Result<Option<Announcement>, Error<T::Error>> {
        self.session.skip().await
    }
}

impl<T, C> Session<'_, '_, T, C>
where
    T: Read + Write,
    C: Clock,
{
    pub(super) async fn recv<'buf>(&mut self, buffer: &'buf mut [u8]) -> Result<Message<'buf>, Error<T::Error>> {
        loop {
            if let Some(stored) = self.await_message(buffer.len(), None).await? {
                return self.hand_out(stored, buffer);
            }
        }
    }

    pub(super) async fn recv_timeout<'buf>(
        &mut self,
        buffer: &'buf mut [u8],
        timeout: Duration,
    ) -> Result<Option<Message<'buf>>, Error<T::Error>> {
        let until = self.modem.now() + timeout;
        match self.await_message(buffer.len(), Some(until)).await? {
            Some(stored) => self.hand_out(stored, buffer).map(Some),
            None => Ok(None),
        }
    }

    pub(super) async fn skip(&mut self) -> Result<Option<Announcement>, Error<T::Error>> {
        self.modem.settle().await?;
        if let Some(size) = self.modem.engine.lost(self.id) {
            self.forget_next();
            return Ok(Some(size));
        }
        if self.modem.engine.stored(self.id).is_none() && self.may_read() {
            match self.read().await {
                Err(Error::Lost(size)) => return Ok(Some(size)),
                result => result?,
            }
        }
        let stored = self.modem.engine.stored(self.id);
        self.forget_next();
        Ok(stored.map(|stored| stored.size))
    }

    /// Waits until a message is in the store, or for `until`. What is being read by then is read to its end.
    async fn await_message(&mut self, max: usize, until: Option<Instant>) -> Result<Option<Stored>, Error<T::Error>> {
        let mut patience = Patience::new(until);
        loop {
            self.modem.settle().await?;
            let prospect = self.prospect(max);
            match prospect {
                Err(Error::Lost(_)) => self.forget_next(),
                Err(Error::Restarted) => drop(self.take_break()),
                _ => {}
            }
            match prospect? {
                Prospect::Stored(stored) => return Ok(Some(stored)),
                Prospect::ReadAt(due) if self.modem.now() < due => {
                    if patience.is_over(self.modem.now()) {
                        return Ok(None);
                    }
                    self.modem.wait(patience.until(Some(due))).await?;
                }
                Prospect::ReadAt(_) => self.fetch().await?,
            }
        }
    }

    /// What is to be done next for a message of at most `max` bytes. Everything must be settled.
    pub(super) fn prospect(&self, max: usize) -> Result<Prospect, Error<T::Error>> {
        if let Some(size) = self.modem.engine.lost(self.id) {
            return Err(Error::Lost(size));
        }
        if let Some(stored) = self.modem.engine.stored(self.id) {
            return Ok(Prospect::Stored(stored));
        }
        let (room, size) = (self.modem.engine.store_room(), self.modem.engine.store_size());
        let (heard_at, other) = (self.modem.engine.heard_at(), self.modem.engine.store_holder());
        let Some(connection) = self.modem.engine.connection(self.id) else {
            return Err(Error::NotConnected);
        };
        let (unread, next, checked_at) = (connection.unread, connection.next_size(), connection.checked_at);
        let announced = connection.is_announced();
        match connection.link {
            Link::Broken(cause) if !unread => return Err(Error::Disconnected(cause)),
            Link::Restarted if connection.break_unreported => return Err(Error::Restarted),
            Link::Closed | Link::Unknown | Link::Restarted => return Err(Error::NotConnected),
            Link::Open | Link::Broken(_) => {}
        }
        if let Some(next) = next.filter(|next| next.size() > max.min(size)) {
            return Err(Error::TooLarge(next));
        }
        let due = match unread {
            _ if announced => heard_at,
            // However busy the other connections keep the line.
            true => (heard_at + QUIET).min(checked_at + PROBE),
            false => checked_at + PROBE,
        };
        // A message of unknown size gets the whole buffer: READ would lose what does not fit. With MQTT-SN only its payload is known.
        let next = next.filter(|_| !self.id.is_sn());
        match other {
            Some(other) if self.may_read() && next.map_or(self.modem.now() >= due, |next| next.size() > room) => {
                Err(Error::OtherMessage(other))
            }
            _ => Ok(Prospect::ReadAt(due)),
        }
    }

    /// The next message was handed out, or its loss was told.
    pub(super) fn forget_next(&mut self) {
        self.modem.engine.forget_stored(self.id);
    }

    /// Asks the module for the next message, and whether the connection is still there if nothing says that one waits.
    pub(super) async fn fetch(&mut self) -> Result<(), Error<T::Error>> {
        if !self.is_announced() {
            self.modem.listen()?;
            if self.is_announced() {
                // Its size is known now.
                return Ok(());
            }
        }
        if !self.is_unread() {
            self.check_listed().await?;
        }
        if self.may_read() {
            return self.read().await;
        }
        self.note_empty();
        Ok(())
    }

    /// Whether there can be something to read by its length: where messages come in lines, only what the module had before.
    fn may_read(&self) -> bool {
        self.modem.engine.receive_mode == ReceiveMode::ByLength || self.is_unread()
    }

    fn is_announced(&self) -> bool {
        self.connection(Connection::is_announced)
    }

    fn is_unread(&self) -> bool {
        self.connection(|connection| connection.unread)
    }

    fn connection<R: Default>(&self, read: impl FnOnce(&Connection) -> R) -> R {
        self.modem.engine.connection(self.id).map(read).unwrap_or_default()
    }

    fn note_empty(&mut self) {
        let now = self.modem.now();
        let connection = self.modem.engine.connection_mut(self.id);
        connection.into_iter().for_each(|connection| connection.was_empty(now));
    }

    /// Notes that the connection has ended if the module no longer lists it as open, as it once did, or lists it among those that can be
    /// opened: the report of that was lost. Firmware that lists it nowhere is not believed.
    pub(super) async fn check_listed(&mut self) -> Result<(), Error<T::Error>> {
        let (told, was_listed) = self.connection(|connection| (connection.told, connection.listed));
        let listed = match told.closable {
            Some(Answer(listed)) => listed,
            None => self.is_listed(&ClosableIds).await?,
        };
        let is_doubtful = self.link() == Link::Open && listed == Some(false);
        let ended = is_doubtful
            && match told.openable {
                _ if was_listed => true,
                Some(Answer(free)) => free == Some(true),
                None => self.is_listed(&OpenableIds).await? == Some(true),
            };
        if let Some(connection) = self.modem.engine.connection_mut(self.id) {
            // Nor if it was reported meanwhile.
            if ended && connection.link == Link::Open {
                connection.link = Link::Closed;
                connection.break_unreported = true;
            }
            connection.listed = listed.unwrap_or(connection.listed);
            connection.told = Told::default();
        }
        Ok(())
    }

    /// Fetches one message into the store.
    async fn read(&mut self) -> Result<(), Error<T::Error>> {
        let id = self.id;
        let request = Request::until_final(Kind::Read(id), ANSWER);
        match self.modem.exchange(&ReadStored { id }, &[], request).await {
            // A connection that has ended may have taken its messages with it.
            Err(Error::Module(_)) if self.link() != Link::Open => {
                self.note_empty();
                Ok(())
            }
            ended => ended.map(drop),
        }
    }

    fn hand_out<'buf>(&mut self, stored: Stored, buffer: &'buf mut [u8]) -> Result<Message<'buf>, Error<T::Error>> {
        let topic_id = self.modem.engine.stored_topic_id(self.id);
        let (topic, payload) = self.modem.engine.stored_bytes(self.id);
        let place = buffer
            .get_mut(..stored.size.size())
            .and_then(|place| place.split_at_mut_checked(topic.len()));
        let Some((topic_place, payload_place)) = place else {
            return Err(Error::TooLarge(stored.size));
        };
        topic_place.copy_from_slice(topic);
        payload_place.copy_from_slice(payload);
        self.forget_next();
        Ok(Message {
            topic: topic_place,
            payload: payload_place,
            qos: stored.qos,
            topic_id,
        })
    }
}

/// What comes next in receiving.
pub(super) enum Prospect {
    /// The message is in the message buffer.
    Stored(Stored),
    /// The module is asked at that moment, unless something comes first.
    ReadAt(Instant),
}

/// How long to wait for something, where not for ever.
pub(super) struct Patience {
    until: Option<Instant>,
    looked: bool,
}

impl Patience {
    pub(super) const fn new(until: Option<Instant>) -> Self {
        Self { until, looked: false }
    }

    /// Whether the time is over. Also without time to wait, what has come is looked at once.
    pub(super) fn is_over(&mut self, now: Instant) -> bool {
        self.until.is_some_and(|until| now >= until) && core::mem::replace(&mut self.looked, true)
    }

    /// Until when to wait now, if something else is due at some time.
    pub(super) fn until(&self, due: Option<Instant>) -> Option<Instant> {
        earlier(self.until, due)
    }
}
