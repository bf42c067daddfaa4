//! Receiving on every connection at once.

use core::time::Duration;

use embedded_io_async::{Read, Write};

use super::receive::{Patience, Prospect};
use super::session::Session;
use crate::clock::earlier;
use crate::error::Error;
use crate::modem::Modem;
use crate::types::{Announcement, AnyConnectionId, BreakCause, Message};
use crate::{Clock, Instant};

/// What came in on one of the connections. `M` is the message, or what is known of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
#[non_exhaustive]
pub enum Incoming<M> {
    /// A message.
    Message(AnyConnectionId, M),
    /// The connection ended by itself, and no message of it is left. Told once.
    Disconnected {
        /// Which connection.
        id: AnyConnectionId,
        /// Why; `None` if the report of that was lost, and the module no longer lists the connection.
        cause: Option<BreakCause>,
    },
    /// The next message of the connection is larger than the buffer. It stays where it is: pass a larger buffer, or
    /// [`skip`](crate::Client::skip) it.
    TooLarge(AnyConnectionId, Announcement),
    /// A message of the connection was larger than announced and than the buffers; it is lost, since the module had handed it out.
    Lost(AnyConnectionId, Announcement),
}

impl<T, C> Modem<'_, T, C>
where
    T: Read + Write,
    C: Clock,
{
    /// Waits for the next message or the next break on any connection; otherwise as [`Client::recv`](crate::Client::recv). Connections
    /// take turns, so that a busy one does not keep another waiting.
    ///
    /// # Errors
    ///
    /// [`Error::NotConnected`] if no connection is open and everything has been told, [`Error::Restarted`] once for each connection
    /// that a restart of the module ended, [`Error::Silent`] if the module is gone. What concerns one connection is no error but an [`Incoming`], and leaves the others alone.
    ///
    /// # Cancel safety
    ///
    /// May be dropped at any time; no message and no break is lost.
    ///
    /// ```
    /// # use embedded_io_async::{Read, Write};
    /// # use fibocom_mqtt::{Clock, Error, Modem};
    /// use fibocom_mqtt::Incoming;
    ///
    /// # async fn example<T: Read + Write, C: Clock>(modem: &mut Modem<'_, T, C>) -> Result<(), Error<T::Error>> {
    /// let mut buffer = [0; 1279];
    /// loop {
    ///     match modem.recv_any(&mut buffer).await? {
    ///         Incoming::Message(id, message) => println!("{id}: {} bytes", message.payload().len()),
    ///         Incoming::Disconnected { id, cause } => println!("{id} ended: {cause:?}"),
    ///         Incoming::TooLarge(id, _) => drop(modem.client(id).skip().await?),
    ///         other => println!("{other:?}"),
    ///     }
    /// }
    /// # }
    /// ```
    pub async fn recv_any<'buf>(&mut self, buffer: &'buf mut [u8]) -> Result<Incoming<Message<'buf>>, Error<T::Error>> {
        let incoming = self.wait_wanted(Wanted::ALL, buffer.len()).await?;
        self.hand_out(incoming, buffer).await
    }

    /// As [`recv_any`](Self::recv_any), for a caller who cannot select: `None` if nothing came for so long.
    pub(crate) async fn recv_any_timeout<'buf>(
        &mut self,
        buffer: &'buf mut [u8],
        timeout: Duration,
    ) -> Result<Option<Incoming<Message<'buf>>>, Error<T::Error>> {
        match self
            .wait_any_timeout(&AnyConnectionId::ALL, buffer.len(), timeout)
            .await?
        {
            Some(incoming) => self.hand_out(incoming, buffer).await.map(Some),
            None => Ok(None),
        }
    }

    async fn hand_out<'buf>(
        &mut self,
        incoming: Incoming<Announcement>,
        buffer: &'buf mut [u8],
    ) -> Result<Incoming<Message<'buf>>, Error<T::Error>> {
        Ok(match incoming {
            Incoming::Message(id, _) => Incoming::Message(id, Session::new(self, id).recv(buffer).await?),
            Incoming::Disconnected { id, cause } => Incoming::Disconnected { id, cause },
            Incoming::TooLarge(id, size) => Incoming::TooLarge(id, size),
            Incoming::Lost(id, size) => Incoming::Lost(id, size),
        })
    }

    /// As [`recv_any`](Self::recv_any), but leaves the message in the driver's message buffer, where the
    /// [`recv`](crate::Client::recv) of its connection finds it at once. `max` is the size of the buffer that it will be passed.
    ///
    /// Messages of connections that are not in `ids` are left in the module, which is not asked about them either, or, if they come
    /// in lines, in the message buffer. Where one in the message buffer leaves no room for a message of another, that is waited
    /// for until it was received. With none at all this waits for the report of a break.
    ///
    /// # Errors
    ///
    /// As [`recv_any`](Self::recv_any).
    ///
    /// # Cancel safety
    ///
    /// As [`recv_any`](Self::recv_any).
    ///
    /// ```
    /// # use embedded_io_async::{Read, Write};
    /// # use fibocom_mqtt::{Clock, ConnectionId, Error, Incoming, Modem};
    /// # async fn example<T: Read + Write, C: Clock>(modem: &mut Modem<'_, T, C>) -> Result<(), Error<T::Error>> {
    /// let mut commands = [0; 300];
    /// if let Incoming::Message(id, size) = modem.wait_any(&[ConnectionId::SECOND], commands.len()).await? {
    ///     println!("a message of {} bytes", size.size());
    ///     let message = modem.client(id).recv(&mut commands).await?;
    /// }
    /// # Ok(()) }
    /// ```
    pub async fn wait_any<K: Into<AnyConnectionId> + Copy>(
        &mut self,
        ids: &[K],
        max: usize,
    ) -> Result<Incoming<Announcement>, Error<T::Error>> {
        self.wait_wanted(Wanted::of(ids), max).await
    }

    async fn wait_wanted(&mut self, wanted: Wanted, max: usize) -> Result<Incoming<Announcement>, Error<T::Error>> {
        loop {
            if let Some(incoming) = self.await_any(wanted, max, None).await? {
                return Ok(incoming);
            }
        }
    }

    /// As [`wait_any`](Self::wait_any), for a caller who cannot select: `None` if nothing came for so long.
    pub(crate) async fn wait_any_timeout<K: Into<AnyConnectionId> + Copy>(
        &mut self,
        ids: &[K],
        max: usize,
        timeout: Duration,
    ) -> Result<Option<Incoming<Announcement>>, Error<T::Error>> {
        let until = self.now() + timeout;
        self.await_any(Wanted::of(ids), max, Some(until)).await
    }

    /// Waits for something that comes in, or for `until`. What is being read by then is read to its end.
    async fn await_any(
        &mut self,
        wanted: Wanted,
        max: usize,
        until: Option<Instant>,
    ) -> Result<Option<Incoming<Announcement>>, Error<T::Error>> {
        let mut patience = Patience::new(until);
        loop {
            self.settle().await?;
            let (id, asked) = match self.look_around(wanted, max)? {
                Outlook::Incoming(incoming) => return Ok(Some(incoming)),
                Outlook::Wait(due) => {
                    if patience.is_over(self.now()) {
                        return Ok(None);
                    }
                    self.wait(patience.until(due)).await?;
                    continue;
                }
                Outlook::Fetch(id) => (id, Session::new(self, id).fetch().await),
            };
            match asked {
                Err(Error::Lost(size)) => return Ok(Some(Incoming::Lost(id, size))),
                Err(error) => {
                    // The others come first the next time.
                    self.served = served(id);
                    return Err(error);
                }
                Ok(()) => {}
            }
        }
    }

    /// What is to be done next. Everything must be settled.
    fn look_around(&mut self, wanted: Wanted, max: usize) -> Result<Outlook, Error<T::Error>> {
        let now = self.now();
        let (mut open, mut wait) = (false, None::<Instant>);
        let (before, behind) = AnyConnectionId::ALL
            .split_at_checked(usize::from(self.served))
            .unwrap_or_default();
        for &id in behind.iter().chain(before) {
            let mut client = Session::new(self, id);
            let incoming = match client.prospect(max) {
                Ok(_) | Err(Error::OtherMessage(_) | Error::TooLarge(_) | Error::Lost(_)) if !wanted.contains(id) => {
                    open = true;
                    continue;
                }
                Ok(Prospect::Stored(stored)) if stored.size.size() > max => Incoming::TooLarge(id, stored.size),
                Ok(Prospect::Stored(stored)) => Incoming::Message(id, stored.size),
                Ok(Prospect::ReadAt(due)) if due <= now => return Ok(Outlook::Fetch(id)),
                Ok(Prospect::ReadAt(due)) => {
                    open = true;
                    wait = earlier(wait, Some(due));
                    continue;
                }
                // That one is handed out first.
                Err(Error::OtherMessage(_)) => {
                    open = true;
                    continue;
                }
                Err(Error::TooLarge(size)) => Incoming::TooLarge(id, size),
                Err(Error::Lost(size)) => {
                    client.forget_next();
                    Incoming::Lost(id, size)
                }
                Err(Error::Disconnected(cause)) if client.take_break() => {
                    Incoming::Disconnected { id, cause: Some(cause) }
                }
                Err(Error::NotConnected) if client.take_break() => Incoming::Disconnected { id, cause: None },
                Err(Error::Disconnected(_) | Error::NotConnected) => continue,
                Err(Error::Restarted) => {
                    client.take_break();
                    if self.engine.has_restarted() {
                        return Err(Error::Restarted);
                    }
                    // The module has been attached to again meanwhile.
                    Incoming::Disconnected { id, cause: None }
                }
                Err(error) => return Err(error),
            };
            self.served = served(id);
            return Ok(Outlook::Incoming(incoming));
        }
        if open {
            Ok(Outlook::Wait(wait))
        } else {
            Err(Error::NotConnected)
        }
    }
}

/// The connections that are asked for, a bit each.
#[derive(Clone, Copy)]
struct Wanted(u8);

impl Wanted {
    const ALL: Self = Self(u8::MAX);

    fn of<K: Into<AnyConnectionId> + Copy>(ids: &[K]) -> Self {
        Self(ids.iter().fold(0, |bits, id| bits | Self::bit((*id).into())))
    }

    fn bit(id: AnyConnectionId) -> u8 {
        1u8.checked_shl(id.index() as u32).unwrap_or_default()
    }

    fn contains(self, id: AnyConnectionId) -> bool {
        self.0 & Self::bit(id) != 0
    }
}

/// How many connections come before the next one, after this was served.
fn served(id: AnyConnectionId) -> u8 {
    (id.index() as u8).saturating_add(1)
}

enum Outlook {
    Incoming(Incoming<Announcement>),
    Fetch(AnyConnectionId),
    Wait(Option<Instant>),
}
