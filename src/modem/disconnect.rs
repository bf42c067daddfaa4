//! Closing a connection, whoever opened it: a client, or an earlier run of the host.

use core::time::Duration;

use atat::AtatCmd;
use embedded_io_async::{Read, Write};

use super::Modem;
use crate::Clock;
use crate::command::Close;
use crate::engine::{Kind, Link, Request};
use crate::error::Error;
use crate::types::AnyConnectionId;
use crate::urc::Operation;

/// Time for a final result. The manuals say 1 s; modules under load take longer.
pub(crate) const ANSWER: Duration = Duration::from_secs(10);

/// Time for a result line, but for that of an open: the manual says 3 s.
pub(crate) const RESULT: Duration = Duration::from_secs(30);

impl<T, C> Modem<'_, T, C>
where
    T: Read + Write,
    C: Clock,
{
    /// Closes a connection unless it is known to be closed.
    pub(crate) async fn disconnect(&mut self, id: AnyConnectionId) -> Result<(), Error<T::Error>> {
        self.settle().await?;
        let link = self.engine.connection(id).map(|connection| connection.link);
        if matches!(link, Some(Link::Closed | Link::Broken(_) | Link::Restarted)) {
            return Ok(());
        }
        self.close(id).await
    }

    /// Closes a connection.
    pub(crate) async fn close(&mut self, id: AnyConnectionId) -> Result<(), Error<T::Error>> {
        let command = Close { id };
        let kind = Kind::Operation {
            operation: Operation::Close,
            id,
            result: true,
        };
        let request = Request {
            kind,
            answer: ANSWER,
            result: RESULT,
        };
        self.perform(&|buffer| command.write(buffer), &[], request).await?;
        self.forget(id);
        Ok(())
    }

    /// The connection is closed: what was known of it no longer holds.
    pub(crate) fn forget(&mut self, id: AnyConnectionId) {
        let now = self.now();
        if let Some(connection) = self.engine.connection_mut(id) {
            connection.link = Link::Closed;
            connection.owed = None;
            connection.was_empty(now);
        }
        self.engine.forget_topics(id);
    }
}
