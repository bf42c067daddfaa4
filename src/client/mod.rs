//! The MQTT client: the verbs on one of the module's connections.

mod any;
mod connect;
mod poll;
mod publish;
mod receive;
mod recover;
mod subscribe;

use core::time::Duration;

use atat::AtatCmd;
use embedded_io_async::{Read, Write};

pub use any::Incoming;
pub use poll::{Event, SettledEnd};
pub use recover::{Backoff, Recovered, Recovering, Recovery};

use crate::Clock;
use crate::command::{Close, Open, Publish, PublishData, Subscribe, Unsubscribe};
use crate::engine::{Kind, Link, Request};
use crate::error::{Error, InvalidInput, ModuleError};
use crate::model::Limit;
use crate::modem::Modem;
use crate::types::{ConnectionId, Counters, Delivery, QoS};
use crate::urc::Operation;

/// Time for a final result. The manuals say 1 s; modules under load take longer.
const ANSWER: Duration = Duration::from_secs(10);

/// Time for the result line of an open: the manual says 5 s, refusals were seen after 4.57 s, and lossy networks take longer.
const OPEN_RESULT: Duration = Duration::from_secs(60);

/// Time for other result lines: the manual says 3 s.
const RESULT: Duration = Duration::from_secs(30);

/// An MQTT client on one of the module's connections, lent by [`Modem::client`].
///
/// It holds nothing of its own: what is known of a connection is kept by the modem, so a client may be dropped and lent again, for
/// this connection or another, at any time.
///
/// One client does one thing at a time, but [`recv`](Self::recv) may be dropped at any moment, so `select` between it and a
/// timer or a queue of things to publish serves both. Nothing reconnects, resends or resubscribes by itself.
pub struct Client<'m, 'b, T, C> {
    modem: &'m mut Modem<'b, T, C>,
    id: ConnectionId,
}

impl<'m, 'b, T, C> Client<'m, 'b, T, C>
where
    T: Read + Write,
    C: Clock,
{
    pub(crate) fn new(modem: &'m mut Modem<'b, T, C>, id: ConnectionId) -> Self {
        Self { modem, id }
    }

    /// The connection.
    pub fn id(&self) -> ConnectionId {
        self.id
    }

    /// Whether the connection is open, as far as the module has said.
    pub fn is_connected(&self) -> bool {
        self.link() == Link::Open
    }

    /// What was counted on this connection since the driver was started, over all the times it was opened.
    pub fn counters(&self) -> Counters {
        self.modem.engine.counters(Some(self.id))
    }

    fn link(&self) -> Link {
        self.modem
            .engine
            .connection(self.id)
            .map_or(Link::Unknown, |connection| connection.link)
    }

    /// Whether the connection's end has not been told, once.
    fn take_break(&mut self) -> bool {
        let connection = self.modem.engine.connection_mut(self.id);
        connection.is_some_and(|connection| core::mem::take(&mut connection.break_unreported))
    }

    /// Whether a result is owed from an operation whose outcome is unknown.
    fn is_unsettled(&self) -> bool {
        self.modem
            .engine
            .connection(self.id)
            .is_some_and(|connection| connection.owed.is_some())
    }

    /// The size to announce for so many bytes in data mode.
    fn data_size(&self, limit: Limit, len: usize) -> Result<u16, InvalidInput> {
        let size = self.modem.engine.dialect.data_form.size(len);
        self.modem.engine.capabilities.check(limit, size)?;
        // The limit is of this type.
        Ok(u16::try_from(size).unwrap_or(u16::MAX))
    }

    /// Runs a command whose result comes in a line of its own.
    async fn operate<Cmd: Operable>(&mut self, command: &Cmd, data: &[u8]) -> Result<Delivery, Error<T::Error>> {
        let result = if Cmd::OPERATION == Operation::Open {
            OPEN_RESULT
        } else {
            RESULT
        };
        let kind = Kind::Operation {
            operation: Cmd::OPERATION,
            id: self.id,
            result: self.modem.engine.dialect.result_at_qos0 || command.qos() != Some(QoS::AtMostOnce),
        };
        let request = Request {
            kind,
            answer: ANSWER,
            result,
        };
        match self.modem.exchange(command, data, request).await {
            Err(Error::Module(error)) if !matches!(Cmd::OPERATION, Operation::Open | Operation::Close) => {
                Err(self.explain(error).await?)
            }
            ended => ended,
        }
    }

    /// What an error of the module means: it also answers `ERROR` where the connection has just ended, and reports that behind it.
    async fn explain(&mut self, error: ModuleError) -> Result<Error<T::Error>, Error<T::Error>> {
        if self.link() == Link::Open {
            self.check_listed().await?;
        }
        Ok(match self.link() {
            Link::Broken(cause) => Error::Disconnected(cause),
            Link::Closed => Error::NotConnected,
            Link::Restarted => self.modem.engine.tell_restart(self.id),
            Link::Open | Link::Unknown => Error::Module(error),
        })
    }
}

/// A command whose result comes in a line of its own.
trait Operable: AtatCmd + Sync {
    const OPERATION: Operation;

    /// The quality of service of a publication: at QoS 0 a module may give no result.
    fn qos(&self) -> Option<QoS> {
        None
    }
}

impl Operable for Open<'_> {
    const OPERATION: Operation = Operation::Open;
}

impl Operable for Close {
    const OPERATION: Operation = Operation::Close;
}

impl Operable for Subscribe<'_> {
    const OPERATION: Operation = Operation::Subscribe;
}

impl Operable for Unsubscribe<'_> {
    const OPERATION: Operation = Operation::Unsubscribe;
}

impl Operable for Publish<'_> {
    const OPERATION: Operation = Operation::Publish;

    fn qos(&self) -> Option<QoS> {
        Some(self.qos)
    }
}

impl Operable for PublishData<'_> {
    const OPERATION: Operation = Operation::Publish;

    fn qos(&self) -> Option<QoS> {
        Some(self.qos)
    }
}
