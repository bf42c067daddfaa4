//! What the verbs of every client are made of: operations on one connection, whichever its protocol is.

use core::pin::pin;
use core::time::Duration;

use atat::AtatCmd;
use embedded_io_async::{Read, Write};

use crate::Clock;
use crate::command::{
    Open, Publish, PublishData, SnPublish, SnPublishData, SnRegister, SnSubscribe, SnUnsubscribe, Subscribe,
    Unsubscribe, UpdateWillMessage, UpdateWillTopic,
};
use crate::engine::{Kind, Link, Request, Told};
use crate::error::{Error, InvalidInput, ModuleError};
use crate::model::Limit;
use crate::modem::{ANSWER, Modem, Outlined, RESULT};
use crate::types::{AnyConnectionId, Delivery, QoS};
use crate::urc::Operation;

/// Time for the result line of an open: the manual says 5 s, refusals were seen after 4.57 s, and lossy networks take longer.
const OPEN_RESULT: Duration = Duration::from_secs(60);

/// One connection of a modem. It is there once for all kinds of clients, so that its code is.
pub(crate) struct Session<'m, 'b, T, C> {
    pub(crate) modem: &'m mut Modem<'b, T, C>,
    pub(super) id: AnyConnectionId,
}

impl<'m, 'b, T, C> Session<'m, 'b, T, C>
where
    T: Read + Write,
    C: Clock,
{
    pub(super) fn new(modem: &'m mut Modem<'b, T, C>, id: AnyConnectionId) -> Self {
        Self { modem, id }
    }

    pub(super) fn link(&self) -> Link {
        self.modem
            .engine
            .connection(self.id)
            .map_or(Link::Unknown, |connection| connection.link)
    }

    /// Whether the connection's end has not been told, once.
    pub(super) fn take_break(&mut self) -> bool {
        let connection = self.modem.engine.connection_mut(self.id);
        connection.is_some_and(|connection| core::mem::take(&mut connection.break_unreported))
    }

    /// Whether a result is owed from an operation whose outcome is unknown.
    pub(super) fn is_unsettled(&self) -> bool {
        self.modem
            .engine
            .connection(self.id)
            .is_some_and(|connection| connection.owed.is_some())
    }

    /// The size to announce for so many bytes in data mode.
    pub(super) fn data_size(&self, limit: Limit, len: usize) -> Result<u16, InvalidInput> {
        let size = self.modem.engine.dialect.data_form.size(len);
        self.modem.engine.capabilities.check(limit, size)?;
        // The limit is of this type.
        Ok(u16::try_from(size).unwrap_or(u16::MAX))
    }

    /// Runs a command whose result comes in a line of its own.
    pub(super) async fn operate<Cmd: Operable>(
        &mut self,
        command: &Cmd,
        data: &[u8],
    ) -> Result<Delivery, Error<T::Error>> {
        let write = |buffer: &mut [u8]| command.write(buffer);
        Outlined(pin!(self.run_operation(Cmd::OPERATION, command.qos(), &write, data))).await
    }

    /// The same code for every command.
    async fn run_operation(
        &mut self,
        operation: Operation,
        qos: Option<QoS>,
        write: &(dyn Fn(&mut [u8]) -> usize + Sync),
        data: &[u8],
    ) -> Result<Delivery, Error<T::Error>> {
        let result = if operation == Operation::Open {
            OPEN_RESULT
        } else {
            RESULT
        };
        let kind = Kind::Operation {
            operation,
            id: self.id,
            result: self.modem.engine.dialect.result_at_qos0 || qos != Some(QoS::AtMostOnce),
        };
        let request = Request {
            kind,
            answer: ANSWER,
            result,
        };
        match self.modem.perform(write, data, request).await {
            Err(Error::Module(error)) if operation != Operation::Open => Err(self.explain(error).await?),
            ended => ended,
        }
    }

    /// What an error of the module means: it also answers `ERROR` where the connection has just ended, and reports that behind it.
    async fn explain(&mut self, error: ModuleError) -> Result<Error<T::Error>, Error<T::Error>> {
        if self.link() == Link::Open {
            // It may have ended since it answered.
            let connection = self.modem.engine.connection_mut(self.id);
            connection
                .into_iter()
                .for_each(|connection| connection.told = Told::default());
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
pub(super) trait Operable: AtatCmd + Sync {
    const OPERATION: Operation;

    /// The quality of service of a publication: at QoS 0 a module may give no result.
    fn qos(&self) -> Option<QoS> {
        None
    }
}

/// Operations that are no publications.
macro_rules! operable {
    ($($command:ty => $operation:ident),* $(,)?) => {
        $(impl Operable for $command {
            const OPERATION: Operation = Operation::$operation;
        })*
    };
}

operable! {
    Open<'_> => Open,
    Subscribe<'_> => Subscribe,
    SnSubscribe<'_> => Subscribe,
    Unsubscribe<'_> => Unsubscribe,
    SnUnsubscribe<'_> => Unsubscribe,
    SnRegister<'_> => Register,
    UpdateWillTopic<'_> => UpdateWillTopic,
    UpdateWillMessage<'_> => UpdateWillMessage,
}

macro_rules! publication {
    ($($command:ty),*) => {
        $(impl Operable for $command {
            const OPERATION: Operation = Operation::Publish;

            fn qos(&self) -> Option<QoS> {
                Some(self.qos)
            }
        })*
    };
}

publication!(Publish<'_>, PublishData<'_>, SnPublish<'_>, SnPublishData<'_>);
