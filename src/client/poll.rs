//! Progress without receiving: what happened on a connection, and how dropped calls ended.

use core::time::Duration;

use embedded_io_async::{Read, Write};

use super::Client;
use super::receive::Patience;
use super::session::Session;
use crate::engine::{Link, Outcome, Settled};
use crate::error::Error;
use crate::types::{AnyConnectionId, BreakCause};
use crate::urc::Operation;
use crate::{Clock, Instant};

/// Something that happened on a connection without being asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
#[non_exhaustive]
pub enum Event {
    /// A message waits: [`recv`](Client::recv) returns it, or says that it was lost.
    MessageWaiting,
    /// The connection ended by itself.
    Disconnected(BreakCause),
    /// The module has restarted, and the connection is gone with everything that was set: attach again, then connect.
    Restarted,
    /// A call that was dropped, or whose outcome was unknown, has come to an end.
    Settled {
        /// What it was.
        operation: Operation,
        /// How it ended.
        end: SettledEnd,
    },
}

/// How a dropped call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
#[non_exhaustive]
pub enum SettledEnd {
    /// The module reported success.
    Succeeded,
    /// The module took it, and gives no result for it.
    Accepted,
    /// The module reported failure or answered with an error.
    Failed,
    /// The data mode ended early: about so many bytes may have been published as a message cut short.
    Cut {
        /// Bytes that were written.
        sent: usize,
    },
    /// Not known.
    Unknown,
}

impl From<Outcome> for SettledEnd {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Result(true) | Outcome::Final(Ok(())) => Self::Succeeded,
            Outcome::Accepted => Self::Accepted,
            Outcome::Result(false) | Outcome::Final(Err(_)) | Outcome::NoAnswer { sent: false } => Self::Failed,
            Outcome::Restarted { sent: false } => Self::Failed,
            Outcome::Cut { sent } => Self::Cut { sent },
            _ => Self::Unknown,
        }
    }
}

impl<T, C, K> Client<'_, '_, T, C, K>
where
    T: Read + Write,
    C: Clock,
    K: Into<AnyConnectionId> + Copy,
{
    /// Brings what an earlier call left behind to its end, then waits for something to happen on this connection and says what.
    ///
    /// It fetches no message. It waits for ever if nothing happens, so use it in a `select`.
    ///
    /// # Errors
    ///
    /// [`Error::Silent`] if the module stopped answering, [`Error::Port`] if the port failed.
    ///
    /// # Cancel safety
    ///
    /// May be dropped at any time; no event is lost, but of dropped calls only the last four that ended are remembered.
    ///
    /// ```
    /// # use embedded_io_async::{Read, Write};
    /// # use fibocom_mqtt::{Client, Clock, Error};
    /// # async fn example<T: Read + Write, C: Clock>(client: &mut Client<'_, '_, T, C>) -> Result<(), Error<T::Error>> {
    /// use fibocom_mqtt::Event;
    ///
    /// match client.poll().await? {
    ///     Event::MessageWaiting => println!("call recv"),
    ///     Event::Disconnected(cause) => println!("lost: {cause}"),
    ///     other => println!("{other:?}"),
    /// }
    /// # Ok(()) }
    /// ```
    pub async fn poll(&mut self) -> Result<Event, Error<T::Error>> {
        loop {
            if let Some(event) = self.session.poll_until(None).await? {
                return Ok(event);
            }
        }
    }

    /// As [`poll`](Self::poll), for a caller who cannot select: `None` if nothing happened for so long.
    pub(crate) async fn poll_timeout(&mut self, timeout: Duration) -> Result<Option<Event>, Error<T::Error>> {
        let until = self.session.modem.now() + timeout;
        self.session.poll_until(Some(until)).await
    }
}

impl<T, C> Session<'_, '_, T, C>
where
    T: Read + Write,
    C: Clock,
{
    async fn poll_until(&mut self, until: Option<Instant>) -> Result<Option<Event>, Error<T::Error>> {
        let mut patience = Patience::new(until);
        loop {
            self.modem.settle().await?;
            if let Some(event) = self.next_event() {
                return Ok(Some(event));
            }
            if patience.is_over(self.modem.now()) {
                return Ok(None);
            }
            self.modem.wait(until).await?;
        }
    }

    /// How the oldest call that was dropped ended, and what it was; none if none did that was not told yet.
    pub(crate) fn next_settled(&mut self) -> Option<(Operation, SettledEnd)> {
        let Settled { operation, outcome } = self.modem.engine.next_settled(self.id)?;
        operation.map(|(operation, _)| (operation, outcome.into()))
    }

    fn next_event(&mut self) -> Option<Event> {
        if let Some((operation, end)) = self.next_settled() {
            return Some(Event::Settled { operation, end });
        }
        let held = self.modem.engine.holds(self.id);
        let connection = self.modem.engine.connection_mut(self.id)?;
        if core::mem::take(&mut connection.message_unreported) || held {
            return Some(Event::MessageWaiting);
        }
        match self.link() {
            Link::Broken(cause) if self.take_break() => Some(Event::Disconnected(cause)),
            Link::Restarted if self.take_break() => Some(Event::Restarted),
            _ => None,
        }
    }
}
